//! What administrators keep in the portal beside its configuration.

pub use views::data::settings::*;
