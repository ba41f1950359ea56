//! Entra for the portal itself: OpenID Connect, authorization code with PKCE, and the tokens that come of it.

mod directory_roles;
mod error;
mod grant;
mod provider;
mod transport;
mod wire;

pub use directory_roles::change_every_app;
pub use error::EntraError;
pub(crate) use error::EntraErrorKind;
pub use grant::{Access, OtherToken, Pending, RolesRead, SignedIn, Tokens};
pub use provider::Provider;
