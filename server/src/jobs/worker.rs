//! The worker of one process, and the sweep that finds what no worker has.

use super::queue::{Queue, QueueError, Run, Wakes};
use super::settings::JobSettings;
use crate::operations::DeskState;
use apalis::prelude::BoxDynError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use uuid::Uuid;

/// Between two tries of a worker that failed, mostly because the database did.
const AGAIN: Duration = Duration::from_secs(2);
/// How often ended jobs are deleted, in heartbeats.
const TIDY: u32 = 100;

/// The jobs of one process. They stop when dropped, at their next step; [`Self::shutdown`] also waits until they have.
pub struct RunningJobs {
    desk: Arc<DeskState>,
    working: JoinHandle<()>,
    sweeping: JoinHandle<()>,
    busy: mpsc::Receiver<()>,
}

/// Starts working on jobs: first on what a process that ended has left.
///
/// # Errors
/// Where the queue's tables cannot be opened. `database`: as the configuration has it.
pub async fn start(desk: Arc<DeskState>, database: &str) -> Result<RunningJobs, QueueError> {
    let settings = desk.job_settings().clone();
    let queue = Queue::open(database, &settings).await?;
    desk.board().open(queue.clone());
    let (at_work, busy) = mpsc::channel(1);
    let working = tokio::spawn(work(Arc::clone(&desk), queue.clone(), settings.clone(), at_work));
    let sweeping = tokio::spawn(sweep(Arc::clone(&desk), queue, settings.heartbeat));
    Ok(RunningJobs { desk, working, sweeping, busy })
}

impl RunningJobs {
    pub async fn shutdown(mut self) {
        self.desk.board().stop();
        self.sweeping.abort();
        let _ = (&mut self.working).await;
        // Answers once the last push has given its sender back.
        self.busy.recv().await;
    }
}

impl Drop for RunningJobs {
    fn drop(&mut self) {
        self.desk.board().stop();
        self.sweeping.abort();
        self.working.abort();
    }
}

async fn work(desk: Arc<DeskState>, queue: Queue, settings: JobSettings, at_work: mpsc::Sender<()>) {
    let slots = Arc::new(Semaphore::new(settings.workers.max(1)));
    while !desk.board().is_stopping() {
        let wakes = {
            let (desk, poll) = (Arc::clone(&desk), settings.poll);
            move || Wakes::new(desk.board().answer_calls(), poll)
        };
        let task = {
            let (desk, slots, at_work) = (Arc::clone(&desk), Arc::clone(&slots), at_work.clone());
            move |job: Run| {
                let (desk, slots, at_work) = (Arc::clone(&desk), Arc::clone(&slots), at_work.clone());
                // In a task of its own: a worker that fails takes nothing with it that is half done.
                let work = tokio::spawn(async move {
                    let _at_work = at_work;
                    let Ok(_slot) = slots.acquire().await else { return };
                    desk.work_on(job.receipt).await;
                    desk.board().let_go(job.receipt);
                });
                async move { work.await.map_err(BoxDynError::from) }
            }
        };
        // A name counts as taken until its owner has been silent for a while.
        let worker = queue.worker(&format!("thumbprint-{}", Uuid::new_v4()), wakes, task);
        let context = worker.context();
        let running = worker.run();
        tokio::pin!(running);
        let ended = tokio::select! {
            ended = &mut running => ended,
            () = desk.board().stopped() => {
                // It has ended by itself where this fails.
                let _ = context.shutdown();
                running.await
            }
        };
        if let Err(error) = ended {
            tracing::warn!(error = &error as &dyn std::error::Error, "the worker for jobs ended and is started again");
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// Queues what is open and nobody has: after a start, after a failure of the queue, and after the end of another process.
async fn sweep(desk: Arc<DeskState>, queue: Queue, heartbeat: Duration) {
    let mut interval = tokio::time::interval(heartbeat.max(Duration::from_millis(100)));
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut ticks = 0u32;
    loop {
        interval.tick().await;
        match desk.abandoned().await {
            Ok(receipts) => {
                for receipt in receipts {
                    tracing::info!(%receipt, "an open push is taken up");
                    desk.board().enqueue(receipt).await;
                }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "open pushes could not be looked for");
            }
        }
        ticks = ticks.wrapping_add(1);
        if ticks.is_multiple_of(TIDY)
            && let Err(error) = queue.tidy().await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "ended jobs could not be deleted");
        }
    }
}
