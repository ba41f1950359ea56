//! Keeps what was read. An older read never takes the place of a newer one.

use super::delta::DeltaPlace;
use super::pass::{PassPlace, Readers, advance};
use super::query::Ownership;
use super::remembered::counts_alike;
use crate::store::sql::{ROWS, Sql};
use crate::store::{Engine, Id, Sighting, Stamp, Store, StoreError, TenantStore, Transaction, stored_json};
use domain::credentials::{Subject, SubjectKind};
use domain::ids::ObjectId;
use domain::inventory::{InventoryObject, LifetimePolicy, Owner, OwnerDepartment, Roll};
use domain::key_credential::KeyCredentials;
use std::collections::{BTreeMap, HashMap};
use time::OffsetDateTime;

#[derive(sqlx::FromRow)]
pub(super) struct Kept {
    kind: String,
    object_id: Id<ObjectId>,
    pub(super) content: String,
    pass: i64,
    pub(super) seen_at: Stamp,
    roll: Option<String>,
    roll_at: Option<Stamp>,
}

/// An object as it is to be kept.
pub(super) struct Keeping {
    pub(super) object: InventoryObject,
    pass: i64,
    roll: Option<(Roll, Stamp)>,
    /// It has rows that follow from what it was. What is new comes with a pass alone, whose row is held: nobody else brings it
    /// meanwhile.
    known: bool,
}

impl Keeping {
    /// In place of what is kept, of which more is known now.
    pub(super) fn again(object: InventoryObject, known: Kept) -> Result<Self, StoreError> {
        let roll = known.roll.as_deref().map(stored_json::read).transpose()?;
        Ok(Self { object, pass: known.pass, roll: roll.zip(known.roll_at), known: true })
    }
}

impl Store {
    /// Of every tenant, and not all at once: what has been gone since before. Answers how many went.
    pub async fn forget_gone_before(&self, at: OffsetDateTime) -> Result<u64, StoreError> {
        self.forget_before(
            "DELETE FROM inventory_objects WHERE (tenant_id, kind, object_id) IN
                (SELECT tenant_id, kind, object_id FROM inventory_objects WHERE gone_at < $1 LIMIT 500)",
            at,
        )
        .await
    }
}

impl TenantStore {
    /// One page of a pass, read at `at`, and where the pass goes on from there: both or neither. `false`, and nothing
    /// kept, where the pass is not the current one any more.
    pub async fn keep_inventory_page(
        &self,
        (pass, readers): (i64, &Readers),
        objects: Vec<InventoryObject>,
        (at, unnamed): (OffsetDateTime, u64),
        policy: &LifetimePolicy,
        next: &PassPlace,
    ) -> Result<bool, StoreError> {
        // Read again by the next pass where it is lost, and the place with it.
        let mut transaction = self.store.begin_unsynced().await?;
        if !advance(&mut transaction, self, (pass, readers), next, unnamed).await? {
            return Ok(false);
        }
        self.keep_objects(&mut transaction, objects, Some(pass), at, policy).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// What delta named, read at `at`, and where delta goes on from there: both or neither. What changed without us shows as
    /// it does in a pass. `false`, and nothing kept, where another pass has begun.
    pub async fn keep_inventory_changes(
        &self,
        place: &DeltaPlace,
        objects: Vec<InventoryObject>,
        at: OffsetDateTime,
        policy: &LifetimePolicy,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.store.begin_unsynced().await?;
        let moved = sqlx::query(
            "UPDATE inventory_passes SET delta_link = $3, delta_at = $4
             WHERE tenant_id = $1 AND pass = $2 AND stage = 'done'",
        )
        .bind(self.tenant)
        .bind(place.pass)
        .bind(place.link.clone())
        .bind(Stamp(at))
        .execute(&mut *transaction)
        .await?;
        if moved.rows_affected() == 0 {
            return Ok(false);
        }
        let is_some = !objects.is_empty();
        self.keep_objects(&mut transaction, objects, Some(place.pass), at, policy).await?;
        if is_some {
            self.change_version(&mut transaction).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Reads of apps, made by others, have shown their certificates. What the inventory does not know comes into it with
    /// the next pass.
    pub async fn note_in_inventory(
        &self,
        sightings: &[Sighting<'_>],
        at: OffsetDateTime,
        policy: &LifetimePolicy,
    ) -> Result<(), StoreError> {
        let seen: HashMap<ObjectId, &KeyCredentials> =
            sightings.iter().map(|sighting| (sighting.object_id, sighting.keys)).collect();
        let apps = [SubjectKind::Application, SubjectKind::AgentBlueprint];
        let subjects: Vec<Subject> = seen.keys().flat_map(|id| apps.map(|kind| Subject { kind, id: *id })).collect();
        for subjects in subjects.chunks(ROWS) {
            let mut transaction = self.store.begin_unsynced().await?;
            let (mut objects, mut is_news) = (vec![], false);
            for (subject, known) in self.kept(&mut transaction, subjects).await? {
                let Some(keys) = seen.get(&subject.id) else { continue };
                let before: InventoryObject = stored_json::read(&known.content)?;
                let object = before.with_certificates(keys);
                is_news |= !counts_alike(&before, &object.clone().remembering(&before), policy);
                objects.push(object);
            }
            self.keep_objects(&mut transaction, objects, None, at, policy).await?;
            // Whoever opens an app's page has read it, and mostly as it was.
            if is_news {
                self.change_version(&mut transaction).await?;
            }
            transaction.commit().await?;
        }
        Ok(())
    }

    /// Graph has said of each of them that it is not there.
    pub async fn gone_from_inventory(&self, subjects: &[Subject], at: OffsetDateTime) -> Result<(), StoreError> {
        let mut transaction = self.store.begin_unsynced().await?;
        for subject in subjects {
            sqlx::query(
                "UPDATE inventory_objects SET gone_at = $4
                 WHERE tenant_id = $1 AND kind = $2 AND object_id = $3 AND gone_at IS NULL",
            )
            .bind(self.tenant)
            .bind(subject.kind.as_str())
            .bind(Id(subject.id))
            .bind(Stamp(at))
            .execute(&mut *transaction)
            .await?;
        }
        self.forget(&mut transaction, "DELETE FROM inventory_attention WHERE tenant_id = ", subjects).await?;
        self.forget(&mut transaction, "DELETE FROM inventory_owners WHERE tenant_id = ", subjects).await?;
        self.forget(&mut transaction, "DELETE FROM inventory_credentials WHERE tenant_id = ", subjects).await?;
        self.forget(&mut transaction, "DELETE FROM inventory_tags WHERE tenant_id = ", subjects).await?;
        self.forget(&mut transaction, "DELETE FROM inventory_key_reads WHERE tenant_id = ", subjects).await?;
        self.settle_items(&mut transaction, subjects, at).await?;
        self.change_version(&mut transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What this pass has not seen, of what is not known to be gone; the first so many.
    pub async fn unseen_in_inventory(&self, pass: i64, most: i64) -> Result<Vec<Subject>, StoreError> {
        let rows: Vec<(String, Id<ObjectId>)> = sqlx::query_as(
            "SELECT kind, object_id FROM inventory_objects
             WHERE tenant_id = $1 AND gone_at IS NULL AND pass < $2 ORDER BY kind, object_id LIMIT $3",
        )
        .bind(self.tenant)
        .bind(pass)
        .bind(most)
        .fetch_all(&self.store.pool)
        .await?;
        rows.into_iter().map(|(kind, id)| subject(&kind, id)).collect()
    }

    /// `pass`: that read them; `None` for a read that belongs to none.
    async fn keep_objects(
        &self,
        transaction: &mut Transaction,
        objects: Vec<InventoryObject>,
        pass: Option<i64>,
        at: OffsetDateTime,
        policy: &LifetimePolicy,
    ) -> Result<(), StoreError> {
        // Each once, and in one order for everybody: who locks rows in another waits for ever.
        let objects: BTreeMap<_, _> =
            objects.into_iter().map(|object| ((object.subject.kind, object.subject.id), object)).collect();
        let subjects: Vec<Subject> = objects.values().map(|object| object.subject).collect();
        let mut kept = self.kept(transaction, &subjects).await?;
        let mut rolls = rolls(&kept)?;
        if pass.is_some() {
            let known = kept.keys().copied().collect();
            self.judge(transaction, objects.values(), &mut rolls, &known, at).await?;
        }
        let (mut rows, mut newer) = (vec![], vec![]);
        for object in objects.into_values() {
            let roll = rolls.remove(&object.subject);
            match kept.remove(&object.subject) {
                // Somebody has read it while the list was on its way: what that showed stays.
                Some(known) if known.seen_at > Stamp(at) => {
                    let object: InventoryObject = stored_json::read(&known.content)?;
                    let pass = pass.unwrap_or(known.pass);
                    newer.push((Keeping { object, pass, roll, known: true }, known.seen_at));
                }
                Some(known) => {
                    let before: InventoryObject = stored_json::read(&known.content)?;
                    let (object, pass) = (object.remembering(&before), pass.unwrap_or(known.pass));
                    rows.push(Keeping { object, pass, roll, known: true });
                }
                None => rows.push(Keeping { object, pass: pass.unwrap_or_default(), roll, known: false }),
            }
        }
        for (row, seen_at) in newer.iter().filter(|_| pass.is_some()) {
            self.write(transaction, std::slice::from_ref(row), seen_at.0, policy).await?;
        }
        self.write(transaction, &rows, at, policy).await
    }

    /// Rows as they are, held until the transaction ends.
    pub(super) async fn kept(
        &self,
        transaction: &mut Transaction,
        subjects: &[Subject],
    ) -> Result<HashMap<Subject, Kept>, StoreError> {
        let mut kept = HashMap::new();
        if subjects.is_empty() {
            return Ok(kept);
        }
        let mut sql = Sql::new(
            "SELECT kind, object_id, content, pass, seen_at, roll, roll_at FROM inventory_objects WHERE tenant_id = ",
        );
        sql.bind(self.tenant);
        among(&mut sql, subjects);
        sql.push(" ORDER BY kind, object_id");
        if self.store.engine() == Engine::Postgres {
            sql.push(" FOR UPDATE");
        }
        let rows: Vec<Kept> = sql.rows()?.fetch_all(&mut **transaction).await?;
        for row in rows {
            kept.insert(subject(&row.kind, row.object_id)?, row);
        }
        Ok(kept)
    }

    /// Until the transaction ends nobody keeps another read of the object: that replaces what follows from it, by what was
    /// decided before.
    pub(super) async fn hold(&self, transaction: &mut Transaction, subject: Subject) -> Result<(), StoreError> {
        self.kept(transaction, &[subject]).await.map(drop)
    }

    pub(super) async fn write(
        &self,
        transaction: &mut Transaction,
        rows: &[Keeping],
        at: OffsetDateTime,
        policy: &LifetimePolicy,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let contents = |row: &Keeping| {
            let roll = row
                .roll
                .as_ref()
                .map(|(roll, at)| Ok::<_, StoreError>((stored_json::write(roll)?, *at)))
                .transpose()?;
            Ok::<_, StoreError>((stored_json::write(&row.object)?, roll.unzip()))
        };
        let contents = rows.iter().map(contents).collect::<Result<Vec<_>, _>>()?;
        let whole: Vec<_> = rows.iter().zip(contents).collect();
        for whole in whole.chunks(ROWS) {
            let mut sql = Sql::new(
                "INSERT INTO inventory_objects
                    (tenant_id, kind, object_id, app_id, name, folded, content, ownership, pass, first_seen, seen_at, roll, roll_at)",
            );
            sql.values(whole, |row, (Keeping { object, pass, .. }, (content, (roll, roll_at)))| {
                row.bind(self.tenant).bind(object.subject.kind.as_str()).bind(Id(object.subject.id));
                row.bind(object.app_id.map(Id)).bind(object.name.clone()).bind(object.name.to_lowercase());
                row.bind(content.clone())
                    .bind(Ownership::of(object).as_str())
                    .bind(*pass)
                    .bind(Stamp(at))
                    .bind(Stamp(at));
                row.bind(roll.clone()).bind(*roll_at);
            });
            sql.push(
                " ON CONFLICT (tenant_id, kind, object_id) DO UPDATE SET app_id = excluded.app_id, name = excluded.name,
                    folded = excluded.folded, content = excluded.content, ownership = excluded.ownership,
                    pass = excluded.pass, seen_at = excluded.seen_at, gone_at = NULL, roll = excluded.roll,
                    roll_at = excluded.roll_at",
            );
            sql.query()?.execute(&mut **transaction).await?;
        }
        let known: Vec<Subject> = rows.iter().filter(|row| row.known).map(|row| row.object.subject).collect();
        self.forget(transaction, "DELETE FROM inventory_owners WHERE tenant_id = ", &known).await?;
        self.forget(transaction, "DELETE FROM inventory_attention WHERE tenant_id = ", &known).await?;
        self.forget(transaction, "DELETE FROM inventory_credentials WHERE tenant_id = ", &known).await?;
        self.forget(transaction, "DELETE FROM inventory_tags WHERE tenant_id = ", &known).await?;
        self.write_tags(transaction, rows).await?;
        self.write_known(transaction, rows, at).await?;
        self.write_owners(transaction, rows).await?;
        self.write_credentials(transaction, rows).await?;
        self.write_attentions(transaction, rows, policy).await?;
        let all: Vec<Subject> = rows.iter().map(|row| row.object.subject).collect();
        self.attend_to_changes(transaction, &all).await?;
        self.settle_items(transaction, &known, at).await
    }

    async fn forget(
        &self,
        transaction: &mut Transaction,
        delete: &'static str,
        subjects: &[Subject],
    ) -> Result<(), StoreError> {
        if subjects.is_empty() {
            return Ok(());
        }
        let mut sql = Sql::new(delete);
        sql.bind(self.tenant);
        among(&mut sql, subjects);
        sql.query()?.execute(&mut **transaction).await?;
        Ok(())
    }

    async fn write_owners(&self, transaction: &mut Transaction, rows: &[Keeping]) -> Result<(), StoreError> {
        let owners: Vec<(Subject, &Owner)> = rows
            .iter()
            .filter_map(|row| Some((row.object.subject, row.object.owners.known()?)))
            .flat_map(|(subject, owners)| owners.listed.iter().map(move |owner| (subject, owner)))
            .collect();
        for owners in owners.chunks(ROWS) {
            let mut sql = Sql::new("INSERT INTO inventory_owners (tenant_id, owner_id, kind, object_id, department)");
            sql.values(owners, |row, (subject, owner)| {
                row.bind(self.tenant).bind(Id(owner.id)).bind(subject.kind.as_str()).bind(Id(subject.id));
                row.bind(department(owner));
            });
            sql.push(" ON CONFLICT (tenant_id, owner_id, kind, object_id) DO NOTHING");
            sql.query()?.execute(&mut **transaction).await?;
        }
        Ok(())
    }
}

/// `None`: not known. Empty: there is none.
fn department(owner: &Owner) -> Option<String> {
    match &owner.department {
        OwnerDepartment::Unknown => None,
        OwnerDepartment::None => Some(String::new()),
        OwnerDepartment::Named(department) => Some(department.folded()),
    }
}

fn rolls(kept: &HashMap<Subject, Kept>) -> Result<HashMap<Subject, (Roll, Stamp)>, StoreError> {
    let known = kept.iter().filter_map(|(subject, row)| Some((*subject, row.roll.as_deref()?, row.roll_at?)));
    known.map(|(subject, roll, at)| Ok((subject, (stored_json::read(roll)?, at)))).collect()
}

pub(super) fn subject(kind: &str, id: Id<ObjectId>) -> Result<Subject, StoreError> {
    Ok(Subject { kind: crate::store::parse("kind of directory object", kind)?, id: id.0 })
}

/// `AND` the row is one of these. By single columns first: for a list of pairs SQLite looks into no index.
pub(super) fn among(sql: &mut Sql, subjects: &[Subject]) {
    let kinds: Vec<SubjectKind> =
        SubjectKind::ALL.iter().copied().filter(|kind| subjects.iter().any(|subject| subject.kind == *kind)).collect();
    sql.listed(" AND kind IN (", &kinds, |kind| kind.as_str());
    sql.listed(" AND object_id IN (", subjects, |subject| Id(subject.id));
    if kinds.len() > 1 {
        sql.push(" AND (kind, object_id) IN (");
        sql.values(subjects, |row, subject| {
            row.bind(subject.kind.as_str()).bind(Id(subject.id));
        });
        sql.push(")");
    }
}
