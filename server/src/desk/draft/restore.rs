//! An app's kept state, to go back to.

use super::super::DeskState;
use super::recipe::Recipe;
use crate::desk::history;
use crate::person::Person;
use app::desk::Problem;
use domain::ids::ObjectId;
use domain::snapshot::Snapshot;

pub(super) async fn prepare(
    state: &DeskState,
    person: &Person,
    app: Option<ObjectId>,
    id: i64,
    exactly: bool,
) -> Result<Recipe, Problem> {
    let tenant = person.viewer.tenant_id;
    let app = app.ok_or_else(super::chosen::none)?;
    let kept = history::find(state, person, app, id).await?;
    let known = state.store.known_keys(tenant, app).await?;
    let note = format!("To the state of {}.", history::moment(kept.seen_at));
    Ok(Recipe::Restore { to: Snapshot::new(&kept.entries, &known), exactly, note })
}
