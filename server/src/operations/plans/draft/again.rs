//! What a push was to do, once more, for the apps on which it did not end well.

use crate::operations::DeskState;
use crate::operations::plans::draft::Draft;
use crate::person::Person;
use app::contract::problem::Problem;
use uuid::Uuid;

pub(crate) async fn draft(state: &DeskState, person: &Person, receipt: Uuid) -> Result<Draft, Problem> {
    let viewer = &person.viewer;
    let found = state.store.of(viewer.tenant_id).unfinished_business(viewer.object_id, receipt).await?;
    let (wanted, apps) = found.ok_or_else(|| {
        Problem::new(
            404,
            "receipt-not-found",
            "There is no such receipt",
            "It does not exist, or it is of someone else's push: only who made a push can make it again.",
        )
        .advice("Choose the certificate and the apps anew.")
    })?;
    if apps.is_empty() {
        return Err(Problem::new(422, "nothing-left", "Nothing is left to do", "That push ended well on every app.")
            .advice("Look at its receipt."));
    }
    let wanted = wanted.ok_or_else(|| {
        Problem::new(
            422,
            "old-plan",
            "That push is from an earlier version",
            "It does not say in full what was wanted.",
        )
        .advice("Choose the certificate and the apps anew.")
    })?;
    Ok(Draft { wanted, apps })
}
