//! What forms set going is carried out to its end, whether or not the browser waits for it.

use super::{AppState, Refusal};
use app::contract::problem::Problem;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

/// In a task of its own: a push that is half done goes on when the browser goes away, and the portal does not stop before
/// it has ended.
pub async fn go_on(State(app): State<AppState>, request: Request, next: Next) -> Result<Response, Refusal> {
    if app.at_work.is_closed() {
        return Err(stopping().into());
    }
    let work = async move { next.run(request).await };
    let answer = app.at_work.spawn(work.in_current_span()).await.map_err(|error| {
        tracing::error!(%error, "a form could not be carried out");
        Problem::new(500, "internal", "Something failed on the server", "The request could not be carried out.")
            .advice("Look at the app and at the audit log before you try again.")
    })?;
    Ok(answer)
}

fn stopping() -> Problem {
    Problem::new(503, "stopping", "The portal is being stopped", "It takes no new work. Nothing was changed.")
        .advice("Try again in a minute.")
}
