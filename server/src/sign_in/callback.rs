//! `GET /sign-in/callback`: Entra sends the person back, with a code or an error.

use super::EntraError;
use crate::http::{AppState, Refusal};
use crate::session::{COOKIE, SignedIn, consume_pending, sign_in};
use app::contract::problem::Problem;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::COOKIE as COOKIE_HEADER;
use axum::response::Redirect;
use tower_sessions::Session;

/// Why a person who came back was not signed in.
#[derive(Debug, thiserror::Error)]
enum CallbackError {
    #[error("the browser sent no session cookie")]
    NoCookie,
    #[error("no sign-in with this state is under way")]
    UnknownState,
    #[error("neither a code nor an error came back")]
    Empty,
    #[error(transparent)]
    Entra(#[from] EntraError),
    #[error("the session could not be kept: {0}")]
    Session(#[from] tower_sessions::session::Error),
    #[error("the tokens could not be kept: {0}")]
    Tokens(#[from] crate::session::VaultError),
}

impl From<CallbackError> for Problem {
    fn from(error: CallbackError) -> Self {
        match error {
            CallbackError::NoCookie => Self::new(403, "no-cookie", "Your browser did not send the portal's cookie", "Without it, the sign-in cannot be told from a forged one.")
                .advice("Allow cookies for this site and sign in again. Safari refuses secure cookies on plain http, also on your own machine: use another browser there."),
            CallbackError::UnknownState => Self::new(403, "unknown-sign-in", "This sign-in is not under way", "It was used already, is older than ten minutes, or was started in another browser.")
                .advice("Sign in again from this page."),
            CallbackError::Empty => Self::new(400, "empty-callback", "The sign-in came back empty", "Microsoft Entra sent neither a code nor an error.").advice("Sign in again."),
            CallbackError::Entra(error) => error.into(),
            CallbackError::Session(_) | CallbackError::Tokens(_) => super::storage_failed(),
        }
    }
}

/// Signs the person in, under a new session id, and sends them to the page they wanted.
pub async fn callback(
    State(app): State<AppState>,
    session: Session,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Redirect, Refusal> {
    match finish(&app, &session, &headers, query.as_deref()).await {
        Ok((return_to, person)) => {
            tracing::info!(person = %person.object_id, roles = ?person.roles, "signed in");
            Ok(Redirect::to(&return_to))
        }
        Err(error) => {
            tracing::warn!(%error, "a sign-in was refused");
            let problem = Problem::from(error);
            app.record_refused_sign_in(&problem).await;
            Err(problem.into())
        }
    }
}

async fn finish(
    app: &AppState,
    session: &Session,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<(String, SignedIn), CallbackError> {
    let mut parameters = super::parameters(query);
    // First: whatever else came back, it counts only for a sign-in that this browser started, and only once.
    let pending = match parameters.remove("state") {
        Some(state) => consume_pending(session, &state, app.clock.now()).await?,
        None => None,
    };
    let Some(pending) = pending else {
        return Err(if sent_cookie(headers) { CallbackError::UnknownState } else { CallbackError::NoCookie });
    };
    if let Some(error) = parameters.remove("error") {
        let description = parameters.remove("error_description").unwrap_or_default();
        return Err(EntraError::refused(&error, &description).into());
    }
    let code = parameters.remove("code").ok_or(CallbackError::Empty)?;
    let (person, tokens) = app.provider.redeem(code, &pending).await?;
    sign_in(session, &person).await?;
    let id = session.id().ok_or(crate::session::VaultError::NoSession)?;
    app.vault.keep(id, &tokens).await?;
    Ok((pending.return_to, person))
}

fn sent_cookie(headers: &HeaderMap) -> bool {
    let named = |pair: &str| pair.trim().split_once('=').is_some_and(|(name, _)| name == COOKIE);
    headers
        .get_all(COOKIE_HEADER)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(';').any(named))
}
