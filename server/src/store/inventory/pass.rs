//! How far a pass over the whole directory has got. It goes on where it was, whoever goes on with it.

use crate::store::{Engine, Stamp, StoreError, TenantStore, parse};
use domain::credentials::SubjectKind;
use sqlx::{AnyConnection, Executor as _};
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
    /// With whose sign-ins it has read, by their names.
    pub readers: Readers,
}

/// Those who lent a sign-in, by name, each once. Nobody: the portal's own right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readers(Vec<String>);

impl Readers {
    /// A name in each line.
    fn of_text(text: Option<&str>) -> Self {
        Self(text.into_iter().flat_map(str::lines).map(str::to_owned).collect())
    }

    fn to_text(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join("\n"))
    }

    /// Another one, or one of them again.
    pub fn add(&mut self, name: &str) {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if !self.0.contains(&name) {
            self.0.push(name);
        }
    }

    /// In the order in which they came.
    pub fn names(&self) -> &[String] {
        &self.0
    }
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
    /// With whose sign-ins that one has read.
    pub read_by: Readers,
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
    reading_by: Option<String>,
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
                readers: Readers::of_text(row.reading_by.as_deref()),
            },
            complete_from: row.complete_from.map(|at| at.0),
            complete_at: row.complete_at.map(|at| at.0),
            read_by: Readers::of_text(row.read_by.as_deref()),
        })
    }
}

impl TenantStore {
    /// `None`: nothing was ever read.
    pub async fn inventory_state(&self) -> Result<Option<PassState>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT pass, started_at, stage, next_link, unnamed, complete_from, complete_at, read_by, reading_by
             FROM inventory_passes WHERE tenant_id = $1",
        )
        .bind(self.tenant)
        .fetch_optional(&self.store.pool)
        .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// The next pass begins, whatever has become of the one before.
    pub async fn begin_inventory_pass(&self, at: OffsetDateTime) -> Result<Pass, StoreError> {
        loop {
            let seen = self.inventory_state().await?.map_or(0, |state| state.pass.number);
            if let Some(pass) = self.begin_inventory_pass_after(seen, at).await? {
                return Ok(pass);
            }
        }
    }

    /// The next pass begins after the one that was `seen`; 0: there was none. `None` where another has begun since: by another process,
    /// or by one that was cut off while that was being kept.
    pub async fn begin_inventory_pass_after(&self, seen: i64, at: OffsetDateTime) -> Result<Option<Pass>, StoreError> {
        let place = PassPlace { stage: PassStage::FIRST, next_link: None };
        let mut transaction = self.store.begin().await?;
        let number: Option<i64> = sqlx::query_scalar(
            "INSERT INTO inventory_passes (tenant_id, pass, started_at, stage) VALUES ($1, 1, $2, $3)
             ON CONFLICT (tenant_id) DO UPDATE
                SET pass = inventory_passes.pass + 1, started_at = $2, stage = $3, next_link = NULL, unnamed = 0,
                    reading_by = NULL
                WHERE inventory_passes.pass = $4
             RETURNING pass",
        )
        .bind(self.tenant)
        .bind(Stamp(at))
        .bind(place.stage.as_str())
        .bind(seen)
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(number.map(|number| Pass { number, started_at: at, place, unnamed: 0, readers: Readers::default() }))
    }

    /// The pass has gone to its end. `false` where it is not the current one any more.
    pub async fn finish_inventory_pass(&self, pass: i64, at: OffsetDateTime) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        let done = sqlx::query(
            "UPDATE inventory_passes SET stage = $4, next_link = NULL, complete_from = started_at, complete_at = $3,
                read_by = reading_by
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
            self.change_version(&mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// PostgreSQL learns what there is now: by itself it does so some time after much has changed, and until then takes a hundred
    /// thousand objects for none. SQLite has what migration 0035 told it.
    pub async fn inventory_was_read(&self) -> Result<(), StoreError> {
        if self.store.engine() == Engine::Postgres {
            self.store
                .pool
                .execute("ANALYZE inventory_objects, inventory_credentials, inventory_attention, inventory_owners, inventory_tags")
                .await?;
        }
        Ok(())
    }
}

/// Moves a pass on, within the transaction that keeps what was read. `false` where it is not the current one any more.
pub(super) async fn advance(
    connection: &mut AnyConnection,
    store: &TenantStore,
    (pass, readers): (i64, &Readers),
    place: &PassPlace,
    unnamed: u64,
) -> Result<bool, StoreError> {
    let moved = sqlx::query(
        "UPDATE inventory_passes SET stage = $3, next_link = $4, unnamed = unnamed + $5, reading_by = $6
         WHERE tenant_id = $1 AND pass = $2 AND stage <> 'done'",
    )
    .bind(store.tenant)
    .bind(pass)
    .bind(place.stage.as_str())
    .bind(place.next_link.clone())
    .bind(i64::try_from(unnamed).unwrap_or(i64::MAX))
    .bind(readers.to_text())
    .execute(connection)
    .await?;
    Ok(moved.rows_affected() == 1)
}
