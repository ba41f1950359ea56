//! How jobs get into the queue, and how the worker of this process hears of it.

use super::engine::{QueueEngine, QueueError};
use super::job::{Envelope, Job};
use super::registry::key_of;
use super::turns::Turns;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;

#[derive(Default)]
pub struct Queue {
    engine: OnceLock<QueueEngine>,
    /// Wakes the worker of this process.
    call: Mutex<Option<mpsc::Sender<()>>>,
    turns: Arc<Turns>,
}

impl Queue {
    /// Queues a job, for whichever process is free.
    ///
    /// # Errors
    /// Where the database fails, or jobs have not been started.
    pub async fn put<J: Job>(&self, payload: &J::Payload) -> Result<(), QueueError> {
        let engine = self.engine.get().ok_or(QueueError::NotOpen)?;
        let job = Envelope::new::<J>(payload)?;
        let key = key_of::<J>(payload);
        if let Some(key) = &key {
            self.turns.queued(key);
        }
        let put = engine.push(job, Duration::ZERO).await;
        match (&put, &key) {
            (Err(_), Some(key)) => self.turns.not_queued(key),
            (Err(_), None) => {}
            (Ok(()), _) => self.call(),
        }
        put
    }

    /// Whether this process is at work on a job of this key, or has queued one a moment ago.
    pub fn knows<J: Job>(&self, payload: &J::Payload) -> bool {
        key_of::<J>(payload).is_some_and(|key| self.turns.knows(&key))
    }

    pub(super) fn open(&self, engine: QueueEngine) {
        // Jobs are started once per process.
        let _ = self.engine.set(engine);
    }

    pub(super) fn turns(&self) -> &Arc<Turns> {
        &self.turns
    }

    pub(super) fn answer_calls(&self) -> mpsc::Receiver<()> {
        let (call, calls) = mpsc::channel(1);
        *self.call.lock().unwrap_or_else(PoisonError::into_inner) = Some(call);
        calls
    }

    fn call(&self) {
        if let Some(call) = self.call.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            // Full: it is being called already.
            let _ = call.try_send(());
        }
    }
}
