//! Previews: what would be sent, before anything is.

pub(crate) mod draft;
pub(crate) mod read;
pub(crate) mod unsuitable;
