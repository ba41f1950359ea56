//! What pages show, by resource. It crosses the wire to the browser's worker as JSON.

#![deny(missing_docs)]

pub mod apps;
pub mod audit;
pub mod certificates;
pub mod charts;
pub mod history;
pub mod inventory;
pub mod items;
pub mod last_use;
pub mod notices;
pub mod overview;
pub mod own_notices;
pub mod paging;
pub mod plans;
pub mod problem;
pub mod proofs;
pub mod pushes;
pub mod requests;
pub mod search;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod teams;
pub mod vaults;
