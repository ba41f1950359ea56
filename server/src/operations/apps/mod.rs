//! App registrations as Entra lists them: a page of them, one by itself, names, and all as CSV.

pub(crate) mod export;
mod found;
pub(crate) mod list;
pub(crate) mod names;
pub(crate) mod read;
pub(crate) mod rights;

pub(crate) use found::{AppSearch, OwnAppsError};
