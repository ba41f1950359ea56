//! How large the database becomes in a year of daily passes: `cargo bench -p thumbprint --bench year`. Every day one object of a
//! hundred has a certificate renewed, one of a thousand is new, and one of a thousand goes. Prints sizes after the first day and
//! after the last, and the tables that have grown; judges nothing. PostgreSQL is that of the tests.
//!
//! | variable | |
//! |---|---|
//! | `YEAR_BENCH_OBJECTS` | applications (2000) |
//! | `YEAR_BENCH_DAYS` | (365) |

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "figures are what a bench is for")]

#[path = "../tests/support/databases.rs"]
mod databases;
mod parameters;

use databases::Database;
use domain::credentials::{Subject, SubjectKind};
use domain::ids::{ObjectId, TenantId};
use domain::inventory::{InventoryObject, LifetimePolicy};
use parameters::number;
use serde_json::json;
use server::store::{PassPlace, PassStage, Store, TenantStore};
use std::collections::BTreeMap;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const FIRST: OffsetDateTime = datetime!(2026-11-28 03:00 UTC);
const PAGE: usize = 100;
const TABLES: [&str; 7] = [
    "inventory_objects",
    "inventory_credentials",
    "inventory_attention",
    "inventory_changes",
    "inventory_counts",
    "credential_uses",
    "audit",
];

fn id(group: u128, n: u32) -> Uuid {
    Uuid::from_u128(group << 96 | u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c))
}

/// Object `n` with the certificate of its last renewal. Half of them have a secret, seven of ten an owner.
fn object(n: u32, renewed: i64) -> InventoryObject {
    let date = |days: i64| (FIRST + Duration::days(days)).format(&Rfc3339).unwrap();
    let turn = u32::try_from(renewed + 400).unwrap();
    let certificate = json!({"keyId": id(u128::from(turn), n), "displayName": "CN=contoso.example", "usage": "Verify",
        "type": "AsymmetricX509Cert", "startDateTime": date(renewed), "endDateTime": date(renewed + 365)});
    let secret = json!({"keyId": id(3, n), "displayName": "ci", "hint": "a1B", "startDateTime": date(-100), "endDateTime": date(600)});
    let owner = json!({"@odata.type": "#microsoft.graph.user", "id": id(4, n % 50), "displayName": "Owen Carter", "accountEnabled": true});
    let row = json!({"id": id(1, n), "appId": id(5, n), "displayName": format!("payroll-{n:06}"),
        "owners": if n % 10 < 3 { vec![] } else { vec![owner] },
        "keyCredentials": [certificate], "passwordCredentials": if n.is_multiple_of(2) { vec![secret] } else { vec![] }});
    InventoryObject::from_graph(SubjectKind::Application, &row).unwrap()
}

/// Each object and when its certificate was renewed last, in days from the first.
fn on_the(day: i64, objects: &mut BTreeMap<u32, i64>) -> Vec<Subject> {
    let there: Vec<u32> = objects.keys().copied().collect();
    let share = |of: usize| (there.len() / of).max(1);
    let turn = usize::try_from(day).unwrap();
    for n in there.iter().skip(turn % 100).step_by(100) {
        objects.insert(*n, day);
    }
    let newest = there.last().unwrap() + 1;
    objects.extend((newest..).take(share(1000)).map(|n| (n, day)));
    let gone: Vec<u32> = there.iter().skip(turn * 7 % there.len()).take(share(1000)).copied().collect();
    let subject = |n: &u32| Subject { kind: SubjectKind::Application, id: ObjectId::new(id(1, *n)) };
    objects.retain(|n, _| !gone.contains(n));
    gone.iter().map(subject).collect()
}

async fn pass(store: &TenantStore, objects: &BTreeMap<u32, i64>, gone: &[Subject], at: OffsetDateTime) {
    let pass = store.begin_inventory_pass(at).await.unwrap();
    let place = PassPlace { stage: PassStage::FIRST, next_link: None };
    let rows: Vec<(&u32, &i64)> = objects.iter().collect();
    for rows in rows.chunks(PAGE) {
        let page = rows.iter().map(|(n, renewed)| object(**n, **renewed)).collect();
        let kept = store
            .keep_inventory_page((pass.number, &pass.readers), page, (at, 0), &LifetimePolicy::default(), &place)
            .await;
        assert!(kept.unwrap());
    }
    store.gone_from_inventory(gone, at).await.unwrap();
    assert!(store.finish_inventory_pass(pass.number, at + Duration::MINUTE).await.unwrap());
}

async fn size(store: &Store, name: &str) -> i64 {
    let question = match name {
        "SQLite" => "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        _ => "SELECT pg_database_size(current_database())",
    };
    sqlx::query_scalar(question).fetch_one(store.pool()).await.unwrap()
}

async fn rows(store: &Store) -> Vec<i64> {
    let mut rows = vec![];
    for table in TABLES {
        let question = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        rows.push(sqlx::query_scalar(question).fetch_one(store.pool()).await.unwrap());
    }
    rows
}

#[tokio::main]
async fn main() {
    let (many, days) = (number("YEAR_BENCH_OBJECTS", 2_000), i64::from(number("YEAR_BENCH_DAYS", 365)));
    for (name, database) in [("SQLite", Database::sqlite()), ("PostgreSQL", Database::postgres().await)] {
        let store = database.store().await;
        let tenant = store.of(TenantId::new(Uuid::from_u128(1)));
        let mut objects: BTreeMap<u32, i64> = (0..many).map(|n| (n, -i64::from(n % 300))).collect();
        pass(&tenant, &objects, &[], FIRST).await;
        let (first, first_rows) = (size(&store, name).await, rows(&store).await);
        for day in 1..days {
            let gone = on_the(day, &mut objects);
            pass(&tenant, &objects, &gone, FIRST + Duration::days(day)).await;
            // Autovacuum has a day for it.
            if name == "PostgreSQL" {
                sqlx::query("VACUUM").execute(store.pool()).await.unwrap();
            }
        }
        let (last, last_rows) = (size(&store, name).await, rows(&store).await);
        println!("{name}: {} KiB after the first day, {} KiB after day {days}", first / 1024, last / 1024);
        for ((table, before), after) in TABLES.iter().zip(first_rows).zip(last_rows) {
            println!("    {table}: {before} rows, {after}");
        }
    }
}
