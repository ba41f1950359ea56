//! What people are told: notices as data. What a message looks like is the business of the channel that carries it.
//!
//! A [`Notice`] has one id for good, which follows from what it tells of: the same person's digest of the same day is the
//! same notice, however often it is planned. It is kept together with what it tells of, sent at least once, and every copy
//! carries that id.

mod acknowledged;
mod calendar;
mod ending;
mod facts;
mod hours;
mod notice;
mod retry;
mod state;

pub use acknowledged::{AcknowledgedInThePast, Acknowledgement};
pub use calendar::{
    CALENDAR_AHEAD, CALENDAR_LIFE, CALENDAR_PAST, CalendarDay, CalendarDigest, CalendarKey, MOST_NAMES, calendar_event,
};
pub use ending::{EndingApp, EndingFacts, EndingStep, MOST_APPS, audiences_of};
pub use facts::{Alarm, AlarmFacts, NoticeFacts, NoticeKind, RequestEvent, RequestFacts};
pub use hours::{DayTime, NoDayTime, NoQuietHours, NoticeHours, QuietHours};
pub use notice::{Audience, ChannelName, Notice, NoticeId, UnknownAudience};
pub use retry::{LONGEST_WAIT, RETRIES, next_attempt};
pub use state::DeliveryState;
