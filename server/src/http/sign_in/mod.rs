//! Signing in with Microsoft Entra: OpenID Connect, authorization code with PKCE.

mod begin;
mod callback;
mod end;
mod return_path;

pub use begin::begin;
pub(crate) use callback::CallbackError;
pub use callback::callback;
pub use end::sign_out;

use std::collections::HashMap;

/// A query's parameters. Of one that is there twice, the first.
fn parameters(query: Option<&str>) -> HashMap<String, String> {
    let mut parameters = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        parameters.entry(name.into_owned()).or_insert_with(|| value.into_owned());
    }
    parameters
}

/// The database did not take what a sign-in needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sign-in could not be kept")]
pub(crate) struct NotRemembered;
