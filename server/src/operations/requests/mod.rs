//! Requests: changes that somebody asks for and others approve. The state machine is [`domain::requests`]; here its facts
//! are read, and what it says is kept.

pub(crate) mod ask;
pub(crate) mod ask_removal;
mod book;
mod capacity;
pub(crate) mod change;
pub(crate) mod comment;
pub(crate) mod execute;
mod execute_removal;
mod facts;
pub(crate) mod keep_rule;
pub(crate) mod list;
pub(crate) mod read;
pub(crate) mod removal;
pub(crate) mod review;
pub(crate) mod rules;
pub(crate) mod visible;
pub(crate) mod withdraw;

pub(crate) use facts::{FactsError, needs};
