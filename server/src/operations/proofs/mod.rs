//! Proof that a certificate works: an assertion goes to Entra's token endpoint, and its answer tells.

mod assertion;
pub(crate) mod prove;
pub(crate) mod target;

pub(crate) use assertion::AssertionError;
pub(crate) use prove::{Limiter, ProofContext, capitalized, limiter};
