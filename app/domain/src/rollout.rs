//! A push to many apps: how its apps and the push itself stand, what a person may do with it, and in which order and how
//! far it goes before it asks or stops.
//!
//! One app's part of it is [`crate::push`].

mod counts;
mod filter;
mod mode;
mod outcome;
mod plan;
mod state;

pub use counts::{Counts, Uncountable};
pub use filter::AppFilter;
pub use mode::PushMode;
pub use outcome::{AppStage, JournalStage, Outcome};
pub use plan::{Ended, Pace, RolloutPlan};
pub use state::{RunState, Steer};
