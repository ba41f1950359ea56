//! Notices, for administrators.

pub use views::data::notices::*;

use super::problem::Problem;
use domain::notices::{ChannelName, NoticeId};

/// The port of this resource. Every method checks the viewer's role itself.
#[async_trait::async_trait]
pub trait NoticesPort: Send + Sync {
    /// `page`: of the deliveries, from 1.
    async fn notices(&self, page: u32) -> Result<Notices, Problem>;
    /// Puts a test into the outbox.
    async fn test_channel(&self, channel: &ChannelName) -> Result<(), Problem>;
    /// A channel that was switched off is tried again, with all that waited for it.
    async fn free_channel(&self, channel: &ChannelName) -> Result<(), Problem>;
    /// A new channel, or other contents for one that is kept here.
    async fn keep_channel(&self, fields: &ChannelFields) -> Result<(), Problem>;
    /// `version`: that was seen.
    async fn switch_channel(&self, channel: &ChannelName, version: u32, on: bool) -> Result<(), Problem>;
    /// `version`: that was seen.
    async fn remove_channel(&self, channel: &ChannelName, version: u32) -> Result<(), Problem>;
    /// Sends a notice once more, with the same id.
    async fn replay_notice(&self, notice: NoticeId, channel: &ChannelName) -> Result<(), Problem>;
}
