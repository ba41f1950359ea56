//! The journal of a push: each app's row goes waiting, writing, done. The state before is in it before a write is sent.

use super::ids::Id;
use super::{AuditEntry, Stamp, StoreError, StoredResult, TenantStore, audit, stored_json, to_json};
use domain::ids::{AppId, KeyId, ObjectId};
use domain::inventory::OwnWriteKind;
use domain::push::UnansweredWrite;
use domain::rollout::Outcome;
use domain::thumbprint::Thumbprint;
use time::OffsetDateTime;
use uuid::Uuid;

/// An app of a push, as far as it is known before the push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenApp {
    pub object_id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
}

/// A write that is about to be sent.
#[derive(Debug, Clone, Copy)]
pub struct SentWrite<'a> {
    pub write: &'a UnansweredWrite,
    /// By `keyId`, the entries that it takes away.
    pub takes: &'a [KeyId],
    pub at: OffsetDateTime,
}

/// `changed`: rows, by an update of one app that has no result yet.
fn is_open(changed: u64, receipt: Uuid, position: usize) -> Result<(), StoreError> {
    if changed == 1 {
        Ok(())
    } else {
        Err(StoreError::Damaged(format!("receipt {receipt} has no open app {position}")))
    }
}

/// The receipt `$1` where it is the tenant's, `$2`; else nothing equals it.
macro_rules! this_receipt {
    () => {
        "receipt_id = (SELECT id FROM receipts WHERE id = $1 AND tenant_id = $2)"
    };
}
pub(super) use this_receipt;

impl TenantStore {
    /// Must succeed before a write is sent. `before` is what a person needs if everything after goes wrong: that of the
    /// first write is kept. `keys`: of the entries that the write adds, with their certificates. `journal`: what it takes
    /// to go on after a crash, as JSON of the desk's own; that of the last write is kept. `sent`: for later pushes to the
    /// app, until this one has ended.
    pub async fn journal_write(
        &self,
        receipt: Uuid,
        position: usize,
        before: &str,
        keys: &[(KeyId, Option<Thumbprint>)],
        journal: &str,
        sent: SentWrite<'_>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.store.begin_unsynced().await?;
        let changed = sqlx::query(concat!(
            "UPDATE receipt_apps SET stage = 'writing', before = coalesce(before, $4), journal = $5 WHERE ",
            this_receipt!(),
            " AND position = $3 AND stage <> 'done'"
        ))
        .bind(Id(receipt))
        .bind(self.tenant)
        .bind(number(position))
        .bind(before)
        .bind(journal)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        is_open(changed, receipt, position)?;
        sqlx::query(concat!(
            "INSERT INTO unanswered_writes (tenant_id, object_id, receipt_id, position, number, sent_at, content)
             SELECT $2, object_id, receipt_id, position, $4, $5, $6 FROM receipt_apps WHERE ",
            this_receipt!(),
            " AND position = $3
             ON CONFLICT (tenant_id, object_id, receipt_id, position, number)
                DO UPDATE SET sent_at = excluded.sent_at, content = excluded.content"
        ))
        .bind(Id(receipt))
        .bind(self.tenant)
        .bind(number(position))
        .bind(i64::from(sent.write.number()))
        .bind(Stamp(sent.at))
        .bind(to_json("unanswered write", sent.write)?)
        .execute(&mut *transaction)
        .await?;
        for (key, thumbprint) in keys {
            sqlx::query(
                "INSERT INTO receipt_keys (receipt_id, position, key_id, thumbprint)
                 SELECT id, $3, $4, $5 FROM receipts WHERE id = $1 AND tenant_id = $2
                 ON CONFLICT (receipt_id, position, key_id) DO NOTHING",
            )
            .bind(Id(receipt))
            .bind(self.tenant)
            .bind(number(position))
            .bind(Id(*key))
            .bind(thumbprint.map(Id))
            .execute(&mut *transaction)
            .await?;
        }
        let added = keys.iter().map(|(key, _)| (*key, OwnWriteKind::Added));
        let removed = sent.takes.iter().map(|key| (*key, OwnWriteKind::Removed));
        for (key, did) in added.chain(removed) {
            sqlx::query(concat!(
                "INSERT INTO pushed_keys (tenant_id, object_id, key_id, did, sent_at, receipt_id, position)
                 SELECT $2, object_id, $4, $5, $6, receipt_id, position FROM receipt_apps WHERE ",
                this_receipt!(),
                " AND position = $3
                 ON CONFLICT (tenant_id, object_id, key_id, did) DO UPDATE
                    SET sent_at = excluded.sent_at, receipt_id = excluded.receipt_id, position = excluded.position"
            ))
            .bind(Id(receipt))
            .bind(self.tenant)
            .bind(number(position))
            .bind(Id(key))
            .bind(did.as_str())
            .bind(Stamp(sent.at))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        // A power cut takes nothing of it from here on.
        self.store.synced().await?;
        Ok(())
    }

    /// What reads have told since the last write, or before the first: the app's stage stays.
    pub async fn journal_read(&self, receipt: Uuid, position: usize, journal: &str) -> Result<(), StoreError> {
        // Where a power cut takes it, it is read again; the next write takes it to the disk before it is sent.
        let mut transaction = self.store.begin_unsynced().await?;
        let changed = sqlx::query(concat!(
            "UPDATE receipt_apps SET journal = $4 WHERE ",
            this_receipt!(),
            " AND position = $3 AND stage <> 'done'"
        ))
        .bind(Id(receipt))
        .bind(self.tenant)
        .bind(number(position))
        .bind(journal)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        is_open(changed, receipt, position)?;
        transaction.commit().await?;
        Ok(())
    }

    /// The app's result and its audit row, both or neither. Fails where it has a result already. `settled`: none of its
    /// writes can be carried out any more, so that later pushes need not know of them.
    pub async fn finish_app(
        &self,
        receipt: Uuid,
        position: usize,
        outcome: Outcome,
        result: &StoredResult,
        entry: &AuditEntry,
        settled: bool,
    ) -> Result<(), StoreError> {
        // Where a power cut takes it, the app is in writing or waiting as before, and is gone on with from there.
        let mut transaction = self.store.begin_unsynced().await?;
        let changed = sqlx::query(concat!(
            "UPDATE receipt_apps SET stage = 'done', outcome = $4, result = $5, journal = NULL WHERE ",
            this_receipt!(),
            " AND position = $3 AND stage <> 'done'"
        ))
        .bind(Id(receipt))
        .bind(self.tenant)
        .bind(number(position))
        .bind(outcome.as_str())
        .bind(stored_json::write(result)?)
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        is_open(changed, receipt, position)?;
        if settled {
            sqlx::query(concat!(
                "DELETE FROM unanswered_writes WHERE tenant_id = $2 AND ",
                this_receipt!(),
                " AND position = $3 AND object_id = $4"
            ))
            .bind(Id(receipt))
            .bind(self.tenant)
            .bind(number(position))
            .bind(Id(result.object_id))
            .execute(&mut *transaction)
            .await?;
        }
        audit::write(&mut *transaction, self.tenant, entry).await?;
        transaction.commit().await?;
        Ok(())
    }
}

fn number(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
