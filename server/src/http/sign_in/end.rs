//! `POST /sign-out`: ends the session here, then at Entra.

use crate::http::{AppState, Refusal};
use app::route::Route;
use axum::extract::State;
use axum::response::Redirect;
use tower_sessions::Session;

/// The session and its tokens are gone before the person is sent on, whatever Entra does.
pub async fn sign_out(State(app): State<AppState>, session: Session) -> Result<Redirect, Refusal> {
    if session.id().is_some() {
        session.flush().await.map_err(|error| {
            tracing::error!(%error, "a session could not be ended");
            Refusal::from(super::NotRemembered)
        })?;
    }
    let signed_out = app.config.url_of(&Route::SignedOut.to_string());
    match app.provider.end_session_url(&signed_out).await {
        Ok(Some(url)) => Ok(Redirect::to(url.as_str())),
        Ok(None) => Ok(Redirect::to(&signed_out)),
        Err(error) => {
            tracing::warn!(%error, "signed out here, but not at the sign-in service");
            Ok(Redirect::to(&signed_out))
        }
    }
}
