//! An app's kept state, to go back to.

use crate::operations::history::{self, FindStateError};
use crate::operations::plans::draft::DraftContext;
use crate::operations::plans::draft::change_builder::ChangeBuilder;
use crate::store::StoreError;
use domain::ids::ObjectId;
use domain::snapshot::Snapshot;

/// Why there is nothing to go back to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RestoreError {
    #[error("no app was chosen")]
    NoApp,
    #[error(transparent)]
    State(#[from] FindStateError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub(crate) async fn prepare(
    drafts: &DraftContext,
    app: Option<ObjectId>,
    id: i64,
    exactly: bool,
) -> Result<ChangeBuilder, RestoreError> {
    let app = app.ok_or(RestoreError::NoApp)?;
    let kept = history::find(&drafts.context, app, id).await?;
    let known = drafts.context.tenant.store.known_keys(app).await?;
    let note = format!("To the state of {}.", history::moment(kept.seen_at));
    Ok(ChangeBuilder::Restore { to: Snapshot::new(&kept.entries, &known), exactly, note })
}
