//! Many of PostgreSQL's advisory locks on one connection, which a task of its own has: locks are let go in the order in which
//! they were given back, also where who asked has gone meanwhile.

use super::{Store, StoreError};
use sqlx::{AnyConnection, Executor as _};
use tokio::sync::{mpsc, oneshot};

#[derive(Debug)]
pub(super) struct SharedLocks(mpsc::UnboundedSender<Ask>);

/// Held until dropped, or until the connection ends.
#[derive(Debug)]
pub(super) struct SharedLock {
    name: String,
    /// Of the connection that has it.
    number: u64,
    asks: mpsc::UnboundedSender<Ask>,
}

#[derive(Debug)]
enum Ask {
    Lock { name: String, tell: oneshot::Sender<Result<Option<SharedLock>, StoreError>> },
    Check { number: u64, tell: oneshot::Sender<Result<(), StoreError>> },
    Unlock { number: u64, name: String },
}

impl SharedLocks {
    pub(super) fn start(store: Store) -> Self {
        let (asks, asked) = mpsc::unbounded_channel();
        let keeper = Keeper { store, connection: None, number: 0, asks: asks.downgrade() };
        tokio::spawn(keeper.run(asked));
        Self(asks)
    }

    /// `None` where another connection holds it.
    pub(super) async fn try_lock(&self, name: String) -> Result<Option<SharedLock>, StoreError> {
        let (tell, told) = oneshot::channel();
        let _ = self.0.send(Ask::Lock { name, tell });
        // The task lives as long as this does.
        told.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed.into()))
    }
}

impl SharedLock {
    pub(super) async fn check(&self) -> Result<(), StoreError> {
        let (tell, told) = oneshot::channel();
        let _ = self.asks.send(Ask::Check { number: self.number, tell });
        told.await.unwrap_or(Err(StoreError::LockLost(sqlx::Error::WorkerCrashed)))
    }
}

impl Drop for SharedLock {
    fn drop(&mut self) {
        let _ = self.asks.send(Ask::Unlock { number: self.number, name: std::mem::take(&mut self.name) });
    }
}

struct Keeper {
    store: Store,
    connection: Option<AnyConnection>,
    /// Of the connection: one that ended took its locks with it.
    number: u64,
    /// Weak, so that the task ends with those who ask.
    asks: mpsc::WeakUnboundedSender<Ask>,
}

impl Keeper {
    async fn run(mut self, mut asked: mpsc::UnboundedReceiver<Ask>) {
        while let Some(ask) = asked.recv().await {
            match ask {
                Ask::Lock { name, tell } => {
                    // Where nobody listens any more the lock is dropped here, and with that given back.
                    let _ = tell.send(self.lock(name).await);
                }
                Ask::Check { number, tell } => {
                    let _ = tell.send(self.check(number).await.map_err(StoreError::LockLost));
                }
                Ask::Unlock { number, name } if number == self.number => {
                    // Fails with the connection, and then there is nothing to give back.
                    let _ = self.ask("SELECT pg_advisory_unlock(hashtextextended($1, 0))", &name).await;
                }
                Ask::Unlock { .. } => {}
            }
        }
    }

    async fn lock(&mut self, name: String) -> Result<Option<SharedLock>, StoreError> {
        const LOCK: &str = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))";
        let before = self.number;
        let kept = self.connection.is_some();
        let got = match self.ask(LOCK, &name).await {
            // A connection that nobody used for a while may have ended; what it held is lost, which a check tells.
            Err(_) if kept => self.ask(LOCK, &name).await?,
            other => other?,
        };
        if self.number != before && kept {
            tracing::warn!("the connection with the locks of apps had ended; there is another");
        }
        let Some(asks) = self.asks.upgrade() else { return Ok(None) };
        Ok(got.then(|| SharedLock { name, number: self.number, asks }))
    }

    async fn check(&mut self, number: u64) -> Result<(), sqlx::Error> {
        match &mut self.connection {
            Some(connection) if number == self.number => {
                let answer = connection.execute("SELECT 1").await.map(drop);
                if answer.is_err() {
                    self.end();
                }
                answer
            }
            _ => Err(sqlx::Error::PoolClosed),
        }
    }

    async fn ask(&mut self, question: &'static str, name: &str) -> Result<bool, StoreError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.store.lock_connection().await?),
        };
        let answer = sqlx::query_scalar(question).bind(name).fetch_one(connection).await;
        if answer.is_err() {
            self.end();
        }
        Ok(answer?)
    }

    fn end(&mut self) {
        self.connection = None;
        self.number += 1;
    }
}
