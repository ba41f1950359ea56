//! Notices that arrive: from what the store has in its outbox to mail, Teams, Slack and webhooks.
//!
//! [`Planner`] looks at the inventory once a day and writes digests; [`Sender`] spreads what is due over the channels of
//! the configuration and sends it. Both are called by jobs, again and again: what was done is in the store.
//!
//! A channel ([`Channel`]) turns a notice into its own form, and its answer into a [`Verdict`]. All that go over HTTP use one
//! client ([`Outbound`]), which reaches public addresses alone.

mod address;
mod channel;
mod email;
mod envelope;
#[cfg(test)]
mod far_sides;
mod outbound;
mod plan;
mod recheck;
mod send;
mod sign;
mod slack;
mod teams;
#[cfg(test)]
mod tests;
mod words;

pub use channel::{Channel, Verdict};
pub use email::{Mailer, MailerError};
pub use outbound::{Outbound, OutboundError};
pub use plan::{PlanError, Planned, Planner};
pub use send::{Sender, SenderError};
