//! Everybody's own notices.

use super::RequestDesk;
use crate::operations::own_notices::{acknowledge, calendar, hours, overview, remind};
use app::contract::own_notices::{AcknowledgeAsk, OwnNotices};
use app::contract::ports::OwnNoticesPort;
use app::contract::problem::Problem;
use async_trait::async_trait;
use domain::credentials::Subject;
use domain::notices::{CalendarKey, NoticeHours};

#[async_trait]
impl OwnNoticesPort for RequestDesk {
    async fn own_notices(&self, page: u32) -> Result<OwnNotices, Problem> {
        let (person, context) = self.entered()?;
        Ok(overview::handle(&self.parts.notices(context), person, page).await?)
    }

    async fn acknowledge_end(&self, ask: &AcknowledgeAsk) -> Result<(), Problem> {
        let (person, context) = self.pushing()?;
        Ok(acknowledge::handle(&context, person, ask).await?)
    }

    async fn remind_again(&self, subject: Subject) -> Result<(), Problem> {
        let (person, context) = self.pushing()?;
        Ok(remind::handle(&context, person, subject).await?)
    }

    async fn set_notice_hours(&self, hours: Option<&NoticeHours>) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        Ok(hours::handle(&context, person, hours).await?)
    }

    async fn make_calendar(&self) -> Result<CalendarKey, Problem> {
        let (person, context) = self.entered()?;
        Ok(calendar::make(&self.parts.notices(context), person, self.parts.entropy()).await?)
    }

    async fn revoke_calendar(&self) -> Result<(), Problem> {
        let (person, context) = self.entered()?;
        Ok(calendar::revoke(&context, person).await?)
    }
}
