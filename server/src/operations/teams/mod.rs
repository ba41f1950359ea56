//! Teams: who looks after which apps.

pub(crate) mod list;
pub(crate) mod of_app;
