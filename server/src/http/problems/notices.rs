//! What administrators are told of what they ask of notices.

use super::inventory::sentence;
use crate::operations::notices::{KeepChannelError, NoticeError};
use app::contract::problem::Problem;

impl From<NoticeError> for Problem {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::NoChannel(_) => {
                Self::new(404, "no-such-channel", "There is no such channel", format!("{error}."))
                    .advice("Load the page again: it may have been switched off, or removed.")
            }
            NoticeError::NoMailbox => Self::new(
                422,
                "no-mailbox",
                "A test has nobody to go to",
                "The configuration names no mailbox for administrators.",
            )
            .advice("Set admins in the section [notices.email], and start the portal again."),
            NoticeError::NotEnded => Self::new(
                409,
                "still-waiting",
                "That is not to be replayed",
                "It still waits to be sent, or it is gone.",
            )
            .advice("Load the page again to see how it stands. Nothing was sent."),
            NoticeError::Store(error) => error.into(),
        }
    }
}

impl From<KeepChannelError> for Problem {
    fn from(error: KeepChannelError) -> Self {
        match error {
            KeepChannelError::Pinned | KeepChannelError::Kind | KeepChannelError::Tells | KeepChannelError::Text(_) => {
                let told = format!("{}.", sentence(&error).trim_end_matches('.'));
                Self::new(422, "bad-channel", "The channel cannot be used", told)
                    .advice("Put it right, and send it again. Nothing was kept.")
            }
            KeepChannelError::Setting(error) => error.into(),
            KeepChannelError::Seal(error) => {
                tracing::error!(%error, "the address of a channel could not be sealed");
                Self::new(500, "not-sealed", "The channel could not be kept", "Its address could not be sealed.")
                    .advice("Nothing was kept. Tell who runs the portal.")
            }
            KeepChannelError::Store(error) => error.into(),
        }
    }
}
