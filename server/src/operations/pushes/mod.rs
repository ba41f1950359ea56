//! Pushes, their receipts, and what they left to be retired.

pub(crate) mod begin;
pub(crate) mod progress;
pub(crate) mod receipt;
pub(crate) mod receipt_of_app;
pub(crate) mod retirements;
pub(crate) mod steer;
pub(crate) mod visible;

use crate::config::JobSettings;
use crate::entropy::Entropy;
use crate::jobs::JobNotifier;
use crate::operations::Context;
use std::sync::Arc;

/// What operations on pushes use.
pub(crate) struct PushContext {
    pub(crate) context: Context,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// What goes on with pushes in this process.
    pub(crate) notifier: Arc<JobNotifier>,
    pub(crate) jobs: JobSettings,
}
