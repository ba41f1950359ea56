//! Where a push is, and what a person may do with it from there.

use crate::spelling::spelled;

spelled! {
    /// Where a push is.
    pub enum RunState ("state of a push") {
        /// Apps are being read and written, or are about to be.
        Running = "running",
        /// By a person, after a wave, or because too many apps did not end well.
        Paused = "paused",
        /// The person's sign-in ended meanwhile.
        NeedsSignIn = "needs-sign-in",
        /// By a person. Apps that were being written are still looked at to the end.
        Cancelled = "cancelled",
        /// Every app has an outcome.
        Finished = "finished",
    }
}

impl RunState {
    /// No further app is begun, ever.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Cancelled | Self::Finished)
    }

    /// It stands still until a person says so.
    pub const fn is_at_rest(self) -> bool {
        matches!(self, Self::Paused | Self::NeedsSignIn)
    }

    /// Somebody has to work on it, as long as it has no end: a cancelled one still looks at what it was writing.
    pub const fn has_work(self) -> bool {
        matches!(self, Self::Running | Self::Cancelled)
    }

    /// What it is called once nothing more will happen.
    #[must_use]
    pub const fn at_its_end(self) -> Self {
        match self {
            Self::Cancelled => Self::Cancelled,
            Self::Running | Self::Paused | Self::NeedsSignIn | Self::Finished => Self::Finished,
        }
    }
}

spelled! {
    /// What a person wants of a push under way.
    pub enum Steer ("order to a push") {
        /// Begin no further app.
        Pause = "pause",
        /// Goes on, with the sign-in of who says so.
        Resume = "resume",
        /// Never begin a further app.
        Cancel = "cancel",
    }
}

impl Steer {
    /// The states in which it can be asked for.
    pub const fn from(self) -> &'static [RunState] {
        match self {
            Self::Pause => &[RunState::Running],
            Self::Resume => &[RunState::Paused, RunState::NeedsSignIn],
            Self::Cancel => &[RunState::Running, RunState::Paused, RunState::NeedsSignIn],
        }
    }

    /// The state that it leads to.
    pub const fn to(self) -> RunState {
        match self {
            Self::Pause => RunState::Paused,
            Self::Resume => RunState::Running,
            Self::Cancel => RunState::Cancelled,
        }
    }

    /// It can be asked for in this state.
    pub fn may(self, state: RunState) -> bool {
        self.from().contains(&state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn spellings() {
        holds(&[
            (RunState::Running, "running"),
            (RunState::Paused, "paused"),
            (RunState::NeedsSignIn, "needs-sign-in"),
            (RunState::Cancelled, "cancelled"),
            (RunState::Finished, "finished"),
        ]);
        holds(&[(Steer::Pause, "pause"), (Steer::Resume, "resume"), (Steer::Cancel, "cancel")]);
        assert_eq!((RunState::ALL.len(), Steer::ALL.len()), (5, 3));
    }

    #[test]
    fn what_may_be_asked_for_in_which_state() {
        let may = |state| Steer::ALL.iter().copied().filter(|steer| steer.may(state)).collect::<Vec<_>>();
        assert_eq!(may(RunState::Running), [Steer::Pause, Steer::Cancel]);
        assert_eq!(may(RunState::Paused), [Steer::Resume, Steer::Cancel]);
        assert_eq!(may(RunState::NeedsSignIn), [Steer::Resume, Steer::Cancel]);
        assert_eq!(may(RunState::Cancelled), []);
        assert_eq!(may(RunState::Finished), []);
    }

    #[test]
    fn each_state_is_over_or_at_rest_or_runs() {
        let of =
            |test: fn(RunState) -> bool| RunState::ALL.iter().copied().filter(|state| test(*state)).collect::<Vec<_>>();
        assert_eq!(of(RunState::is_over), [RunState::Cancelled, RunState::Finished]);
        assert_eq!(of(RunState::is_at_rest), [RunState::Paused, RunState::NeedsSignIn]);
        assert_eq!(of(RunState::has_work), [RunState::Running, RunState::Cancelled]);
        assert_eq!(
            (RunState::Cancelled.at_its_end(), RunState::Running.at_its_end()),
            (RunState::Cancelled, RunState::Finished)
        );
    }
}
