//! Changes that somebody asks for and others approve. An approval is bound to bytes: to what would be sent, and to what the
//! apps had when it was given. Where either moves, it is void.
//!
//! - [`RequestSubject`] is what a request is about: a preview of `keyCredentials`, or a client secret that is to go.
//! - [`Request::apply`] is the state machine: a command at a time makes the next state, an event for the history, and at
//!   most one notice. It does no I/O and knows no clock.
//! - [`Request::standing`] is the only way to a [`StandingApproval`], and nothing is carried out without one.
//! - [`ApprovalRule`]s say which changes need approval, and whose.

mod automatic;
mod awaited;
mod command;
mod digest;
mod need;
mod notice;
mod request;
mod rule_text;
mod rules;
mod standing;
mod state;
mod subject;
mod words;

pub use automatic::{AutomaticTerms, ChangeFacts};
pub use awaited::{AwaitedAs, AwaitedPeople};
pub use command::{Command, RequestError, Review, Reviewer, Seen};
pub use digest::{PlanDigest, SecretState, StateDigest};
pub use need::{Need, demands, demands_of};
pub use notice::RequestNotice;
pub use request::{HistoryEvent, NewRequest, Request, Transition, first_day};
pub use rule_text::{RuleText, RuleTextError};
pub use rules::{Applied, ApprovalRule, Approver, Capacity, RuleError};
pub use standing::{NotStanding, StandingApproval};
pub use state::{RequestAct, RequestState, ReviewVerdict, VoidReason};
pub use subject::{Asked, AskedSecret, RequestSubject};
pub use words::{Words, WordsError};
