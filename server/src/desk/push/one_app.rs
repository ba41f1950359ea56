//! One app of a push. What is asked of Graph, and in which order, is [`domain::push`]'s to say; here it is asked, and what
//! must not be forgotten is written down first.

use super::record::{self, blank};
use super::steps::Steps;
use super::words;
use crate::desk::DeskState;
use crate::desk::locks::Alone;
use crate::graph::{Answer, Application, GraphError};
use crate::person::TokenProvider;
use crate::store::{OpenWork, Run, StoreError};
use app::desk::{AppStage, Outcome, Problem, ReceiptApp};
use domain::key_credential::KeyCredentials;
use domain::merge_plan::MergePlan;
use domain::push::{Ask, Ending, Policy, Push, WriteAnswer};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

pub(super) struct AppPush {
    pub(super) state: Arc<DeskState>,
    pub(super) tokens: Arc<dyn TokenProvider>,
    pub(super) run: Arc<Run>,
    pub(super) work: OpenWork,
}

/// How the work on an app ended, for the push that it is part of.
pub(super) enum AppEnd {
    Recorded(Outcome),
    /// Entra no longer takes the sign-in. Where nothing was written the app's turn comes again; where something was, it is
    /// looked at again.
    NeedsSignIn(Problem),
    /// The process is to stop; as above.
    Stopped,
    /// The journal failed, or the app's lock was lost; as above.
    NotRecorded(StoreError),
}
