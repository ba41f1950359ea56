//! Pushes to many apps as jobs: waves, steering, restarts, replicas.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bad_day;
mod bulk;
#[path = "../support/certificates.rs"]
mod certificates;
mod crash;
#[path = "../support/databases.rs"]
mod databases;
mod elsewhere;
#[path = "../support/entries.rs"]
mod entries;
mod events;
mod faults;
mod groups;
mod inventory;
mod keys;
mod older_version;
#[path = "../support/people.rs"]
mod people;
#[path = "../support/portal_process.rs"]
mod portal_process;
#[path = "../support/ports.rs"]
mod ports;
#[path = "../support/pushing.rs"]
mod pushing;
mod replicas;
mod sign_in;
mod site;
mod steering;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/test_parts.rs"]
mod test_parts;
mod tls;
#[path = "../support/tokens.rs"]
mod tokens;
mod uses;

use server::store::Store;
