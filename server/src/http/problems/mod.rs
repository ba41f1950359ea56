//! What went wrong, as a person reads it: the one place where it gets its words.

mod store;
