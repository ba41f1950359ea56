//! Pushes as jobs, so that they outlive the request that asked for them, and the process too.
//!
//! A receipt's journal in the database says what is done and what is not; a job only says that somebody should go on with
//! it. Whoever does holds the receipt's lease, so that two processes never work on one. A process that dies is missed
//! after some heartbeats; another, or itself once it is started again, then goes on from the journal.

mod board;
mod lease;
mod queue;
mod settings;
mod tokens;
mod worker;

pub use board::Board;
pub use lease::{Lease, Leases};
pub use queue::QueueError;
pub use settings::JobSettings;
pub use tokens::HandedOver;
pub use worker::{RunningJobs, start};
