//! The outbox: what people are to be told, and how far it has got.
//!
//! A notice is written with [`post`] inside the transaction of what it tells of. Later it is spread over the channels that
//! the configuration has for its audience, one delivery for each; a delivery is sent under a lease, and what came of each
//! attempt is kept beside it.

mod acknowledged;
mod calendars;
mod channels;
mod deliver;
mod hours;
mod list;
#[cfg(test)]
mod own_tests;
mod people;
#[cfg(test)]
mod tests;
mod told;

pub use calendars::CalendarRow;
pub use channels::ChannelStanding;
pub(super) use channels::forget_channel;
pub use deliver::{Attempt, ClaimDeliveries, ClaimedDelivery, Next};
pub use list::DeliveryRow;
pub use people::KnownPerson;

use super::ids::{Id, Spelled};
use super::sql::{ROWS, Sql};
use super::{Stamp, Store, StoreError, TenantStore, from_json, parse, to_json};
use deliver::PUT_OFF;
use domain::ids::TenantId;
use domain::notices::{ChannelName, DeliveryState, Notice, NoticeId};
use sqlx::AnyConnection;
use std::collections::HashSet;
use time::OffsetDateTime;

impl Spelled for NoticeId {
    const WHAT: &str = "id of a notice";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Id<NoticeId>,
    audience: String,
    facts: String,
    due_at: Stamp,
}

impl TryFrom<Row> for Notice {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.0,
            audience: parse("audience", &row.audience)?,
            facts: from_json("facts of a notice", &row.facts)?,
            due_at: row.due_at.0,
        })
    }
}

/// Puts a notice into the outbox, in the caller's transaction: it is there where what it tells of is, and only there.
/// `false` where it was there already: a notice's id follows from what it tells of.
pub(super) async fn post(
    connection: &mut AnyConnection,
    tenant: Id<TenantId>,
    notice: &Notice,
    at: OffsetDateTime,
) -> Result<bool, StoreError> {
    let posted = sqlx::query(
        "INSERT INTO notices (tenant_id, id, audience, kind, facts, created_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, id) DO NOTHING",
    )
    .bind(tenant)
    .bind(Id(notice.id))
    .bind(notice.audience.to_string())
    .bind(notice.facts.kind().as_str())
    .bind(to_json("facts of a notice", &notice.facts)?)
    .bind(Stamp(at))
    .bind(Stamp(notice.due_at))
    .execute(connection)
    .await?;
    Ok(posted.rows_affected() == 1)
}

impl Store {
    /// Of every tenant, and not all at once: what was written before. Deliveries and attempts go with their notice. Answers
    /// how many notices went.
    pub async fn forget_notices_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        self.forget_before(
            "DELETE FROM notices WHERE (tenant_id, id) IN
                (SELECT tenant_id, id FROM notices WHERE created_at < $1 LIMIT 500)",
            at,
        )
        .await
    }

    /// Of which ends people were told before: such an end is over for longer than it is told. Answers how many went.
    pub async fn forget_told_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        self.forget_before("DELETE FROM notice_told WHERE told_at < $1", at).await
    }

    /// Who has not signed in since, and when they wanted to be told. Answers how many went.
    pub async fn forget_people_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        let hours = "DELETE FROM notice_hours WHERE (tenant_id, person_id) IN
            (SELECT tenant_id, person_id FROM people WHERE signed_in_at < $1)";
        self.forget_before(hours, at).await?;
        self.forget_before("DELETE FROM people WHERE signed_in_at < $1", at).await
    }
}

impl TenantStore {
    /// A notice that tells of nothing else in the database. `false` where it was there already.
    pub async fn post_notice(&self, notice: &Notice, at: OffsetDateTime) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let posted = post(&mut transaction, self.tenant, notice, at).await?;
        transaction.commit().await?;
        Ok(posted)
    }

    /// One of them.
    pub async fn notice(&self, id: NoticeId) -> Result<Option<Notice>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as("SELECT id, audience, facts, due_at FROM notices WHERE tenant_id = $1 AND id = $2")
                .bind(self.tenant)
                .bind(Id(id))
                .fetch_optional(&self.store.pool)
                .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// Those that are due and have no channels yet, the first due first. One that cannot be read, because a later version has
    /// written it, keeps no other waiting.
    pub async fn notices_to_spread(&self, now: OffsetDateTime, limit: u32) -> Result<Vec<Notice>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, audience, facts, due_at FROM notices
             WHERE tenant_id = $1 AND spread_at IS NULL AND due_at <= $2 ORDER BY due_at, id LIMIT $3",
        )
        .bind(self.tenant)
        .bind(Stamp(now))
        .bind(i64::from(limit))
        .fetch_all(&self.store.pool)
        .await?;
        let mut notices = vec![];
        for row in rows {
            let id = row.id;
            match Notice::try_from(row) {
                Ok(notice) => notices.push(notice),
                Err(error) => {
                    tracing::error!(notice = %id.0, %error, "a notice cannot be read, and waits");
                    sqlx::query("UPDATE notices SET due_at = $3 WHERE tenant_id = $1 AND id = $2")
                        .bind(self.tenant)
                        .bind(id)
                        .bind(Stamp(now + PUT_OFF))
                        .execute(&self.store.pool)
                        .await?;
                }
            }
        }
        Ok(notices)
    }

    /// One delivery for each channel; without channels it is known that there was nobody to tell. One that has its channels
    /// already, because another replica was faster, keeps them.
    pub async fn spread_notices(
        &self,
        notices: &[(NoticeId, Vec<ChannelName>)],
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut transaction = self.store.begin_unsynced().await?;
        for some in notices.chunks(ROWS) {
            let mut sql = Sql::new("UPDATE notices SET spread_at = ");
            sql.bind(Stamp(now)).push(" WHERE spread_at IS NULL AND tenant_id = ").bind(self.tenant);
            sql.listed(" AND id IN (", some, |(id, _)| Id(*id)).push(" RETURNING id");
            let ours: Vec<Id<NoticeId>> = sql.scalar()?.fetch_all(&mut *transaction).await?;
            let ours: HashSet<NoticeId> = ours.into_iter().map(|id| id.0).collect();
            let deliveries: Vec<(NoticeId, &ChannelName)> = some
                .iter()
                .filter(|(id, _)| ours.contains(id))
                .flat_map(|(id, channels)| channels.iter().map(|channel| (*id, channel)))
                .collect();
            for rows in deliveries.chunks(ROWS) {
                let mut sql = Sql::new("INSERT INTO notice_deliveries (tenant_id, notice_id, channel, state, next_at)");
                sql.values(rows, |row, (id, channel)| {
                    row.bind(self.tenant).bind(Id(*id)).bind(channel.as_str().to_owned());
                    row.bind(DeliveryState::Waiting.as_str()).bind(Stamp(now));
                });
                sql.push(" ON CONFLICT (tenant_id, notice_id, channel) DO NOTHING");
                sql.query()?.execute(&mut *transaction).await?;
            }
        }
        transaction.commit().await?;
        Ok(())
    }
}
