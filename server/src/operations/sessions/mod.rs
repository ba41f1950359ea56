//! Where a person is signed in.

pub(crate) mod end;
pub(crate) mod lend;
pub(crate) mod list;
