#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::keep::among;
use super::{InventoryQuery, InventorySort, PassPlace, PassStage, Readers, Within};
use crate::store::databases::{Database, on_both};
use crate::store::sql::Sql;
use crate::store::{Sighting, TenantStore};
use domain::credentials::{Subject, SubjectKind};
use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::inventory::{AttentionKind, InventoryObject, LifetimePolicy};
use domain::key_credential::KeyCredentials;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

pub(super) const AT: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
pub(super) const POLICY: LifetimePolicy = LifetimePolicy { certificate: None, secret: None };
pub(super) const OWEN: u128 = 0xaaa;
pub(super) const MARA: u128 = 0xbbb;

pub(super) fn after(minutes: i64) -> OffsetDateTime {
    AT + Duration::minutes(minutes)
}

pub(super) fn object(n: u128) -> Subject {
    Subject { kind: SubjectKind::Application, id: ObjectId::new(Uuid::from_u128(n)) }
}

pub(super) fn certificate(n: u128, days: i64) -> Value {
    let date = |days| (AT + Duration::days(days)).format(&Rfc3339).unwrap();
    json!({"keyId": KeyId::new(Uuid::from_u128(n)), "usage": "Verify", "startDateTime": date(days - 100), "endDateTime": date(days)})
}

/// An app with one certificate that ends in so many days.
pub(super) fn app(n: u128, name: &str, owner: u128, days: i64) -> InventoryObject {
    let row = json!({"id": Uuid::from_u128(n), "displayName": name, "keyCredentials": [certificate(n, days)], "passwordCredentials": [],
        "owners": [{"@odata.type": "#microsoft.graph.user", "id": Uuid::from_u128(owner), "accountEnabled": true}]});
    InventoryObject::from_graph(SubjectKind::Application, &row).unwrap()
}

fn sighting(n: u128, keys: &KeyCredentials) -> Sighting<'_> {
    Sighting { object_id: object(n).id, app_id: AppId::new(Uuid::from_u128(n)), display_name: "x", keys }
}

#[tokio::test]
async fn what_has_been_gone_for_long_is_forgotten() {
    on_both(async |database| {
        let store = tenant(database).await;
        filled(&store).await;
        store.gone_from_inventory(&[object(1)], after(1)).await.unwrap();
        store.gone_from_inventory(&[object(2)], after(2)).await.unwrap();
        let all = database.store().await;
        assert_eq!(all.forget_gone_before(after(2)).await.unwrap(), 1);
        assert_eq!(store.inventory_object(object(1)).await.unwrap(), None);
        assert!(store.inventory_object(object(2)).await.unwrap().is_some());
        assert!(store.inventory_object(object(3)).await.unwrap().is_some(), "it is there");
    })
    .await;
}

pub(super) async fn tenant(database: &Database) -> TenantStore {
    database.store().await.of(TenantId::new(Uuid::from_u128(1)))
}

pub(super) async fn keep(store: &TenantStore, pass: i64, objects: Vec<InventoryObject>, at: OffsetDateTime) -> bool {
    store.keep_inventory_page((pass, &Readers::default()), objects, (at, 0), &POLICY, &place("next")).await.unwrap()
}

fn place(link: &str) -> PassPlace {
    PassPlace { stage: PassStage::FIRST, next_link: Some(link.into()) }
}

/// Three apps: one has ended, one ends soon, one does not.
pub(super) async fn filled(store: &TenantStore) -> i64 {
    let pass = store.begin_inventory_pass(AT).await.unwrap();
    let objects = vec![app(1, "payroll", OWEN, -3), app(2, "Ledger", MARA, 5), app(3, "archive_100%", OWEN, 300)];
    assert!(keep(store, pass.number, objects, AT).await);
    pass.number
}

pub(super) async fn names(store: &TenantStore, query: InventoryQuery) -> Vec<String> {
    let query = InventoryQuery { take: 9, ..query };
    store.inventory(&query, AT).await.unwrap().items.into_iter().map(|row| row.object.name).collect()
}

#[tokio::test]
async fn what_was_kept_comes_back_and_is_known_since_it_was_first_seen() {
    on_both(async |database| {
        let store = tenant(database).await;
        assert_eq!(store.inventory_state().await.unwrap(), None, "nothing was read, which is not nothing");
        filled(&store).await;
        let row = store.inventory_object(object(1)).await.unwrap().unwrap();
        assert_eq!((row.object, row.first_seen, row.seen_at, row.gone_at), (app(1, "payroll", OWEN, -3), AT, AT, None));
        let second = store.begin_inventory_pass(after(5)).await.unwrap();
        assert_eq!(second.number, 2);
        assert!(keep(&store, 2, vec![app(1, "payroll 2", OWEN, -3)], after(6)).await);
        let row = store.inventory_object(object(1)).await.unwrap().unwrap();
        assert_eq!((row.object.name.as_str(), row.first_seen, row.seen_at), ("payroll 2", AT, after(6)));
        assert_eq!(store.unseen_in_inventory(2, 9).await.unwrap(), [object(2), object(3)]);
        assert_eq!(store.unseen_in_inventory(2, 1).await.unwrap(), [object(2)]);
    })
    .await;
}

#[tokio::test]
async fn a_pass_goes_on_where_it_was_and_one_that_was_overtaken_keeps_nothing() {
    on_both(async |database| {
        let store = tenant(database).await;
        let pass = filled(&store).await;
        let state = store.inventory_state().await.unwrap().unwrap();
        assert_eq!((state.pass.number, state.pass.place, state.complete_at), (pass, place("next"), None));
        let next = store.begin_inventory_pass(after(1)).await.unwrap();
        assert_eq!(next.place, PassPlace { stage: PassStage::FIRST, next_link: None });
        assert!(!keep(&store, pass, vec![app(9, "late", OWEN, 5)], after(2)).await);
        assert_eq!(store.inventory_object(object(9)).await.unwrap(), None);
        assert!(!store.finish_inventory_pass(pass, after(2)).await.unwrap());
        for seen in [0, pass] {
            let begun = store.begin_inventory_pass_after(seen, after(2)).await.unwrap();
            assert_eq!(begun, None, "another has begun since");
        }
        assert!(store.finish_inventory_pass(next.number, after(3)).await.unwrap());
        let state = store.inventory_state().await.unwrap().unwrap();
        assert_eq!((state.complete_from, state.complete_at), (Some(after(1)), Some(after(3))));
        assert_eq!(state.pass.place.stage, PassStage::Done);
        assert!(!keep(&store, next.number, vec![app(9, "late", OWEN, 5)], after(4)).await, "it is over");
    })
    .await;
}

#[tokio::test]
async fn rows_that_are_no_object_are_counted() {
    on_both(async |database| {
        let store = tenant(database).await;
        let pass = store.begin_inventory_pass(AT).await.unwrap().number;
        for _ in 0..2 {
            assert!(
                store
                    .keep_inventory_page((pass, &Readers::default()), vec![], (AT, 3), &POLICY, &place("x"))
                    .await
                    .unwrap()
            );
        }
        assert_eq!(store.inventory_state().await.unwrap().unwrap().pass.unnamed, 6);
    })
    .await;
}

#[tokio::test]
async fn an_older_read_does_not_take_the_place_of_a_newer_one() {
    on_both(async |database| {
        let store = tenant(database).await;
        filled(&store).await;
        let pass = store.begin_inventory_pass(after(1)).await.unwrap().number;
        let keys = KeyCredentials::from_json(&json!([certificate(1, -3), certificate(7, 200)])).unwrap();
        store.note_in_inventory(&[sighting(1, &keys)], after(9), &POLICY).await.unwrap();
        assert!(keep(&store, pass, vec![app(1, "payroll", OWEN, -3)], after(8)).await);
        let row = store.inventory_object(object(1)).await.unwrap().unwrap();
        assert_eq!((row.object.certificates.readable.len(), row.seen_at), (2, after(9)));
        assert!(
            !store.unseen_in_inventory(pass, 9).await.unwrap().contains(&object(1)),
            "and yet the pass has seen it"
        );
    })
    .await;
}

#[tokio::test]
async fn what_holds_now_is_counted_within_a_scope() {
    use AttentionKind::{EndsWithin7Days, EndsWithin30Days, EndsWithin90Days, ExpiredAlone};
    on_both(async |database| {
        let store = tenant(database).await;
        filled(&store).await;
        let owner = |n| Some(ObjectId::new(Uuid::from_u128(n)));
        let counts = async |owner: Option<ObjectId>, at| {
            let mut counts = vec![];
            for kind in AttentionKind::ALL {
                let total = store.inventory_worst(*kind, owner.map(Within::of).as_ref(), 1, at).await.unwrap().total;
                counts.extend((total > 0).then_some((*kind, total)));
            }
            if let Some(owner) = owner {
                let reasons = store.inventory_reasons(&Within::of(owner), at).await.unwrap();
                assert_eq!(reasons, counts.iter().map(|(kind, _)| *kind).collect());
            }
            counts
        };
        assert_eq!(counts(None, AT).await, [(ExpiredAlone, 1), (EndsWithin7Days, 1)]);
        assert_eq!(counts(owner(OWEN), AT).await, [(ExpiredAlone, 1)]);
        assert_eq!(counts(owner(MARA), AT).await, [(EndsWithin7Days, 1)]);
        assert_eq!(counts(owner(1), AT).await, []);
        assert_eq!(counts(None, AT - Duration::days(10)).await, [(EndsWithin7Days, 1), (EndsWithin30Days, 1)]);
        assert_eq!(counts(None, AT + Duration::days(5)).await, [(ExpiredAlone, 2)], "the end itself is over");
        assert_eq!(counts(None, AT + Duration::days(240)).await, [(ExpiredAlone, 2), (EndsWithin90Days, 1)]);
        let keys = KeyCredentials::from_json(&json!([certificate(1, -3), certificate(7, 200)])).unwrap();
        store.note_in_inventory(&[sighting(1, &keys)], after(1), &POLICY).await.unwrap();
        assert_eq!(counts(None, AT).await, [(EndsWithin7Days, 1), (AttentionKind::Leftovers, 1)], "it was renewed");
        store.gone_from_inventory(&[object(2)], after(2)).await.unwrap();
        assert_eq!(counts(None, AT).await, [(AttentionKind::Leftovers, 1)]);
        assert_eq!(store.inventory_object(object(2)).await.unwrap().unwrap().gone_at, Some(after(2)));
        store.gone_from_inventory(&[object(2)], after(3)).await.unwrap();
        assert_eq!(store.inventory_object(object(2)).await.unwrap().unwrap().gone_at, Some(after(2)), "the first time");
    })
    .await;
}

#[tokio::test]
async fn lists_are_filtered_sorted_and_cut() {
    on_both(async |database| {
        let store = tenant(database).await;
        filled(&store).await;
        let all = InventoryQuery::default();
        assert_eq!(names(&store, all.clone()).await, ["archive_100%", "Ledger", "payroll"]);
        let down = InventoryQuery { sort: InventorySort::NameDescending, ..all.clone() };
        assert_eq!(names(&store, down).await, ["payroll", "Ledger", "archive_100%"]);
        let mine = InventoryQuery { within: Some(Within::of(ObjectId::new(Uuid::from_u128(OWEN)))), ..all.clone() };
        assert_eq!(names(&store, mine).await, ["archive_100%", "payroll"]);
        for (word, found) in [("PAY", 1), ("%", 1), ("_", 1), ("\\", 0), ("r", 3), ("", 3)] {
            let query = InventoryQuery { words: vec![word.into()], ..all.clone() };
            assert_eq!(names(&store, query).await.len(), found, "{word}");
        }
        let none = InventoryQuery { kind: Some(SubjectKind::ServicePrincipal), ..all.clone() };
        assert_eq!(names(&store, none).await.len(), 0);
        let expired = InventoryQuery { attention: Some(AttentionKind::ExpiredAlone), ..all.clone() };
        assert_eq!(names(&store, expired.clone()).await, ["payroll"]);
        let later = InventoryQuery { take: 1, ..expired };
        let rows = store.inventory(&later, AT + Duration::days(9)).await.unwrap();
        assert_eq!((rows.items[0].object.name.as_str(), rows.total), ("Ledger", 2));
        let second = InventoryQuery { skip: 1, take: 1, ..all };
        let rows = store.inventory(&second, AT).await.unwrap();
        assert_eq!((rows.items.len(), rows.items[0].object.name.as_str(), rows.total), (1, "Ledger", 3));
    })
    .await;
}

#[tokio::test]
async fn the_worst_come_first_and_the_number_is_of_all() {
    use AttentionKind::{EndsWithin7Days, ExpiredAlone};
    on_both(async |database| {
        let store = tenant(database).await;
        let pass = filled(&store).await;
        assert!(keep(&store, pass, vec![app(4, "older", OWEN, -9), app(5, "soon", OWEN, 2)], AT).await);
        let worst = async |kind, owner: Option<ObjectId>, take, at| {
            let rows = store.inventory_worst(kind, owner.map(Within::of).as_ref(), take, at).await.unwrap();
            (rows.items.into_iter().map(|row| row.object.name).collect::<Vec<_>>(), rows.total)
        };
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let owen = Some(ObjectId::new(Uuid::from_u128(OWEN)));
        assert_eq!(worst(ExpiredAlone, None, 9, AT).await, (names(&["older", "payroll"]), 2), "it ended first");
        let later = AT + Duration::days(9);
        assert_eq!(worst(ExpiredAlone, None, 3, later).await, (names(&["older", "payroll", "soon"]), 4));
        assert_eq!(worst(ExpiredAlone, owen, 3, later).await, (names(&["older", "payroll", "soon"]), 3));
        assert_eq!(worst(EndsWithin7Days, None, 1, AT).await, (names(&["soon"]), 2), "it ends first");
        assert_eq!(worst(EndsWithin7Days, owen, 9, AT).await, (names(&["soon"]), 1));
        assert_eq!(worst(EndsWithin7Days, None, 9, later).await, (vec![], 0));
    })
    .await;
}

#[tokio::test]
async fn one_object_twice_on_a_page_is_one() {
    on_both(async |database| {
        let store = tenant(database).await;
        let pass = store.begin_inventory_pass(AT).await.unwrap().number;
        assert!(keep(&store, pass, vec![app(1, "a", OWEN, 5), app(1, "b", OWEN, 5)], AT).await);
        assert_eq!(names(&store, InventoryQuery::default()).await, ["b"]);
    })
    .await;
}

/// Without statistics SQLite's planner takes a tenant for ten rows, and reads the whole of it for one object.
#[tokio::test]
async fn what_is_asked_of_some_objects_reads_these_alone() {
    let database = Database::sqlite();
    let store = tenant(&database).await;
    let subjects = [object(1), Subject { kind: SubjectKind::ServicePrincipal, ..object(2) }];
    for statement in [
        "EXPLAIN QUERY PLAN DELETE FROM inventory_objects WHERE tenant_id = ",
        "EXPLAIN QUERY PLAN DELETE FROM inventory_owners WHERE tenant_id = ",
        "EXPLAIN QUERY PLAN DELETE FROM inventory_credentials WHERE tenant_id = ",
        "EXPLAIN QUERY PLAN DELETE FROM inventory_tags WHERE tenant_id = ",
        "EXPLAIN QUERY PLAN DELETE FROM inventory_items WHERE tenant_id = ",
        "EXPLAIN QUERY PLAN DELETE FROM inventory_attention WHERE tenant_id = ",
        "EXPLAIN QUERY PLAN UPDATE inventory_attention SET aside_until = 'x' WHERE attention = 'weak' AND tenant_id = ",
        "EXPLAIN QUERY PLAN SELECT attention FROM inventory_attention WHERE from_at < 'x' AND until_at > 'x' AND tenant_id = ",
    ] {
        for subjects in [&subjects[..1], &subjects] {
            let mut sql = Sql::new(statement);
            sql.bind(store.tenant);
            among(&mut sql, subjects);
            let plan: Vec<(i64, i64, i64, String)> = sql.rows().unwrap().fetch_all(&store.store.pool).await.unwrap();
            let by_object = |row: &(i64, i64, i64, String)| row.3.contains("(tenant_id=? AND kind=? AND object_id=?)");
            assert!(plan.iter().any(by_object), "{statement}: {plan:?}");
        }
    }
}
