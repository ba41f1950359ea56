//! The inventory: what the directory has that holds credentials, as background reads showed it; who owns it; and why
//! somebody should look at it, when.

mod ages;
mod attention;
mod changes;
#[cfg(test)]
mod changes_tests;
mod counts;
mod credentials;
mod delta;
mod endings;
#[cfg(test)]
mod grid_tests;
mod groups;
mod items;
mod keep;
mod key_reads;
mod pass;
mod query;
mod remembered;
mod tags;
#[cfg(test)]
mod tests;
mod uses;
mod within;

pub use ages::{AgeEdges, CountedSpans};
pub use changes::{Acknowledged, Actor, KeptChange, Lookup, MOST_CHANGES};
pub use counts::DayCount;
pub use credentials::{Held, InventoryCredential};
pub use delta::DeltaPlace;
pub use endings::MonthOfEndings;
pub use groups::{Group, GroupBy};
pub use items::{Aside, Decided, Exceptions, ItemStanding};
pub use pass::{Pass, PassPlace, PassStage, PassState, Readers};
pub use query::{InventoryQuery, InventoryRow, InventorySort, Ownership};
pub(super) use remembered::Remembered;
pub use uses::UseRow;
pub use within::Within;

use super::stored_json::StoredJson;
use domain::inventory::InventoryObject;

impl StoredJson for InventoryObject {
    const WHAT: &str = "object of the inventory";
}
