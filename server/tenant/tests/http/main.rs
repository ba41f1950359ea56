//! The tenant as its clients see it: over HTTP, on a port of its own in every test.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod behaviour;
mod control;
mod graph_permissions;
mod graph_reads;
mod graph_writes;
mod keyvault;
mod keyvault_certificates;
mod sign_in;
mod support;
mod token_endpoint;
