//! Where what strangers send is parsed: on threads of their own, few at a time, so that a hard one holds up nobody else.

use std::sync::Arc;
use tokio::sync::Semaphore;

/// At work at the same time.
const AT_ONCE: usize = 2;
/// At work and waiting.
const MOST: usize = 64;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Parsers {
    places: Arc<Semaphore>,
    /// Who is at work, or waits.
    all: Arc<Semaphore>,
}

/// Why something was not parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParserError {
    #[error("too many are being parsed at this moment")]
    Busy,
    #[error("the parser failed")]
    Failed,
}

impl Default for Parsers {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), all: Arc::new(Semaphore::new(MOST)) }
    }
}

impl Parsers {
    /// Runs `parse` on a thread that may be blocked. It goes on, and keeps its place, when nobody waits for it any more.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        parse: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ParserError> {
        let counted = Arc::clone(&self.all).try_acquire_owned().map_err(|_| ParserError::Busy)?;
        // Nobody closes it.
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| ParserError::Failed)?;
        let parsing = tokio::task::spawn_blocking(move || {
            let (_counted, _place) = (counted, place);
            parse()
        });
        parsing.await.map_err(|error| {
            tracing::error!(%error, "a parser failed");
            ParserError::Failed
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    #[tokio::test]
    async fn hard_ones_hold_up_no_timer_and_no_more_than_their_share() {
        let parsers = Parsers::default();
        let (go, wait) = mpsc::channel::<()>();
        let wait = Arc::new(std::sync::Mutex::new(wait));
        let hard: Vec<_> = (0..MOST)
            .map(|_| {
                let (parsers, wait) = (parsers.clone(), Arc::clone(&wait));
                tokio::spawn(async move { parsers.run(move || wait.lock().unwrap().recv().unwrap()).await })
            })
            .collect();
        while parsers.all.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let begun = Instant::now();
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(begun.elapsed() < Duration::from_secs(5), "the runtime goes on");
        assert_eq!(parsers.run(|| ()).await, Err(ParserError::Busy));
        for _ in 0..MOST {
            go.send(()).unwrap();
        }
        for one in hard {
            assert_eq!(one.await.unwrap(), Ok(()));
        }
        assert_eq!(parsers.run(|| 7).await, Ok(7));
        let failed: Result<(), _> = parsers.run(|| panic!("as it was told to")).await;
        assert_eq!(failed, Err(ParserError::Failed));
        assert_eq!(parsers.all.available_permits(), MOST);
    }
}
