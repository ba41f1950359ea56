//! Writers on one app, and who may be blamed for what.

pub mod app;
pub mod at_large;
pub mod exhaustive;
pub mod history;
pub mod judge;
pub mod world;
