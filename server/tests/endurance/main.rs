//! What the portal endures, as real processes: `thumbprint serve`, the local tenant and a database of their own.
//!
//! The suite runs a short one of each. `make bad-days`, `make soak`, `make notices` and `make mornings` run them at length;
//! `BAD_DAY_…`, `SOAK_…`, `NOTICES_…` and `MORNING_…` say how long, how many and from which seed: see `Sizes` of each.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod attack;
mod bad_day;
#[path = "../support/certificates.rs"]
mod certificates;
mod database;
#[path = "../support/entries.rs"]
mod entries;
mod journal;
mod machine;
mod morning;
mod notices;
#[path = "../support/portal_process.rs"]
mod portal_process;
#[path = "../support/ports.rs"]
mod ports;
mod process;
#[path = "../support/pushing.rs"]
mod pushing;
mod registration;
mod sink;
mod soak;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/tenant_process.rs"]
mod tenant_process;
mod trouble;

/// What the environment says.
fn told<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is {text}, which is no number")))
}

/// The same, or as usual.
fn parameter<T: std::str::FromStr>(name: &str, usual: T) -> T {
    told(name).unwrap_or(usual)
}

/// So many of a hundred are no more than this. `sorted`: the smallest first.
fn of_hundred<T: Copy>(sorted: &[T], share: usize) -> T {
    sorted[(sorted.len() - 1) * share / 100]
}
