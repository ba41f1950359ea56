//! One page of a list.

pub use views::data::paging::*;
