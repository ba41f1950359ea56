//! Certificates that people uploaded.

pub(crate) mod keep;
pub(crate) mod read;
