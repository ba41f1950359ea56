//! Kept states of an app, two of them compared, and retirements.

use super::{NOW, current, id};
use app::contract::history::*;
use app::contract::paging::*;
use app::contract::problem::*;
use app::contract::pushes::*;
use domain::credentials::StateOrigin;
use domain::diff::states;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::key_credential::KeyCredentials;
use serde_json::json;
use time::Duration;

fn row(n: i64) -> StateRow {
    StateRow {
        id: n,
        seen_at: NOW - Duration::hours(100 - n),
        entries: 3,
        keys_known: if n == 1 { 1 } else { 3 },
        origin: StateOrigin::ALL[usize::try_from(n % 3).expect("small")],
        receipt: (n % 3 != 0).then(|| id(80)),
        change: (n > 1).then(|| StateChange {
            added: u32::from(n % 3 == 2),
            removed: u32::from(n == 4),
            altered: u32::from(n == 6),
            reordered: n == 3,
        }),
    }
}

/// Payroll has states; no other app has.
pub fn page(app: ObjectId, page: u32) -> Page<StateRow> {
    if app != ObjectId::new(id(1)) {
        return Page { items: vec![], page, has_next: false, total: Some(0) };
    }
    Page { items: (1..=6).rev().map(row).collect(), page, has_next: page == 1, total: Some(31) }
}

pub fn compare(app: ObjectId, older: i64, newer: Option<i64>) -> Result<StateComparison, Problem> {
    if older > 60 {
        return Err(Problem::new(404, "no-state", "There is no such state", "It was never seen."));
    }
    let before = current();
    let mut after = before.to_json();
    after[0]["displayName"] = json!("CN=renamed");
    let after = KeyCredentials::from_json(&after).expect("as Graph writes it");
    Ok(StateComparison {
        app,
        display_name: "Payroll export".into(),
        older: row(older),
        newer: row(newer.unwrap_or(7)),
        diff: states::between(&before, &after),
        older_json: before.pretty(),
        newer_json: after.pretty(),
    })
}

pub fn retirements(page: u32) -> Page<Retirement> {
    let items = (1..=3).map(|n| Retirement {
        object_id: ObjectId::new(id(n)),
        app_id: AppId::new(id(n + 500)),
        display_name: format!("Batch worker {n}"),
        key_id: KeyId::new(id(10)),
        entry_name: (n != 2).then(|| "CN=payroll-2026".to_owned()),
        due_at: NOW + Duration::days(i64::try_from(n).expect("small") * 4 - 9),
        due: n < 3,
        who: "Mara Lindqvist".into(),
        receipt: id(80),
    });
    let items: Vec<_> = if page > 1 { vec![] } else { items.collect() };
    Page { total: Some(3), items, page, has_next: false }
}
