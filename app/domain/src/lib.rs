//! The sans-IO core of Thumbprint: certificates, `keyCredentials`, merge plans, diffs, client assertions.
//!
//! Nothing here does I/O, asks for the time or draws random numbers: `now` and GUIDs are arguments. The same code runs
//! on the server and, as WebAssembly, in the browser. Data flows one way:
//!
//! bytes → [`upload::Upload`] → [`certificate::Certificate`] → [`key_credential::NewKeyCredential`] →
//! [`merge_plan::MergePlan`] → the body of a PATCH.
#![deny(missing_docs)]

pub mod app_selector;
pub mod audit;
pub mod certificate;
pub mod client_assertion;
pub mod commands;
pub mod credentials;
pub mod csv;
pub mod dates;
pub mod department;
pub mod diff;
pub mod digest_text;
mod distinguished_name;
pub mod doctor;
pub mod encoding;
pub mod ids;
pub mod inventory;
pub mod key_credential;
pub mod limits;
pub mod merge_plan;
pub mod notices;
pub mod office;
pub mod peel;
pub mod preflight;
pub mod push;
pub mod requests;
pub mod rollout;
pub mod secret_removal;
pub mod settings;
pub mod sign_in_log;
pub mod snapshot;
pub mod spelling;
pub mod suitability;
pub mod teams;
pub mod thumbprint;
pub mod upload;
pub mod zone;
