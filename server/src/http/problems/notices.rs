//! What administrators are told of what they ask of notices.

use crate::operations::notices::NoticeError;
use app::contract::problem::Problem;

impl From<NoticeError> for Problem {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::NoChannel(_) => {
                Self::new(404, "no-such-channel", "There is no such channel", format!("{error}."))
                    .advice("Load the page again: the configuration may have changed.")
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
