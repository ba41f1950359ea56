//! The removal of a client secret, as requests look at it: what it would send, what is there, and what the rules ask for it.

use super::facts::FactsError;
use super::visible::{self, VisibleError};
use crate::graph::{Application, GraphError};
use crate::operations::Context;
use crate::person::Person;
use crate::store::StoreError;
use domain::ids::{KeyId, ObjectId};
use domain::requests::{AskedSecret, Need, PlanDigest, Seen, demands};
use domain::rollout::PushMode;
use uuid::Uuid;

/// What the rules of now ask for a removal from this app, where this person asks or removes. Empty: no rule applies. What
/// takes something away is never approved by a rule alone.
pub(crate) async fn needs(context: &Context, app: &Application, person: ObjectId) -> Result<Vec<Need>, StoreError> {
    Ok(demands(&context.rules().await?, [&app.facts()], PushMode::Retire, person))
}

/// What would be sent, onto what this read shows.
pub(super) fn seen(context: &Context, app: &Application, key: KeyId) -> Seen {
    let tenant = context.tenant.store.tenant();
    Seen { plan: PlanDigest::of_removal(tenant, app.id, key), state: app.credentials_digest() }
}

/// The app as it is now.
pub(super) async fn read(context: &Context, token: &str, secret: &AskedSecret) -> Result<Application, FactsError> {
    let app = || secret.app_name.clone();
    match context.tenant.graph.application_without_keys(token, secret.app).await {
        Ok(answer) => Ok(answer.value),
        Err(GraphError::NotFound(_)) => Err(FactsError::Gone { app: app() }),
        Err(error) => Err(FactsError::Graph { app: app(), error }),
    }
}

/// A request for the removal of this secret that is not over, where the person may see one.
pub(crate) async fn waiting(
    context: &Context,
    person: &Person,
    app: ObjectId,
    key: KeyId,
) -> Result<Option<Uuid>, StoreError> {
    for id in context.tenant.store.requests_of_secret(app, key).await? {
        match visible::request(context, person, id).await {
            Ok(_) => return Ok(Some(id)),
            Err(VisibleError::NoSuchRequest) => {}
            Err(VisibleError::Store(error)) => return Err(error),
        }
    }
    Ok(None)
}
