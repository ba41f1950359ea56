//! Notices that arrive: from what the store has in its outbox to mail, Teams, Slack and webhooks.
//!
//! [`Planner`] looks at the inventory once a day and writes digests; [`Sender`] spreads what is due over the channels
//! ([`ChannelBook`]: of the configuration, and kept by administrators) and sends it. Both are called by jobs, again and again: what was done is in the store. A person's own
//! hours ([`hours`]) say when their digest is written, and when mail to them waits.
//!
//! A channel ([`Channel`]) turns a notice into its own form, and its answer into a [`DeliveryVerdict`]. All that go over HTTP use one
//! client ([`Outbound`]), which reaches public addresses alone.

mod address;
mod book;
pub(crate) mod calendar;
mod channel;
mod email;
mod envelope;
#[cfg(test)]
mod far_sides;
pub(crate) mod hours;
mod notice_text;
mod outbound;
mod plan;
pub(crate) mod receiver;
mod recheck;
mod recipients;
mod send;
mod sign;
mod slack;
mod teams;
#[cfg(test)]
mod tests;

pub use book::ChannelBook;
pub(crate) use book::KeptChannel;
pub use channel::{Channel, DeliveryVerdict};
pub use email::{GraphMail, Mailer, MailerError};
pub use hours::NoSuchZone;
pub use outbound::{Outbound, OutboundError};
pub use plan::{DueNotices, PlanError, Planner};
pub use recipients::Recipients;
pub use send::{Sender, SenderError};
