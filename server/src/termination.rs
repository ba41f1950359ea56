//! How the process is told to stop: Ctrl-C, or what a service manager sends.

use std::io;

/// Hears of a stop from the moment that it is made. Make it before anything starts and before anything is said: who
/// reads that the portal is ready may stop it at once, and a signal that nobody listens for kills the process.
pub struct Termination {
    #[cfg(unix)]
    interrupted: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminated: tokio::signal::unix::Signal,
}

impl Termination {
    /// Listens for SIGINT and SIGTERM; elsewhere than on Unix, for Ctrl-C once [`Self::received`] is awaited.
    #[cfg_attr(not(unix), expect(clippy::unnecessary_wraps, reason = "Unix may refuse"))]
    pub fn listen() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { interrupted: signal(SignalKind::interrupt())?, terminated: signal(SignalKind::terminate())? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Ends when the process was told to stop, be it before this was called.
    pub async fn received(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
