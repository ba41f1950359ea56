//! Questions to the inventory. Everybody asks within a scope: all of the directory, or what one person owns and their teams
//! look after.

use super::Within;
use super::attention::counted;
use super::credentials::NO_END;
use super::items::{Decided, decided_objects};
use crate::store::sql::Sql;
use crate::store::{Id, Rows, Stamp, StoreError, TenantStore, parse, stored_json};
use domain::credentials::{CredentialKind, Subject, SubjectKind};
use domain::ids::ObjectId;
use domain::inventory::filter::{CertificateFilter, Ends, IssuerFilter};
use domain::inventory::{AttentionKind, InventoryObject, Owners};
use futures_util::TryStreamExt as _;
use std::collections::BTreeSet;
use time::OffsetDateTime;

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum InventorySort {
    #[default]
    Name,
    NameDescending,
    /// What came last, first. Of objects; credentials are sorted by their ends instead.
    Newest,
    /// Of credentials; objects, which have no end of their own, are sorted by name instead.
    End,
    EndDescending,
}

/// Whether an object has an owner who counts, as far as that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ownership {
    Somebody,
    Nobody,
    Unknown,
}

impl Ownership {
    pub(super) fn of(object: &InventoryObject) -> Self {
        match object.owners.known().and_then(Owners::anybody) {
            Some(true) => Self::Somebody,
            Some(false) => Self::Nobody,
            None => Self::Unknown,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Somebody => "somebody",
            Self::Nobody => "nobody",
            Self::Unknown => "unknown",
        }
    }
}

/// Which objects or credentials, and which of them. `credential` and `ends` are of one credential; an object is found
/// that has such a one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct InventoryQuery {
    /// Only what a person looks after; `None`: everything.
    pub within: Option<Within>,
    pub kind: Option<SubjectKind>,
    pub credential: Option<CredentialKind>,
    pub ends: Option<Ends>,
    pub ownership: Option<Ownership>,
    /// Only what this person or service principal owns, of what is `within`.
    pub owner: Option<ObjectId>,
    /// Of one credential, as `credential` and `ends` are.
    pub certificate: Option<CertificateFilter>,
    pub issuer: Option<IssuerFilter>,
    /// And not put aside, unless `decided` asks for such.
    pub attention: Option<AttentionKind>,
    /// There is such a decision about what needs somebody: about `attention`, or about anything.
    pub decided: Option<Decided>,
    /// Of these objects alone, where they are named.
    pub only: Option<Vec<Subject>>,
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
pub(super) struct Row {
    content: String,
    first_seen: Stamp,
    seen_at: Stamp,
    gone_at: Option<Stamp>,
}

/// A [`Row`] of each object, which is `i`.
const OBJECTS: &str = "SELECT i.content, i.first_seen, i.seen_at, i.gone_at FROM ";

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
    /// What is there, as of the last read. `now`: for what holds at a time. Of the whole directory the total may be a minute old.
    pub async fn inventory(
        &self,
        query: &InventoryQuery,
        now: OffsetDateTime,
    ) -> Result<Rows<InventoryRow>, StoreError> {
        let total = self.number_of_objects(query, now).await?;
        let mut items = vec![];
        self.each_in_inventory(query, now, |row| items.push(row)).await?;
        Ok(Rows { items, total })
    }

    /// How many the query finds; where it begins, and how many it takes, counts for nothing.
    pub async fn count_inventory(&self, query: &InventoryQuery, now: OffsetDateTime) -> Result<u64, StoreError> {
        let count = match query.driver() {
            Driver::Objects => {
                let mut count = Sql::new("SELECT count(*) FROM inventory_objects AS i");
                self.restrict(&mut count, query, now);
                count
            }
            Driver::Attention(kind) => {
                let mut count = Sql::new("SELECT count(*) FROM inventory_attention AS s");
                self.needing(&mut count, query, kind, now);
                count
            }
            Driver::Credentials => {
                let mut count = Sql::new("SELECT count(*) FROM (SELECT 1 FROM inventory_credentials AS c");
                self.holding(&mut count, query, now);
                count.push(") AS s");
                count
            }
        };
        let total: i64 = count.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(u64::try_from(total).unwrap_or_default())
    }

    /// Each of them, as one statement finds them.
    pub async fn each_in_inventory(
        &self,
        query: &InventoryQuery,
        now: OffsetDateTime,
        mut take: impl FnMut(InventoryRow) + Send,
    ) -> Result<(), StoreError> {
        let mut sql = Sql::new(OBJECTS);
        // The few that are shown are found in an index, and read then.
        match query.driver() {
            Driver::Objects => {
                sql.push("inventory_objects AS i");
                self.restrict(&mut sql, query, now);
                query.order(&mut sql, "i");
                query.cut(&mut sql);
            }
            Driver::Attention(kind) => {
                sql.push("(SELECT folded, kind, object_id FROM inventory_attention AS s");
                self.needing(&mut sql, query, kind, now);
                self.read_found(&mut sql, query);
            }
            Driver::Credentials => {
                sql.push("(SELECT folded, kind, object_id FROM inventory_credentials AS c");
                self.holding(&mut sql, query, now);
                self.read_found(&mut sql, query);
            }
        }
        let mut rows = sql.rows::<Row>()?.fetch(&self.store.pool);
        while let Some(row) = rows.try_next().await? {
            take(row.try_into()?);
        }
        Ok(())
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

    /// For what reasons somebody should look at what a person looks after: those that [`Self::inventory_worst`] finds something for.
    pub async fn inventory_reasons(
        &self,
        within: &Within,
        now: OffsetDateTime,
    ) -> Result<BTreeSet<AttentionKind>, StoreError> {
        let mut sql = Sql::new("SELECT DISTINCT attention FROM inventory_attention AS s WHERE s.tenant_id = ");
        sql.bind(self.tenant);
        counted(&mut sql, now);
        self.within(&mut sql, " AND (s.kind, s.object_id) IN (", Some(within));
        let rows: Vec<(String,)> = sql.rows()?.fetch_all(&self.store.pool).await?;
        rows.into_iter().map(|(kind,)| parse("reason to look", &kind)).collect()
    }

    /// What there is to look at for this reason: what is over soonest, and then what began first. Of the whole directory
    /// the total may be a minute old.
    pub async fn inventory_worst(
        &self,
        attention: AttentionKind,
        within: Option<&Within>,
        take: u32,
        now: OffsetDateTime,
    ) -> Result<Rows<InventoryRow>, StoreError> {
        let query = InventoryQuery { within: within.cloned(), attention: Some(attention), ..InventoryQuery::default() };
        let total = self.number_of_objects(&query, now).await?;
        if total == 0 {
            return Ok(Rows { items: vec![], total });
        }
        // The three that are wanted are found in an index, and read then.
        let mut sql = Sql::new(OBJECTS);
        sql.push("(SELECT worst_until, worst_from, kind, object_id FROM inventory_attention AS s");
        self.needing(&mut sql, &query, attention, now);
        // It follows from the end of the row, and is where the index begins.
        sql.push(" AND worst_until > ").bind(Stamp(now));
        ordered(&mut sql, within, "worst_until", ", worst_from, kind, object_id");
        sql.push(" LIMIT ").bind(i64::from(take));
        self.join_objects(&mut sql);
        sql.push(" ORDER BY s.worst_until, s.worst_from, s.kind, s.object_id");
        let rows: Vec<Row> = sql.rows()?.fetch_all(&self.store.pool).await?;
        let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        Ok(Rows { items, total })
    }

    /// Objects that need somebody for this reason: each has one such row at most. The table is `s`.
    fn needing(&self, sql: &mut Sql, query: &InventoryQuery, attention: AttentionKind, now: OffsetDateTime) {
        sql.push(" WHERE s.tenant_id = ").bind(self.tenant).push(" AND attention = ").bind(attention.as_str());
        counted(sql, now);
        if let Some(kind) = query.kind {
            sql.push(" AND s.kind = ").bind(kind.as_str());
        }
        named(sql, " AND s.folded", query);
        self.scoped(sql, " AND (s.kind, s.object_id) IN (", query);
    }

    /// Objects that have such a credential, each once. The table is `c`.
    fn holding(&self, sql: &mut Sql, query: &InventoryQuery, now: OffsetDateTime) {
        sql.push(" WHERE c.tenant_id = ").bind(self.tenant);
        held(sql, query, now);
        if let Some(kind) = query.kind {
            sql.push(" AND c.kind = ").bind(kind.as_str());
        }
        named(sql, " AND c.folded", query);
        if let Some(ownership) = query.ownership {
            sql.push(" AND c.ownership = ").bind(ownership.as_str());
        }
        self.scoped(sql, " AND (c.kind, c.object_id) IN (", query);
        sql.push(" GROUP BY folded, kind, object_id");
    }

    /// The objects of a list of `folded`, `kind` and `object_id` that was begun, in its order.
    fn read_found(&self, sql: &mut Sql, query: &InventoryQuery) {
        query.order(sql, "");
        query.cut(sql);
        self.join_objects(sql);
        query.order(sql, "i");
    }

    /// Ends a list of `kind` and `object_id` that was begun, with the objects as `i`.
    fn join_objects(&self, sql: &mut Sql) {
        sql.push(") AS s JOIN inventory_objects AS i ON i.tenant_id = ").bind(self.tenant);
        sql.push(" AND i.kind = s.kind AND i.object_id = s.object_id");
    }

    pub(super) fn restrict(&self, sql: &mut Sql, query: &InventoryQuery, now: OffsetDateTime) {
        sql.push(" WHERE i.tenant_id = ").bind(self.tenant).push(" AND i.gone_at IS NULL");
        if let Some(kind) = query.kind {
            sql.push(" AND i.kind = ").bind(kind.as_str());
        }
        named(sql, " AND i.folded", query);
        if let Some(ownership) = query.ownership {
            sql.push(" AND i.ownership = ").bind(ownership.as_str());
        }
        let subject = " AND (i.kind, i.object_id) IN (";
        self.scoped(sql, subject, query);
        named_alone(sql, subject, query);
        self.attended(sql, subject, query, now);
        if query.is_of_credentials() {
            sql.push(subject).push("SELECT c.kind, c.object_id FROM inventory_credentials AS c WHERE c.tenant_id = ");
            sql.bind(self.tenant);
            held(sql, query, now);
            sql.push(")");
        }
    }

    /// What the person sees, and of that what the owner whom the query names has. `subject`: `AND` the row's kind and id are
    /// among these.
    pub(super) fn scoped(&self, sql: &mut Sql, subject: &'static str, query: &InventoryQuery) {
        self.within(sql, subject, query.within.as_ref());
        if let Some(owner) = query.owner {
            sql.push(subject).push("SELECT kind, object_id FROM inventory_owners WHERE tenant_id = ").bind(self.tenant);
            sql.push(" AND owner_id = ").bind(Id(owner)).push(")");
        }
    }

    /// `subject`: `AND` the row's kind and id are among these.
    pub(super) fn within(&self, sql: &mut Sql, subject: &'static str, within: Option<&Within>) {
        if let Some(within) = within {
            sql.push(subject);
            self.theirs(sql, "SELECT kind, object_id", within);
            sql.push(")");
        }
    }

    pub(super) fn attended(&self, sql: &mut Sql, subject: &'static str, query: &InventoryQuery, now: OffsetDateTime) {
        match (query.attention, query.decided) {
            (None, None) => return,
            (attention, Some(decided)) => {
                sql.push(subject);
                decided_objects(sql, self, attention, decided, now);
            }
            (Some(attention), None) => {
                sql.push(subject).push("SELECT kind, object_id FROM inventory_attention WHERE tenant_id = ");
                sql.bind(self.tenant).push(" AND attention = ").bind(attention.as_str());
                counted(sql, now);
                // SQLite takes all that this finds first, which of somebody's own is little.
                self.scoped(sql, " AND (kind, object_id) IN (", query);
            }
        }
        sql.push(")");
    }
}

/// Which table has what a query of objects asks for, in one index.
enum Driver {
    Objects,
    Attention(AttentionKind),
    Credentials,
}

impl InventoryQuery {
    /// It asks something of one credential.
    fn is_of_credentials(&self) -> bool {
        self.credential.is_some() || self.ends.is_some() || self.certificate.is_some() || self.issuer.is_some()
    }

    fn driver(&self) -> Driver {
        let by_name = self.sort != InventorySort::Newest;
        let credential = self.is_of_credentials();
        if self.only.is_some() {
            return Driver::Objects;
        }
        match self.attention {
            Some(kind) if by_name && !credential && self.decided.is_none() && self.ownership.is_none() => {
                Driver::Attention(kind)
            }
            None if by_name && credential && self.decided.is_none() => Driver::Credentials,
            _ => Driver::Objects,
        }
    }

    /// `table`: of the columns, `i` or none.
    fn order(&self, sql: &mut Sql, table: &str) {
        let (first, then) = match (self.sort, table) {
            (InventorySort::Name | InventorySort::End, "i") => ("i.folded", ", i.kind, i.object_id"),
            (InventorySort::Name | InventorySort::End, _) => ("folded", ", kind, object_id"),
            (InventorySort::NameDescending | InventorySort::EndDescending, "i") => {
                ("i.folded", " DESC, i.kind DESC, i.object_id DESC")
            }
            (InventorySort::NameDescending | InventorySort::EndDescending, _) => {
                ("folded", " DESC, kind DESC, object_id DESC")
            }
            (InventorySort::Newest, _) => ("i.first_seen", " DESC, i.kind DESC, i.object_id DESC"),
        };
        ordered(sql, self.within.as_ref(), first, then);
    }

    pub(super) fn cut(&self, sql: &mut Sql) {
        sql.push(" LIMIT ").bind(i64::try_from(self.take).unwrap_or(i64::MAX));
        sql.push(" OFFSET ").bind(i64::try_from(self.skip).unwrap_or(i64::MAX));
    }
}

/// `first`: a column; `then`: what follows it. Within what somebody looks after, the first is such that no index has the order: that is
/// sorted, which is what little it is. Else PostgreSQL goes through all that there is in the index's order, taking the first few for soon
/// found, where they may be the last, or none.
pub(super) fn ordered(sql: &mut Sql, within: Option<&Within>, first: &'static str, then: &'static str) {
    sql.push(" ORDER BY ").push(first).push(if within.is_some() { " || ''" } else { "" }).push(then);
}

/// `column`: `AND` that with the name in lower case.
pub(super) fn named(sql: &mut Sql, column: &'static str, query: &InventoryQuery) {
    for word in &query.words {
        sql.push(column).push(" LIKE ").bind(format!("%{}%", escaped(&word.to_lowercase()))).push(" ESCAPE '\\'");
    }
}

/// `subject`: `AND` the row's kind and id are among these.
pub(super) fn named_alone(sql: &mut Sql, subject: &'static str, query: &InventoryQuery) {
    match query.only.as_deref() {
        None => {}
        Some([]) => {
            sql.push(" AND 1 = 0");
        }
        Some(subjects) => {
            sql.push(subject);
            sql.values(subjects, |row, subject| {
                row.bind(subject.kind.as_str()).bind(Id(subject.id));
            });
            sql.push(")");
        }
    }
}

/// Of the credentials' table, which is `c`.
pub(super) fn held(sql: &mut Sql, query: &InventoryQuery, now: OffsetDateTime) {
    if let Some(kind) = query.credential {
        sql.push(" AND c.credential = ").bind(kind.as_str());
    }
    let certificate = CredentialKind::Certificate.as_str();
    match query.certificate {
        None => {}
        Some(CertificateFilter::Is(thumbprint)) => {
            sql.push(" AND c.credential = ").bind(certificate).push(" AND c.thumbprint = ").bind(thumbprint.hex());
        }
        Some(CertificateFilter::Unknown) => {
            sql.push(" AND c.credential = ").bind(certificate).push(" AND c.thumbprint IS NULL");
        }
    }
    match &query.issuer {
        None => {}
        Some(IssuerFilter::Is(issuer)) => {
            sql.push(" AND c.credential = ")
                .bind(certificate)
                .push(" AND c.issuer = ")
                .bind(issuer.as_str().to_owned());
        }
        Some(IssuerFilter::Unread) => {
            sql.push(" AND c.credential = ").bind(certificate).push(" AND c.issuer IS NULL");
        }
    }
    let Some(ends) = query.ends else { return };
    let (now, never) = (Stamp(now), Stamp(NO_END));
    match ends {
        Ends::Past => {
            sql.push(" AND c.end_at <= ").bind(now);
        }
        Ends::Within(days) => {
            sql.push(" AND c.end_at > ").bind(now).push(" AND c.end_at <= ").bind(Stamp(now.0 + days.duration()));
        }
        Ends::After(days) => {
            sql.push(" AND c.end_at > ").bind(Stamp(now.0 + days.duration())).push(" AND c.end_at < ").bind(never);
        }
        Ends::Unknown => {
            sql.push(" AND c.end_at = ").bind(never);
            sql.push(" AND c.credential <> ").bind(CredentialKind::Federated.as_str());
        }
    }
}

/// What LIKE takes for itself.
fn escaped(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
