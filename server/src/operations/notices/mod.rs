//! What administrators see of notices, and what they can do about them.

pub(crate) mod free;
pub(crate) mod overview;
pub(crate) mod replay;
pub(crate) mod test;

use crate::config::{EMAIL, NoticeSettings};
use crate::notices::Planner;
use crate::operations::Context;
use crate::store::StoreError;
use domain::notices::ChannelName;
use std::sync::Arc;

/// What these operations use.
pub(crate) struct NoticeContext {
    pub(crate) context: Context,
    pub(crate) settings: Arc<NoticeSettings>,
    pub(crate) planner: Planner,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoticeError {
    #[error("the configuration has no channel “{0}”")]
    NoChannel(ChannelName),
    #[error("mail has no mailbox for administrators")]
    NoMailbox,
    #[error("there is no such delivery that has ended")]
    NotEnded,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NoticeContext {
    /// A channel of the configuration.
    fn known(&self, name: &ChannelName) -> Result<(), NoticeError> {
        let is_email = name.as_str() == EMAIL && self.settings.email.is_some();
        let known = is_email || self.settings.channels.iter().any(|channel| channel.name.0 == *name);
        if known { Ok(()) } else { Err(NoticeError::NoChannel(name.clone())) }
    }
}
