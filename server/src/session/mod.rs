//! Sessions: a random cookie, a row in the database, and the person's tokens in it, encrypted.

mod cookie;
mod own;
mod record;
mod seal;
mod store;
mod tokens;

pub use cookie::{COOKIE, layer, mend_removal};
pub use own::SessionsOf;
pub use record::{
    PENDING_LIFETIME, consume_pending, form_to_return_to, keep_for_return, keep_refusal, remember_pending, sign_in,
    signed_in, take_refusal, update,
};
pub use seal::{SealError, Sealer};
pub use store::Sessions;
pub use tokens::{SessionTokens, TokenVault, VaultError};
