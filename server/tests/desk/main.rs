//! The desk against the local tenant, over real HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod faults;
mod lists;
mod paging;
mod plans;
mod proxy;
mod pushes;
mod records;
mod uploads;
mod world;
