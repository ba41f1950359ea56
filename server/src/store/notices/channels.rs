//! How channels stand.

use super::super::ids::Id;
use super::super::sql::Sql;
use super::super::{Stamp, Store, StoreError, TenantStore};
use domain::ids::TenantId;
use domain::notices::ChannelName;
use sqlx::AnyConnection;
use time::OffsetDateTime;

/// A channel, as far as sending has shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChannelStanding {
    /// In a row.
    pub failures: u32,
    /// Nothing is sent before.
    pub held_until: Option<OffsetDateTime>,
    /// Nothing is sent until an administrator says so: the receiver said that it is gone.
    pub disabled_at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct Row {
    failures: i64,
    held_until: Option<Stamp>,
    disabled_at: Option<Stamp>,
}

/// An administrator wants nothing to be sent over it: what waits for it ends, in the caller's transaction. One that is called so
/// later begins anew.
pub(in super::super) async fn forget_channel(
    connection: &mut AnyConnection,
    tenant: Id<TenantId>,
    channel: &ChannelName,
) -> Result<(), StoreError> {
    end_waiting(connection, tenant, channel).await?;
    sqlx::query("DELETE FROM notice_channels WHERE tenant_id = $1 AND channel = $2")
        .bind(tenant)
        .bind(channel.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

async fn end_waiting(
    connection: &mut AnyConnection,
    tenant: Id<TenantId>,
    channel: &ChannelName,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE notice_deliveries SET state = 'disabled', lease = NULL, leased_until = NULL
         WHERE tenant_id = $1 AND channel = $2 AND state = 'waiting'",
    )
    .bind(tenant)
    .bind(channel.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

impl Store {
    /// Since when something has waited that nothing keeps from being sent, in any tenant. `None`: nothing waits.
    pub async fn outbox_waits_since(&self, now: OffsetDateTime) -> Result<Option<OffsetDateTime>, StoreError> {
        let notice: Option<Stamp> =
            sqlx::query_scalar("SELECT min(due_at) FROM notices WHERE spread_at IS NULL AND due_at <= $1")
                .bind(Stamp(now))
                .fetch_one(&self.pool)
                .await?;
        let delivery: Option<Stamp> = sqlx::query_scalar(
            "SELECT min(d.next_at) FROM notice_deliveries AS d
             LEFT JOIN notice_channels AS c ON c.tenant_id = d.tenant_id AND c.channel = d.channel
             WHERE d.state = 'waiting' AND d.next_at <= $1 AND (c.held_until IS NULL OR c.held_until <= $1)",
        )
        .bind(Stamp(now))
        .fetch_one(&self.pool)
        .await?;
        Ok([notice, delivery].into_iter().flatten().min().map(|at| at.0))
    }
}

impl TenantStore {
    /// One that has never failed has no row, and stands well.
    pub async fn channel_standing(&self, channel: &ChannelName) -> Result<ChannelStanding, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT failures, held_until, disabled_at FROM notice_channels WHERE tenant_id = $1 AND channel = $2",
        )
        .bind(self.tenant)
        .bind(channel.as_str())
        .fetch_optional(&self.store.pool)
        .await?;
        Ok(row.map_or_else(ChannelStanding::default, |row| ChannelStanding {
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            held_until: row.held_until.map(|at| at.0),
            disabled_at: row.disabled_at.map(|at| at.0),
        }))
    }

    /// It failed once more, and is left alone for a while.
    pub async fn hold_channel(&self, channel: &ChannelName, until: OffsetDateTime) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO notice_channels (tenant_id, channel, failures, held_until) VALUES ($1, $2, 1, $3)
             ON CONFLICT (tenant_id, channel) DO UPDATE SET failures = notice_channels.failures + 1, held_until = $3",
        )
        .bind(self.tenant)
        .bind(channel.as_str())
        .bind(Stamp(until))
        .execute(&self.store.pool)
        .await?;
        Ok(())
    }

    /// It works again, or is to be tried again. What was not sent because it was switched off is sent.
    pub async fn free_channel(&self, channel: &ChannelName, now: OffsetDateTime) -> Result<(), StoreError> {
        let mut transaction = self.store.begin_unsynced().await?;
        let was = sqlx::query("DELETE FROM notice_channels WHERE tenant_id = $1 AND channel = $2")
            .bind(self.tenant)
            .bind(channel.as_str())
            .execute(&mut *transaction)
            .await?;
        if was.rows_affected() > 0 {
            sqlx::query(
                "UPDATE notice_deliveries SET state = 'waiting', tries = 0, next_at = $3
                 WHERE tenant_id = $1 AND channel = $2 AND state = 'disabled'",
            )
            .bind(self.tenant)
            .bind(channel.as_str())
            .bind(Stamp(now))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Its receiver said so at another address than this one: the one of now has said nothing yet. `address`: a digest of it.
    pub async fn was_disabled_elsewhere(&self, channel: &ChannelName, address: &str) -> Result<bool, StoreError> {
        let one: Option<i64> = sqlx::query_scalar(
            "SELECT CAST(1 AS BIGINT) FROM notice_channels
             WHERE tenant_id = $1 AND channel = $2 AND disabled_at IS NOT NULL AND address <> $3",
        )
        .bind(self.tenant)
        .bind(channel.as_str())
        .bind(address)
        .fetch_optional(&self.store.pool)
        .await?;
        Ok(one.is_some())
    }

    /// Its receiver said that it is gone: nothing that waits for it is sent. `address`: a digest of the one at which it said so,
    /// where the channel has one.
    pub async fn disable_channel(
        &self,
        channel: &ChannelName,
        address: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        sqlx::query(
            "INSERT INTO notice_channels (tenant_id, channel, disabled_at, address) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, channel) DO UPDATE SET disabled_at = $3, address = $4",
        )
        .bind(self.tenant)
        .bind(channel.as_str())
        .bind(Stamp(now))
        .bind(address)
        .execute(&mut *transaction)
        .await?;
        end_waiting(&mut transaction, self.tenant, channel).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Waits for a channel that nobody has any more since before `at`: it is not sent. `channels`: all that there are. Answers how
    /// many that were.
    pub async fn end_deliveries_of_others(
        &self,
        channels: &[&ChannelName],
        at: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let mut sql = Sql::new("UPDATE notice_deliveries SET state = 'disabled', lease = NULL, leased_until = NULL");
        sql.push(" WHERE state = 'waiting' AND tenant_id = ").bind(self.tenant);
        sql.push(" AND next_at < ").bind(Stamp(at));
        if !channels.is_empty() {
            sql.listed(" AND channel NOT IN (", channels, |channel| channel.as_str().to_owned());
        }
        Ok(sql.query()?.execute(&self.store.pool).await?.rows_affected())
    }
}
