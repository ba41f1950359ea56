//! Kept states of an app.

pub use views::data::history::*;

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait HistoryPort: Send + Sync {
    /// The newest first. `page` from 1.
    async fn states(&self, app: ObjectId, page: u32) -> Result<Page<StateRow>, Problem>;
    /// `newer`: absent for the app as it is now (it is read, and kept if it is new).
    async fn compare_states(&self, app: ObjectId, older: i64, newer: Option<i64>) -> Result<StateComparison, Problem>;
}

/// `GET /api/states`: `app` is an object id, `page` counts from 1.
#[server(name = ReadStates, input = GetUrl, prefix = "/api", endpoint = "states")]
pub async fn states(app: String, page: u32) -> Result<Page<StateRow>, Problem> {
    desk()?.states(parse("object id", &app)?, page).await
}

/// `newer`: empty for the app as it is now.
#[server(name = ReadStateComparison, input = GetUrl, prefix = "/api", endpoint = "compare-states")]
pub async fn compare_states(
    app: String,
    older: String,
    #[server(default)] newer: String,
) -> Result<StateComparison, Problem> {
    let newer = if newer.is_empty() { None } else { Some(parse("state", &newer)?) };
    desk()?.compare_states(parse("object id", &app)?, parse("state", &older)?, newer).await
}
