//! Apps of a push that wait for other pushes, which are at work on the same app.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// Mostly an app is free, and the database says so at once.
const SOON: Duration = Duration::from_millis(250);

#[derive(Debug, Default)]
pub(super) struct Blocked {
    now: AtomicUsize,
    changed: Notify,
}

impl Blocked {
    pub(super) fn now(&self) -> usize {
        self.now.load(Ordering::SeqCst)
    }

    /// Until one more or one fewer waits. Once for all since the last call.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Waits for an app, and counts where that takes long. `tell`: that it begins to take long, and that it is over.
    pub(super) async fn on<T>(&self, app: impl Future<Output = T>, tell: impl Fn(bool)) -> T {
        let mut app = pin!(app);
        if let Ok(free) = timeout(SOON, &mut app).await {
            return free;
        }
        let waits = Waits::begin(self);
        tell(true);
        let free = app.await;
        drop(waits);
        tell(false);
        free
    }
}

/// Until dropped, one more waits.
struct Waits<'a>(&'a Blocked);

impl<'a> Waits<'a> {
    fn begin(blocked: &'a Blocked) -> Self {
        blocked.now.fetch_add(1, Ordering::SeqCst);
        blocked.changed.notify_one();
        Self(blocked)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_long_counts_until_it_has_what_it_waits_for_or_goes() {
        let blocked = Blocked::default();
        blocked.on(async {}, |_| panic!("it was free")).await;
        assert_eq!(blocked.now(), 0);
        let free = Notify::new();
        {
            let mut waits = pin!(blocked.on(free.notified(), |_| ()));
            assert!(timeout(SOON * 2, &mut waits).await.is_err());
            blocked.changed().await;
            assert_eq!(blocked.now(), 1);
            free.notify_one();
            waits.await;
            blocked.changed().await;
            assert_eq!(blocked.now(), 0);
        }
        assert!(timeout(SOON * 2, blocked.on(std::future::pending::<()>(), |_| ())).await.is_err());
        assert_eq!(blocked.now(), 0);
    }
}
