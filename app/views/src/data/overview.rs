//! What the home page says at a glance.

use super::certificates::CertificateSummary;
use super::pushes::ReceiptSummary;
use serde::{Deserialize, Serialize};

/// What the home page says at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The viewer's own latest uploads.
    pub certificates: Vec<CertificateSummary>,
    /// The latest pushes that the viewer may see.
    pub receipts: Vec<ReceiptSummary>,
    /// Retirements that are due.
    pub due: u32,
}
