//! What must not leave the browser. In a page, this is a web worker that has no network (its script's policy is
//! `default-src 'none'`): certificates and PFX files are read there, keys are made and used there, pastes are judged there.
//! It answers with the HTML of the server's own views.
//!
//! [`session::Session`] is all of it, without a browser: a [`message::Message`] goes in, [`message::Step`]s come out. The rim
//! does those that need the browser (WebCrypto, a timer), and hands the rest to the page, where `host.js` carries them out.
#![recursion_limit = "512"]
// Natively, only the tests use it.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

mod answer;
pub mod bench;
pub mod desk;
pub mod message;
mod reading;
mod secret;
pub mod session;

#[cfg(target_arch = "wasm32")]
mod rim;

pub use bench::{certificates, doctor, make, proof};
#[cfg(target_arch = "wasm32")]
pub use rim::{listen, listen_with_keys};
