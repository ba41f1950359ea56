//! What people decided about an item: who looks after it, until when it is put off, why it may stay.

use super::Within;
use super::attention::{ALWAYS, FOR_EVER, holds};
use super::keep::{among, subject};
use crate::store::sql::Sql;
use crate::store::{AuditEntry, Id, Stamp, StoreError, TenantStore, Transaction, audit, parse};
use domain::credentials::Subject;
use domain::ids::ObjectId;
use domain::inventory::{AttentionKind, Decision, Item, Reason};
use std::collections::{HashMap, HashSet};
use time::OffsetDateTime;

/// Why an item is out of the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// Until then.
    Snoozed(OffsetDateTime),
    /// For as long as it is so.
    Accepted,
}

/// What was decided about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemStanding {
    /// Who looks after it.
    pub assignee: Option<(ObjectId, String)>,
    /// As of when it was asked: what was snoozed and is over is `None`.
    pub aside: Option<Aside>,
    /// Why, where that was said.
    pub reason: Option<String>,
    /// Who decided last.
    pub decided_by: String,
    pub decided_at: OffsetDateTime,
}

/// What objects do not say of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exceptions {
    /// Out of the count.
    pub aside: HashSet<Item>,
    /// With changes made elsewhere of which nobody has said what they were.
    pub changed: HashSet<Subject>,
}

#[derive(sqlx::FromRow)]
struct Row {
    attention: String,
    kind: String,
    object_id: Id<ObjectId>,
    assignee_id: Option<Id<ObjectId>>,
    assignee: Option<String>,
    aside: Option<String>,
    aside_until: Option<Stamp>,
    reason: Option<String>,
    decided_by: String,
    decided_at: Stamp,
}

impl Row {
    fn read(self, now: OffsetDateTime) -> Result<(Item, ItemStanding), StoreError> {
        let item =
            Item { subject: subject(&self.kind, self.object_id)?, kind: parse("kind of attention", &self.attention)? };
        let aside = match (self.aside.as_deref(), self.aside_until) {
            (Some("accepted"), _) => Some(Aside::Accepted),
            (Some(_), Some(until)) if until.0 > now => Some(Aside::Snoozed(until.0)),
            _ => None,
        };
        let assignee = self.assignee_id.map(|id| (id.0, self.assignee.unwrap_or_default()));
        let (decided_by, decided_at) = (self.decided_by, self.decided_at.0);
        Ok((item, ItemStanding { assignee, aside, reason: self.reason, decided_by, decided_at }))
    }
}

/// What is written over an earlier decision where an item is put aside.
const ASIDE: &str = "aside = excluded.aside, aside_until = excluded.aside_until, reason = excluded.reason";

/// What of a decision goes into its row.
#[derive(Debug, Clone, Copy, Default)]
struct Put<'d> {
    assignee: Option<(ObjectId, &'d str)>,
    aside: Option<(&'static str, OffsetDateTime)>,
    reason: Option<&'d Reason>,
}

impl TenantStore {
    /// Keeps the decision and its audit row, both or neither. `false`, and nothing is kept, where the object has no such
    /// reason any more.
    pub async fn decide_item(&self, item: Item, decision: &Decision, entry: &AuditEntry) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin().await?;
        self.hold(&mut transaction, item.subject).await?;
        let there: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM inventory_attention
             WHERE tenant_id = $1 AND kind = $2 AND object_id = $3 AND attention = $4 AND from_at <= $5 AND until_at > $5
             LIMIT 1",
        )
        .bind(self.tenant)
        .bind(item.subject.kind.as_str())
        .bind(Id(item.subject.id))
        .bind(item.kind.as_str())
        .bind(Stamp(entry.row.at))
        .fetch_optional(&mut *transaction)
        .await?;
        if there.is_none() {
            return Ok(false);
        }
        match decision {
            Decision::Assign { id, name } => {
                let put = Put { assignee: Some((*id, name)), ..Put::default() };
                let set = "assignee_id = excluded.assignee_id, assignee = excluded.assignee";
                self.put(&mut transaction, item, entry, set, put).await?;
            }
            Decision::Snooze { until, reason } => {
                let put = Put { aside: Some(("snoozed", until.time())), reason: reason.as_ref(), ..Put::default() };
                self.put(&mut transaction, item, entry, ASIDE, put).await?;
            }
            Decision::Accept { reason } => {
                let put = Put { aside: Some(("accepted", FOR_EVER)), reason: Some(reason), ..Put::default() };
                self.put(&mut transaction, item, entry, ASIDE, put).await?;
            }
            Decision::Reopen => {
                sqlx::query(
                    "DELETE FROM inventory_items WHERE tenant_id = $1 AND attention = $2 AND kind = $3 AND object_id = $4",
                )
                .bind(self.tenant)
                .bind(item.kind.as_str())
                .bind(item.subject.kind.as_str())
                .bind(Id(item.subject.id))
                .execute(&mut *transaction)
                .await?;
            }
        }
        let aside = match decision {
            Decision::Assign { .. } => None,
            Decision::Snooze { until, .. } => Some(until.time()),
            Decision::Accept { .. } => Some(FOR_EVER),
            Decision::Reopen => Some(ALWAYS),
        };
        if let Some(until) = aside {
            sqlx::query(
                "UPDATE inventory_attention SET aside_until = $5
                 WHERE tenant_id = $1 AND attention = $2 AND kind = $3 AND object_id = $4",
            )
            .bind(self.tenant)
            .bind(item.kind.as_str())
            .bind(item.subject.kind.as_str())
            .bind(Id(item.subject.id))
            .bind(Stamp(until))
            .execute(&mut *transaction)
            .await?;
        }
        audit::write(&mut *transaction, self.tenant, entry).await?;
        self.change_version(&mut transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// `set`: which of the values are written over those of an earlier decision.
    async fn put(
        &self,
        transaction: &mut Transaction,
        item: Item,
        entry: &AuditEntry,
        set: &'static str,
        put: Put<'_>,
    ) -> Result<(), StoreError> {
        let mut sql = Sql::new(
            "INSERT INTO inventory_items (tenant_id, attention, kind, object_id, assignee_id, assignee, aside, aside_until,
                reason, decided_by, decided_at)",
        );
        sql.values(&[()], |row, ()| {
            row.bind(self.tenant).bind(item.kind.as_str()).bind(item.subject.kind.as_str()).bind(Id(item.subject.id));
            row.bind(put.assignee.map(|(id, _)| Id(id))).bind(put.assignee.map(|(_, name)| name.to_owned()));
            row.bind(put.aside.map(|(aside, _)| aside)).bind(put.aside.map(|(_, until)| Stamp(until)));
            row.bind(put.reason.map(|reason| reason.as_str().to_owned()));
            row.bind(entry.row.who.clone()).bind(Stamp(entry.row.at));
        });
        sql.push(" ON CONFLICT (tenant_id, attention, kind, object_id) DO UPDATE SET ").push(set);
        sql.push(", decided_by = excluded.decided_by, decided_at = excluded.decided_at");
        sql.query()?.execute(&mut **transaction).await?;
        Ok(())
    }

    /// Of these objects, whatever was decided about them.
    pub async fn item_standings(
        &self,
        subjects: &[Subject],
        now: OffsetDateTime,
    ) -> Result<HashMap<Item, ItemStanding>, StoreError> {
        if subjects.is_empty() {
            return Ok(HashMap::new());
        }
        let mut sql = Sql::new(
            "SELECT attention, kind, object_id, assignee_id, assignee, aside, aside_until, reason, decided_by, decided_at
             FROM inventory_items WHERE tenant_id = ",
        );
        sql.bind(self.tenant);
        among(&mut sql, subjects);
        let rows: Vec<Row> = sql.rows()?.fetch_all(&self.store.pool).await?;
        rows.into_iter().map(|row| row.read(now)).collect()
    }

    /// How many objects have an item about which this was decided. `owner`: of which this person owns.
    pub async fn count_decided(
        &self,
        decided: Decided,
        within: Option<&Within>,
        now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let mut sql = Sql::new("SELECT count(*) FROM (SELECT DISTINCT kind, object_id FROM (");
        decided_objects(&mut sql, self, None, decided, now);
        sql.push(") AS d WHERE true");
        self.within(&mut sql, " AND (kind, object_id) IN (", within);
        sql.push(") AS s");
        let count: i64 = sql.scalar()?.fetch_one(&self.store.pool).await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// What of these objects' needs only the store knows: which items are put aside, and which objects were changed
    /// elsewhere. `None`: of all objects.
    pub async fn exceptions(
        &self,
        subjects: Option<&[Subject]>,
        now: OffsetDateTime,
    ) -> Result<Exceptions, StoreError> {
        let mut exceptions = Exceptions::default();
        if subjects.is_some_and(<[Subject]>::is_empty) {
            return Ok(exceptions);
        }
        let mut sql = Sql::new("SELECT attention, kind, object_id FROM inventory_items WHERE tenant_id = ");
        sql.bind(self.tenant).push(" AND aside_until > ").bind(Stamp(now));
        if let Some(subjects) = subjects {
            among(&mut sql, subjects);
        }
        let rows: Vec<(String, String, Id<ObjectId>)> = sql.rows()?.fetch_all(&self.store.pool).await?;
        for (attention, kind, id) in rows {
            let kind = Item { subject: subject(&kind, id)?, kind: parse("kind of attention", &attention)? };
            exceptions.aside.insert(kind);
        }
        let mut sql = Sql::new("SELECT DISTINCT kind, object_id FROM inventory_changes WHERE tenant_id = ");
        sql.bind(self.tenant).push(" AND acknowledged_at IS NULL");
        if let Some(subjects) = subjects {
            among(&mut sql, subjects);
        }
        let rows: Vec<(String, Id<ObjectId>)> = sql.rows()?.fetch_all(&self.store.pool).await?;
        for (kind, id) in rows {
            exceptions.changed.insert(subject(&kind, id)?);
        }
        Ok(exceptions)
    }

    /// Why somebody should look at the object now, put aside or not; the most urgent first.
    pub async fn attentions_of(&self, subject: Subject, now: OffsetDateTime) -> Result<Vec<AttentionKind>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT DISTINCT attention FROM inventory_attention
             WHERE tenant_id = $1 AND kind = $2 AND object_id = $3 AND from_at <= $4 AND until_at > $4",
        )
        .bind(self.tenant)
        .bind(subject.kind.as_str())
        .bind(Id(subject.id))
        .bind(Stamp(now))
        .fetch_all(&self.store.pool)
        .await?;
        let mut kinds: Vec<AttentionKind> =
            rows.iter().map(|(kind,)| parse("kind of attention", kind)).collect::<Result<_, _>>()?;
        kinds.sort_unstable();
        Ok(kinds)
    }
}

/// What was decided about an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decided {
    /// Somebody looks after it.
    Assigned,
    /// This person does.
    AssignedTo(ObjectId),
    /// It is put off, and not over yet.
    Snoozed,
    /// It may stay.
    Accepted,
}

/// Kind and id of the objects that have an item about which this was decided, and which is so now. `attention`: of any
/// reason where `None`.
pub(super) fn decided_objects(
    sql: &mut Sql,
    tenant: &TenantStore,
    attention: Option<AttentionKind>,
    decided: Decided,
    now: OffsetDateTime,
) {
    sql.push("SELECT t.kind, t.object_id FROM inventory_items AS t WHERE t.tenant_id = ").bind(tenant.tenant);
    if let Some(attention) = attention {
        sql.push(" AND t.attention = ").bind(attention.as_str());
    }
    match decided {
        Decided::Assigned => sql.push(" AND t.assignee_id IS NOT NULL"),
        Decided::AssignedTo(person) => sql.push(" AND t.assignee_id = ").bind(Id(person)),
        Decided::Snoozed => sql.push(" AND t.aside = 'snoozed' AND t.aside_until > ").bind(Stamp(now)),
        Decided::Accepted => sql.push(" AND t.aside = 'accepted'"),
    };
    sql.push(
        " AND EXISTS (SELECT 1 FROM inventory_attention AS a WHERE a.tenant_id = t.tenant_id
            AND a.attention = t.attention AND a.kind = t.kind AND a.object_id = t.object_id",
    );
    holds(sql, now);
    sql.push(")");
}
