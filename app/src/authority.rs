//! The sign-in service of the portal's cloud, for code and scripts that people take along.

use domain::doctor::authority::Authority;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The server puts this into the context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalAuthority {
    pub authority: Authority,
    /// For libraries that insist on https, where `authority` is plain http, as a local tenant's is.
    pub over_https: Option<Authority>,
}

impl PortalAuthority {
    pub fn for_libraries(&self) -> &Authority {
        self.over_https.as_ref().unwrap_or(&self.authority)
    }
}

#[derive(Clone)]
struct Known(Option<PortalAuthority>);

/// Takes it along to the browser. Call once, at the root.
pub fn provide() {
    provide_context(Known(SharedValue::new(use_context::<PortalAuthority>).into_inner()));
}

pub fn use_authority() -> Option<PortalAuthority> {
    use_context::<Known>()?.0
}
