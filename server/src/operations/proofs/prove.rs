//! Sends an assertion to the token endpoint, once, and writes down that it did: who, which app, which certificate, what
//! came of it. The assertion and the token are in no log and in no file.

use crate::operations::Context;
use crate::operations::proofs::assertion::{AssertionError, Checked, check};
use crate::person::{Person, TokenError};
use crate::store::StoreError;
use crate::token_endpoint::RelayError;
use domain::audit::AuditAction;
use domain::client_assertion::AssertionAnswer;
use domain::ids::{AppId, ObjectId};
use domain::rollout::Outcome;
use domain::thumbprint::Thumbprint;
use governor::clock::{Clock as _, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::Arc;

/// Per person: a wrong assertion is sent again a few times, not a few hundred.
pub(crate) type Limiter =
    RateLimiter<ObjectId, HashMapStateStore<ObjectId>, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

pub(crate) fn limiter(per_minute: u32) -> Limiter {
    let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
    RateLimiter::hashmap_with_clock(quota, MonotonicClock)
}

/// What a proof is made with.
pub(crate) struct ProofContext {
    pub(crate) context: Context,
    pub(crate) limiter: Arc<Limiter>,
}

/// Why nothing was proved, neither way.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProveError {
    #[error(transparent)]
    Assertion(#[from] AssertionError),
    #[error("too many proofs in a short time; the next in {seconds} seconds")]
    TooMany { seconds: u64 },
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Relay(#[from] RelayError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn handle(
    proofs: &ProofContext,
    person: &Person,
    app: AppId,
    assertion: &str,
) -> Result<AssertionAnswer, ProveError> {
    relay(proofs, person, app, assertion, AuditAction::Prove, None).await
}

/// `action`: as the audit log is to name it. `certificate`: where it is known already.
pub(crate) async fn relay(
    proofs: &ProofContext,
    person: &Person,
    app: AppId,
    assertion: &str,
    action: AuditAction,
    certificate: Option<Thumbprint>,
) -> Result<AssertionAnswer, ProveError> {
    let ProofContext { context, limiter } = proofs;
    let tenant = &context.tenant;
    let checked = check(assertion, app, &tenant.token_endpoint.url(tenant.id))?;
    allowed(limiter, person.viewer.object_id)?;
    let thumbprint = match certificate {
        Some(known) => Some(known),
        None => named(context, &checked).await?,
    };
    let token = person.tokens.graph_token().await?;
    // For the audit row only: the proof does not depend on it.
    let named = tenant.graph.find_application(&token, app.uuid()).await.ok().flatten();

    let answer = tenant.token_endpoint.redeem(tenant.id, app, checked.text).await;
    let (outcome, detail, request_id) = came_of(&answer);
    let mut entry = person.audit(context.now(), action, outcome);
    let row = &mut entry.row;
    row.app_name = Some(named.as_ref().map_or_else(|| app.to_string(), |app| app.display_name.clone()));
    row.object_id = named.map(|app| app.id);
    row.thumbprint = thumbprint;
    row.detail = detail;
    row.request_id = request_id;
    tenant.store.audit(entry).await?;

    Ok(answer?)
}

/// The certificate that the header names.
async fn named(context: &Context, checked: &Checked<'_>) -> Result<Option<Thumbprint>, StoreError> {
    match (checked.sha1, checked.sha256) {
        (Some(sha1), _) => Ok(Some(sha1)),
        (None, Some(sha256)) => {
            let known = context.tenant.store.known_thumbprints().await?;
            Ok(known.into_iter().find(|(known, _)| *known == sha256).map(|(_, sha1)| sha1))
        }
        (None, None) => Ok(None),
    }
}

fn allowed(limiter: &Limiter, person: ObjectId) -> Result<(), ProveError> {
    limiter.retain_recent();
    limiter.check_key(&person).map_err(|not_until| {
        let seconds = not_until.wait_time_from(MonotonicClock.now()).as_secs() + 1;
        ProveError::TooMany { seconds }
    })
}

/// For the audit log: outcome, detail, request id.
fn came_of(answer: &Result<AssertionAnswer, RelayError>) -> (Outcome, String, Option<String>) {
    match answer {
        Ok(AssertionAnswer::Issued { request_id, .. }) => {
            (Outcome::Verified, "A token was issued.".to_owned(), request_id.clone())
        }
        Ok(AssertionAnswer::Refused { codes, request_id, .. }) => {
            (Outcome::Refused, refused(codes), request_id.clone())
        }
        Err(error) => (Outcome::Failed, format!("{}.", capitalized(&error.to_string())), None),
    }
}

fn refused(codes: &[u32]) -> String {
    if codes.is_empty() {
        return "Entra refused it without a code.".into();
    }
    let codes: Vec<String> = codes.iter().map(|code| format!("AADSTS{code}")).collect();
    format!("Entra refused it: {}.", codes.join(", "))
}

/// As the beginning of a sentence.
pub(crate) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
