//! What the work on one app asks of its surroundings.

use crate::graph::{Application, GraphResponse};
use crate::person::TokenProvider;
use crate::rollout::app_end::AppEnd;
use crate::rollout::blocked::Blocked;
use crate::rollout::context::Rollout;
use crate::rollout::failure::RequestFailure;
use crate::rollout::reader::{ReadMethod, Reader};
use crate::rollout::sightings::Sightings;
use crate::rollout::watched::Watched;
use crate::store::{OpenWork, Run, Sighting, TenantStore};
use domain::key_credential::KeyCredentials;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What the apps of one wave have in common.
pub(super) struct WaveContext {
    pub(super) rollout: Arc<Rollout>,
    pub(super) run: Arc<Run>,
    /// Of the run's tenant.
    pub(super) store: TenantStore,
    pub(super) tokens: Arc<dyn TokenProvider>,
    pub(super) reader: Reader,
    pub(super) sightings: Sightings,
    pub(super) watched: Watched,
    pub(super) blocked: Blocked,
    /// Whether the push begins nothing further.
    pub(super) halts: watch::Receiver<bool>,
}

/// One app of a push, and what it takes to work on it.
pub(super) struct AppContext {
    pub(super) wave: Arc<WaveContext>,
    pub(super) work: OpenWork,
}

impl AppContext {
    pub(super) fn rollout(&self) -> &Rollout {
        &self.wave.rollout
    }

    pub(super) fn run(&self) -> &Run {
        &self.wave.run
    }

    pub(super) fn store(&self) -> &TenantStore {
        &self.wave.store
    }

    pub(super) fn sighting<'a>(&'a self, keys: &'a KeyCredentials) -> Sighting<'a> {
        let app = &self.work.app;
        Sighting { object_id: app.object_id, app_id: app.app_id, display_name: &app.display_name, keys }
    }

    /// A pause that ends with the process.
    pub(super) async fn wait(&self, pause: Duration) -> Result<(), AppEnd> {
        tokio::select! {
            () = tokio::time::sleep(pause) => Ok(()),
            () = self.rollout().notifier.stopped() => Err(AppEnd::Stopped),
        }
    }

    /// Until the push begins nothing further.
    pub(super) async fn halted(&self) {
        if self.wave.halts.clone().wait_for(|halted| *halted).await.is_err() {
            // Whoever would say so has ended, and with it this.
            std::future::pending::<()>().await;
        }
    }

    /// The token, or why there is none for now.
    pub(super) async fn token(&self) -> Result<Result<String, RequestFailure>, AppEnd> {
        let token = self.wave.tokens.graph_token().await;
        self.or_end(token.map_err(|error| RequestFailure::Token { error }))
    }

    /// Another one, where Graph did not accept `refused` though it should hold.
    pub(super) async fn token_after(&self, refused: &str) -> Result<Result<String, RequestFailure>, AppEnd> {
        let token = self.wave.tokens.graph_token_after(refused).await;
        self.or_end(token.map_err(|error| RequestFailure::Token { error }))
    }

    pub(super) async fn read(
        &self,
        how: ReadMethod,
    ) -> Result<Result<GraphResponse<Application>, RequestFailure>, AppEnd> {
        let (id, reader) = (self.work.app.object_id, &self.wave.reader);
        self.or_end(match how {
            ReadMethod::Together => reader.read(id).await,
            ReadMethod::ByItself => reader.read_by_itself(id).await,
            ReadMethod::WithKeys => reader.read_with_keys(id).await,
        })
    }

    /// Some failures end the work on the app without a result.
    fn or_end<T>(&self, result: Result<T, RequestFailure>) -> Result<Result<T, RequestFailure>, AppEnd> {
        match result {
            Err(failure) if failure.needs_sign_in() => {
                Err(AppEnd::NeedsSignIn { request_id: failure.request_id().map(str::to_owned) })
            }
            // It was not tried as often as it would have been; whoever goes on with the push does.
            Err(_) if self.rollout().notifier.is_stopping() => Err(AppEnd::Stopped),
            other => Ok(other),
        }
    }
}
