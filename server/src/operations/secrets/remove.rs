//! Removes a client secret from an app, by its `keyId` alone and in the name of who asks. There is no way back, so that everything
//! is looked at once more before it is sent.

use super::SecretContext;
use super::read::{Looked, ReadSecretError, last_use, look, risk};
use crate::config::PushWeight;
use crate::graph::{GraphError, PasswordCredential};
use crate::person::{Person, TokenError};
use crate::rollout::{ApprovedRemoval, NotSent, RemovalEnd, RemovalWork};
use crate::settlement::settle;
use crate::store::{AuditEntry, RemovalFacts, SecretRemoval, StoreError};
use domain::audit::AuditAction;
use domain::ids::{KeyId, ObjectId};
use domain::inventory::{Reason, ReasonError};
use domain::rollout::Outcome;
use domain::secret_removal::{RemovalRisk, words_to_type};
use time::OffsetDateTime;
use uuid::Uuid;

/// Why the secret is there still, as far as that is known.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoveSecretError {
    #[error(transparent)]
    Read(#[from] ReadSecretError),
    #[error("the app has no such secret any more")]
    Gone,
    /// `rules`: that say so, by name.
    #[error("the rules {rules:?} ask for approval of a removal")]
    NeedsApproval { rules: Vec<String> },
    /// `words`: that were to be typed.
    #[error("“{words}” was not typed")]
    NotConfirmed { words: String },
    /// It may be used, or that is not known.
    #[error("the secret may be used, and no reason is given")]
    NeedsReason(RemovalRisk),
    #[error("{0}")]
    Reason(#[from] ReasonError),
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Nothing was changed.
    #[error("Graph did not remove it: {0}")]
    Refused(GraphError),
    #[error("the app could not be read: {0}")]
    App(GraphError),
    /// The task that did it has ended without saying how.
    #[error("the removal was cut off")]
    CutOff,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// `typed`: the words that the page asks for; `reason`: why it goes though it may be used. What came of it is kept, and on the
/// page of the secret from then on; also where reads have not shown it.
pub(crate) async fn handle(
    secrets: &SecretContext,
    person: &Person,
    app: ObjectId,
    key: KeyId,
    typed: &str,
    reason: &str,
) -> Result<(), RemoveSecretError> {
    let context = &secrets.context;
    let token = person.tokens.graph_token().await?;
    let looked = look(context, person, &token, app, key).await?;
    let (secret, reason) = check(&looked, key, typed, reason, context.now())?;
    let id = secrets.entropy.uuid();
    let weight = PushWeight { apps: 1, removes: true, by_request: false };
    let sealed = person.tokens.hand_over(id, weight).await?;
    let mut removal = record(person, &looked, (key, secret), context.now());
    removal.facts.reason = reason.map(|reason| reason.as_str().to_owned());
    match send(secrets, person, removal, (id, sealed), None).await? {
        RemovalEnd { outcome: Outcome::Verified | Outcome::Unverified, .. } => Ok(()),
        RemovalEnd { error, .. } => Err(RemoveSecretError::Refused(error.unwrap_or(GraphError::NoAnswer))),
    }
}

/// Why there is no end to tell of.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SendError {
    /// The task that did it has ended without saying how.
    #[error("the removal was cut off")]
    CutOff,
    #[error(transparent)]
    NotSent(#[from] NotSent),
}

impl From<SendError> for RemoveSecretError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::CutOff => Self::CutOff,
            SendError::NotSent(NotSent::Token(error)) => error.into(),
            SendError::NotSent(NotSent::Graph(error)) => Self::App(error),
            // The latter two only where a request asks for it.
            SendError::NotSent(NotSent::Gone | NotSent::Moved | NotSent::Overtaken) => Self::Gone,
            SendError::NotSent(NotSent::Store(error)) => error.into(),
        }
    }
}

/// Removes it, and keeps what came of that, for the request that asks for it, too. `sealed`: what the person handed over for
/// this `id`.
pub(crate) async fn send(
    secrets: &SecretContext,
    person: &Person,
    removal: SecretRemoval,
    (id, sealed): (Uuid, Vec<u8>),
    approved: Option<ApprovedRemoval>,
) -> Result<RemovalEnd, SendError> {
    let context = secrets.context.clone();
    let (graph, store) = (context.tenant.graph.clone(), context.tenant.store.clone());
    let work = RemovalWork { graph, store: store.clone(), tenant: context.tenant.id, id, sealed, approved };
    let (rollout, entry) = (secrets.rollout.clone(), person.clone());
    // In a task: who closes the page does not leave it half-way.
    let task = tokio::spawn(async move {
        let end = rollout.remove_secret(work, removal).await?;
        let audit = audit(&entry, &end);
        store.end_secret_removal(&end.removal, end.outcome, &audit).await?;
        if let Some(request) = end.removal.facts.asked_in {
            settle(&store, request, context.now()).await?;
        }
        Ok::<_, NotSent>(end)
    });
    Ok(task.await.map_err(|_| SendError::CutOff)??)
}

/// What can be refused before anything is sent.
fn check(
    looked: &Looked,
    key: KeyId,
    typed: &str,
    reason: &str,
    now: OffsetDateTime,
) -> Result<(PasswordCredential, Option<Reason>), RemoveSecretError> {
    let secret = looked.secret.clone().ok_or(RemoveSecretError::Gone)?;
    if !looked.rules.is_empty() {
        return Err(RemoveSecretError::NeedsApproval { rules: looked.rules.clone() });
    }
    let risk = risk(&secret, looked.uses.as_ref(), now);
    let reason = match reason.trim() {
        "" if risk.needs_reason() => return Err(RemoveSecretError::NeedsReason(risk)),
        "" => None,
        reason => Some(reason.parse()?),
    };
    let words = words_to_type(key);
    if typed.trim() == words { Ok((secret, reason)) } else { Err(RemoveSecretError::NotConfirmed { words }) }
}

/// Of a removal that is about to be sent.
pub(crate) fn record(
    person: &Person,
    looked: &Looked,
    (key_id, secret): (KeyId, PasswordCredential),
    now: OffsetDateTime,
) -> SecretRemoval {
    SecretRemoval {
        object_id: looked.application.id,
        key_id,
        person: person.viewer.object_id,
        sent_at: now,
        outcome: None,
        facts: RemovalFacts {
            app_name: looked.application.display_name.clone(),
            who: person.viewer.name.clone(),
            username: person.viewer.username.clone(),
            last_use: last_use(&secret, looked.uses.as_ref()),
            name: secret.display_name,
            hint: secret.hint,
            start: secret.start,
            end: secret.end,
            reason: None,
            ended_at: None,
            reads: 0,
            missing: vec![],
            request_id: None,
            asked_in: None,
        },
    }
}

fn audit(person: &Person, end: &RemovalEnd) -> AuditEntry {
    let removal = &end.removal;
    let at = removal.facts.ended_at.unwrap_or(removal.sent_at);
    let mut entry = person.audit(at, AuditAction::SecretRemoved, end.outcome);
    entry.row.app_name = Some(removal.facts.app_name.clone());
    entry.row.object_id = Some(removal.object_id);
    entry.row.request_id.clone_from(&removal.facts.request_id);
    let said = end.error.as_ref().map(|error| format!(" Graph: {error}.")).unwrap_or_default();
    entry.row.detail = removal.in_words() + &said;
    entry
}
