//! What went wrong, as a person reads it.

pub use views::data::problem::*;
