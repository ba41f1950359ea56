//! Removes one client secret, in the name of who asked for it: under the app's lock, after one more read, written down before it is
//! sent, and looked at until reads show what came of it.

use super::app_guards::AppGuard;
use super::context::Rollout;
use crate::graph::{Application, Graph, GraphError};
use crate::person::TokenError;
use crate::store::{RemovalBegun, RequestRecord, SecretRemoval, StoreError, TenantStore};
use domain::ids::KeyId;
use domain::requests::{StateDigest, Transition};
use domain::rollout::Outcome;
use domain::secret_removal::{Holdings, RemovalWatch, Shown};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// What came of a removal, for the record and for the person.
#[derive(Debug)]
pub(crate) struct RemovalEnd {
    pub(crate) removal: SecretRemoval,
    pub(crate) outcome: Outcome,
    /// Where Graph did not do it, or did not say so.
    pub(crate) error: Option<GraphError>,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSent {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("the app could not be read: {0}")]
    Graph(#[from] GraphError),
    /// Somebody else has removed it since it was looked at.
    #[error("the app has no such secret any more")]
    Gone,
    /// The app is not what was approved.
    #[error("what the app has is not what was approved")]
    Moved,
    /// Somebody else has changed the request meanwhile.
    #[error("the request was changed meanwhile")]
    Overtaken,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What one removal works with.
pub(crate) struct RemovalWork {
    pub(crate) graph: Graph,
    pub(crate) store: TenantStore,
    pub(crate) tenant: domain::ids::TenantId,
    /// What the person handed over, sealed for this id.
    pub(crate) id: Uuid,
    pub(crate) sealed: Vec<u8>,
    /// Where a request asks for it.
    pub(crate) approved: Option<ApprovedRemoval>,
}

/// What lets an approved removal begin.
pub(crate) struct ApprovedRemoval {
    /// What the last read before it has to show.
    pub(crate) state: StateDigest,
    /// Of the request, as it was found.
    pub(crate) version: i64,
    /// With which it begins.
    pub(crate) step: Transition,
    pub(crate) record: RequestRecord,
}

impl Rollout {
    /// # Errors
    /// Where nothing was sent; nothing is kept then.
    pub(crate) async fn remove_secret(
        &self,
        work: RemovalWork,
        mut removal: SecretRemoval,
    ) -> Result<RemovalEnd, NotSent> {
        let RemovalWork { graph, store, tenant, id, sealed, approved } = work;
        let (token, _) = self.job_tokens.graph_token(id, &sealed, None).await?;
        let mut guard = self.guards.of(tenant, removal.object_id).await?;
        // The read comes last before the removal: waiting for room would let it grow old.
        let app = graph.application_without_keys(&token, removal.object_id).await?.value;
        let before = holdings(&app);
        if approved.as_ref().is_some_and(|approved| app.credentials_digest() != approved.state) {
            return Err(NotSent::Moved);
        }
        if !before.has(removal.key_id) {
            return Err(NotSent::Gone);
        }
        removal.sent_at = self.clock.now();
        begin(&store, &removal, approved.as_ref()).await?;
        let sent = self.send(&graph, &token, &app, &mut guard, &removal).await;
        match sent {
            Ok(request_id) => {
                removal.facts.request_id = request_id;
                Ok(self.look(&graph, &token, removal, before, None).await)
            }
            Err(error) => {
                removal.facts.request_id = error.request_id().map(str::to_owned);
                if error.write_may_have_happened() {
                    return Ok(self.look(&graph, &token, removal, before, Some(error)).await);
                }
                removal.facts.ended_at = Some(self.clock.now());
                let refused = !error.may_pass() && error != GraphError::Unreachable;
                let outcome = if refused { Outcome::Refused } else { Outcome::Failed };
                Ok(RemovalEnd { removal, outcome, error: Some(error) })
            }
        }
    }

    /// Sent again only where Graph turned it away before doing it. Answers Graph's request id.
    async fn send(
        &self,
        graph: &Graph,
        token: &str,
        app: &Application,
        guard: &mut AppGuard,
        removal: &SecretRemoval,
    ) -> Result<Option<String>, GraphError> {
        let mut attempt = 1;
        loop {
            let permit = graph.write_permit(app.admits_personal_accounts()).await?;
            // Another replica may have the app by now: nothing was sent.
            if guard.check().await.is_err() {
                return Err(GraphError::Unreachable);
            }
            let error = match graph.remove_password(token, removal.object_id, removal.key_id, permit).await {
                Ok(answer) => return Ok(answer.request_id),
                Err(error) => error,
            };
            let again = attempt < self.settings.retry.attempts && error.write_turned_away();
            let pause = self.settings.retry.wait(attempt, error.retry_after(), self.entropy.as_ref());
            let Some(pause) = pause.filter(|_| again) else { return Err(error) };
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// Until enough reads in a row show it, or for as long as a push would look.
    async fn look(
        &self,
        graph: &Graph,
        token: &str,
        mut removal: SecretRemoval,
        before: Holdings,
        error: Option<GraphError>,
    ) -> RemovalEnd {
        let settings = &self.settings;
        let mut watch = RemovalWatch::new(before, removal.key_id, settings.consecutive_reads);
        let deadline = Instant::now() + settings.read_patience;
        while !watch.is_seen() && Instant::now() + settings.read_pause < deadline {
            tokio::time::sleep(settings.read_pause.max(Duration::from_millis(1))).await;
            match graph.application_without_keys(token, removal.object_id).await {
                Ok(answer) => {
                    removal.facts.reads += 1;
                    watch.read(&holdings(&answer.value));
                }
                Err(error) => {
                    tracing::info!(%error, "an app could not be read after a secret was removed");
                    watch.read_failed();
                }
            }
        }
        removal.facts.ended_at = Some(self.clock.now());
        let outcome = if watch.is_seen() { Outcome::Verified } else { Outcome::Unverified };
        if let Some(Shown::OthersMissing { keys, .. }) = watch.last() {
            removal.facts.missing.clone_from(keys);
        }
        RemovalEnd { removal, outcome, error: error.filter(|_| outcome != Outcome::Verified) }
    }
}

/// Written down before it is sent, together with the request that asks for it.
async fn begin(
    store: &TenantStore,
    removal: &SecretRemoval,
    approved: Option<&ApprovedRemoval>,
) -> Result<(), NotSent> {
    let begun = match approved {
        Some(ApprovedRemoval { version, step, record, .. }) => {
            store.begin_requested_removal(removal, (*version, step, record)).await?
        }
        None if store.begin_secret_removal(removal).await? => RemovalBegun::Yes,
        None => RemovalBegun::Gone,
    };
    match begun {
        RemovalBegun::Yes => Ok(()),
        RemovalBegun::Gone => Err(NotSent::Gone),
        RemovalBegun::Overtaken => Err(NotSent::Overtaken),
    }
}

fn holdings(app: &Application) -> Holdings {
    let secrets = app.password_credentials.iter().map(|secret| secret.key_id);
    Holdings::new(&app.key_credentials, secrets.collect::<Vec<Option<KeyId>>>())
}
