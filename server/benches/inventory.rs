//! How long the inventory's questions take over 100,000 objects, on SQLite and PostgreSQL. Prints the middle and the longest
//! of 25, judges nothing: `cargo bench -p thumbprint --bench inventory`. PostgreSQL is that of the tests.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "figures are what a bench is for")]

#[path = "../tests/support/databases.rs"]
mod databases;

use databases::Database;
use domain::credentials::{CredentialKind, SubjectKind};
use domain::ids::{ObjectId, TenantId};
use domain::inventory::filter::{Days, Ends};
use domain::inventory::{AttentionKind, InventoryObject, LifetimePolicy};
use serde_json::json;
use server::store::{InventoryQuery, InventorySort, Ownership, PassPlace, PassStage, Store, TenantStore, Within};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
const OBJECTS: u32 = 100_000;
const PAGE: u32 = 500;
const TIMES: usize = 25;
/// Each of them owns 140 objects.
const PEOPLE: u32 = 500;

fn id(group: u128, n: u32) -> Uuid {
    Uuid::from_u128(group << 96 | u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c))
}

/// Three of ten have nobody who owns them, seven of ten are apps; half of them have a secret beside their certificate.
fn object(n: u32) -> InventoryObject {
    let date = |days: i64| (NOW + time::Duration::days(days)).format(&Rfc3339).unwrap();
    let end = i64::from(n.wrapping_mul(7919) % 760) - 60;
    let certificate = json!({"keyId": id(2, n), "displayName": "CN=contoso.example", "usage": "Verify",
        "type": "AsymmetricX509Cert", "startDateTime": date(end - 365), "endDateTime": date(end)});
    let secret = json!({"keyId": id(3, n), "displayName": "ci", "hint": "a1B", "startDateTime": date(end - 300), "endDateTime": date(end + 60)});
    let secrets = if n.is_multiple_of(2) { vec![secret] } else { vec![] };
    let owner = json!({"@odata.type": "#microsoft.graph.user", "id": id(4, n % PEOPLE), "displayName": "Owen Carter", "accountEnabled": true});
    let owners = if n % 10 < 3 { vec![] } else { vec![owner] };
    let name = format!("{}-{n:06}", ["payroll", "invoice", "customer", "warehouse"][(n % 4) as usize]);
    let row = json!({"id": id(1, n), "appId": id(5, n), "displayName": name, "owners": owners,
        "keyCredentials": [certificate], "passwordCredentials": secrets});
    let kind = if n % 10 < 7 { SubjectKind::Application } else { SubjectKind::ServicePrincipal };
    InventoryObject::from_graph(kind, &row).unwrap()
}

async fn filled(store: &Store) -> TenantStore {
    let store = store.of(TenantId::new(Uuid::from_u128(1)));
    let pass = store.begin_inventory_pass(NOW).await.unwrap();
    let place = PassPlace { stage: PassStage::FIRST, next_link: None };
    let policy = LifetimePolicy::default();
    for from in (0..OBJECTS).step_by(PAGE as usize) {
        let objects = (from..from + PAGE).map(object).collect();
        assert!(
            store.keep_inventory_page((pass.number, &pass.readers), objects, (NOW, 0), &policy, &place).await.unwrap()
        );
    }
    store
}

fn questions() -> Vec<(&'static str, InventoryQuery)> {
    let all = InventoryQuery { take: 30, ..InventoryQuery::default() };
    let needs = |kind| InventoryQuery { attention: Some(kind), ..all.clone() };
    let of = Some(ObjectId::new(id(4, 7)));
    let within = |days| Some(Ends::Within(Days::new(days).unwrap()));
    vec![
        ("everything", all.clone()),
        ("`needs:no-owner`", needs(AttentionKind::NoOwner)),
        ("`needs:ends-within-30-days`", needs(AttentionKind::EndsWithin30Days)),
        (
            "`needs:expired-alone`, one owner's",
            InventoryQuery { within: of.map(Within::of), ..needs(AttentionKind::ExpiredAlone) },
        ),
        ("`owner:none`", InventoryQuery { ownership: Some(Ownership::Nobody), ..all.clone() }),
        ("`kind:secret`", InventoryQuery { credential: Some(CredentialKind::Secret), ..all.clone() }),
        (
            "`kind:secret ends:<90d`",
            InventoryQuery { credential: Some(CredentialKind::Secret), ends: within(90), ..all.clone() },
        ),
        ("`ends:past`", InventoryQuery { ends: Some(Ends::Past), ..all.clone() }),
        ("`payroll`", InventoryQuery { words: vec!["payroll".into()], ..all.clone() }),
        ("one owner's", InventoryQuery { within: of.map(Within::of), ..all.clone() }),
        ("newest", InventoryQuery { sort: InventorySort::Newest, ..all }),
    ]
}

/// The middle and the longest.
async fn timed<T>(mut ask: impl AsyncFnMut() -> T) -> String {
    ask().await;
    let mut times: Vec<Duration> = vec![];
    for _ in 0..TIMES {
        let begun = Instant::now();
        ask().await;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    format!("{:.1}, {:.1}", ms(times[TIMES / 2]), ms(times[TIMES - 1]))
}

async fn measure(name: &str, store: &TenantStore) {
    for (question, query) in questions() {
        let objects = timed(async || store.count_inventory(&query, NOW).await.unwrap()).await;
        let page = timed(async || store.each_in_inventory(&query, NOW, |_| ()).await.unwrap()).await;
        println!("| {name} | objects, {question} | {objects} | {page} |");
        let query = InventoryQuery { sort: InventorySort::End, ..query };
        let credentials = timed(async || store.count_inventory_credentials(&query, NOW).await.unwrap()).await;
        let page = timed(async || store.each_inventory_credential(&query, NOW, |_| ()).await.unwrap()).await;
        println!("| {name} | credentials, {question} | {credentials} | {page} |");
    }
    for kind in AttentionKind::ALL {
        let worst = timed(async || store.inventory_worst(*kind, None, 3, NOW).await.unwrap()).await;
        println!("| {name} | card {kind} | {worst} | |");
    }
}

#[tokio::main]
async fn main() {
    println!("| on | question | count, ms | page, ms |\n|---|---|---|---|");
    for (name, database) in [("SQLite", Database::sqlite()), ("PostgreSQL", Database::postgres().await)] {
        let store = filled(&database.store().await).await;
        measure(name, &store).await;
    }
}
