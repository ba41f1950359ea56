//! Deliveries: who sends them, what came of it, and once more from the start.

use super::super::{Id, Stamp, StoreError, TenantStore};
use super::Row;
use domain::notices::{ChannelName, DeliveryState, Notice, NoticeId};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Of the answer that is kept, characters.
const LONGEST_ANSWER: usize = 200;

/// What cannot be read is looked at again after this.
pub(super) const PUT_OFF: Duration = Duration::hours(1);

/// Which deliveries somebody wants to send.
#[derive(Debug, Clone)]
pub struct ClaimDeliveries<'a> {
    pub channel: &'a ChannelName,
    pub now: OffsetDateTime,
    /// Names this claim: nobody else's has this id.
    pub lease: Uuid,
    /// From when on its process is taken for dead, and the deliveries are anybody's.
    pub until: OffsetDateTime,
    pub limit: u32,
}

/// A delivery that is ours to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDelivery {
    pub notice: Notice,
    /// Attempts since it was last begun from the start, without this one.
    pub tries: u32,
    pub lease: Uuid,
}

/// What came of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub at: OffsetDateTime,
    /// Of HTTP or SMTP. `None`: no answer.
    pub status: Option<u16>,
    /// The receiver's words, or why there are none. Its first 200 characters are kept.
    pub answer: String,
}

/// What is to become of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Ended(DeliveryState),
    Again(OffsetDateTime),
}

#[derive(sqlx::FromRow)]
struct ClaimedRow {
    #[sqlx(flatten)]
    notice: Row,
    tries: i64,
}

impl TenantStore {
    /// Deliveries over a channel that are due and that nobody is sending, the longest due first.
    pub async fn claim_deliveries(&self, claim: &ClaimDeliveries<'_>) -> Result<Vec<ClaimedDelivery>, StoreError> {
        // Looking costs no turn of the writer.
        if !self.has_waiting(claim.channel, Some(claim.now)).await? {
            return Ok(vec![]);
        }
        let mut transaction = self.store.begin_unsynced().await?;
        // The condition on the lease stands twice: PostgreSQL looks again at a row that another claim has just taken.
        let taken = sqlx::query(
            "UPDATE notice_deliveries SET lease = $1, leased_until = $2
             WHERE tenant_id = $3 AND channel = $4 AND state = 'waiting' AND (leased_until IS NULL OR leased_until <= $5)
                AND notice_id IN (SELECT notice_id FROM notice_deliveries
                    WHERE tenant_id = $3 AND channel = $4 AND state = 'waiting' AND next_at <= $5
                        AND (leased_until IS NULL OR leased_until <= $5)
                    ORDER BY next_at, notice_id LIMIT $6)",
        )
        .bind(Id(claim.lease))
        .bind(Stamp(claim.until))
        .bind(self.tenant)
        .bind(claim.channel.as_str())
        .bind(Stamp(claim.now))
        .bind(i64::from(claim.limit))
        .execute(&mut *transaction)
        .await?;
        let mut rows: Vec<ClaimedRow> = vec![];
        if taken.rows_affected() > 0 {
            rows = sqlx::query_as(
                "SELECT n.id, n.audience, n.facts, n.due_at, d.tries FROM notice_deliveries AS d
                 JOIN notices AS n ON n.tenant_id = d.tenant_id AND n.id = d.notice_id
                 WHERE d.tenant_id = $1 AND d.channel = $2 AND d.state = 'waiting' AND d.lease = $3
                 ORDER BY d.next_at, d.notice_id",
            )
            .bind(self.tenant)
            .bind(claim.channel.as_str())
            .bind(Id(claim.lease))
            .fetch_all(&mut *transaction)
            .await?;
        }
        let mut claimed = vec![];
        for ClaimedRow { notice, tries } in rows {
            let id = notice.id;
            match Notice::try_from(notice) {
                Ok(notice) => {
                    let tries = u32::try_from(tries).unwrap_or(u32::MAX);
                    claimed.push(ClaimedDelivery { notice, tries, lease: claim.lease });
                }
                // A later version may know it, and may have written it. The others are not to wait for it.
                Err(error) => {
                    tracing::error!(notice = %id.0, %error, "a notice cannot be read, and waits");
                    sqlx::query(
                        "UPDATE notice_deliveries SET next_at = $4, lease = NULL, leased_until = NULL
                         WHERE tenant_id = $1 AND channel = $2 AND notice_id = $3",
                    )
                    .bind(self.tenant)
                    .bind(claim.channel.as_str())
                    .bind(id)
                    .bind(Stamp(claim.now + PUT_OFF))
                    .execute(&mut *transaction)
                    .await?;
                }
            }
        }
        transaction.commit().await?;
        Ok(claimed)
    }

    /// Something waits for this channel. `due`: that is to be sent by then.
    pub async fn has_waiting(&self, channel: &ChannelName, due: Option<OffsetDateTime>) -> Result<bool, StoreError> {
        let one: Option<i64> = sqlx::query_scalar(
            "SELECT CAST(1 AS BIGINT) FROM notice_deliveries
             WHERE tenant_id = $1 AND channel = $2 AND state = 'waiting' AND ($3 IS NULL OR next_at <= $3) LIMIT 1",
        )
        .bind(self.tenant)
        .bind(channel.as_str())
        .bind(due.map(Stamp))
        .fetch_optional(&self.store.pool)
        .await?;
        Ok(one.is_some())
    }

    /// Those of a claim that were not sent are anybody's again.
    pub async fn release_deliveries(&self, channel: &ChannelName, lease: Uuid) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE notice_deliveries SET lease = NULL, leased_until = NULL
             WHERE tenant_id = $1 AND channel = $2 AND lease = $3 AND state = 'waiting'",
        )
        .bind(self.tenant)
        .bind(channel.as_str())
        .bind(Id(lease))
        .execute(&self.store.pool)
        .await?;
        Ok(())
    }

    /// What came of an attempt. `false`, and nothing kept, where the lease is not held any more: somebody else sends it.
    pub async fn record_attempt(
        &self,
        delivery: &ClaimedDelivery,
        channel: &ChannelName,
        attempt: &Attempt,
        next: Next,
    ) -> Result<bool, StoreError> {
        let (state, next_at) = match next {
            Next::Ended(state) => (state, attempt.at),
            Next::Again(at) => (DeliveryState::Waiting, at),
        };
        let mut transaction = self.store.begin_unsynced().await?;
        let number: Option<i64> = sqlx::query_scalar(
            "UPDATE notice_deliveries
             SET state = $5, next_at = $6, quiet_until = NULL, attempts = attempts + 1, tries = tries + 1, lease = NULL, leased_until = NULL
             WHERE tenant_id = $1 AND notice_id = $2 AND channel = $3 AND lease = $4 AND state = 'waiting'
             RETURNING attempts",
        )
        .bind(self.tenant)
        .bind(Id(delivery.notice.id))
        .bind(channel.as_str())
        .bind(Id(delivery.lease))
        .bind(state.as_str())
        .bind(Stamp(next_at))
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(number) = number else { return Ok(false) };
        sqlx::query(
            "INSERT INTO notice_attempts (tenant_id, notice_id, channel, number, at, status, answer)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(self.tenant)
        .bind(Id(delivery.notice.id))
        .bind(channel.as_str())
        .bind(number)
        .bind(Stamp(attempt.at))
        .bind(attempt.status.map(i64::from))
        .bind(attempt.answer.chars().filter(|c| *c != '\0').take(LONGEST_ANSWER).collect::<String>())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// A delivery that has ended begins once more, with the same id. `false` where there is none, or it still waits.
    pub async fn replay_delivery(
        &self,
        notice: NoticeId,
        channel: &ChannelName,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let replayed = sqlx::query(
            "UPDATE notice_deliveries SET state = 'waiting', tries = 0, next_at = $4, lease = NULL, leased_until = NULL
             WHERE tenant_id = $1 AND notice_id = $2 AND channel = $3 AND state <> 'waiting'",
        )
        .bind(self.tenant)
        .bind(Id(notice))
        .bind(channel.as_str())
        .bind(Stamp(now))
        .execute(&self.store.pool)
        .await?;
        Ok(replayed.rows_affected() == 1)
    }
}
