//! The desk against the local tenant, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod approvals;
mod azure_cli;
mod budget;
#[path = "../support/certificates.rs"]
mod certificates;
#[path = "../support/databases.rs"]
mod databases;
mod drafts;
#[path = "../support/entries.rs"]
mod entries;
mod evidence;
mod faults;
mod grid;
mod history;
mod items;
mod kept_settings;
mod lists;
mod needs;
mod own_notices;
mod paging;
#[path = "../support/people.rs"]
mod people;
mod plans;
mod proofs;
mod proxy;
mod pushes;
mod quotas;
mod records;
mod removal_requests;
mod requests;
mod search;
mod secrets;
mod sign_in_logs;
mod stand_in;
mod tables;
mod teams;
#[path = "../support/test_parts.rs"]
mod test_parts;
mod together;
mod uploads;
mod vaults;
mod views;
mod world;

use server::store::Store;
