//! Time as an argument: nothing in the tenant asks the system for "now" but [`SystemClock`].

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use time::{Duration, OffsetDateTime};

/// Where the tenant's idea of the present comes from.
pub trait Clock: Send + Sync {
    /// The present, in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// Another clock, moved by an offset that tests and demos set: expiry can be watched without waiting.
#[derive(Clone)]
pub struct OffsetClock {
    inner: Arc<dyn Clock>,
    offset_seconds: Arc<AtomicI64>,
}

impl OffsetClock {
    /// A clock that follows `inner` with no offset yet.
    pub fn new(inner: Arc<dyn Clock>) -> Self {
        Self { inner, offset_seconds: Arc::default() }
    }

    /// Moves the clock by `by` (whole seconds; backwards when negative). Returns the offset it has then.
    pub fn advance(&self, by: Duration) -> Duration {
        let by = by.whole_seconds();
        Duration::seconds(self.offset_seconds.fetch_add(by, Ordering::SeqCst) + by)
    }

    /// Follows the inner clock again.
    pub fn reset(&self) {
        self.offset_seconds.store(0, Ordering::SeqCst);
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> OffsetDateTime {
        self.inner.now() + Duration::seconds(self.offset_seconds.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Clock for Fixed {
        fn now(&self) -> OffsetDateTime {
            OffsetDateTime::UNIX_EPOCH
        }
    }

    #[test]
    fn the_offset_adds_up_and_resets() {
        let clock = OffsetClock::new(Arc::new(Fixed));
        clock.advance(Duration::minutes(2));
        assert_eq!(clock.advance(Duration::minutes(-1)), Duration::minutes(1));
        assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH + Duration::minutes(1));
        clock.reset();
        assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH);
    }
}
