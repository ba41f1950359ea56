//! How far a push is, for whoever may see its receipt.

use crate::operations::pushes::PushContext;
use crate::operations::pushes::visible::{self, VisibleError};
use crate::person::Person;
use crate::rollout::{PauseReason, stored};
use crate::store::{Run, StoreError};
use domain::rollout::{Counts, RunState};
use uuid::Uuid;

/// How far a push is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PushProgress {
    pub(crate) state: RunState,
    pub(crate) why: Option<WhyItWaits>,
    /// From 1.
    pub(crate) wave: u32,
    /// How many apps each wave has.
    pub(crate) waves: Vec<u32>,
    /// As the journal has them.
    pub(crate) counts: Counts,
    /// Of those that wait by the journal: apps that this process reads.
    pub(crate) reading: u32,
    /// Apps per minute lately; absent until it can be told.
    pub(crate) per_minute: Option<f64>,
    /// Who looks may pause, resume and cancel it.
    pub(crate) may_steer: bool,
}

impl PushProgress {
    /// Apps are left, it is at work on none, and none has ended lately.
    fn stands_still(&self) -> bool {
        self.counts.waiting > 0 && self.counts.writing + self.reading == 0 && self.per_minute.is_none()
    }

    /// At the rate of late.
    pub(crate) fn seconds_left(&self) -> Option<f64> {
        let left = f64::from(self.counts.waiting + self.counts.writing);
        self.per_minute.map(|rate| left * 60.0 / rate)
    }
}

/// Why a push does not simply go on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum WhyItWaits {
    Paused(PauseReason),
    /// It was cancelled, and apps that were being written are looked at to the end.
    BeingCancelled,
    /// It is at work on no app, while so many pushes that began before it are under way.
    Behind {
        pushes: u32,
    },
}

pub(crate) async fn handle(pushes: &PushContext, person: &Person, receipt: Uuid) -> Result<PushProgress, VisibleError> {
    let run = visible::run(&pushes.context, person, receipt).await?;
    Ok(of(pushes, person, &run).await?)
}

pub(crate) async fn of(pushes: &PushContext, person: &Person, run: &Run) -> Result<PushProgress, StoreError> {
    let counts = pushes.context.tenant.store.counts(run.id).await?;
    let mut progress = PushProgress {
        state: run.state,
        why: run.why.clone().map(stored::read_pause).map(WhyItWaits::Paused),
        wave: run.wave,
        waves: stored::plan(&run.pace)?.waves,
        counts,
        reading: u32::try_from(pushes.notifier.reading(run.id).len()).unwrap_or_default().min(counts.waiting),
        per_minute: None,
        may_steer: visible::may_steer(person, run),
    };
    if run.state == RunState::Cancelled && run.finished_at.is_none() {
        // It is not over yet.
        progress.state = RunState::Running;
        progress.why = Some(WhyItWaits::BeingCancelled);
    }
    if progress.state == RunState::Running {
        progress.per_minute = pushes.notifier.per_minute(run.id, counts.ended()).filter(|rate| *rate > 0.0);
        if progress.why.is_none() && progress.stands_still() {
            let before = pushes.context.tenant.store.running_before(run.id).await?;
            progress.why = (before > 0).then_some(WhyItWaits::Behind { pushes: before });
        }
    } else {
        pushes.notifier.at_rest(run.id);
    }
    Ok(progress)
}
