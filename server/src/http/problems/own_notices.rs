//! What people are told of their own notices.

use super::inventory::{bad_reason, sentence};
use crate::operations::own_notices::CalendarError;
use crate::operations::own_notices::acknowledge::AcknowledgeEndError;
use crate::operations::own_notices::hours::HoursError;
use crate::operations::own_notices::remind::RemindError;
use app::contract::problem::Problem;

impl From<AcknowledgeEndError> for Problem {
    fn from(error: AcknowledgeEndError) -> Self {
        match error {
            AcknowledgeEndError::Object(error) => error.into(),
            AcknowledgeEndError::Nothing(_) | AcknowledgeEndError::AnotherEnd => Self::new(
                409,
                "not-so-any-more",
                "That is not so any more",
                "It was renewed since you looked, or something else of it ends first.",
            )
            .advice("Load the page again to see what ends now. Nothing was changed."),
            AcknowledgeEndError::Past(error) => {
                Self::new(422, "bad-day", "It cannot be acknowledged until then", format!("{}.", sentence(&error)))
                    .advice("Choose a later day, or none. Nothing was changed.")
            }
            AcknowledgeEndError::Reason(error) => bad_reason(error),
            AcknowledgeEndError::Store(error) => error.into(),
        }
    }
}

impl From<RemindError> for Problem {
    fn from(error: RemindError) -> Self {
        match error {
            RemindError::Object(error) => error.into(),
            RemindError::Store(error) => error.into(),
        }
    }
}

impl From<HoursError> for Problem {
    fn from(error: HoursError) -> Self {
        match error {
            HoursError::Zone(error) => {
                Self::new(422, "bad-value", "There is no such time zone", format!("{}.", sentence(&error)))
                    .advice("Write a name such as Europe/Berlin or UTC. Nothing was changed.")
            }
            HoursError::Store(error) => error.into(),
        }
    }
}

impl From<CalendarError> for Problem {
    fn from(error: CalendarError) -> Self {
        match error {
            CalendarError::Off => Self::new(
                404,
                "no-calendars",
                "There are no calendars here",
                "They need the inventory, and the configuration may have switched them off.",
            )
            .advice("Ask whoever runs the portal."),
            CalendarError::Store(error) => error.into(),
        }
    }
}

/// The same for a key that never was, one that was taken back, and one that has expired.
pub(crate) fn no_calendar() -> Problem {
    Problem::new(404, "no-calendar", "There is no calendar at this address", "It was taken back, or it has expired.")
        .advice("Make a new address on the page “Your notices”.")
}
