//! What the person has saved, and what all share.

use crate::operations::Context;
use crate::person::Person;
use crate::store::{StoreError, Whose};
use ::views::pages::inventory::Asked;
use app::contract::inventory::SavedView;
use app::query::Query;

/// Everybody's first.
pub(crate) async fn handle(context: &Context, person: &Person) -> Result<Vec<SavedView>, StoreError> {
    let views = context.tenant.store.saved_views(person.viewer.object_id).await?;
    // One of which this version does not understand a word finds nothing here, and is not shown as if it did.
    let understood = views.into_iter().filter_map(|view| {
        let shared = view.whose == Whose::Everybodys;
        Some(SavedView {
            id: view.id,
            name: view.name,
            query: Asked::read(&Query::parse(&view.query)).query().ok()?,
            shared,
            may_change: !shared || person.viewer.is_admin(),
        })
    });
    Ok(understood.collect())
}
