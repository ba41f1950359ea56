//! What a person is told, and when.

pub use views::data::own_notices::*;

use super::problem::Problem;
use domain::credentials::Subject;
use domain::notices::{CalendarKey, NoticeHours};

/// The port of this resource: of the person's own, and acknowledging, which is for everybody who sees the object.
#[async_trait::async_trait]
pub trait OwnNoticesPort: Send + Sync {
    /// `page`: of what ends, from 1.
    async fn own_notices(&self, page: u32) -> Result<OwnNotices, Problem>;
    /// Nobody is reminded of this end for a while.
    async fn acknowledge_end(&self, ask: &AcknowledgeAsk) -> Result<(), Problem>;
    /// People are reminded again. Nothing happens where nobody had acknowledged it.
    async fn remind_again(&self, subject: Subject) -> Result<(), Problem>;
    /// `None`: by the hours of the portal.
    async fn set_notice_hours(&self, hours: Option<&NoticeHours>) -> Result<(), Problem>;
    /// Makes the address of the person's calendar; an earlier one is none from now on. The key is given out once.
    async fn make_calendar(&self) -> Result<CalendarKey, Problem>;
    /// The calendar has no address any more.
    async fn revoke_calendar(&self) -> Result<(), Problem>;
}
