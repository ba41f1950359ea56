//! `GET /sign-in?return=/path`: sends the person to Entra.

use super::return_path;
use crate::config::is_loopback;
use crate::http::{AppState, Refusal};
use crate::session::{PENDING_LIFETIME, remember_pending, signed_in};
use app::contract::problem::SignInFor;
use app::route::Route;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::Redirect;
use tower_sessions::Session;
use url::Url;

/// `?for=` with what a refusal asked for: see [`SignInFor`]. Remembers the sign-in in the session, and redirects to Entra.
pub async fn begin(
    State(app): State<AppState>,
    session: Session,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Redirect, Refusal> {
    let mut parameters = super::parameters(query.as_deref());
    let return_to = return_path::own(&app.config.public_url, parameters.remove("return").as_deref());
    let purpose = parameters.remove("for").and_then(|text| text.parse::<SignInFor>().ok());
    if let Some(here) = other_loopback_name(&app.config.public_url, &headers) {
        tracing::debug!(here, "the sign-in goes on at the portal's own address");
        let purpose = purpose.map(|purpose| ("for", purpose.as_str()));
        let pairs = [("return", return_to.as_str())].into_iter().chain(purpose);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        return Ok(Redirect::to(&app.config.url_of(&format!("{}?{query}", Route::SignIn))));
    }
    // Who is signed in already need not choose which account.
    let hint = match purpose {
        Some(_) => signed_in(&session).await.ok().flatten().map(|person| person.username),
        None => None,
    };
    let (url, pending) = app.provider.begin(return_to, purpose, hint, PENDING_LIFETIME).await.map_err(|error| {
        tracing::warn!(%error, "a sign-in could not be started");
        Refusal::from(error)
    })?;
    remember_pending(&session, pending, app.clock.now()).await.map_err(|error| {
        tracing::error!(%error, "a sign-in could not be remembered");
        Refusal::from(super::NotRemembered)
    })?;
    Ok(Redirect::to(url.as_str()))
}

/// On a person's own machine `localhost` and `127.0.0.1` lead to the same portal, but a cookie of one is not sent to
/// the other, and Entra sends people back to the one that is registered.
fn other_loopback_name(portal: &Url, headers: &HeaderMap) -> Option<String> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let here = Url::parse(&format!("{}://{host}/", portal.scheme())).ok()?;
    (is_loopback(portal) && is_loopback(&here) && here.host() != portal.host()).then(|| host.to_owned())
}
