//! Tables that say which app is given to which team.

use super::{Table, TableError, columns, read, value};
use crate::teams::{GivenApp, TeamText};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Reads a table with the columns `app` (a client id or an object id) and `team`. A header alone gives nobody anything.
/// `teams`: those that there are; case does not count.
///
/// # Errors
/// [`TableError::BadLines`] names every line that is wrong.
pub fn import_given(text: &str, teams: &[TeamText]) -> Result<BTreeSet<GivenApp>, TableError> {
    let mut given = BTreeSet::new();
    read(text, columns::given, |record, (app, team), _| {
        let cell = |at: usize| record.get(at).map(value).unwrap_or_default();
        let (app, name) = (cell(*app), cell(*team));
        if app.is_empty() {
            return Err("it names no app.".to_owned());
        }
        let short = |text: &str| text.chars().take(100).collect::<String>();
        let app: Uuid = app.parse().map_err(|_| format!("“{}” is no client id or object id.", short(&app)))?;
        if name.is_empty() {
            return Err("it names no team.".to_owned());
        }
        let folded = name.to_lowercase();
        let team = teams.iter().find(|team| team.as_str().to_lowercase() == folded);
        let team = team.cloned().ok_or_else(|| format!("there is no team “{}”.", short(&name)))?;
        if given.insert(GivenApp { team, app }) {
            Ok(Some(()))
        } else {
            Err("it says the same as an earlier line.".to_owned())
        }
    })?;
    Ok(given)
}

/// What [`import_given`] reads, by team.
pub fn given_table<'g>(given: impl IntoIterator<Item = &'g GivenApp>) -> String {
    let mut table = Table::new(&["app", "team"]);
    for GivenApp { team, app } in given {
        table.row([app.to_string().as_str(), team.as_str()]);
    }
    table.into_text()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::csv::MAX_LINES;

    fn teams() -> Vec<TeamText> {
        ["Payroll", "=Finance; EU"].map(|name| name.parse().unwrap()).into()
    }

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let given: BTreeSet<GivenApp> =
            (1..=3).map(|n| GivenApp { team: teams()[usize::from(n == 2)].clone(), app: id(n) }).collect();
        assert_eq!(import_given(&given_table(&given), &teams()).unwrap(), given);
        assert_eq!(
            import_given("Team;Client ID\r\npayroll;00000000-0000-0000-0000-000000000001", &teams()).unwrap().len(),
            1
        );
        assert_eq!(import_given(&given_table([]), &teams()).unwrap(), BTreeSet::new(), "a header gives nothing");
    }

    #[test]
    fn every_line_that_is_wrong_is_named() {
        let one = id(1);
        let text = format!(
            "app,team\n{one},payroll\n{one},Payroll\n,Payroll\ninvoice-sync,Payroll\n{one},\n{one},Sales\n{one},Payroll,x\n"
        );
        let Err(TableError::BadLines(lines)) = import_given(&text, &teams()) else { panic!("it is wrong") };
        let said: Vec<(u64, &str)> = lines.iter().map(|line| (line.number, line.why.as_str())).collect();
        assert_eq!(
            said,
            [
                (3, "it says the same as an earlier line."),
                (4, "it names no app."),
                (5, "“invoice-sync” is no client id or object id."),
                (6, "it names no team."),
                (7, "there is no team “Sales”."),
                (8, "it has 3 cells, and the header 2."),
            ]
        );
    }

    #[test]
    fn it_has_a_bound_and_two_columns() {
        assert_eq!(import_given("", &teams()), Err(TableError::NoColumn("app")));
        assert_eq!(import_given("app\n", &teams()), Err(TableError::NoColumn("team")));
        assert_eq!(import_given("app,team,team\n", &teams()), Err(TableError::TwoColumns("team")));
        assert_eq!(import_given("app,team,owner\n", &teams()), Err(TableError::UnknownColumn("owner".into())));
        let lines: Vec<GivenApp> =
            (0..=MAX_LINES as u128).map(|n| GivenApp { team: teams()[0].clone(), app: id(n) }).collect();
        assert!(import_given(&given_table(&lines[1..]), &teams()).is_ok());
        assert_eq!(import_given(&given_table(&lines), &teams()), Err(TableError::TooManyLines));
    }
}
