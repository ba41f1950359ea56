//! How far a pass over the whole directory has got. It goes on where it was, whoever goes on with it.

use crate::store::{Stamp, StoreError, TenantStore, parse};
use domain::credentials::SubjectKind;
use sqlx::AnyConnection;
use std::fmt;
use std::str::FromStr;
use time::OffsetDateTime;

/// What a pass reads, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassStage {
    /// A list.
    List(SubjectKind),
    /// One by one, what was there before and in none of the lists.
    Missing,
    /// Nothing more.
    Done,
}

impl PassStage {
    /// What a pass begins with.
    pub const FIRST: Self = Self::List(SubjectKind::Application);

    /// What comes after it.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::List(SubjectKind::Application) => Self::List(SubjectKind::AgentBlueprint),
            Self::List(SubjectKind::AgentBlueprint) => Self::List(SubjectKind::ServicePrincipal),
            Self::List(SubjectKind::ServicePrincipal) => Self::Missing,
            Self::Missing | Self::Done => Self::Done,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::List(SubjectKind::Application) => "applications",
            Self::List(SubjectKind::AgentBlueprint) => "agent-blueprints",
            Self::List(SubjectKind::ServicePrincipal) => "service-principals",
            Self::Missing => "missing",
            Self::Done => "done",
        }
    }
}

impl fmt::Display for PassStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no stage.
#[derive(Debug)]
pub struct UnknownStage;

impl FromStr for PassStage {
    type Err = UnknownStage;

    fn from_str(text: &str) -> Result<Self, UnknownStage> {
        let lists = SubjectKind::ALL.iter().map(|kind| Self::List(*kind));
        lists.chain([Self::Missing, Self::Done]).find(|stage| stage.as_str() == text).ok_or(UnknownStage)
    }
}

/// Where a pass goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassPlace {
    pub stage: PassStage,
    /// Graph's link to the next page; `None`: at the stage's beginning.
    pub next_link: Option<String>,
}

/// A pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// From 1.
    pub number: i64,
    pub started_at: OffsetDateTime,
    pub place: PassPlace,
    /// Rows that Graph sent and that could not be told from one another.
    pub unnamed: u64,
}

/// What is known of the reading of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassState {
    /// The last one, whether it is under way or over.
    pub pass: Pass,
    /// When the last pass that went to its end began: all that is shown is as of then, or newer.
    pub complete_from: Option<OffsetDateTime>,
    /// When it ended.
    pub complete_at: Option<OffsetDateTime>,
    /// Whose sign-in it had, at its end; `None`: the portal's own right.
    pub read_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    pass: i64,
    started_at: Stamp,
    stage: String,
    next_link: Option<String>,
    unnamed: i64,
    complete_from: Option<Stamp>,
    complete_at: Option<Stamp>,
    read_by: Option<String>,
}

impl TryFrom<Row> for PassState {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            pass: Pass {
                number: row.pass,
                started_at: row.started_at.0,
                place: PassPlace { stage: parse("stage of a pass", &row.stage)?, next_link: row.next_link },
                unnamed: u64::try_from(row.unnamed).unwrap_or_default(),
            },
            complete_from: row.complete_from.map(|at| at.0),
            complete_at: row.complete_at.map(|at| at.0),
            read_by: row.read_by,
        })
    }
}

impl TenantStore {
    /// `None`: nothing was ever read.
    pub async fn inventory_state(&self) -> Result<Option<PassState>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT pass, started_at, stage, next_link, unnamed, complete_from, complete_at, read_by
             FROM inventory_passes WHERE tenant_id = $1",
        )
        .bind(self.tenant)
        .fetch_optional(&self.store.pool)
        .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// The next pass begins, whatever has become of the one before.
    pub async fn begin_inventory_pass(&self, at: OffsetDateTime) -> Result<Pass, StoreError> {
        let place = PassPlace { stage: PassStage::FIRST, next_link: None };
        let mut transaction = self.store.begin().await?;
        let number: i64 = sqlx::query_scalar(
            "INSERT INTO inventory_passes (tenant_id, pass, started_at, stage) VALUES ($1, 1, $2, $3)
             ON CONFLICT (tenant_id) DO UPDATE
                SET pass = inventory_passes.pass + 1, started_at = $2, stage = $3, next_link = NULL, unnamed = 0
             RETURNING pass",
        )
        .bind(self.tenant)
        .bind(Stamp(at))
        .bind(place.stage.as_str())
        .fetch_one(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Pass { number, started_at: at, place, unnamed: 0 })
    }

    /// The pass has gone to its end. `false` where it is not the current one any more.
    pub async fn finish_inventory_pass(&self, pass: i64, at: OffsetDateTime) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let done = sqlx::query(
            "UPDATE inventory_passes SET stage = $4, next_link = NULL, complete_from = started_at, complete_at = $3
             WHERE tenant_id = $1 AND pass = $2",
        )
        .bind(self.tenant)
        .bind(pass)
        .bind(Stamp(at))
        .bind(PassStage::Done.as_str())
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 1 {
            self.count_credentials(&mut transaction, at).await?;
        }
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

impl TenantStore {
    /// Whose sign-in the pass that has just ended had.
    pub async fn inventory_read_by(&self, name: Option<&str>) -> Result<(), StoreError> {
        sqlx::query("UPDATE inventory_passes SET read_by = $2 WHERE tenant_id = $1")
            .bind(self.tenant)
            .bind(name)
            .execute(&self.store.pool)
            .await?;
        Ok(())
    }
}

/// Moves a pass on, within the transaction that keeps what was read. `false` where it is not the current one any more.
pub(super) async fn advance(
    connection: &mut AnyConnection,
    store: &TenantStore,
    pass: i64,
    place: &PassPlace,
    unnamed: u64,
) -> Result<bool, StoreError> {
    let moved = sqlx::query(
        "UPDATE inventory_passes SET stage = $3, next_link = $4, unnamed = unnamed + $5
         WHERE tenant_id = $1 AND pass = $2 AND stage <> 'done'",
    )
    .bind(store.tenant)
    .bind(pass)
    .bind(place.stage.as_str())
    .bind(place.next_link.clone())
    .bind(i64::try_from(unnamed).unwrap_or(i64::MAX))
    .execute(connection)
    .await?;
    Ok(moved.rows_affected() == 1)
}
