//! An app's kept state, to go back to.

use crate::operations::plans::draft::recipe::Recipe;
use crate::operations::{DeskState, history};
use crate::person::Person;
use app::contract::problem::Problem;
use domain::ids::ObjectId;
use domain::snapshot::Snapshot;

pub(crate) async fn prepare(
    state: &DeskState,
    person: &Person,
    app: Option<ObjectId>,
    id: i64,
    exactly: bool,
) -> Result<Recipe, Problem> {
    let tenant = person.viewer.tenant_id;
    let app = app.ok_or_else(crate::operations::plans::draft::chosen::none)?;
    let kept = history::find(state, person, app, id).await?;
    let known = state.store.of(tenant).known_keys(app).await?;
    let note = format!("To the state of {}.", history::moment(kept.seen_at));
    Ok(Recipe::Restore { to: Snapshot::new(&kept.entries, &known), exactly, note })
}
