//! The command line, and with the feature `demo` the portal with a local tenant.

// Leptos' view types nest deeply.
#![recursion_limit = "512"]

pub mod cli;
#[cfg(feature = "demo")]
pub mod demo;
#[cfg(feature = "demo")]
pub mod tenant_command;
