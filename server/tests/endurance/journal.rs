//! What the portal's database says of its pushes. It is asked again while the database cannot be asked.

use crate::database::Database;
use crate::machine::LONG;
use sqlx::AnyPool;
use sqlx::any::{AnyPoolOptions, AnyRow};
use std::time::{Duration, Instant};
use uuid::Uuid;

pub struct Journal(AnyPool);

impl Journal {
    pub async fn open(database: &Database) -> Self {
        sqlx::any::install_default_drivers();
        let pool = AnyPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(5));
        Self(pool.connect(&database.look_at_url()).await.unwrap())
    }

    async fn one<T>(&self, sql: &'static str, receipt: Uuid) -> T
    where
        T: for<'r> sqlx::FromRow<'r, AnyRow> + Send + Unpin,
    {
        let begun = Instant::now();
        loop {
            match sqlx::query_as(sql).bind(receipt.to_string()).fetch_one(&self.0).await {
                Ok(row) => return row,
                Err(error) => assert!(begun.elapsed() < LONG, "the journal cannot be read: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// That an app of the receipt has taken: each takes two, to its write and to its end.
    pub async fn steps(&self, receipt: Uuid) -> u32 {
        let sql = "SELECT coalesce(sum(CASE stage WHEN 'done' THEN 2 WHEN 'writing' THEN 1 ELSE 0 END), 0)
                   FROM receipt_apps WHERE receipt_id = $1";
        let (steps,): (i64,) = self.one(sql, receipt).await;
        u32::try_from(steps).unwrap()
    }

    /// Such as `running`, and why it rests.
    pub async fn state(&self, receipt: Uuid) -> (String, Option<String>) {
        self.one("SELECT state, why FROM receipts WHERE id = $1", receipt).await
    }

    /// Rows of the audit log about apps of this push.
    pub async fn audited(&self, receipt: Uuid) -> u32 {
        let sql = "SELECT count(*) FROM audit WHERE receipt_id = $1 AND action = 'push-append'";
        let (rows,): (i64,) = self.one(sql, receipt).await;
        u32::try_from(rows).unwrap()
    }
}
