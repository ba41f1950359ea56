//! The tenant as its clients see it: over HTTP, on a port of its own in every test.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agents;
mod behaviour;
mod consent;
mod control;
mod device_code;
mod federated;
mod graph_credentials;
mod graph_locks;
mod graph_objects;
mod graph_permissions;
mod graph_reads;
mod graph_rules;
mod graph_today;
mod graph_writes;
mod group_claims;
mod groups;
mod http2;
mod keyvault;
mod keyvault_certificates;
mod keyvault_manual;
mod keyvault_signing;
mod less;
mod mail;
mod microsoft;
mod not_simulated;
mod sign_in;
mod sign_in_old_and_new;
mod state_file;
mod support;
mod tenants;
mod throttle;
mod token_assertions;
mod token_endpoint;
