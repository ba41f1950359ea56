//! What a directory holds that has credentials, as its lists show it, and what of it somebody should look at.
//!
//! An [`InventoryObject`] is what is kept of an application, a service principal or a blueprint: never a secret's value or
//! a certificate's `key`. What could not be read stays in it as such: a damaged entry is named ([`Entries::damaged`]), and
//! what nobody has asked for is [`Reading::NotRead`]. Neither is ever an empty list.
//!
//! [`attentions`] says what to look at, each with the time from which and until which it is so: a kept object has not to be
//! read anew for that day to come.

mod attention;
mod end_standing;
mod entries;
pub mod filter;
mod item;
mod last_use;
mod object;
mod owner;
mod purpose;
mod roll;
mod trust;
mod view_name;
mod wire;

pub use attention::{Attention, AttentionKind, LifetimePolicy, attentions};
pub use end_standing::EndStanding;
pub use entries::{Entries, Reading};
pub use item::{Decision, Item, ItemAct, LONGEST_REASON, LONGEST_SNOOZE, Reason, ReasonError, SnoozeEnd, SnoozeError};
pub use last_use::{
    CredentialUse, ImportedUse, LastUse, MOVES_WITHIN, QUIET_ENOUGH, Quiet, READ_WITHIN, ReportReading, SeenUse,
    UnknownUse, UseReport, UseSource,
};
pub use object::{HeldCertificate, HeldSecret, InventoryObject, SeenKey};
pub use owner::{MOST_EXPANDED, Owner, OwnerDepartment, OwnerKind, OwnerStanding, Owners};
pub use roll::{Between, Change, ChangeKind, OwnWrite, OwnWriteKind, Roll, RollEntry, SETTLING};
pub use trust::{GITHUB_ISSUER, Trust};
pub use view_name::{LONGEST_VIEW_NAME, MOST_VIEWS, ViewAct, ViewName, ViewNameError};
pub use wire::Unnamed;
