//! Thumbprint's server: sign-in, sessions, Graph, storage and pushes behind the pages of `app`.

// Leptos' view types nest deeply.
#![recursion_limit = "512"]

mod causes;
pub mod client_credential;
pub mod clock;
pub mod config;
pub mod connections;
pub mod entra;
pub mod entropy;
pub mod graph;
pub mod http;
pub mod index;
pub mod inventory;
pub mod jobs;
mod keyed_mutex;
pub mod keyvault;
pub mod log;
mod microsoft_error;
#[cfg(test)]
mod modules;
pub mod notices;
pub mod operations;
mod parsers;
pub mod parts;
pub mod person;
mod plan_refusal;
pub mod portal;
mod rollout;
pub mod session;
mod settlement;
mod shares;
pub mod store;
pub mod tenants;
pub mod termination;
#[cfg(test)]
mod test_certificate;
pub mod token_endpoint;

pub use portal::{RunningPortal, StartError, Surroundings, listen, start, start_on};
