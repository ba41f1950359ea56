//! The search over every app's credentials, and what the doctor asks of the directory.

pub(crate) mod doctor_evidence;
pub(crate) mod find_holders;
