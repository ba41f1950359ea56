//! The requests of a push, as the receipt lists them.

use crate::rollout::failure::RequestFailure;
use crate::rollout::verdict::ReadVerdict;
use serde::{Deserialize, Serialize};

/// What a request was for, and what it showed. Kept as JSON: a variant may be added, and none renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StepKind {
    /// The app was read before anything was written.
    ReadBeforeWriting,
    /// Read back: all is there.
    AsPlanned,
    /// Read back: the state is that from before.
    NotYet,
    /// Read back: something else is there.
    Differs,
    /// It could not be read back.
    NotReadBack,
    Write,
    /// A crash cut a write off, so that its answer is not known.
    WriteCutOff,
    /// In the words of an earlier version.
    Told(String),
}

impl StepKind {
    pub(crate) fn is_write(&self) -> bool {
        matches!(self, Self::Write | Self::WriteCutOff)
    }
}

impl From<ReadVerdict> for StepKind {
    fn from(verdict: ReadVerdict) -> Self {
        match verdict {
            ReadVerdict::BeforeWriting => Self::ReadBeforeWriting,
            ReadVerdict::AsPlanned => Self::AsPlanned,
            ReadVerdict::NotYet => Self::NotYet,
            ReadVerdict::Differs => Self::Differs,
        }
    }
}

/// A request, or several in a row that said the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) kind: StepKind,
    /// `None`: it was not made, or nobody knows its answer.
    pub(crate) status: Option<u16>,
    /// Of the last one.
    pub(crate) request_id: Option<String>,
    /// At least 1.
    pub(crate) times: u32,
}

#[derive(Debug, Default)]
pub(super) struct Steps(Vec<Step>);

impl Steps {
    /// Those that were kept before a crash.
    pub(super) fn of(steps: Vec<Step>) -> Self {
        Self(steps)
    }

    /// A write that a crash has cut off.
    pub(super) fn cut_off(&mut self) {
        self.add(StepKind::WriteCutOff, None, None);
    }

    pub(super) fn answered(&mut self, kind: StepKind, status: u16, request_id: Option<&str>) {
        self.add(kind, Some(status), request_id);
    }

    /// A request that failed, or that was not made.
    pub(super) fn failed(&mut self, kind: StepKind, failure: &RequestFailure) {
        self.add(kind, failure.status(), failure.request_id());
    }

    /// Reads that say the same one after the other are one line with a count: waiting can take a hundred reads.
    fn add(&mut self, kind: StepKind, status: Option<u16>, request_id: Option<&str>) {
        let request_id = request_id.map(str::to_owned);
        match self.0.last_mut() {
            Some(last) if last.kind == kind && last.status == status => {
                last.times += 1;
                last.request_id = request_id;
            }
            _ => self.0.push(Step { kind, status, request_id, times: 1 }),
        }
    }

    pub(super) fn listed(&self) -> &[Step] {
        &self.0
    }

    pub(super) fn into_list(self) -> Vec<Step> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_become_one_line() {
        let mut steps = Steps::default();
        steps.answered(StepKind::NotYet, 200, Some("a"));
        steps.answered(StepKind::NotYet, 200, Some("b"));
        steps.answered(StepKind::AsPlanned, 200, Some("c"));
        let steps = steps.into_list();
        assert_eq!(steps.len(), 2);
        assert_eq!((&steps[0].kind, steps[0].times), (&StepKind::NotYet, 2));
        assert_eq!(steps[0].request_id.as_deref(), Some("b"));
    }
}
