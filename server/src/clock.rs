//! Time as an argument.

use time::OffsetDateTime;

/// Where the current time comes from.
pub trait Clock: Send + Sync {
    /// The current time, in UTC.
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

/// One that stands still.
#[cfg(test)]
pub(crate) struct StoppedClock(pub OffsetDateTime);

#[cfg(test)]
impl Clock for StoppedClock {
    fn now(&self) -> OffsetDateTime {
        self.0
    }
}
