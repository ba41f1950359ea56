//! Thumbprint's server: sign-in, sessions, Graph, storage and pushes behind the pages of `app`.

// Leptos' view types nest deeply.
#![recursion_limit = "512"]

pub mod cli;
pub mod client_credential;
pub mod clock;
pub mod config;
pub mod demo;
pub mod entropy;
pub mod graph;
pub mod http;
pub mod index;
pub mod jobs;
pub mod keyvault;
pub mod operations;
pub mod person;
pub mod portal;
mod rollout;
pub mod session;
pub mod sign_in;
pub mod store;
pub mod tenant_command;
pub mod termination;
#[cfg(test)]
mod test_certificate;
pub mod token_endpoint;

pub use portal::{RunningPortal, StartError, Surroundings, listen, start, start_on};
