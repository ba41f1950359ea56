//! Gives apps to teams by a table, in place of all that was given before. Who sees what follows with the next page.

use super::{GiveError, digest, read};
use crate::operations::Context;
use crate::person::Person;
use domain::audit::{AuditAction, AuditOutcome};
use domain::teams::GivenApp;
use std::collections::BTreeSet;

/// Lines of a change that the audit log names one by one.
const MOST_NAMED: usize = 40;

/// `seen`: what the preview was made of.
pub(crate) async fn handle(context: &Context, person: &Person, csv: &str, seen: &str) -> Result<(), GiveError> {
    let store = &context.tenant.store;
    let (before, after) = (store.given_apps().await?, read(context, csv).await?);
    if digest(&before) != seen {
        return Err(GiveError::Changed);
    }
    let mut entry = person.audit(context.now(), AuditAction::AppsGiven, AuditOutcome::Recorded);
    entry.row.detail = changed(&before, &after);
    if store.give_apps(&before, &after, &entry).await? { Ok(()) } else { Err(GiveError::Changed) }
}

/// What is different, in words, with how much was given before and is now.
fn changed(before: &BTreeSet<GivenApp>, after: &BTreeSet<GivenApp>) -> String {
    let signed = |sign: char| move |given: &GivenApp| format!("{sign} {} {}", given.team, given.app);
    let mut lines: Vec<String> =
        before.difference(after).map(signed('-')).chain(after.difference(before).map(signed('+'))).collect();
    let more = lines.len().saturating_sub(MOST_NAMED);
    lines.truncate(MOST_NAMED);
    let total = format!("{} lines before, {} now", before.len(), after.len());
    let rest = (more > 0).then(|| format!("and {more} more"));
    [total].into_iter().chain(lines).chain(rest).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_audit_log_has_what_is_different_and_how_much_there_is() {
        let given = |apps: std::ops::Range<u128>| -> BTreeSet<GivenApp> {
            apps.map(|n| GivenApp { team: "Payroll".parse().unwrap(), app: Uuid::from_u128(n) }).collect()
        };
        let id = |n| Uuid::from_u128(n);
        assert_eq!(
            changed(&given(0..2), &given(1..3)),
            format!("2 lines before, 2 now; - Payroll {}; + Payroll {}", id(0), id(2))
        );
        let many = changed(&given(0..0), &given(0..50));
        assert!(many.starts_with("0 lines before, 50 now; + Payroll") && many.ends_with("; and 10 more"), "{many}");
    }
}
