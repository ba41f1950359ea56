//! When a person wants to be told.

use super::ClaimedDelivery;
use crate::store::{Id, Stamp, StoreError, TenantStore, parse};
use domain::ids::ObjectId;
use domain::notices::{Audience, ChannelName, NoticeHours, QuietHours};
use std::collections::HashMap;
use time::OffsetDateTime;

#[derive(sqlx::FromRow)]
struct Row {
    person_id: Id<ObjectId>,
    zone: String,
    quiet_from: Option<String>,
    quiet_until: Option<String>,
    morning: String,
}

impl Row {
    fn read(self) -> Result<(ObjectId, NoticeHours), StoreError> {
        let quiet = match (self.quiet_from, self.quiet_until) {
            (Some(from), Some(until)) => {
                let hours = QuietHours::new(parse("time of day", &from)?, parse("time of day", &until)?);
                Some(hours.map_err(|error| StoreError::Damaged(error.to_string()))?)
            }
            _ => None,
        };
        let (zone, morning) = (parse("time zone", &self.zone)?, parse("time of day", &self.morning)?);
        Ok((self.person_id.0, NoticeHours { zone, quiet, morning }))
    }
}

impl TenantStore {
    /// `None`: as the configuration has it from now on. What waited for the end of this person's quiet hours is looked at anew.
    pub async fn set_notice_hours(
        &self,
        person: ObjectId,
        hours: Option<&NoticeHours>,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut transaction = self.store.begin().await?;
        sqlx::query("DELETE FROM notice_hours WHERE tenant_id = $1 AND person_id = $2")
            .bind(self.tenant)
            .bind(Id(person))
            .execute(&mut *transaction)
            .await?;
        if let Some(hours) = hours {
            sqlx::query(
                "INSERT INTO notice_hours (tenant_id, person_id, zone, quiet_from, quiet_until, morning)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(self.tenant)
            .bind(Id(person))
            .bind(hours.zone.as_str())
            .bind(hours.quiet.map(|quiet| quiet.from().to_string()))
            .bind(hours.quiet.map(|quiet| quiet.until().to_string()))
            .bind(hours.morning.to_string())
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query(
            "UPDATE notice_deliveries SET next_at = $3, quiet_until = NULL
             WHERE tenant_id = $1 AND state = 'waiting' AND quiet_until IS NOT NULL
                AND notice_id IN (SELECT id FROM notices WHERE tenant_id = $1 AND audience = $2)",
        )
        .bind(self.tenant)
        .bind(Audience::Person(person).to_string())
        .bind(Stamp(now))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// `None`: as the configuration has it.
    pub async fn notice_hours(&self, person: ObjectId) -> Result<Option<NoticeHours>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT person_id, zone, quiet_from, quiet_until, morning FROM notice_hours
             WHERE tenant_id = $1 AND person_id = $2",
        )
        .bind(self.tenant)
        .bind(Id(person))
        .fetch_optional(&self.store.pool)
        .await?;
        Ok(row.map(Row::read).transpose()?.map(|(_, hours)| hours))
    }

    /// Of everybody who has said something: a row for each person who has signed in here, at most.
    pub async fn all_notice_hours(&self) -> Result<HashMap<ObjectId, NoticeHours>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT person_id, zone, quiet_from, quiet_until, morning FROM notice_hours WHERE tenant_id = $1",
        )
        .bind(self.tenant)
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// A delivery waits until it is not quiet any more where its reader is. It counts as no attempt. `false` where the
    /// lease is not held any more.
    pub async fn put_off_delivery(
        &self,
        delivery: &ClaimedDelivery,
        channel: &ChannelName,
        until: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let put_off = sqlx::query(
            "UPDATE notice_deliveries SET next_at = $5, quiet_until = $5, lease = NULL, leased_until = NULL
             WHERE tenant_id = $1 AND notice_id = $2 AND channel = $3 AND lease = $4 AND state = 'waiting'",
        )
        .bind(self.tenant)
        .bind(Id(delivery.notice.id))
        .bind(channel.as_str())
        .bind(Id(delivery.lease))
        .bind(Stamp(until))
        .execute(&self.store.pool)
        .await?;
        Ok(put_off.rows_affected() == 1)
    }
}
