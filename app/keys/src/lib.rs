//! What holds a private key, in the browser alone: PKCS#12, PKCS#8 and PKCS#1 are read, certificates and requests are made.
//!
//! Nothing here does I/O, asks for the time or draws random numbers. The server's crates do not depend on this one: it has no code
//! that could open a PFX.
#![deny(missing_docs)]

pub mod make;
mod pfx;
mod private_key;

pub use pfx::{open_pkcs12_with_key, read_pkcs12};
pub use private_key::{KeyError, KeyFile, PrivateKey, leaf, read, read_with_key};
