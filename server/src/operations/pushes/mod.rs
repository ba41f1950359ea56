//! Pushes, their receipts, and what they left to be retired.

pub(crate) mod begin;
pub(crate) mod progress;
pub(crate) mod receipt;
pub(crate) mod retirements;
pub(crate) mod steer;
pub(crate) mod visible;
