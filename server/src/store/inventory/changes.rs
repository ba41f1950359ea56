//! Changes of credentials that no push of the portal made: found by comparing a pass with the one before.

use super::keep::{among, subject};
use crate::store::sql::{ROWS, Sql};
use crate::store::stored_json::{self, StoredJson};
use crate::store::{AuditEntry, Id, Stamp, Store, StoreError, TenantStore, Transaction, audit};
use domain::credentials::Subject;
use domain::ids::{KeyId, ObjectId};
use domain::inventory::{AttentionKind, Between, Change, InventoryObject, OwnWrite, Reason, Roll, SETTLING};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use time::OffsetDateTime;

/// Of one object that are shown, the newest.
pub const MOST_CHANGES: i64 = 100;

impl StoredJson for Roll {
    const WHAT: &str = "roll of credentials";
}

impl StoredJson for Change {
    const WHAT: &str = "change made elsewhere";
}

/// Who made a change, as the directory's audit log says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The user principal name of a person, the name of an app.
    pub name: String,
    /// It was an app, with no person signed in.
    pub app: bool,
    /// When, by that log.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl StoredJson for Actor {
    const WHAT: &str = "who made a change";
}

/// A change as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptChange {
    pub number: i64,
    pub subject: Subject,
    pub change: Change,
    /// It was made after this, as far as reads tell.
    pub since: OffsetDateTime,
    /// When it was found.
    pub found_at: OffsetDateTime,
    /// `None`: not known, or not yet.
    pub actor: Option<Actor>,
    pub lookup: Lookup,
    pub acknowledged: Option<Acknowledged>,
}

/// Whether it may still become known who made a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// The audit log is asked again.
    Pending,
    /// The portal may not read that log.
    Refused,
    /// It is not asked any more.
    Over,
}

/// Somebody says what a change was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    pub at: OffsetDateTime,
    pub by: String,
    pub reason: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    kind: String,
    object_id: Id<ObjectId>,
    found_at: Stamp,
    since: Stamp,
    content: String,
    actor: Option<String>,
    look_at: Option<Stamp>,
    look_refused: i64,
    acknowledged_at: Option<Stamp>,
    acknowledged_by: Option<String>,
    reason: Option<String>,
}

impl TryFrom<Row> for KeptChange {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let acknowledged = row.acknowledged_at.map(|at| Acknowledged {
            at: at.0,
            by: row.acknowledged_by.unwrap_or_default(),
            reason: row.reason.unwrap_or_default(),
        });
        Ok(Self {
            number: row.number,
            subject: subject(&row.kind, row.object_id)?,
            change: stored_json::read(&row.content)?,
            since: row.since.0,
            found_at: row.found_at.0,
            actor: row.actor.as_deref().map(stored_json::read).transpose()?,
            lookup: match row.look_at {
                _ if row.look_refused != 0 => Lookup::Refused,
                Some(_) => Lookup::Pending,
                None => Lookup::Over,
            },
            acknowledged,
        })
    }
}

#[derive(sqlx::FromRow)]
struct OwnRow {
    object_id: Id<ObjectId>,
    key_id: Id<KeyId>,
    did: String,
    sent_at: Stamp,
    verified: i64,
}

macro_rules! select_changes {
    ($rest:literal) => {
        concat!(
            "SELECT number, kind, object_id, found_at, since, content, actor, look_at, look_refused, acknowledged_at,
                acknowledged_by, reason FROM inventory_changes ",
            $rest
        )
    };
}

impl Store {
    /// Of every tenant, and not all at once: what was found before, acknowledged or not. Answers how many went.
    pub async fn forget_changes_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        let gone = self
            .forget_before(
                "DELETE FROM inventory_changes WHERE number IN
                    (SELECT number FROM inventory_changes WHERE found_at < $1 LIMIT 500)",
                at,
            )
            .await?;
        if gone > 0 {
            let cards = self
                .forget_before(
                    "DELETE FROM inventory_attention WHERE attention = 'changed-elsewhere' AND NOT EXISTS
                    (SELECT 1 FROM inventory_changes AS c WHERE c.tenant_id = inventory_attention.tenant_id
                        AND c.kind = inventory_attention.kind AND c.object_id = inventory_attention.object_id
                        AND c.acknowledged_at IS NULL AND c.found_at >= $1)",
                    at,
                )
                .await?;
            if cards > 0 {
                self.change_versions().await?;
            }
        }
        Ok(gone)
    }

    /// What pushes did before, which no pass asks for any more.
    pub async fn forget_pushed_keys_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        self.forget_before(
            "DELETE FROM pushed_keys WHERE (tenant_id, object_id, key_id, did) IN
                (SELECT tenant_id, object_id, key_id, did FROM pushed_keys WHERE sent_at < $1 LIMIT 500)",
            at,
        )
        .await
    }
}

impl TenantStore {
    /// The object's changes, the newest first, open ones before the others.
    pub async fn changes_elsewhere(&self, subject: Subject, most: i64) -> Result<Vec<KeptChange>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(select_changes!(
            "WHERE tenant_id = $1 AND kind = $2 AND object_id = $3
             ORDER BY CASE WHEN acknowledged_at IS NULL THEN 0 ELSE 1 END, number DESC LIMIT $4"
        ))
        .bind(self.tenant)
        .bind(subject.kind.as_str())
        .bind(Id(subject.id))
        .bind(most)
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// These of the object's changes, where nobody has said anything of them, with the audit row: both or neither. Answers
    /// how many they were; nothing is written where there is none.
    pub async fn acknowledge_changes(
        &self,
        subject: Subject,
        numbers: &[i64],
        reason: &Reason,
        entry: &AuditEntry,
    ) -> Result<u64, StoreError> {
        let (by, at) = (entry.row.who.clone(), Stamp(entry.row.at));
        let mut transaction = self.store.begin().await?;
        self.hold(&mut transaction, subject).await?;
        let mut changed = 0;
        for number in numbers {
            let done = sqlx::query(
                "UPDATE inventory_changes SET acknowledged_at = $5, acknowledged_by = $6, reason = $7
                 WHERE tenant_id = $1 AND kind = $2 AND object_id = $3 AND number = $4 AND acknowledged_at IS NULL",
            )
            .bind(self.tenant)
            .bind(subject.kind.as_str())
            .bind(Id(subject.id))
            .bind(*number)
            .bind(at)
            .bind(by.clone())
            .bind(reason.as_str())
            .execute(&mut *transaction)
            .await?;
            changed += done.rows_affected();
        }
        if changed == 0 {
            return Ok(0);
        }
        audit::write(&mut *transaction, self.tenant, entry).await?;
        let mut sql = Sql::new("DELETE FROM inventory_attention WHERE attention = ");
        sql.bind(AttentionKind::ChangedElsewhere.as_str()).push(" AND tenant_id = ").bind(self.tenant);
        among(&mut sql, &[subject]);
        sql.query()?.execute(&mut *transaction).await?;
        self.attend_to_changes(&mut transaction, &[subject]).await?;
        self.settle_items(&mut transaction, &[subject], entry.row.at).await?;
        self.change_version(&mut transaction).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Changes of which the audit log is to be asked who made them, those that wait longest first.
    pub async fn changes_to_look_up(&self, now: OffsetDateTime, most: i64) -> Result<Vec<KeptChange>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(select_changes!(
            "WHERE tenant_id = $1 AND look_at IS NOT NULL AND look_at <= $2 ORDER BY look_at, number LIMIT $3"
        ))
        .bind(self.tenant)
        .bind(Stamp(now))
        .bind(most)
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// What the audit log said of a change. `next`: when it is asked again, where it said nothing.
    pub async fn looked_up(
        &self,
        number: i64,
        actor: Option<&Actor>,
        refused: bool,
        next: Option<OffsetDateTime>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.store.begin_unsynced().await?;
        sqlx::query(
            "UPDATE inventory_changes SET actor = $3, look_at = $4, looks = looks + 1, look_refused = $5
             WHERE tenant_id = $1 AND number = $2 AND actor IS NULL",
        )
        .bind(self.tenant)
        .bind(number)
        .bind(actor.map(stored_json::write).transpose()?)
        .bind(next.map(Stamp))
        .bind(i64::from(refused))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Brings the rolls up to this read of a pass, and keeps what changed since them without the portal.
    pub(super) async fn judge(
        &self,
        transaction: &mut Transaction,
        objects: impl Iterator<Item = &InventoryObject>,
        rolls: &mut HashMap<Subject, (Roll, Stamp)>,
        known: &HashSet<Subject>,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let complete_from: Option<Option<Stamp>> =
            sqlx::query_scalar("SELECT complete_from FROM inventory_passes WHERE tenant_id = $1")
                .bind(self.tenant)
                .fetch_optional(&mut **transaction)
                .await?;
        let complete_from = complete_from.flatten();
        let objects: Vec<&InventoryObject> = objects.collect();
        let ids: Vec<ObjectId> = objects.iter().map(|object| object.subject.id).collect();
        let since = rolls.values().map(|(_, at)| *at).chain(complete_from).min().map_or(at, |since| since.0);
        let own = self.own_writes(transaction, &ids, since.min(at) - SETTLING).await?;
        let mut found = vec![];
        for object in objects {
            let subject = object.subject;
            let before = match (rolls.remove(&subject), complete_from) {
                // A second page of this pass, or a later read that was faster.
                (Some(roll), _) if roll.1 >= Stamp(at) => {
                    rolls.insert(subject, roll);
                    continue;
                }
                (Some(roll), _) => roll,
                (None, Some(from)) if !known.contains(&subject) => (Roll::of_nothing(), from),
                (None, _) => (Roll::default(), Stamp(at)),
            };
            let between = Between { since: before.1.0, at };
            let none = vec![];
            let (roll, changes) = before.0.after(object, between, own.get(&subject.id).unwrap_or(&none));
            rolls.insert(subject, (roll, Stamp(at)));
            found.extend(changes.into_iter().map(|change| (subject, between, change)));
        }
        self.write_changes(transaction, &found).await
    }

    async fn write_changes(
        &self,
        transaction: &mut Transaction,
        found: &[(Subject, Between, Change)],
    ) -> Result<(), StoreError> {
        for found in found.chunks(ROWS) {
            let contents =
                found.iter().map(|(.., change)| stored_json::write(change)).collect::<Result<Vec<_>, _>>()?;
            let rows: Vec<_> = found.iter().zip(contents).collect();
            let mut sql = Sql::new(
                "INSERT INTO inventory_changes (tenant_id, kind, object_id, found_at, since, content, look_at)",
            );
            sql.values(&rows, |row, ((subject, between, _), content)| {
                row.bind(self.tenant).bind(subject.kind.as_str()).bind(Id(subject.id)).bind(Stamp(between.at));
                row.bind(Stamp(between.since)).bind(content.clone()).bind(Stamp(between.at));
            });
            sql.query()?.execute(&mut **transaction).await?;
            // What was put aside is not this.
            let subjects: Vec<Subject> = found.iter().map(|(subject, ..)| *subject).collect();
            let mut sql = Sql::new(
                "UPDATE inventory_items SET aside = NULL, aside_until = NULL, reason = NULL WHERE attention = ",
            );
            sql.bind(AttentionKind::ChangedElsewhere.as_str()).push(" AND tenant_id = ").bind(self.tenant);
            among(&mut sql, &subjects);
            sql.query()?.execute(&mut **transaction).await?;
        }
        Ok(())
    }

    async fn own_writes(
        &self,
        transaction: &mut Transaction,
        objects: &[ObjectId],
        since: OffsetDateTime,
    ) -> Result<HashMap<ObjectId, Vec<OwnWrite>>, StoreError> {
        let mut own: HashMap<ObjectId, Vec<OwnWrite>> = HashMap::new();
        for objects in objects.chunks(ROWS) {
            let mut sql = Sql::new(
                "SELECT k.object_id, k.key_id, k.did, k.sent_at,
                    CASE WHEN a.outcome IN ('verified', 'already-there') THEN 1 ELSE 0 END AS verified
                 FROM pushed_keys AS k
                 JOIN receipt_apps AS a ON a.receipt_id = k.receipt_id AND a.position = k.position
                 WHERE (a.outcome IS NULL OR a.outcome IN ('verified', 'already-there', 'unverified')) AND k.tenant_id = ",
            );
            sql.bind(self.tenant).push(" AND k.sent_at > ").bind(Stamp(since)).push(" AND k.object_id IN (");
            sql.values(objects, |row, id| {
                row.bind(Id(*id));
            });
            sql.push(")");
            let rows: Vec<OwnRow> = sql.rows()?.fetch_all(&mut **transaction).await?;
            let mut sql = Sql::new(
                "SELECT object_id, key_id, 'removed' AS did, sent_at,
                    CASE WHEN outcome = 'verified' THEN 1 ELSE 0 END AS verified
                 FROM secret_removals
                 WHERE (outcome IS NULL OR outcome IN ('verified', 'unverified')) AND tenant_id = ",
            );
            sql.bind(self.tenant).push(" AND sent_at > ").bind(Stamp(since));
            sql.listed(" AND object_id IN (", objects, |id| Id(*id));
            let secrets: Vec<OwnRow> = sql.rows()?.fetch_all(&mut **transaction).await?;
            for row in rows.into_iter().chain(secrets) {
                own.entry(row.object_id.0).or_default().push(OwnWrite {
                    key_id: row.key_id.0,
                    kind: crate::store::parse("kind of own write", &row.did)?,
                    at: row.sent_at.0,
                    verified: row.verified != 0,
                });
            }
        }
        Ok(own)
    }
}
