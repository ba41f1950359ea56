//! Questions to the inventory. Everybody asks within a scope: all of the directory, or what one person owns.

use crate::store::sql::Sql;
use crate::store::{Id, Rows, Stamp, StoreError, TenantStore, parse, stored_json};
use domain::credentials::{Subject, SubjectKind};
use domain::ids::ObjectId;
use domain::inventory::{AttentionKind, InventoryObject};
use time::OffsetDateTime;

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InventorySort {
    #[default]
    Name,
    NameDescending,
    /// What came last, first.
    Newest,
}

/// Which objects, and which of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InventoryQuery {
    /// Only what this person owns; `None`: everything.
    pub owner: Option<ObjectId>,
    pub kind: Option<SubjectKind>,
    pub attention: Option<AttentionKind>,
    /// All of them are in the name. In any case.
    pub words: Vec<String>,
    pub sort: InventorySort,
    pub skip: u64,
    pub take: u64,
}

/// An object, and since when it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryRow {
    pub object: InventoryObject,
    pub first_seen: OffsetDateTime,
    /// When its certificates were read. All else is no older than the last complete pass.
    pub seen_at: OffsetDateTime,
    /// When it was found not to be there any more.
    pub gone_at: Option<OffsetDateTime>,
}

#[derive(sqlx::FromRow)]
struct Row {
    content: String,
    first_seen: Stamp,
    seen_at: Stamp,
    gone_at: Option<Stamp>,
}

impl TryFrom<Row> for InventoryRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            object: stored_json::read(&row.content)?,
            first_seen: row.first_seen.0,
            seen_at: row.seen_at.0,
            gone_at: row.gone_at.map(|at| at.0),
        })
    }
}

impl TenantStore {
    /// What is there, as of the last read. `now`: for what holds at a time.
    pub async fn inventory(
        &self,
        query: &InventoryQuery,
        now: OffsetDateTime,
    ) -> Result<Rows<InventoryRow>, StoreError> {
        let mut count = Sql::new("SELECT count(*) FROM inventory_objects AS i");
        self.restrict(&mut count, query, now);
        let total: i64 = count.scalar()?.fetch_one(&self.store.pool).await?;
        let mut sql = Sql::new("SELECT content, first_seen, seen_at, gone_at FROM inventory_objects AS i");
        self.restrict(&mut sql, query, now);
        order(&mut sql, query.sort);
        sql.push(" LIMIT ").bind(i64::try_from(query.take).unwrap_or(i64::MAX));
        sql.push(" OFFSET ").bind(i64::try_from(query.skip).unwrap_or(i64::MAX));
        let rows: Vec<Row> = sql.rows()?.fetch_all(&self.store.pool).await?;
        let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        Ok(Rows { items, total: u64::try_from(total).unwrap_or_default() })
    }

    /// One of them, also where it is gone.
    pub async fn inventory_object(&self, subject: Subject) -> Result<Option<InventoryRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT content, first_seen, seen_at, gone_at FROM inventory_objects
             WHERE tenant_id = $1 AND kind = $2 AND object_id = $3",
        )
        .bind(self.tenant)
        .bind(subject.kind.as_str())
        .bind(Id(subject.id))
        .fetch_optional(&self.store.pool)
        .await?;
        row.map(TryInto::try_into).transpose()
    }

    /// What there is to look at for this reason: what is over soonest, and then what began first. The number is of all of
    /// them, by the same question.
    pub async fn inventory_worst(
        &self,
        attention: AttentionKind,
        owner: Option<ObjectId>,
        take: u32,
        now: OffsetDateTime,
    ) -> Result<Rows<InventoryRow>, StoreError> {
        // Of this table alone: a join would read every object before it is known which three are wanted.
        let mut sql = Sql::new("SELECT kind, object_id, count(*) OVER () FROM inventory_attention WHERE tenant_id = ");
        sql.bind(self.tenant).push(" AND attention = ").bind(attention.as_str());
        sql.push(" AND from_at <= ").bind(Stamp(now)).push(" AND until_at > ").bind(Stamp(now));
        self.owned(&mut sql, owner);
        sql.push(" GROUP BY kind, object_id ORDER BY min(until_at), min(from_at), kind, object_id LIMIT ");
        sql.bind(i64::from(take));
        let found: Vec<(String, Id<ObjectId>, i64)> = sql.rows()?.fetch_all(&self.store.pool).await?;
        let total = found.first().map_or(0, |(.., total)| u64::try_from(*total).unwrap_or_default());
        let mut items = vec![];
        for (kind, id, _) in found {
            let subject = Subject { kind: parse("kind of directory object", &kind)?, id: id.0 };
            items.extend(self.inventory_object(subject).await?);
        }
        Ok(Rows { items, total })
    }

    fn restrict(&self, sql: &mut Sql, query: &InventoryQuery, now: OffsetDateTime) {
        sql.push(" WHERE tenant_id = ").bind(self.tenant).push(" AND gone_at IS NULL");
        if let Some(kind) = query.kind {
            sql.push(" AND kind = ").bind(kind.as_str());
        }
        self.owned(sql, query.owner);
        for word in &query.words {
            sql.push(" AND folded LIKE ").bind(format!("%{}%", escaped(&word.to_lowercase()))).push(" ESCAPE '\\'");
        }
        if let Some(attention) = query.attention {
            sql.push(" AND (kind, object_id) IN (SELECT kind, object_id FROM inventory_attention WHERE tenant_id = ");
            sql.bind(self.tenant).push(" AND attention = ").bind(attention.as_str());
            sql.push(" AND from_at <= ").bind(Stamp(now)).push(" AND until_at > ").bind(Stamp(now)).push(")");
        }
    }

    fn owned(&self, sql: &mut Sql, owner: Option<ObjectId>) {
        if let Some(owner) = owner {
            sql.push(" AND (kind, object_id) IN (SELECT kind, object_id FROM inventory_owners WHERE tenant_id = ");
            sql.bind(self.tenant).push(" AND owner_id = ").bind(Id(owner)).push(")");
        }
    }
}

fn order(sql: &mut Sql, sort: InventorySort) {
    sql.push(match sort {
        InventorySort::Name => " ORDER BY folded, object_id",
        InventorySort::NameDescending => " ORDER BY folded DESC, object_id DESC",
        InventorySort::Newest => " ORDER BY first_seen DESC, folded, object_id",
    });
}

/// What LIKE takes for itself.
fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
