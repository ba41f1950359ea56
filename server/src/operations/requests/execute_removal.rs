//! Carries out an approved request for the removal of a client secret: by the way that every removal goes, with the token of who
//! says so. What is there is held against what was approved twice: here, and by the last read before it is sent.

use super::change::{self, ChangeError};
use super::execute::{self, ExecuteError};
use super::facts::FactsError;
use super::removal;
use crate::config::PushWeight;
use crate::graph::GraphError;
use crate::operations::Context;
use crate::operations::apps::rights::Rights;
use crate::operations::secrets::SecretContext;
use crate::operations::secrets::read::{Looked, ReadSecretError, look};
use crate::operations::secrets::remove::{self, SendError};
use crate::person::Person;
use crate::rollout::{ApprovedRemoval, NotSent};
use crate::store::{SecretRemoval, StoredRequest};
use domain::requests::{AskedSecret, Command, StandingApproval, VoidReason};
use domain::secret_removal::words_to_type;

/// What came of it is kept, and on the request's page from then on; also where Entra refused it or reads have not shown it.
pub(super) async fn handle(
    secrets: &SecretContext,
    person: &Person,
    found: &StoredRequest,
    secret: &AskedSecret,
    typed: &str,
) -> Result<(), ExecuteError> {
    let context = &secrets.context;
    execute::is_approved(&found.request)?;
    let token = person.tokens.graph_token().await.map_err(ChangeError::from)?;
    let looked = looked(context, person, &token, found, secret).await?;
    let needs = removal::needs(context, &looked.application, found.request.asker()).await?;
    let now = removal::seen(context, &looked.application, secret.key);
    let standing = execute::judge(context, found, needs, &now).await?;
    check(context, person, &token, secret, typed).await?;
    let removal = record(context, person, found, looked, secret).await?;
    let id = secrets.entropy.uuid();
    let weight = PushWeight { apps: 1, removes: true, by_request: true };
    let sealed = person.tokens.hand_over(id, weight).await.map_err(ChangeError::from)?;
    let approved = approved(context, person, found, standing)?;
    match remove::send(secrets, person, removal, (id, sealed), Some(approved)).await {
        Ok(_) => Ok(()),
        Err(error) => Err(unsent(context, found, secret, error).await),
    }
}

async fn looked(
    context: &Context,
    person: &Person,
    token: &str,
    found: &StoredRequest,
    secret: &AskedSecret,
) -> Result<Looked, ExecuteError> {
    match look(context, person, token, secret.app, secret.key).await {
        Ok(looked) => Ok(looked),
        Err(ReadSecretError::App(GraphError::NotFound(_))) => {
            Err(change::void(context, found, VoidReason::AppGone).await.into())
        }
        Err(error) => Err(ExecuteError::Secret(error)),
    }
}

async fn check(
    context: &Context,
    person: &Person,
    token: &str,
    secret: &AskedSecret,
    typed: &str,
) -> Result<(), ExecuteError> {
    let words = words_to_type(secret.key);
    if typed.trim() != words {
        return Err(ExecuteError::NotConfirmed { words });
    }
    if Rights::read(&context.tenant.graph, token, person).await.on(secret.app).is_missing() {
        return Err(ExecuteError::MayNotWrite { app: secret.app_name.clone() });
    }
    Ok(())
}

/// With the reason that the request gives.
async fn record(
    context: &Context,
    person: &Person,
    found: &StoredRequest,
    mut looked: Looked,
    secret: &AskedSecret,
) -> Result<SecretRemoval, ExecuteError> {
    let Some(there) = looked.secret.take() else {
        return Err(change::void(context, found, VoidReason::AppChanged).await.into());
    };
    let mut removal = remove::record(person, &looked, (secret.key, there), context.now());
    removal.facts.reason = Some(found.request.reason().to_string());
    removal.facts.asked_in = Some(found.request.id());
    Ok(removal)
}

fn approved(
    context: &Context,
    person: &Person,
    found: &StoredRequest,
    standing: StandingApproval,
) -> Result<ApprovedRemoval, ExecuteError> {
    let (now, state) = (context.now(), standing.state().clone());
    let step = found.request.apply(Command::Begin { standing, receipt: None }, now).map_err(ChangeError::from)?;
    let record = change::record(Some(person), &step, "", now);
    Ok(ApprovedRemoval { state, version: found.version, step, record })
}

/// What has moved since it was looked at makes the request void; else it stays approved.
async fn unsent(context: &Context, found: &StoredRequest, secret: &AskedSecret, error: SendError) -> ExecuteError {
    match error {
        SendError::CutOff => ExecuteError::CutOff,
        SendError::NotSent(NotSent::Moved | NotSent::Gone) => {
            change::void(context, found, VoidReason::AppChanged).await.into()
        }
        SendError::NotSent(NotSent::Graph(GraphError::NotFound(_))) => {
            change::void(context, found, VoidReason::AppGone).await.into()
        }
        SendError::NotSent(NotSent::Graph(error)) => {
            ChangeError::Facts(FactsError::Graph { app: secret.app_name.clone(), error }).into()
        }
        SendError::NotSent(NotSent::Overtaken) => ChangeError::Overtaken.into(),
        SendError::NotSent(NotSent::Token(error)) => ChangeError::from(error).into(),
        SendError::NotSent(NotSent::Store(error)) => error.into(),
    }
}
