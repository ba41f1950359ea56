//! The two halves of a SAML signing certificate: `Sign` holds the private key, `Verify` the certificate
//! (<https://learn.microsoft.com/graph/application-saml-sso-configure-api>). They stand or go together.

use super::PreflightFinding;
use crate::credentials::KeyUsage;
use crate::diff::DiffKind;
use crate::key_credential::KeyCredential;
use crate::merge_plan::MergePlan;
use std::collections::BTreeSet;

/// A plan that takes away one half and leaves the other.
pub(super) fn check(plan: &MergePlan) -> Option<PreflightFinding> {
    let gone: BTreeSet<_> =
        plan.diff().rows.iter().filter(|row| row.kind == DiffKind::Removed).filter_map(|row| row.key_id).collect();
    let before = plan.before();
    let goes = |entry: &KeyCredential| entry.key_id().is_some_and(|id| gone.contains(&id));
    let parted: Vec<String> = before
        .iter()
        .filter(|sign| sign.usage() == Some(&KeyUsage::Sign))
        .filter(|sign| before.iter().any(|other| is_other_half(sign, other) && goes(sign) != goes(other)))
        .map(KeyCredential::name)
        .collect();
    let names = parted.join("”, “");
    (!parted.is_empty()).then(|| {
        PreflightFinding::warned(
            "A pair for SAML signing would be parted",
            format!("“{names}” has two entries: one that signs, and one that verifies. Only one of them would go. Single sign-on with the rest does not work as before."),
            "Leave both, or remove both in the enterprise application’s single sign-on page.",
        )
    })
}

fn is_other_half(sign: &KeyCredential, other: &KeyCredential) -> bool {
    let identifier = |entry: &KeyCredential| {
        entry.raw().get("customKeyIdentifier").and_then(serde_json::Value::as_str).map(str::to_owned)
    };
    other.is_for_sign_in() && identifier(sign).is_some() && identifier(sign) == identifier(other)
}
