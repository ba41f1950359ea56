//! What a push did to one app, for whoever may read the app: Entra is asked first, each time.

use super::receipt::{AppStanding, standing};
use crate::graph::GraphError;
use crate::operations::pushes::PushContext;
use crate::operations::pushes::visible::{self, VisibleError};
use crate::person::{Person, TokenError};
use crate::store::{OpenApp, Run, StoreError};
use domain::ids::ObjectId;
use uuid::Uuid;

/// Why it is not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppReceiptError {
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Who may not read the app sees nothing of what happened to it.
    #[error("the app could not be read: {0}")]
    App(#[from] GraphError),
    #[error(transparent)]
    Visible(#[from] VisibleError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One app's part of a push.
#[derive(Debug)]
pub(crate) struct PushOnApp {
    pub(crate) run: Run,
    pub(crate) app: OpenApp,
    pub(crate) standing: AppStanding,
    /// The person may see the whole push.
    pub(crate) sees_whole: bool,
}

pub(crate) async fn handle(
    pushes: &PushContext,
    person: &Person,
    id: Uuid,
    app: ObjectId,
) -> Result<PushOnApp, AppReceiptError> {
    let tenant = &pushes.context.tenant;
    let run = tenant.store.run(id).await?.ok_or(VisibleError::NoSuchReceipt)?;
    let sees_whole = visible::is_whole_for(&pushes.context, person, &run).await?;
    if !sees_whole {
        let token = person.tokens.graph_token().await?;
        tenant.graph.application_without_keys(&token, app).await?;
    }
    let row = tenant.store.receipt_app(id, app).await?.ok_or(VisibleError::NoSuchReceipt)?;
    let (app, standing) = standing(row, &pushes.notifier.reading(id))?;
    Ok(PushOnApp { run, app, standing, sees_whole })
}
