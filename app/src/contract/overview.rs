//! What the home page says at a glance.

use super::certificates::CertificateSummary;
use super::problem::Problem;
use super::pushes::ReceiptSummary;
#[cfg(feature = "ssr")]
use super::support::desk;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
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

/// The port of this resource. Every method checks the viewer's role itself.
#[cfg(feature = "ssr")]
#[async_trait::async_trait]
pub trait OverviewPort: Send + Sync {
    /// The viewer's own recent uploads and pushes.
    async fn overview(&self) -> Result<Overview, Problem>;
}

/// `GET /api/overview`.
#[server(name = ReadOverview, input = GetUrl, prefix = "/api", endpoint = "overview")]
pub async fn overview() -> Result<Overview, Problem> {
    desk()?.overview().await
}
