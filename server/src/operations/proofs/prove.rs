//! Sends an assertion to the token endpoint, once, and writes down that it did: who, which app, which certificate, what
//! came of it. The assertion and the token are in no log and in no file.

use crate::operations::DeskState;
use crate::operations::proofs::assertion::check;
use crate::person::Person;
use crate::store::AuditEntry;
use crate::token_endpoint::{Answer, RelayError};
use app::contract::problem::Problem;
use app::contract::proofs::Proof;
use domain::audit::AuditAction;
use domain::ids::{AppId, ObjectId};
use domain::rollout::Outcome;
use domain::thumbprint::Thumbprint;
use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;

/// Per person: a wrong assertion is sent again a few times, not a few hundred.
pub(crate) type Limiter =
    RateLimiter<ObjectId, HashMapStateStore<ObjectId>, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

pub(crate) fn limiter(per_minute: u32) -> Limiter {
    let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
    RateLimiter::hashmap_with_clock(quota, MonotonicClock)
}

pub(crate) async fn handle(state: &DeskState, person: &Person, app: AppId, assertion: &str) -> Result<Proof, Problem> {
    relay(state, person, app, assertion, AuditAction::Prove, None).await
}

/// `action`: as the audit log is to name it. `certificate`: where it is known already.
pub(crate) async fn relay(
    state: &DeskState,
    person: &Person,
    app: AppId,
    assertion: &str,
    action: AuditAction,
    certificate: Option<Thumbprint>,
) -> Result<Proof, Problem> {
    let viewer = &person.viewer;
    let checked = check(assertion, app, &state.token_endpoint.url(viewer.tenant_id))?;
    allowed(state, viewer.object_id)?;
    let thumbprint = match (certificate.or(checked.sha1), checked.sha256) {
        (Some(sha1), _) => Some(sha1),
        (None, Some(sha256)) => {
            let known = state.store.of(viewer.tenant_id).known_thumbprints().await?;
            known.into_iter().find(|(known, _)| *known == sha256).map(|(_, sha1)| sha1)
        }
        (None, None) => None,
    };
    let token = state.token(person).await?;
    // For the audit row only: the proof does not depend on it.
    let named = state.graph.find_application(&token, app.uuid()).await.ok().flatten();

    let answer = state.token_endpoint.redeem(viewer.tenant_id, app, checked.text).await;
    let (outcome, detail, request_id) = match &answer {
        Ok(Answer::Issued { request_id, .. }) => {
            (Outcome::Verified, "A token was issued.".to_owned(), request_id.clone())
        }
        Ok(Answer::Refused { codes, request_id, .. }) => (Outcome::Refused, refused(codes), request_id.clone()),
        Err(error) => (Outcome::Failed, format!("{}.", capitalized(&error.to_string())), None),
    };
    let mut entry = AuditEntry::new(Some(viewer.object_id), state.clock.now(), action, outcome);
    let row = &mut entry.row;
    row.who.clone_from(&viewer.name);
    row.username.clone_from(&viewer.username);
    row.app_name = Some(named.as_ref().map_or_else(|| app.to_string(), |app| app.display_name.clone()));
    row.object_id = named.map(|app| app.id);
    row.thumbprint = thumbprint;
    row.detail = detail;
    row.request_id = request_id;
    state.store.of(viewer.tenant_id).audit(entry).await?;

    match answer {
        Ok(Answer::Issued { claims, expires_in, request_id }) => Ok(Proof::Issued { claims, expires_in, request_id }),
        Ok(Answer::Refused { answer, codes, .. }) => Ok(Proof::Refused { answer, codes }),
        Err(error) => Err(no_answer(&error)),
    }
}

fn allowed(state: &DeskState, person: ObjectId) -> Result<(), Problem> {
    state.proofs.retain_recent();
    state.proofs.check_key(&person).map_err(|not_until| {
        let wait = not_until.wait_time_from(MonotonicClock.now()).as_secs() + 1;
        Problem::new(
            429,
            "too-many-proofs",
            "Too many proofs in a short time",
            "Entra slows down clients that send it many assertions, so that the portal does not send more for now.",
        )
        .advice(format!("Wait {wait} seconds, then try again."))
    })
}

fn refused(codes: &[u32]) -> String {
    if codes.is_empty() {
        return "Entra refused it without a code.".into();
    }
    let codes: Vec<String> = codes.iter().map(|code| format!("AADSTS{code}")).collect();
    format!("Entra refused it: {}.", codes.join(", "))
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn no_answer(error: &RelayError) -> Problem {
    let detail = format!("{}.", capitalized(&error.to_string()));
    Problem::new(502, "entra-unreachable", "Microsoft Entra did not answer", detail)
        .advice("Try again in a moment. This says nothing about the certificate.")
}
