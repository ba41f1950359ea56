//! Previews: what would be sent, before anything is.

pub(crate) mod draft;
pub(crate) mod read;
mod refusal;
pub(crate) mod unsuitable;

pub(crate) use refusal::{MergeRefusal, PlanRefusal};
