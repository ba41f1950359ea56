//! Keeps a filter under a name.

use super::{ViewError, audited, done};
use crate::entropy::Entropy;
use crate::operations::Context;
use crate::person::Person;
use crate::store::Whose;
use app::contract::inventory::GridQuery;
use domain::inventory::{ViewAct, ViewName};

/// `shared`: for all, which administrators may. The query's page counts for nothing.
pub(crate) async fn handle(
    context: &Context,
    entropy: &dyn Entropy,
    person: &Person,
    name: &str,
    query: &GridQuery,
    shared: bool,
) -> Result<(), ViewError> {
    let name: ViewName = name.parse()?;
    if shared && !person.viewer.is_admin() {
        return Err(ViewError::NotAdmin);
    }
    let whose = if shared { Whose::Everybodys } else { Whose::Persons(person.viewer.object_id) };
    let address = GridQuery { page: 1, ..query.clone() }.href();
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let detail = format!("{}: {query}", name.as_str());
    let entry = audited(context, person, whose, ViewAct::Shared, detail);
    let store = &context.tenant.store;
    done(store.keep_view((entropy.uuid(), whose), &name, query, context.now(), entry.as_ref()).await?)
}
