//! What went wrong, as a person reads it: the one place where it gets its words.

pub(crate) mod graph;
pub(crate) mod pushes;
mod store;
