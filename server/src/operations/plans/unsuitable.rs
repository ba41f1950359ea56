//! Whether a certificate can still be used: it can end between its upload and now.

use domain::certificate::CertificateFacts;
use domain::suitability::{UnfitReason, assess};
use time::OffsetDateTime;

/// A certificate that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a certificate cannot be used: {}", .0.title())]
pub(crate) struct Unsuitable(pub(crate) UnfitReason);

pub(crate) fn usable(facts: &CertificateFacts, now: OffsetDateTime) -> Result<(), Unsuitable> {
    assess(facts, now).refusals.into_iter().next().map_or(Ok(()), |refusal| Err(Unsuitable(refusal)))
}
