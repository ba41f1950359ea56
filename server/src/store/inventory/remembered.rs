//! How many of the whole directory a question finds, remembered for a minute: of a hundred thousand objects each count
//! looks at as many rows, and a page asks for ten. What one person looks after is little, and counted each time.
//!
//! What people do, and what is found to be another than it was, makes another version, which no remembered number is of.
//! A number is at most a minute old beside what time alone changes (an end goes by), and beside what a pass is just
//! reading.

use super::{InventoryQuery, InventorySort, MonthOfEndings};
use crate::store::{Store, StoreError, TenantStore, Transaction};
use domain::ids::TenantId;
use domain::inventory::{InventoryObject, LifetimePolicy, attentions};
use quick_cache::sync::Cache;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use time::OffsetDateTime;

/// Filters that people look at, of some directories.
const MOST_NUMBERS: usize = 500;
const MOST_CHARTS: usize = 20;

/// Of one process. Others may remember others' numbers, of the same version.
pub(in crate::store) struct Remembered {
    numbers: Cache<(AsOf, Numbered), u64>,
    endings: Cache<AsOf, Arc<[MonthOfEndings]>>,
}

impl Default for Remembered {
    fn default() -> Self {
        Self { numbers: Cache::new(MOST_NUMBERS), endings: Cache::new(MOST_CHARTS) }
    }
}

impl fmt::Debug for Remembered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembered").field("numbers", &self.numbers.len()).finish_non_exhaustive()
    }
}

/// Numbers of one of these are not those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct AsOf {
    tenant: TenantId,
    version: i64,
    /// Since 1970.
    minute: i64,
}

/// What was counted, by a query that takes none of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Numbered {
    Objects(InventoryQuery),
    Credentials(InventoryQuery),
}

impl InventoryQuery {
    /// Without what makes a page of it. `None` where it is counted each time: it is little, or rests on what reads of the
    /// certificates show, which go on in the background all the time.
    fn to_remember(&self) -> Option<Self> {
        let whole = self.within.is_none() && self.owner.is_none() && self.only.is_none();
        let settled = self.issuer.is_none() && self.certificate.is_none() && self.decided.is_none();
        (whole && settled).then(|| Self { sort: InventorySort::default(), skip: 0, take: 0, ..self.clone() })
    }
}

/// Whether no remembered number is another one, where an object's certificates alone were read.
pub(super) fn counts_alike(before: &InventoryObject, after: &InventoryObject, policy: &LifetimePolicy) -> bool {
    let ends = |object: &InventoryObject| object.certificates.readable.iter().map(|one| one.end).collect::<Vec<_>>();
    ends(before) == ends(after) && attentions(before, policy) == attentions(after, policy)
}

impl Store {
    /// Of every tenant, after what concerns more than one.
    pub(super) async fn change_versions(&self) -> Result<(), StoreError> {
        let mut transaction = self.begin_unsynced().await?;
        sqlx::query("UPDATE inventory_versions SET version = version + 1").execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}

impl TenantStore {
    /// [`Self::count_inventory`], which may be a minute old. For people to read.
    pub async fn number_of_objects(&self, query: &InventoryQuery, now: OffsetDateTime) -> Result<u64, StoreError> {
        let asked = query.to_remember().map(Numbered::Objects);
        self.number(asked, now, self.count_inventory(query, now)).await
    }

    /// [`Self::count_inventory_credentials`], which may be a minute old. For people to read.
    pub(super) async fn number_of_credentials(
        &self,
        query: &InventoryQuery,
        now: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let asked = query.to_remember().map(Numbered::Credentials);
        self.number(asked, now, self.count_inventory_credentials(query, now)).await
    }

    /// Who asks while another counts waits for that number.
    async fn number(
        &self,
        asked: Option<Numbered>,
        now: OffsetDateTime,
        count: impl Future<Output = Result<u64, StoreError>>,
    ) -> Result<u64, StoreError> {
        let Some(asked) = asked else { return count.await };
        let key = (self.as_of(now).await?, asked);
        self.store.remembered.numbers.get_or_insert_async(&key, count).await
    }

    /// The same of what ends in which month.
    pub(super) async fn remembered_endings(
        &self,
        now: OffsetDateTime,
        count: impl Future<Output = Result<Vec<MonthOfEndings>, StoreError>>,
    ) -> Result<Vec<MonthOfEndings>, StoreError> {
        let key = self.as_of(now).await?;
        let count = async { count.await.map(Arc::from) };
        let found: Arc<[_]> = self.store.remembered.endings.get_or_insert_async(&key, count).await?;
        Ok(found.to_vec())
    }

    /// Before the numbers: they are of this version, or newer.
    async fn as_of(&self, now: OffsetDateTime) -> Result<AsOf, StoreError> {
        let version: Option<i64> = sqlx::query_scalar("SELECT version FROM inventory_versions WHERE tenant_id = $1")
            .bind(self.tenant)
            .fetch_optional(&self.store.pool)
            .await?;
        let minute = now.unix_timestamp().div_euclid(60);
        Ok(AsOf { tenant: self.tenant.0, version: version.unwrap_or_default(), minute })
    }

    /// From its commit on nobody is told a number of before. The last thing in a transaction: all who change something wait
    /// here for each other, and must wait for nothing afterwards.
    pub(super) async fn change_version(&self, transaction: &mut Transaction) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO inventory_versions (tenant_id, version) VALUES ($1, 1)
             ON CONFLICT (tenant_id) DO UPDATE SET version = inventory_versions.version + 1",
        )
        .bind(self.tenant)
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::super::tests::{AT, MARA, OWEN, POLICY, after, app, certificate, filled, keep, object, tenant};
    use super::*;
    use crate::store::databases::on_both;
    use crate::store::{AuditEntry, Sighting, Within};
    use domain::audit::{AuditAction, AuditOutcome};
    use domain::ids::{AppId, ObjectId};
    use domain::inventory::{AttentionKind, Decision, Item};
    use domain::key_credential::KeyCredentials;
    use futures_util::future::{Either, select};
    use serde_json::json;
    use std::future::pending;
    use time::Duration;
    use tokio::sync::oneshot;
    use uuid::Uuid;

    async fn expired(store: &TenantStore, now: OffsetDateTime) -> u64 {
        store.inventory_worst(AttentionKind::ExpiredAlone, None, 3, now).await.unwrap().total
    }

    async fn everything(store: &TenantStore, now: OffsetDateTime) -> (u64, u64) {
        let query = InventoryQuery::default();
        let objects = store.inventory(&query, now).await.unwrap().total;
        (objects, store.inventory_credentials(&query, now).await.unwrap().total)
    }

    #[tokio::test]
    async fn a_number_of_the_whole_directory_is_counted_once_a_minute_and_somebodys_own_each_time() {
        on_both(async |database| {
            let store = tenant(database).await;
            let pass = filled(&store).await;
            assert_eq!((expired(&store, AT).await, everything(&store, AT).await), (1, (3, 3)));
            // A page of a pass, which nobody has done anything for.
            let more = vec![app(4, "one more", OWEN, -1), app(5, "and another", MARA, -1)];
            assert!(keep(&store, pass, more, AT).await);
            let soon = AT + Duration::seconds(59);
            assert_eq!((expired(&store, soon).await, everything(&store, soon).await), (1, (3, 3)), "it is remembered");
            assert_eq!(store.count_inventory(&InventoryQuery::default(), soon).await.unwrap(), 5, "what is not shown");
            let owens = Within::of(ObjectId::new(Uuid::from_u128(OWEN)));
            let own = store.inventory_worst(AttentionKind::ExpiredAlone, Some(&owens), 3, soon).await.unwrap();
            assert_eq!((own.total, own.items.len()), (2, 2), "their own is counted");
            assert_eq!((expired(&store, after(1)).await, everything(&store, after(1)).await), (3, (5, 5)));
            // Another question has another number.
            let words = InventoryQuery { words: vec!["one".into()], ..InventoryQuery::default() };
            assert_eq!(store.inventory(&words, after(1)).await.unwrap().total, 1);
            let later = InventoryQuery { skip: 3, take: 9, ..InventoryQuery::default() };
            let page = store.inventory(&later, after(1)).await.unwrap();
            assert_eq!((page.items.len(), page.total), (2, 5), "whichever of its pages");
        })
        .await;
    }

    /// Each of what both are told, and that it is so.
    async fn told(replicas: [&TenantStore; 2], now: OffsetDateTime) -> (u64, u64, (u64, u64)) {
        let [one, other] = replicas;
        let changed = async |store: &TenantStore| {
            store.inventory_worst(AttentionKind::ChangedElsewhere, None, 3, now).await.unwrap().total
        };
        let told = (expired(one, now).await, changed(one).await, everything(one, now).await);
        assert_eq!((expired(other, now).await, changed(other).await, everything(other, now).await), told);
        told
    }

    #[tokio::test]
    async fn what_somebody_does_and_what_is_found_counts_at_once_for_every_replica() {
        on_both(async |database| {
            let store = tenant(database).await;
            let another = tenant(database).await;
            let both = [&store, &another];
            let pass = filled(&store).await;
            let now = after(1);
            assert_eq!(told(both, now).await, (1, 0, (3, 3)));
            assert!(keep(&store, pass, vec![app(4, "fourth", OWEN, -1)], AT).await);
            assert!(store.finish_inventory_pass(pass, AT).await.unwrap());
            assert_eq!(told(both, now).await, (2, 0, (4, 4)), "a pass that has ended");
            let entry = |action| AuditEntry::new(None, now, action, AuditOutcome::Recorded);
            let item = Item { subject: object(1), kind: AttentionKind::ExpiredAlone };
            let accept = Decision::Accept { reason: "it is switched off in March".parse().unwrap() };
            for (decision, left) in [(accept, 1), (Decision::Reopen, 2)] {
                let entry = entry(AuditAction::Item(decision.act()));
                assert!(store.decide_item(item, &decision, &entry).await.unwrap());
                assert_eq!(told(both, now).await.0, left, "{decision:?}");
            }
            let keys = KeyCredentials::from_json(&json!([certificate(4, -1), certificate(40, 300)])).unwrap();
            let (object_id, app_id) = (object(4).id, AppId::new(Uuid::from_u128(4)));
            let sighting = Sighting { object_id, app_id, display_name: "fourth", keys: &keys };
            store.note_in_inventory(&[sighting], now, &POLICY).await.unwrap();
            assert_eq!(told(both, now).await, (1, 0, (4, 5)), "what a push has read");
            let version = store.as_of(now).await.unwrap();
            store.note_in_inventory(&[sighting], now, &POLICY).await.unwrap();
            assert_eq!(store.as_of(now).await.unwrap(), version, "read again, it is what it was");
            let place = store.inventory_delta().await.unwrap().unwrap();
            let named = vec![app(1, "payroll", OWEN, 200)];
            assert!(store.keep_inventory_changes(&place, named, now, &POLICY).await.unwrap());
            assert_eq!(told(both, now).await, (0, 1, (4, 5)), "what delta named");
            let change = store.changes_elsewhere(object(1), 1).await.unwrap()[0].number;
            let reason = "that was us".parse().unwrap();
            let acknowledged = entry(AuditAction::ChangeAcknowledged);
            assert_eq!(store.acknowledge_changes(object(1), &[change], &reason, &acknowledged).await.unwrap(), 1);
            assert_eq!(told(both, now).await, (0, 0, (4, 5)), "what somebody has said");
            store.gone_from_inventory(&[object(4)], now).await.unwrap();
            assert_eq!(told(both, now).await, (0, 0, (3, 3)), "what is gone");
        })
        .await;
    }

    #[tokio::test]
    async fn who_gives_up_or_fails_leaves_the_counting_to_the_next() {
        on_both(async |database| {
            let store = tenant(database).await;
            let asked = || Some(Numbered::Objects(InventoryQuery::default()));
            let (counting, begun) = oneshot::channel();
            let count = async {
                counting.send(()).unwrap();
                pending().await
            };
            let given_up = select(Box::pin(store.number(asked(), AT, count)), begun).await;
            assert!(matches!(given_up, Either::Right(_)), "it has begun to count, and goes");
            drop(given_up);
            let failed = async { Err(StoreError::Damaged("a row".into())) };
            assert!(store.number(asked(), AT, failed).await.is_err());
            assert_eq!(store.number(asked(), AT, async { Ok(7) }).await.unwrap(), 7);
            assert_eq!(store.number(asked(), AT, async { Ok(8) }).await.unwrap(), 7);
        })
        .await;
    }
}
