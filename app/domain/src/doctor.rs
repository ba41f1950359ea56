//! The AADSTS700027 doctor: from whatever a person pastes to what went wrong at Entra's token endpoint, why that is the
//! likely cause, and what to do.
//!
//! Data flows one way, and nothing here does I/O: text → [`paste::recognise`] → [`paste::Findings`]; together with
//! [`evidence::Evidence`] → [`diagnosis::diagnose`] → ranked [`diagnosis::Verdict`]s. Secrets in the text are masked
//! before anything is read from it.

pub mod assertion;
pub mod authority;
mod basis;
pub mod cause;
pub mod cloud;
mod code;
pub mod diagnosis;
pub mod evidence;
pub mod fix;
pub mod header;
mod json;
pub mod message;
mod normal;
pub mod paste;
pub mod presented;
pub mod proof_script;
mod redact;
mod request;
mod scan;
mod signin;
pub mod snippets;
mod topic;
mod wire;

pub use redact::SecretKind;
pub use scan::{Found, Origin, Span};
pub use topic::Topic;
