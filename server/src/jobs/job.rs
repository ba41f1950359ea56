//! What a job is.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// However often a job failed, its next try comes within this.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// One kind of work. The value that is registered holds what the work needs; the payload says what is to be done.
///
/// A job is done **at least once**: a process may die after the work and before the queue knows. So it has to be
/// idempotent: it looks at what is there, and does what is missing.
pub trait Job: Send + Sync + 'static {
    /// Its name in the queue, in the table `schedules` and in logs. A new name is a new job.
    const NAME: &'static str;
    /// Of the payload's JSON. Raise it when older payloads can no longer be read as they are, and read those in
    /// [`Job::read`].
    const VERSION: u32 = 1;
    /// How often a queued job is tried before it is given up. A scheduled one is tried again at its next time.
    const ATTEMPTS: u32 = 5;
    /// Before the second try; twice as long before each further one, up to an hour.
    const PAUSE: Duration = Duration::from_secs(10);

    /// What is to be done. A scheduled job has none: `()`.
    type Payload: Serialize + DeserializeOwned + Send + 'static;
    type Error: std::error::Error + Send + Sync + 'static;

    /// A payload as the queue has it.
    ///
    /// # Errors
    /// Where it is of a version that this process does not know. A newer one may be known to a newer replica.
    fn read(version: u32, payload: Value) -> Result<Self::Payload, PayloadError> {
        if version != Self::VERSION {
            return Err(PayloadError::Version { job: Self::NAME, version });
        }
        Ok(serde_json::from_value(payload)?)
    }

    /// Jobs with the same key ask for the same thing: of these a process runs one at a time. One that comes while another
    /// runs is not run beside it; that one begins once more when it has ended. Other processes are the job's to exclude.
    fn key(_: &Self::Payload) -> Option<String> {
        None
    }

    /// Whose it is: places are given in turn to those whose jobs wait, and one of several is always left for another.
    fn lane(&self, _: &Self::Payload) -> impl Future<Output = String> + Send {
        async { String::new() }
    }

    /// How many of them one process runs at the same time; further ones wait.
    fn at_once(&self) -> usize {
        4
    }

    /// Does it. What a queued job began ends with it, also where the portal stops: a long one looks at the stop signal. A
    /// scheduled job is dropped at an `await` when the portal stops or another process has taken it over.
    fn run(&self, payload: Self::Payload) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    #[error("version {version} of a payload of “{job}” is not known here")]
    Version { job: &'static str, version: u32 },
    #[error("the payload cannot be read")]
    Json(#[from] serde_json::Error),
}

/// Why a try of a job ended without success.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error("no job has the name “{0}” here")]
    Unknown(String),
    #[error(transparent)]
    Payload(#[from] PayloadError),
    #[error("it failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("it panicked")]
    Panicked,
}

/// A job as it is in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Envelope {
    pub(super) job: String,
    pub(super) version: u32,
    pub(super) payload: Value,
    /// From 1.
    pub(super) attempt: u32,
}

impl Envelope {
    pub(super) fn new<J: Job>(payload: &J::Payload) -> Result<Self, serde_json::Error> {
        let payload = serde_json::to_value(payload)?;
        Ok(Self { job: J::NAME.to_owned(), version: J::VERSION, payload, attempt: 1 })
    }

    pub(super) fn next(self) -> Self {
        Self { attempt: self.attempt.saturating_add(1), ..self }
    }
}

/// After the failed try number `attempt`, from 1.
pub(super) fn pause_after(attempt: u32, first: Duration) -> Duration {
    first.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let first = Duration::from_secs(10);
        let pauses = [1, 2, 3, 9, 10, u32::MAX].map(|attempt| pause_after(attempt, first).as_secs());
        assert_eq!(pauses, [10, 20, 40, 2560, 3600, 3600]);
    }
}
