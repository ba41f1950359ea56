//! Carries out pushes: wave by wave, app by app, as `domain::push` asks for it. What is done is in the journal: work may end
//! at any moment, and begin again anywhere.
//!
//! From the whole to the part: [`Rollout`] takes up a receipt, and `push_run` does what its state asks for; `wave_run` begins
//! the apps of a wave and hears how they end; `app_task` brings one app from its turn to its result, and `executor` does
//! for it what `domain::push` says; `record` keeps what came of it. None of them imports one that stands before it here.
//!
//! What came of an app, and why a push stands still, are types ([`AppFailure`], [`PauseReason`]); people's words for them
//! are made where they are shown.

mod app_context;
mod app_end;
mod app_guards;
mod app_result;
mod app_task;
mod audit;
mod blocked;
mod checkpoint;
mod conclude;
mod concurrency_limit;
mod context;
mod due_apps;
mod executor;
mod failure;
mod lapses;
mod past;
mod pause_reason;
mod push_run;
mod reader;
mod record;
mod retirements;
mod secret_removal;
mod sightings;
mod steps;
pub(crate) mod stored;
mod verdict;
mod watched;
mod wave_run;

pub(crate) use app_result::{AppResult, PushNote};
pub(crate) use audit::AuditText;
pub(crate) use context::{Observer, Rollout, RolloutSettings};
pub(crate) use failure::{AppFailure, Doubt, RequestFailure, Unverified};
pub(crate) use pause_reason::PauseReason;
pub(crate) use secret_removal::{ApprovedRemoval, NotSent, RemovalEnd, RemovalWork};
pub(crate) use steps::{Step, StepKind};
