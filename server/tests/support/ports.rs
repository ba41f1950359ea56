//! Ports for processes that are started again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpSocket;

/// A port of 127.0.0.1 for processes that come and go. On Linux, a socket that is bound and does not listen keeps it from
/// being given out, while a process that asks for this very port gets it; elsewhere nothing keeps it.
pub struct Reserved {
    pub address: SocketAddr,
    _held: Option<TcpSocket>,
}

impl Reserved {
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // As std does for listeners: two of them may have one address as long as neither listens.
        socket.set_reuseaddr(true).unwrap();
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        Self { address: socket.local_addr().unwrap(), _held: cfg!(target_os = "linux").then_some(socket) }
    }
}
