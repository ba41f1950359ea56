//! What a session holds besides tokens.

use crate::entra::{Pending, SignedIn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq as _;
use time::{Duration, OffsetDateTime};
use tower_sessions::Session;
use tower_sessions::session::Error;

const PERSON: &str = "person";
const PENDING: &str = "pending";
const REFUSAL: &str = "refusal";
const FOR_RETURN: &str = "for-return";
/// How long a person may take at Entra.
pub const PENDING_LIFETIME: Duration = Duration::minutes(10);
/// Sign-ins under way in one browser, one per tab.
const MAX_PENDING: usize = 5;

pub async fn signed_in(session: &Session) -> Result<Option<SignedIn>, Error> {
    session.get(PERSON).await
}

/// What is known of the person from now on.
pub async fn update(session: &Session, person: &SignedIn) -> Result<(), Error> {
    session.insert(PERSON, person).await
}

/// Replaces whatever the session held by the person alone, under a new id, and saves it.
pub async fn sign_in(session: &Session, person: &SignedIn) -> Result<(), Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(PERSON, person).await?;
    session.save().await
}

/// Keeps a sign-in under way. The oldest gives way where a browser has too many.
pub async fn remember_pending(session: &Session, pending: Pending, now: OffsetDateTime) -> Result<(), Error> {
    let mut all = pending_of(session).await?;
    all.retain(|other| other.expires_at > now);
    let surplus = (all.len() + 1).saturating_sub(MAX_PENDING);
    all.drain(..surplus);
    all.push(pending);
    session.insert(PENDING, all).await?;
    session.save().await
}

/// Takes the sign-in with this `state` out of the session: whatever follows, it does not count a second time. `None`
/// where there is none, or it is too old.
pub async fn consume_pending(session: &Session, state: &str, now: OffsetDateTime) -> Result<Option<Pending>, Error> {
    let mut all = pending_of(session).await?;
    // Without telling by its duration how much of it is right.
    let Some(place) = all.iter().position(|pending| pending.state.as_bytes().ct_eq(state.as_bytes()).into()) else {
        return Ok(None);
    };
    let pending = all.remove(place);
    session.insert(PENDING, all).await?;
    // At once, and not only after an answer that is no server error.
    session.save().await?;
    Ok(Some(pending).filter(|pending| pending.expires_at > now))
}

/// Keeps why a form was refused, until [`take_refusal`]; in place of what waits already.
pub async fn keep_refusal<T: Serialize>(session: &Session, refusal: &T) -> Result<(), Error> {
    session.insert(REFUSAL, refusal).await
}

/// Keeps what was sent with a form that a sign-in is asked for, until that one: any sign-in takes it out of the session.
pub async fn keep_for_return<T: Serialize>(session: &Session, refusal: &T) -> Result<(), Error> {
    session.insert(FOR_RETURN, refusal).await
}

/// What [`keep_for_return`] kept.
pub async fn form_to_return_to<T: DeserializeOwned>(session: &Session) -> Result<Option<T>, Error> {
    Ok(session.get_value(FOR_RETURN).await?.and_then(|value| serde_json::from_value(value).ok()))
}

/// It is told once.
pub async fn take_refusal<T: DeserializeOwned>(session: &Session) -> Result<Option<T>, Error> {
    // To take what is not there would write the session anew with every page.
    if session.get_value(REFUSAL).await?.is_none() {
        return Ok(None);
    }
    // A version before may have written it otherwise: better unsaid than a page that cannot be shown.
    Ok(session.remove_value(REFUSAL).await?.and_then(|value| serde_json::from_value(value).ok()))
}

async fn pending_of(session: &Session) -> Result<Vec<Pending>, Error> {
    Ok(session.get(PENDING).await?.unwrap_or_default())
}
