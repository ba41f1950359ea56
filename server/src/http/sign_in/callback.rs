//! `GET /sign-in/callback`: Entra sends the person back, with a code or an error.

use crate::entra::{EntraError, Pending, SignedIn};
use crate::http::state::portal_roles;
use crate::http::{AppState, Refusal, refused};
use crate::session::{COOKIE, Sessions, consume_pending, form_to_return_to, keep_refusal, sign_in, signed_in};
use crate::store::LentRead;
use app::contract::people::PortalRole;
use app::contract::problem::SignInFor;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{COOKIE as COOKIE_HEADER, USER_AGENT};
use axum::response::Redirect;
use tower_sessions::Session;
use views::components::notices::REFUSED;
use views::scene::FormRefusal;

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
    /// Entra did not ask the person to sign in, or says that it was long ago.
    #[error("the person did not show that it is them")]
    NotConfirmed,
    #[error(transparent)]
    Entra(#[from] EntraError),
    #[error("the session could not be kept: {0}")]
    Session(#[from] tower_sessions::session::Error),
    #[error("the tokens could not be kept: {0}")]
    Tokens(#[from] crate::session::VaultError),
}

/// Signs the person in, under a new session id, and sends them to the page they wanted.
pub async fn callback(State(app): State<AppState>, session: Session, request: Request) -> Result<Redirect, Refusal> {
    let client = app.limits.client_of(&request);
    match finish(&app, &session, request.headers(), request.uri().query()).await {
        Ok((return_to, person)) => {
            tracing::info!(person = %person.object_id, roles = ?person.roles, "signed in");
            app.know(&person).await;
            if portal_roles(&person).next().is_none() {
                app.revoke_calendar(&person).await;
            }
            Ok(Redirect::to(&return_to))
        }
        Err(error) => {
            tracing::warn!(%error, "a sign-in was refused");
            let was_under_way = !matches!(error, CallbackError::NoCookie | CallbackError::UnknownState);
            let refusal = Refusal::from(error);
            // Anybody may come here with anything: only what ended a sign-in that was begun here is worth a row for good.
            if was_under_way {
                refused::record_sign_in(&app, client, &refusal.problem).await;
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
    let is_recent = app.config.step_up.is_recent(person.authenticated_at, app.clock.now());
    if pending.purpose == Some(SignInFor::Confirmation) && !is_recent {
        return Err(CallbackError::NotConfirmed);
    }
    let form = form_of(session, &pending, &person).await?;
    let lent = lent_before(app, session, &person).await?;
    sign_in(session, &person).await?;
    let mut return_to = pending.return_to;
    if let Some(form) = form {
        keep_refusal(session, &form).await?;
        return_to = format!("{return_to}#{REFUSED}");
    }
    let id = session.id().ok_or(crate::session::VaultError::NoSession)?;
    let claimed = app.sessions.claim(&id, app.tenant_of(&person), person.object_id, &agent(headers)).await;
    claimed.map_err(crate::session::VaultError::from)?;
    // Who has no role is shown what to ask for, and nothing of Graph.
    if portal_roles(&person).next().is_some() {
        app.vault.keep(id, &tokens).await?;
        if let Some(lent) = lent {
            let lent = LentRead { session: Sessions::row_of(&id), ..lent };
            app.store_of(&person).lend_read(&lent, None).await.map_err(crate::session::VaultError::from)?;
        }
    } else {
        app.vault.forget(id).await?;
    }
    Ok((return_to, person))
}

/// What the session lends that this sign-in replaces, where it is the same person's: they go on lending it.
async fn lent_before(app: &AppState, session: &Session, person: &SignedIn) -> Result<Option<LentRead>, CallbackError> {
    let Some(id) = session.id().filter(|_| portal_roles(person).any(PortalRole::sees_everything)) else {
        return Ok(None);
    };
    let lent = app.store_of(person).lent_by_session(&Sessions::row_of(&id)).await;
    let lent = lent.map_err(crate::session::VaultError::from)?;
    Ok(lent.filter(|lent| lent.person == person.object_id))
}

/// The form that the sign-in was for, where it is still the same person who comes back to it.
async fn form_of(
    session: &Session,
    pending: &Pending,
    person: &SignedIn,
) -> Result<Option<FormRefusal>, tower_sessions::session::Error> {
    let before = signed_in(session).await?;
    let is_same = before.is_some_and(|it| (it.tenant_id, it.object_id) == (person.tenant_id, person.object_id));
    let form: Option<FormRefusal> = form_to_return_to(session).await?;
    let form = form.filter(|form| is_same && pending.purpose.is_some() && form.problem.sign_in == pending.purpose);
    Ok(form.map(|form| FormRefusal { signed_in: pending.purpose, ..form }))
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
