//! The inventory: what the directory has that holds credentials, as background reads showed it; who owns it; and why
//! somebody should look at it, when.

mod keep;
mod pass;
mod query;
#[cfg(test)]
mod tests;

pub use pass::{Pass, PassPlace, PassStage, PassState};
pub use query::{InventoryQuery, InventoryRow, InventorySort};

use super::stored_json::StoredJson;
use domain::inventory::InventoryObject;

impl StoredJson for InventoryObject {
    const WHAT: &str = "object of the inventory";
}
