//! Where an app's client assertion has to go.

use crate::graph::{Application, GraphError};
use crate::operations::Context;
use crate::person::{Person, TokenError};
use crate::store::StoreError;
use app::contract::proofs::ProofTarget;
use domain::ids::AppId;
use domain::key_credential::KeyCredential;
use domain::suitability::signs_in;
use domain::thumbprint::Thumbprint;
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime};

/// Reports of delays after a write reach from 4 seconds to some minutes; there is no promise.
const PROPAGATION: Duration = Duration::minutes(15);

/// Why it is not known where an assertion has to go.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProofTargetError {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("the app could not be read: {0}")]
    App(#[from] GraphError),
    /// Neither an app registration nor a service principal.
    #[error("this directory has no app with the client id {0}")]
    NoSuchApp(AppId),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn handle(context: &Context, person: &Person, app_id: AppId) -> Result<ProofTarget, ProofTargetError> {
    let token = person.tokens.graph_token().await?;
    let tenant = &context.tenant;
    let (app, service) =
        tokio::join!(tenant.graph.application_of(&token, app_id), tenant.graph.service_principal_of(&token, app_id));
    let app = app?;
    // It only adds what it has: the app can be proved without it.
    let service = service.ok().flatten();
    let name = app.as_ref().map(|app| &app.display_name).or(service.as_ref().map(|service| &service.display_name));
    let display_name = name.cloned().ok_or(ProofTargetError::NoSuchApp(app_id))?;
    let fresh = match &app {
        Some(app) => is_fresh(context, app).await?,
        None => false,
    };
    let of_app = app.iter().flat_map(|app| app.key_credentials.iter());
    let of_service = service.iter().flat_map(|service| service.key_credentials.iter());
    let registered = thumbprints(of_app.chain(of_service), context.now());
    Ok(ProofTarget {
        app: app.map(|app| app.id),
        app_id,
        display_name,
        tenant_id: tenant.id,
        token_endpoint: tenant.token_endpoint.url(tenant.id),
        scope: tenant.token_endpoint.scope().to_owned(),
        registered,
        fresh,
    })
}

/// A push to it was seen so lately that the token endpoint may not know of it yet.
async fn is_fresh(context: &Context, app: &Application) -> Result<bool, StoreError> {
    context.tenant.directory.observed(app).await;
    let pushes = context.tenant.store.pushes_to(app.id).await?;
    Ok(pushes.first().is_some_and(|push| context.now() - push.at <= PROPAGATION))
}

/// Of those in force, each once.
fn thumbprints<'a>(entries: impl Iterator<Item = &'a KeyCredential>, now: OffsetDateTime) -> Vec<Thumbprint> {
    let all: BTreeSet<_> = entries.filter(|one| signs_in(one, now)).filter_map(KeyCredential::thumbprint).collect();
    all.into_iter().collect()
}
