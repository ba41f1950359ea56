//! Bounded concurrency that keeps the order.

use std::future::Future;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Requests under way at the same time for one person who waits for a page.
const READS: usize = 8;

/// Makes all reads, at most `limit` or [`READS`] at a time; `None` in place of one that panicked.
pub(crate) async fn run<T, F>(limit: usize, tasks: Vec<F>) -> Vec<Option<T>>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let gate = Arc::new(Semaphore::new(limit.clamp(1, READS)));
    let mut results: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
    let mut set = JoinSet::new();
    for (place, task) in tasks.into_iter().enumerate() {
        let gate = Arc::clone(&gate);
        set.spawn(async move {
            // The gate is never closed.
            let _permit = gate.acquire_owned().await;
            (place, task.await)
        });
    }
    while let Some(joined) = set.join_next().await {
        match joined {
            Ok((place, result)) => results[place] = Some(result),
            Err(error) => tracing::error!(%error, "a task ended early"),
        }
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn keeps_order_and_limit() {
        let now = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let tasks = (0..20)
            .map(|n| {
                let (now, most) = (Arc::clone(&now), Arc::clone(&most));
                async move {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    for _ in 0..(20 - n) {
                        tokio::task::yield_now().await;
                    }
                    now.fetch_sub(1, Ordering::SeqCst);
                    n
                }
            })
            .collect();
        let results = run(3, tasks).await;
        assert_eq!(results, (0..20).map(Some).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }
}
