//! How the work on an app ended, for the push that it is part of.

use crate::store::StoreError;
use domain::rollout::Outcome;

pub(super) enum AppEnd {
    Recorded(Outcome),
    /// Entra no longer takes the sign-in. Where nothing was written the app's turn comes again; where something was, it is
    /// looked at again. `request_id`: Entra's or Graph's.
    NeedsSignIn {
        request_id: Option<String>,
    },
    /// The process is to stop; as above.
    Stopped,
    /// The journal failed, or the app's lock was lost; as above.
    NotRecorded(StoreError),
}

impl From<StoreError> for AppEnd {
    fn from(error: StoreError) -> Self {
        Self::NotRecorded(error)
    }
}

impl From<Result<Outcome, StoreError>> for AppEnd {
    fn from(recorded: Result<Outcome, StoreError>) -> Self {
        recorded.map_or_else(Self::NotRecorded, Self::Recorded)
    }
}
