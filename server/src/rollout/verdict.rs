//! What a read says about a push, in a word.

use domain::diff::{self, DiffKind};
use domain::key_credential::{KeyCredential, KeyCredentials};
use domain::push::Push;

/// What a read showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadVerdict {
    /// Nothing was written yet.
    BeforeWriting,
    AsPlanned,
    /// It shows the state from before the write.
    NotYet,
    Differs,
}

impl ReadVerdict {
    /// For the list of steps. The machine has its own, stricter mind about what to do next.
    pub(super) fn of(push: &Push, state: &KeyCredentials) -> Self {
        let report = push.report();
        if report.writes == 0 {
            return Self::BeforeWriting;
        }
        let plan = push.plan();
        let there = plan.key_ids().iter().all(|(id, _)| state.find(*id).is_some());
        let mut removed = plan.diff().rows.iter().filter(|row| row.kind == DiffKind::Removed);
        let gone = removed.all(|row| row.key_id.is_none_or(|id| state.find(id).is_none()));
        let kept = report.before.as_ref().is_none_or(|before| {
            let stays =
                |id| !plan.diff().rows.iter().any(|row| row.kind == DiffKind::Removed && row.key_id == Some(id));
            let mut ids = before.iter().filter_map(KeyCredential::key_id).filter(|id| stays(*id));
            ids.all(|id| state.find(id).is_some())
        });
        let as_before = || report.before.as_ref().is_some_and(|before| diff::between(before, state).is_empty());
        match (there && gone, kept) {
            (true, true) => Self::AsPlanned,
            _ if as_before() => Self::NotYet,
            _ => Self::Differs,
        }
    }
}
