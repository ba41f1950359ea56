//! What administrators see of notices, and what they can do about them.

pub(crate) mod free;
pub(crate) mod keep;
pub(crate) mod overview;
pub(crate) mod replay;
pub(crate) mod test;
pub(crate) mod ways;

use crate::config::{EMAIL, NoticeSettings};
use crate::notices::receiver::ChannelTextError;
use crate::notices::{ChannelBook, Planner};
use crate::operations::Context;
use crate::operations::settings::SettingError;
use crate::session::SealError;
use crate::store::StoreError;
use domain::notices::ChannelName;
use std::sync::Arc;

/// What these operations use.
pub(crate) struct NoticeContext {
    pub(crate) context: Context,
    pub(crate) settings: Arc<NoticeSettings>,
    pub(crate) book: ChannelBook,
    pub(crate) planner: Planner,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoticeError {
    #[error("there is no channel “{0}” that is used")]
    NoChannel(ChannelName),
    #[error("mail has no mailbox for administrators")]
    NoMailbox,
    #[error("there is no such delivery that has ended")]
    NotEnded,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a channel is not kept, changed or removed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeepChannelError {
    /// A new one would never be used.
    #[error("the configuration has a channel of this name")]
    Pinned,
    #[error("a channel is teams, slack, webhook or email")]
    Kind,
    #[error("a channel is for admins, unowned or both")]
    Tells,
    #[error(transparent)]
    Text(#[from] ChannelTextError),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NoticeContext {
    /// A channel that is used.
    async fn known(&self, name: &ChannelName) -> Result<(), NoticeError> {
        let is_email = name.as_str() == EMAIL && self.settings.email.is_some();
        if is_email || self.book.knows(name).await? { Ok(()) } else { Err(NoticeError::NoChannel(name.clone())) }
    }
}
