//! Proof that a certificate works: an assertion goes to Entra's token endpoint, and its answer tells.

mod assertion;
mod prove;
mod target;

pub(super) use prove::{Limiter, handle as prove, limiter, relay};
pub(super) use target::handle as target;
