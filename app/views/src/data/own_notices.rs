//! What a person is told, and when.

use super::paging::Page;
use domain::credentials::Subject;
use domain::notices::{Acknowledgement, EndingApp, NoticeHours};
use time::{Date, OffsetDateTime};

/// The page of a person's own notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnNotices {
    /// What ends of what they see. `None`: the directory is not read in the background.
    pub endings: Option<Endings>,
    /// When they want to be told; `None`: as the portal has it.
    pub hours: Option<NoticeHours>,
    /// The hour of UTC from which the portal writes digests.
    pub portal_hour: u8,
    /// `None`: there are no calendars.
    pub calendar: Option<CalendarView>,
    /// They may acknowledge.
    pub may_decide: bool,
    /// The portal tells anybody anything.
    pub is_on: bool,
}

/// What ends and has nothing to take its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endings {
    /// The soonest first.
    pub page: Page<EndingView>,
    /// There are more than are listed on all pages.
    pub is_cut: bool,
    /// When the directory was read. `None`: not in whole.
    pub read_at: Option<OffsetDateTime>,
}

/// An app of which something ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndingView {
    /// What ends of it.
    pub app: EndingApp,
    /// Somebody knows of it, and nobody is reminded.
    pub known: Option<Acknowledgement>,
}

/// That somebody knows of an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgeAsk {
    /// Of which object.
    pub subject: Subject,
    /// Which end of it they saw, to the second.
    pub ends_at: OffsetDateTime,
    /// Until when nobody is to be reminded.
    pub until: Option<Date>,
    /// May be empty.
    pub reason: String,
}

/// A person's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarView {
    /// It says of which apps, and not only how many.
    pub names: bool,
    /// `None`: it has no address.
    pub made: Option<CalendarMade>,
}

/// The address of a calendar, which itself is kept nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarMade {
    /// When it was made.
    pub at: OffsetDateTime,
    /// Later after each sign-in.
    pub expires_at: OffsetDateTime,
    /// When a program last read it.
    pub fetched_at: Option<OffsetDateTime>,
}
