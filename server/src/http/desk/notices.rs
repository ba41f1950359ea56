//! Notices, as pages have them: for administrators alone.

use super::RequestDesk;
use crate::operations::notices::{NoticeContext, free, keep, overview, replay, test, ways};
use crate::person::Person;
use app::contract::notices::{ChannelFields, Notices};
use app::contract::ports::NoticesPort;
use app::contract::problem::Problem;
use async_trait::async_trait;
use domain::notices::{ChannelName, NoticeId};

impl RequestDesk {
    fn telling(&self) -> Result<(&Person, NoticeContext), Problem> {
        let (person, context) = self.administering()?;
        Ok((person, self.parts.notices(context)))
    }
}

#[async_trait]
impl NoticesPort for RequestDesk {
    async fn notices(&self, page: u32) -> Result<Notices, Problem> {
        let (_, notices) = self.telling()?;
        Ok(overview::handle(&notices, page).await?)
    }

    async fn test_channel(&self, channel: &ChannelName) -> Result<(), Problem> {
        let (_, notices) = self.telling()?;
        Ok(test::handle(&notices, self.parts.entropy(), channel).await?)
    }

    async fn free_channel(&self, channel: &ChannelName) -> Result<(), Problem> {
        let (person, notices) = self.telling()?;
        Ok(free::handle(&notices, person, channel).await?)
    }

    async fn keep_channel(&self, fields: &ChannelFields) -> Result<(), Problem> {
        let (person, notices) = self.telling()?;
        Ok(keep::handle(&notices, person, self.parts.entropy(), fields).await?)
    }

    async fn switch_channel(&self, channel: &ChannelName, version: u32, on: bool) -> Result<(), Problem> {
        let (person, notices) = self.telling()?;
        Ok(ways::switch(&notices, person, (channel, version), on).await?)
    }

    async fn remove_channel(&self, channel: &ChannelName, version: u32) -> Result<(), Problem> {
        let (person, notices) = self.telling()?;
        Ok(ways::remove(&notices, person, (channel, version)).await?)
    }

    async fn replay_notice(&self, notice: NoticeId, channel: &ChannelName) -> Result<(), Problem> {
        let (_, notices) = self.telling()?;
        Ok(replay::handle(&notices, notice, channel).await?)
    }
}
