//! Credentials one by one, and objects by what they hold.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::tests::{AT, MARA, OWEN, after, app, certificate, filled, keep, names, object, tenant};
use super::{Held, InventoryQuery, InventorySort, Ownership, Within};
use crate::store::TenantStore;
use crate::store::databases::on_both;
use domain::credentials::{CredentialKind, SubjectKind};
use domain::ids::{KeyId, ObjectId};
use domain::inventory::filter::{Days, Ends};
use domain::inventory::{AttentionKind, InventoryObject, Reading, Trust};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

/// Beside the three of [`filled`]: one with two certificates and a secret without an end, and one with a trust and nobody
/// who owns it.
async fn with_more(store: &TenantStore) {
    let pass = filled(store).await;
    let secret = json!({"keyId": KeyId::new(Uuid::from_u128(43)), "displayName": "no end"});
    let row = |n: u128, name: &str, keys: Value, secrets: Value, owners: Value| {
        let row = json!({"id": Uuid::from_u128(n), "displayName": name, "keyCredentials": keys,
            "passwordCredentials": secrets, "owners": owners});
        InventoryObject::from_graph(SubjectKind::Application, &row).unwrap()
    };
    let unknown = json!([{"@odata.type": "#microsoft.graph.user", "id": Uuid::from_u128(MARA)}]);
    let keys = json!([certificate(41, 40), certificate(42, -40)]);
    let many = row(4, "many", keys, json!([secret]), unknown);
    let trust = json!([{"name": "ci", "issuer": "https://token.example", "subject": "build"}]);
    let trusting = InventoryObject {
        trusts: Reading::Read(Trust::all_from_graph(&trust)),
        ..row(5, "trusting", json!([]), json!([]), json!([]))
    };
    assert!(keep(store, pass, vec![many, trusting], AT).await);
}

/// Name of the object and place of the credential, in the order of the list.
async fn found(store: &TenantStore, query: InventoryQuery) -> Vec<String> {
    let rows = store.inventory_credentials(&InventoryQuery { take: 20, ..query.clone() }, AT).await.unwrap();
    assert_eq!(rows.total, rows.items.len() as u64, "{query:?}");
    assert_eq!(store.count_inventory_credentials(&query, AT).await.unwrap(), rows.total);
    let end = |held: &Held| match held {
        Held::Certificate(one) => one.end.map(|end| (end - AT).whole_days().to_string()),
        Held::Secret(one) => one.end.map(|end| (end - AT).whole_days().to_string()),
        Held::Federated(_) => Some("never".into()),
    };
    let line = |one: &super::InventoryCredential| {
        format!("{} {}", one.row.object.name, end(&one.held).unwrap_or_else(|| "unknown".into()))
    };
    rows.items.iter().map(line).collect()
}

#[tokio::test]
async fn credentials_are_listed_in_the_order_of_their_ends_or_of_names() {
    on_both(async |database| {
        let store = tenant(database).await;
        with_more(&store).await;
        let by = |sort| InventoryQuery { sort, ..InventoryQuery::default() };
        let ends =
            ["many -40", "payroll -3", "Ledger 5", "many 40", "archive_100% 300", "many unknown", "trusting never"];
        assert_eq!(found(&store, by(InventorySort::End)).await, ends);
        let down: Vec<_> = ends.into_iter().rev().collect();
        assert_eq!(found(&store, by(InventorySort::EndDescending)).await, down);
        let by_name =
            ["archive_100% 300", "Ledger 5", "many 40", "many -40", "many unknown", "payroll -3", "trusting never"];
        assert_eq!(found(&store, by(InventorySort::Name)).await, by_name);
        let down: Vec<_> = by_name.into_iter().rev().collect();
        assert_eq!(found(&store, by(InventorySort::NameDescending)).await, down);
        assert_eq!(found(&store, by(InventorySort::Newest)).await.len(), 7);
        let second = InventoryQuery { skip: 2, take: 2, ..by(InventorySort::End) };
        let rows = store.inventory_credentials(&second, AT).await.unwrap();
        let names: Vec<_> = rows.items.iter().map(|one| one.row.object.name.as_str()).collect();
        assert_eq!((names, rows.total), (vec!["Ledger", "many"], 7), "the number is of all");
    })
    .await;
}

#[tokio::test]
async fn each_part_of_a_filter_narrows_credentials_and_objects_alike() {
    on_both(async |database| {
        let store = tenant(database).await;
        with_more(&store).await;
        let all = InventoryQuery { sort: InventorySort::End, ..InventoryQuery::default() };
        let days = |days| Days::new(days).unwrap();
        let ends = |ends| InventoryQuery { ends: Some(ends), ..all.clone() };
        let kind = |kind| InventoryQuery { credential: Some(kind), ..all.clone() };
        let owned = |ownership| InventoryQuery { ownership: Some(ownership), ..all.clone() };
        let of = |n| InventoryQuery { within: Some(Within::of(ObjectId::new(Uuid::from_u128(n)))), ..all.clone() };
        let cases: Vec<(InventoryQuery, &[&str], &[&str])> = vec![
            (ends(Ends::Past), &["many -40", "payroll -3"], &["many", "payroll"]),
            (ends(Ends::Within(days(5))), &["Ledger 5"], &["Ledger"]),
            (ends(Ends::Within(days(4))), &[], &[]),
            (ends(Ends::After(days(40))), &["archive_100% 300"], &["archive_100%"]),
            (ends(Ends::After(days(39))), &["many 40", "archive_100% 300"], &["archive_100%", "many"]),
            (ends(Ends::Unknown), &["many unknown"], &["many"]),
            (kind(CredentialKind::Secret), &["many unknown"], &["many"]),
            (kind(CredentialKind::Federated), &["trusting never"], &["trusting"]),
            (InventoryQuery { ends: Some(Ends::Past), ..kind(CredentialKind::Secret) }, &[], &[]),
            (owned(Ownership::Nobody), &["trusting never"], &["trusting"]),
            (owned(Ownership::Unknown), &["many -40", "many 40", "many unknown"], &["many"]),
            (of(OWEN), &["payroll -3", "archive_100% 300"], &["archive_100%", "payroll"]),
            (InventoryQuery { ends: Some(Ends::Past), ..of(MARA) }, &["many -40"], &["many"]),
            (
                InventoryQuery { words: vec!["A".into(), "%".into()], ..all.clone() },
                &["archive_100% 300"],
                &["archive_100%"],
            ),
            (
                InventoryQuery { attention: Some(AttentionKind::ExpiredAlone), ..all.clone() },
                &["payroll -3"],
                &["payroll"],
            ),
            (InventoryQuery { kind: Some(SubjectKind::ServicePrincipal), ..all.clone() }, &[], &[]),
        ];
        for (query, credentials, objects) in cases {
            assert_eq!(found(&store, query.clone()).await, credentials, "{query:?}");
            assert_eq!(names(&store, query.clone()).await, objects, "{query:?}");
            assert_eq!(store.count_inventory(&query, AT).await.unwrap(), objects.len() as u64, "{query:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn credentials_go_with_their_object_and_change_with_it() {
    on_both(async |database| {
        let store = tenant(database).await;
        let pass = filled(&store).await;
        let all = InventoryQuery { sort: InventorySort::End, ..InventoryQuery::default() };
        assert!(keep(&store, pass, vec![app(1, "payroll", OWEN, 90)], after(1)).await);
        assert_eq!(found(&store, all.clone()).await, ["Ledger 5", "payroll 90", "archive_100% 300"]);
        store.gone_from_inventory(&[object(2)], after(2)).await.unwrap();
        assert_eq!(found(&store, all).await, ["payroll 90", "archive_100% 300"]);
    })
    .await;
}

#[tokio::test]
async fn an_end_that_no_calendar_has_is_not_one_that_is_not_known() {
    on_both(async |database| {
        let store = tenant(database).await;
        let pass = store.begin_inventory_pass(AT).await.unwrap().number;
        let far =
            json!({"keyId": Uuid::from_u128(1), "usage": "Verify", "endDateTime": "9999-12-31T23:59:59.9999999Z"});
        let row =
            json!({"id": Uuid::from_u128(1), "displayName": "far", "keyCredentials": [far], "passwordCredentials": []});
        let object = InventoryObject::from_graph(SubjectKind::Application, &row).unwrap();
        assert!(keep(&store, pass, vec![object], AT).await);
        let ends = |ends| InventoryQuery { ends: Some(ends), ..InventoryQuery::default() };
        let count = async |query| store.count_inventory_credentials(&query, AT + Duration::days(1)).await.unwrap();
        assert_eq!(count(ends(Ends::Unknown)).await, 0);
        assert_eq!(count(ends(Ends::After(Days::new(9_999).unwrap()))).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_ends_is_counted_by_month_and_kind_within_a_scope() {
    on_both(async |database| {
        let store = tenant(database).await;
        with_more(&store).await;
        let owner = |n| Some(ObjectId::new(Uuid::from_u128(n)));
        let found = async |owner: Option<ObjectId>, from| {
            let months = store.inventory_endings(owner.map(Within::of).as_ref(), from).await.unwrap();
            months.into_iter().map(|one| format!("{} {} {}", one.month, one.kind, one.count)).collect::<Vec<_>>()
        };
        let all = ["2026-12 certificate 1", "2027-01 certificate 1", "2027-09 certificate 1"];
        assert_eq!(found(None, AT).await, all, "what has ended, never ends or is not known is in none");
        assert_eq!(found(owner(OWEN), AT).await, ["2027-09 certificate 1"]);
        assert_eq!(found(None, AT + Duration::days(30)).await, all[1..]);
    })
    .await;
}
