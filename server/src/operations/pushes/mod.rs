//! Pushes, their receipts, and what they left to be retired.

pub(crate) mod begin;
pub(crate) mod progress;
pub(crate) mod receipt;
pub(crate) mod retirements;
pub(crate) mod steer;
pub(crate) mod visible;

use crate::entropy::Entropy;
use crate::jobs::{Board, JobSettings};
use crate::operations::Context;
use std::sync::Arc;

/// What operations on pushes use.
pub(crate) struct PushContext {
    pub(crate) context: Context,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// What goes on with pushes in this process.
    pub(crate) board: Arc<Board>,
    pub(crate) jobs: JobSettings,
}
