//! For whoever watches over the portal.

use super::{AppState, Refusal};
use app::contract::problem::Problem;
use axum::extract::State;

/// The process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// The database answers. Entra and Graph are not asked: a portal behind a balancer should not vanish with them.
pub async fn ready(State(app): State<AppState>) -> Result<&'static str, Refusal> {
    app.store.ping().await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the database does not answer");
        Problem::new(503, "not-ready", "Not ready", "The database does not answer.")
    })?;
    Ok("ready\n")
}
