//! From where it is known when credentials were last used, for those who see everything.

use crate::operations::Context;
use crate::store::{SignInImport, StoreError};
use app::contract::inventory::{ImportLine, UseSources};

/// `None` where there is no inventory.
pub(crate) async fn handle(context: &Context) -> Result<Option<UseSources>, StoreError> {
    if context.inventory_every.is_none() {
        return Ok(None);
    }
    let store = &context.tenant.store;
    let line = |(number, at, import)| {
        let SignInImport { who, file, counts, covers, known, unknown } = import;
        ImportLine { number, at, who, file, counts, covers, known, unknown }
    };
    let imports = store.sign_in_imports().await?.into_iter().map(line).collect();
    Ok(Some(UseSources { report: store.use_report().await?, imports }))
}
