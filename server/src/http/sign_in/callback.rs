//! `GET /sign-in/callback`: Entra sends the person back, with a code or an error.

use crate::entra::{EntraError, SignedIn};
use crate::http::{AppState, Refusal};
use crate::session::{COOKIE, consume_pending, sign_in};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::{COOKIE as COOKIE_HEADER, USER_AGENT};
use axum::response::Redirect;
use tower_sessions::Session;

/// Of a browser's name for itself, in characters.
const LONGEST_AGENT: usize = 256;

/// Why a person who came back was not signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallbackError {
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
            app.know(&person).await;
            Ok(Redirect::to(&return_to))
        }
        Err(error) => {
            tracing::warn!(%error, "a sign-in was refused");
            let was_under_way = !matches!(error, CallbackError::NoCookie | CallbackError::UnknownState);
            let refusal = Refusal::from(error);
            // Anybody may come here with anything: only what ended a sign-in that was begun here is worth a row for good.
            if was_under_way {
                app.record_refused_sign_in(&refusal.problem).await;
            }
            Err(refusal)
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
    let claimed = app.sessions.claim(&id, app.tenant_of(&person), person.object_id, &agent(headers)).await;
    claimed.map_err(crate::session::VaultError::from)?;
    app.vault.keep(id, &tokens).await?;
    Ok((pending.return_to, person))
}

/// What the browser calls itself: anybody's text, shown to this person alone.
fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.chars().take(LONGEST_AGENT).collect()
}

fn sent_cookie(headers: &HeaderMap) -> bool {
    let named = |pair: &str| pair.trim().split_once('=').is_some_and(|(name, _)| name == COOKIE);
    headers
        .get_all(COOKIE_HEADER)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.split(';').any(named))
}
