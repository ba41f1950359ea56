//! Where requests and workers of this process meet: what is to be done, that something was done, and that it is time to
//! stop.

use super::queue::{Queue, QueueError, Run};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use uuid::Uuid;

/// The rate is of what was done in this time.
const LATELY: Duration = Duration::from_mins(1);
/// Sooner, no rate is worth saying.
const TELLING: Duration = Duration::from_secs(3);

pub struct Board {
    queue: OnceLock<Queue>,
    /// Wakes the worker of this process.
    call: Mutex<Option<mpsc::Sender<()>>>,
    /// Receipts that this process has queued or works on.
    ours: Mutex<HashSet<Uuid>>,
    /// Apps that this process reads, by receipt: their rows in the journal do not say so before the first write.
    reading: Mutex<HashMap<Uuid, HashSet<usize>>>,
    /// When how many apps of a receipt had ended.
    pulse: Mutex<HashMap<Uuid, VecDeque<(Instant, u32)>>>,
    changes: watch::Sender<u64>,
    stopping: watch::Sender<bool>,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            queue: OnceLock::new(),
            call: Mutex::default(),
            ours: Mutex::default(),
            reading: Mutex::default(),
            pulse: Mutex::default(),
            changes: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
        }
    }
}

impl Board {
    pub(super) fn open(&self, queue: Queue) {
        // Jobs are started once per desk.
        let _ = self.queue.set(queue);
    }

    pub(super) fn answer_calls(&self) -> mpsc::Receiver<()> {
        let (call, calls) = mpsc::channel(1);
        *lock(&self.call) = Some(call);
        calls
    }

    /// Has a receipt worked on, by whichever process is free. Where the queue fails it is found again in the journal.
    pub async fn enqueue(&self, receipt: Uuid) {
        let Some(queue) = self.queue.get() else { return };
        let new = lock(&self.ours).insert(receipt);
        if !new {
            return;
        }
        match queue.push(Run { receipt }).await {
            Ok(()) => self.call(),
            Err(error) => {
                lock(&self.ours).remove(&receipt);
                log(receipt, &error);
            }
        }
    }

    pub(crate) fn is_ours(&self, receipt: Uuid) -> bool {
        lock(&self.ours).contains(&receipt)
    }

    /// This process has done with a receipt what it can for now.
    pub(super) fn let_go(&self, receipt: Uuid) {
        lock(&self.ours).remove(&receipt);
        lock(&self.reading).remove(&receipt);
        self.changed();
    }

    /// An app is being read, or is no more: it is in the journal, or back among those whose turn has not come.
    pub fn reads(&self, receipt: Uuid, position: usize, reading: bool) {
        let mut all = lock(&self.reading);
        let of_receipt = all.entry(receipt).or_default();
        if reading {
            of_receipt.insert(position);
        } else {
            of_receipt.remove(&position);
        }
    }

    /// Apps of a receipt that this process reads and of which the journal knows nothing.
    pub fn reading(&self, receipt: Uuid) -> HashSet<usize> {
        lock(&self.reading).get(&receipt).cloned().unwrap_or_default()
    }

    fn call(&self) {
        if let Some(call) = lock(&self.call).as_ref() {
            // Full: it is being called already.
            let _ = call.try_send(());
        }
    }

    /// Some push of this process got further.
    pub fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Apps per minute lately, as far as this process has watched. `done`: of the receipt's apps, so far.
    pub fn per_minute(&self, receipt: Uuid, done: u32) -> Option<f64> {
        let now = Instant::now();
        let mut pulse = lock(&self.pulse);
        // Nobody has looked at these for long.
        pulse.retain(|_, beats| beats.back().is_some_and(|(at, _)| now - *at <= LATELY));
        let beats = pulse.entry(receipt).or_default();
        beats.push_back((now, done));
        while beats.get(1).is_some_and(|(at, _)| now - *at > LATELY) {
            beats.pop_front();
        }
        let (since, before) = *beats.front()?;
        let elapsed = now - since;
        (elapsed >= TELLING).then(|| f64::from(done.saturating_sub(before)) * 60.0 / elapsed.as_secs_f64())
    }

    /// The push does not go on for now: its rate begins anew.
    pub fn at_rest(&self, receipt: Uuid) {
        lock(&self.pulse).remove(&receipt);
    }

    /// Work under way is to end at its next step, and what waits for news is to end now.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Ends once it is time to stop.
    pub async fn stopped(&self) {
        // The sender is this board's own.
        drop(self.stopping.subscribe().wait_for(|stopping| *stopping).await);
    }

    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}

fn log(receipt: Uuid, error: &QueueError) {
    tracing::error!(error = error as &dyn std::error::Error, %receipt, "a job could not be queued; it is queued again later");
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_rate_is_of_the_last_minute() {
        let board = Board::default();
        let receipt = Uuid::from_u128(1);
        assert_eq!(board.per_minute(receipt, 1000), None, "nothing to compare with");
        for second in 1..=300 {
            tokio::time::advance(Duration::from_secs(1)).await;
            board.per_minute(receipt, 1000 + second * 2);
        }
        for second in 1..=60 {
            tokio::time::advance(Duration::from_secs(1)).await;
            board.per_minute(receipt, 1600 + second);
        }
        let rate = board.per_minute(receipt, 1660).unwrap_or_default();
        assert!((rate - 60.0).abs() < 3.0, "{rate}");
        board.at_rest(receipt);
        assert_eq!(board.per_minute(receipt, 1660), None);
    }

    #[test]
    fn knows_what_is_read() {
        let board = Board::default();
        let receipt = Uuid::from_u128(1);
        board.reads(receipt, 3, true);
        board.reads(receipt, 4, true);
        board.reads(receipt, 3, false);
        assert_eq!(board.reading(receipt), HashSet::from([4]));
        board.let_go(receipt);
        assert_eq!(board.reading(receipt), HashSet::new());
    }
}
