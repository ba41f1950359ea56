//! What administrators are told when apps are not given to teams.

use super::plans::bad_lines;
use crate::operations::teams::GiveError;
use app::contract::problem::Problem;
use domain::csv::TableError;

impl From<GiveError> for Problem {
    fn from(error: GiveError) -> Self {
        match error {
            GiveError::Table(TableError::BadLines(lines)) => {
                bad_lines(lines.into_iter().map(|line| (line.number, line.why)).collect())
            }
            GiveError::Table(error) => {
                let advice = match error {
                    TableError::NoColumn(_)
                    | TableError::TwoColumns(_)
                    | TableError::UnknownColumn(_)
                    | TableError::Empty => "Its first line must name the columns: app and team.",
                    TableError::TooLarge { .. } | TableError::TooManyLines => {
                        "A team that looks after so many has them by name or by tag: see [[teams]] of the configuration."
                    }
                    _ => error.advice(),
                };
                Self::new(422, "bad-table", "The table cannot be read", format!("{error}.")).advice(advice)
            }
            GiveError::Changed => Self::new(
                409,
                "given-meanwhile",
                "Somebody else gave apps to teams",
                "What was given is not what the preview was made of.",
            )
            .advice("Load the page of the teams again, and make the change in its table. Nothing of yours was kept."),
            GiveError::Parser(error) => error.into(),
            GiveError::Store(error) => error.into(),
        }
    }
}
