//! Reads the whole directory in the background, with a permission to read that an administrator gave the portal itself, or with
//! the sign-in of somebody who lends it.
//! It is off unless the configuration says how it reads.
//!
//! A full pass goes through the lists page by page. Each page is kept together with the place where the pass goes on, so
//! that whoever goes on after a crash, a 429 or a stop reads no more than one page twice. What was in none of the lists is
//! asked for by itself before it is called gone. Between passes, delta names applications that are read anew. What lists do not show is
//! read object by object, in the background. So are the groups of teams, by a job of their own. Nothing is ever
//! written to the directory.

mod delta;
mod groups;
mod keys;
mod sync;
mod token;
mod uses;
mod who;

pub use groups::GroupSync;
pub use sync::{InventorySync, SyncError};
pub use token::{LentToken, PortalToken, ReadBearer, ReadToken, ReadTokenError};

/// Of the schedule by which it is read.
pub(crate) const SCHEDULE: &str = "sync-inventory";
