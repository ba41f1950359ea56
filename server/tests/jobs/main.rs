//! Pushes to many apps as jobs: waves, steering, restarts, replicas.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bulk;
mod crash;
#[path = "../support/databases.rs"]
mod databases;
mod events;
mod faults;
mod replicas;
mod sign_in;
mod site;
mod steering;
#[path = "../support/mod.rs"]
mod support;

use server::store::Store;
