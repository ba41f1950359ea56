//! Outcomes as the audit log has them.

use super::action;
use crate::store::{AuditEntry, ReceiptHead};
use app::desk::{Outcome, ReceiptApp};
use time::OffsetDateTime;

/// In kebab-case, as serde writes it too.
pub(in crate::desk) fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Verified => "verified",
        Outcome::AlreadyThere => "already-there",
        Outcome::ChangedSincePreview => "changed-since-preview",
        Outcome::Refused => "refused",
        Outcome::Failed => "failed",
        Outcome::Unverified => "unverified",
    }
}

pub(in crate::desk) fn audit_entry(receipt: &ReceiptHead, app: &ReceiptApp, at: OffsetDateTime) -> AuditEntry {
    let mut entry =
        AuditEntry::new(receipt.tenant, Some(receipt.person), at, action(receipt.mode), outcome_name(app.outcome));
    let row = &mut entry.row;
    row.who.clone_from(&receipt.who);
    row.username.clone_from(&receipt.username);
    row.app_name = Some(app.display_name.clone());
    row.object_id = Some(app.object_id);
    row.thumbprint = receipt.certificates.first().map(|certificate| certificate.sha1);
    row.receipt = Some(receipt.id);
    row.detail = match (&app.problem, app.outcome) {
        (Some(problem), _) => problem.to_string(),
        (None, Outcome::Verified) => "Written, and read back as planned.".into(),
        (None, Outcome::AlreadyThere) => "The certificate was there before; nothing was sent.".into(),
        (None, _) => String::new(),
    };
    // The write's own id is what Microsoft's support asks for first.
    let written = app.steps.iter().rev().find(|step| step.what.starts_with("PATCH"));
    row.request_id = app
        .problem
        .as_ref()
        .and_then(|problem| problem.request_id.clone())
        .or_else(|| written.or(app.steps.last()).and_then(|step| step.request_id.clone()));
    entry
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn names_are_those_on_the_wire() {
        use Outcome::{AlreadyThere, ChangedSincePreview, Failed, Refused, Unverified, Verified};
        for outcome in [Verified, AlreadyThere, ChangedSincePreview, Refused, Failed, Unverified] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome_name(outcome));
        }
    }
}
