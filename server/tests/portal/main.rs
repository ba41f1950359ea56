//! The portal over HTTP, against the local tenant: signing in, sessions, and what every answer has in common.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod apps_csv;
#[path = "../support/certificates.rs"]
mod certificates;
mod connections;
#[path = "../support/databases.rs"]
mod databases;
mod forgery;
mod hostile;
mod id_token;
mod inventory_files;
mod law_four;
mod lent_reading;
mod logs;
mod notices;
mod own_notices;
#[path = "../support/pushing.rs"]
mod pushing;
mod refused;
mod rights;
mod roles;
mod sessions;
mod sign_in;
mod sign_in_logs;
mod starting;
mod step_up;
#[path = "../support/mod.rs"]
mod support;
#[cfg(unix)]
mod tenant_run;
mod tokens;

use server::store::Store;
