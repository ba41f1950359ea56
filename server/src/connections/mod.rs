//! Connections, before and around HTTP: how many there may be, how long each may take over what, and how they end.
//!
//! A connection is a task. Beside hyper, which speaks HTTP on it, that task has a [`Watch`] which knows what the other side
//! owes: the head of a request, the rest of a body, room for an answer. Whoever is late is cut off, by dropping the task's
//! future: that frees whatever it holds, in HTTP/1.1 and HTTP/2, in the midst of TLS, or before it is known which of
//! them it is. Why this is done here, and not by a library: `docs/adr/0007-own-accept-loop.md`.

mod body;
mod files;
mod places;
mod serve;
mod stream;
mod tls;
mod watch;

pub use body::is_endless;
pub use files::room_for;
pub use places::network;
pub use serve::{Answering, Serving, serve};
pub use tls::read as read_tls;
