//! Proof that a certificate works: an assertion goes to Entra's token endpoint, and its answer tells.

mod assertion;
mod prove;
mod target;

pub(crate) use prove::{Limiter, handle as prove, limiter, relay};
pub(crate) use target::handle as target;
