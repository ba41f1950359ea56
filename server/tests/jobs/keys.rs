//! What lists do not show of certificates is read by and by, within the limits, and goes on where it was.

use crate::certificates::TestCertificate;
use crate::databases::Database;
use crate::elsewhere::reading;
use crate::inventory::{Fixed, assert_only_read, fault};
use crate::site::{MARA, Site};
use app::contract::ports::*;
use domain::inventory::{AttentionKind, InventoryObject};
use local_tenant::FaultRule;
use serde_json::json;
use server::inventory::ReadToken;
use server::store::{InventoryQuery, TenantStore};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// More than one run reads.
const APPS: u32 = 130;

/// How many objects have certificates of which all are known, and how many have some that are not.
async fn known(store: &TenantStore) -> (usize, usize) {
    let query = InventoryQuery { take: 10_000, ..InventoryQuery::default() };
    let rows = store.inventory(&query, OffsetDateTime::now_utc()).await.unwrap().items.into_iter();
    let holders: Vec<InventoryObject> =
        rows.map(|row| row.object).filter(|object| !object.certificates.readable.is_empty()).collect();
    let is_known = |object: &&InventoryObject| object.certificates.readable.iter().all(|held| held.seen.is_some());
    let known = holders.iter().filter(is_known).count();
    (known, holders.len() - known)
}

#[tokio::test]
async fn what_lists_do_not_show_is_read_run_by_run_and_never_twice() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let site = Site::on(database, APPS).await;
        let (sync, store) = reading(&site, Duration::ZERO, false).await;
        sync.run().await.unwrap();
        let (first, open) = known(&store).await;
        assert_eq!(first, 100, "a run leaves room for people");
        assert!(open > 0, "there is more to read than one run reads");
        sync.run().await.unwrap();
        assert_eq!(known(&store).await, (first + open, 0));
        let requests = site.tenant.requests().len();
        sync.run().await.unwrap();
        assert_eq!(site.tenant.requests().len(), requests, "there is nothing left to read");
        // The next pass over the lists does not forget what they do not show.
        let (sync, _) = reading(&site, Duration::days(1), false).await;
        sync.run().await.unwrap();
        assert_eq!(known(&store).await, (first + open, 0));
        assert_only_read(&site, 0);
    }
}

#[tokio::test]
async fn a_failure_that_passes_leaves_what_was_read_and_the_rest_for_the_next_run() {
    let site = Site::start(30).await;
    let (sync, store) = reading(&site, Duration::ZERO, false).await;
    // Two batches ask for federated credentials, and the first of certificates is answered.
    site.tenant.add_fault(FaultRule { skip: 3, ..fault(503, "*/$batch*") });
    assert!(sync.run().await.is_err(), "it is told");
    let (before, open) = known(&store).await;
    assert!(before == 20 && open > 0, "{before} {open}");
    site.tenant.clear_faults();
    sync.run().await.unwrap();
    assert_eq!(known(&store).await, (before + open, 0));
}

#[tokio::test]
async fn a_key_that_entra_cannot_use_is_a_card_of_the_first_page_once_it_was_read_and_not_before() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let mut site = Site::on(database, 3).await;
        let nobody: Arc<dyn ReadToken> = Arc::new(Fixed(String::new()));
        site.inventory = Some((nobody, Duration::days(1)));
        let weak = site.apps()[1];
        site.write(weak, &json!({"keyCredentials": [TestCertificate::elliptic().entry()]})).await;
        let desk = site.desk_at_rest(MARA).await;
        let card = async || {
            let needs = desk.needs().await.unwrap().unwrap();
            assert!(needs.objects > 0, "{needs:?}");
            needs.cards.into_iter().find(|card| card.kind == AttentionKind::Weak)
        };
        // Lists and federated credentials are answered, and certificates themselves are not.
        site.tenant.add_fault(FaultRule { skip: 1, ..fault(503, "*/$batch*") });
        let (sync, _) = reading(&site, Duration::ZERO, false).await;
        assert!(sync.run().await.is_err());
        assert!(card().await.is_none(), "a list does not show which kind of key it is, and nobody guesses");
        site.tenant.clear_faults();
        sync.run().await.unwrap();
        let card = card().await.unwrap();
        assert_eq!((card.total, card.worst[0].subject.id), (1, weak));
    }
}
