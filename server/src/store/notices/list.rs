//! Deliveries as an administrator looks at them.

use super::super::{Id, Rows, Stamp, StoreError, TenantStore, parse};
use super::deliver::Attempt;
use domain::notices::{Audience, ChannelName, DeliveryState, NoticeId, NoticeKind};
use time::OffsetDateTime;

/// A delivery, and the last attempt at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    pub notice: NoticeId,
    pub kind: NoticeKind,
    pub audience: Audience,
    pub channel: ChannelName,
    pub state: DeliveryState,
    pub attempts: u32,
    /// When it is tried next, or when it ended.
    pub at: OffsetDateTime,
    /// It waits for the end of its reader's quiet hours.
    pub is_quiet: bool,
    pub last: Option<Attempt>,
}

#[derive(sqlx::FromRow)]
struct Row {
    notice_id: Id<NoticeId>,
    kind: String,
    audience: String,
    channel: String,
    state: String,
    attempts: i64,
    next_at: Stamp,
    quiet_until: Option<Stamp>,
    tried_at: Option<Stamp>,
    status: Option<i64>,
    answer: Option<String>,
}

impl TryFrom<Row> for DeliveryRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let status = row.status.and_then(|status| u16::try_from(status).ok());
        let answer = row.answer.unwrap_or_default();
        Ok(Self {
            notice: row.notice_id.0,
            kind: parse("kind of notice", &row.kind)?,
            audience: parse("audience", &row.audience)?,
            channel: parse("channel", &row.channel)?,
            state: parse("state of a delivery", &row.state)?,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            at: row.next_at.0,
            is_quiet: row.quiet_until.is_some(),
            last: row.tried_at.map(|at| Attempt { at: at.0, status, answer }),
        })
    }
}

impl TenantStore {
    /// The newest first.
    pub async fn deliveries(&self, offset: u64, limit: u64) -> Result<Rows<DeliveryRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT d.notice_id, n.kind, n.audience, d.channel, d.state, d.attempts, d.next_at, d.quiet_until, a.at AS tried_at, a.status,
                a.answer
             FROM notice_deliveries AS d
             JOIN notices AS n ON n.tenant_id = d.tenant_id AND n.id = d.notice_id
             LEFT JOIN notice_attempts AS a ON a.tenant_id = d.tenant_id AND a.notice_id = d.notice_id
                AND a.channel = d.channel AND a.number = d.attempts
             WHERE d.tenant_id = $1 ORDER BY d.next_at DESC, d.notice_id, d.channel LIMIT $2 OFFSET $3",
        )
        .bind(self.tenant)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(&self.store.pool)
        .await?;
        let total: i64 = sqlx::query_scalar("SELECT count(*) FROM notice_deliveries WHERE tenant_id = $1")
            .bind(self.tenant)
            .fetch_one(&self.store.pool)
            .await?;
        let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        Ok(Rows { items, total: u64::try_from(total).unwrap_or_default() })
    }
}
