//! The inventory's grid: everybody sees what is theirs, by page, count and file alike.

use crate::databases::Database;
use crate::needs::{everything, is_owned_by, until_read};
use crate::world::{DANIEL, MARA, OWEN, PRIYA, TOBIAS, World};
use app::contract::inventory::{CredentialLine, Grid, GridQuery, GridRows, GridView, ObjectLine};
use app::contract::overview::DirectoryReading;
use app::contract::ports::*;
use domain::credentials::{CredentialKind, Subject, SubjectKind};
use domain::inventory::filter::Filter;
use domain::inventory::{AttentionKind, InventoryObject};
use serde_json::Value;
use std::collections::BTreeSet;
use time::OffsetDateTime;

fn query(view: GridView, filter: &str) -> GridQuery {
    GridQuery { view, filter: filter.parse().unwrap(), sort: view.sorts()[0], page: 1 }
}

async fn grid(world: &World, upn: &str, query: &GridQuery) -> Grid {
    world.desk(upn).inventory(query).await.unwrap().unwrap()
}

/// What a line is about: the object, and of a credential what tells it from the object's others.
type Line = (Subject, String);

fn of_object(line: &ObjectLine) -> Line {
    (line.holder.subject, String::new())
}

fn of_credential(line: &CredentialLine) -> Line {
    let kind = line.facts.kind();
    let key_id = line.key_id.map(|id| id.to_string());
    (line.holder.subject, format!("{kind} {}", key_id.or_else(|| line.name.clone()).unwrap_or_default()))
}

/// All pages, one after the other.
async fn pages(world: &World, upn: &str, query: &GridQuery) -> (Vec<Line>, u64) {
    let (mut lines, mut page) = (vec![], 1);
    loop {
        let here = GridQuery { page, ..query.clone() };
        let (items, has_next, total): (Vec<Line>, _, _) = match grid(world, upn, &here).await.rows {
            GridRows::Objects(page) => (page.items.iter().map(of_object).collect(), page.has_next, page.total),
            GridRows::Credentials(page) => (page.items.iter().map(of_credential).collect(), page.has_next, page.total),
        };
        lines.extend(items);
        if !has_next {
            return (lines, total.unwrap());
        }
        page += 1;
    }
}

/// Object ids of a file, a line each.
fn ids(file: &str) -> Vec<String> {
    let table: Vec<Vec<String>> = file.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let column = table[0].iter().position(|name| name == "object_id").unwrap();
    table[1..].iter().map(|cells| cells[column].clone()).collect()
}

fn json_ids(file: &str) -> Vec<String> {
    let file: Value = serde_json::from_str(file).unwrap();
    let rows = file["rows"].as_array().unwrap();
    rows.iter().map(|row| row["holder"]["id"].as_str().unwrap().to_owned()).collect()
}

/// Of the object itself, and not by any table of the store's.
fn credentials(object: &InventoryObject) -> Vec<(CredentialKind, Option<OffsetDateTime>)> {
    let certificates = object.certificates.readable.iter().map(|one| (CredentialKind::Certificate, one.end));
    let secrets = object.secrets.readable.iter().map(|one| (CredentialKind::Secret, one.end));
    let trusts = object.trusts.known().map_or(&[][..], |trusts| &trusts.readable);
    certificates.chain(secrets).chain(trusts.iter().map(|_| (CredentialKind::Federated, None))).collect()
}

#[tokio::test]
async fn whoever_looks_sees_what_is_theirs_and_page_count_and_file_agree() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        until_read(&world).await;
        let objects = everything(&world, None).await;
        for upn in [MARA, PRIYA, OWEN, TOBIAS] {
            let person = world.viewer(upn).object_id;
            let sees_all = [MARA, PRIYA].contains(&upn);
            let seen: Vec<_> = objects.iter().filter(|one| sees_all || is_owned_by(one, person)).collect();
            let subjects: BTreeSet<_> = seen.iter().map(|one| one.subject.id).collect();
            assert!(!seen.is_empty() && (sees_all || seen.len() < objects.len()), "{upn}: some, and not all");
            let held = seen.iter().flat_map(|one| credentials(one)).count() as u64;
            let mut filters = vec![
                String::new(),
                "kind:secret ends:past".into(),
                "kind:certificate ends:<90d".into(),
                "kind:federated".into(),
                "owner:none".into(),
                "owner:me".into(),
                "owner:unknown".into(),
                "holder:sp".into(),
                "ends:>90d".into(),
                "pay".into(),
            ];
            filters.extend(AttentionKind::ALL.iter().map(|kind| format!("needs:{kind}")));
            for filter in &filters {
                for view in [GridView::Objects, GridView::Credentials] {
                    let query = query(view, filter);
                    let (lines, total) = pages(&world, upn, &query).await;
                    assert_eq!(lines.len() as u64, total, "{upn} {filter}: the number is that of the rows");
                    let unique: BTreeSet<String> = lines.iter().map(|line| format!("{line:?}")).collect();
                    assert_eq!(unique.len(), lines.len(), "{upn} {filter}: each row once");
                    assert!(lines.iter().all(|(subject, _)| subjects.contains(&subject.id)), "{upn} {filter}: theirs");
                    let in_order: Vec<String> = lines.iter().map(|(subject, _)| subject.id.to_string()).collect();
                    let desk = world.desk(upn);
                    assert_eq!(ids(&desk.inventory_csv(&query).await.unwrap()), in_order, "{upn} {filter}: as CSV");
                    let json = desk.inventory_json(&query).await.unwrap();
                    assert_eq!(json_ids(&json), in_order, "{upn} {filter}: as JSON");
                    match (filter.as_str(), view) {
                        ("", GridView::Objects) => assert_eq!(total, seen.len() as u64, "{upn}"),
                        ("", GridView::Credentials) => assert_eq!(total, held, "{upn}"),
                        ("owner:me", GridView::Objects) => {
                            let own = seen.iter().filter(|one| is_owned_by(one, person)).count();
                            assert_eq!(total, own as u64, "{upn}");
                        }
                        ("kind:secret ends:past", GridView::Credentials) => {
                            let now = OffsetDateTime::now_utc();
                            let ended = |(kind, end): &(CredentialKind, Option<OffsetDateTime>)| {
                                *kind == CredentialKind::Secret && end.is_some_and(|end| end <= now)
                            };
                            let ended = seen.iter().flat_map(|one| credentials(one)).filter(ended).count();
                            assert_eq!(total, ended as u64, "{upn}");
                        }
                        _ => {}
                    }
                }
            }
            let needs = world.desk(upn).needs().await.unwrap().unwrap();
            for kind in AttentionKind::ALL {
                let card = needs.cards.iter().find(|card| card.kind == *kind).map_or(0, |card| card.total);
                let list = GridQuery { filter: Filter::needing(*kind), ..query(GridView::Objects, "") };
                assert_eq!(pages(&world, upn, &list).await.1, card, "{upn} {kind}: the card and its list");
            }
        }
        for (desk, status) in [(world.desk(DANIEL), 403), (world.nobody(), 401)] {
            let all = query(GridView::Objects, "");
            assert_eq!(desk.inventory(&all).await.unwrap_err().status, status);
            assert_eq!(desk.inventory_csv(&all).await.unwrap_err().problem.status, status);
            assert_eq!(desk.inventory_json(&all).await.unwrap_err().problem.status, status);
        }
    }
}

#[tokio::test]
async fn a_row_says_what_was_read_and_how_old_that_is() {
    let world = World::with_inventory(Database::any().await).await;
    until_read(&world).await;
    let found = grid(&world, MARA, &query(GridView::Objects, "payroll-export")).await;
    assert!(matches!(found.reading, DirectoryReading::Complete { late: false, .. }), "{:?}", found.reading);
    let GridRows::Objects(page) = found.rows else { panic!("objects were asked for") };
    let line = &page.items[0];
    assert_eq!((line.holder.name.as_str(), line.holder.subject.kind), ("payroll-export", SubjectKind::Application));
    assert!(line.needs.contains(&AttentionKind::ExpiredAlone), "{line:?}");
    assert!(line.next_end.is_some_and(|end| end < OffsetDateTime::now_utc()), "all have ended: the last is shown");
    let all = query(GridView::Credentials, "");
    let GridRows::Credentials(page) = grid(&world, MARA, &all).await.rows else { panic!("credentials were asked for") };
    let ends: Vec<_> = page.items.iter().map(|line| line.end.unwrap()).collect();
    assert!(ends.is_sorted() && ends[0] < OffsetDateTime::now_utc(), "what has ended first comes first");
    let beyond = GridQuery { page: u32::MAX, ..all };
    let GridRows::Credentials(beyond) = grid(&world, MARA, &beyond).await.rows else { panic!("a page of credentials") };
    assert!(beyond.items.is_empty() && !beyond.has_next && beyond.total == page.total);
}

#[tokio::test]
async fn where_the_directory_is_not_read_there_is_no_grid_and_no_file() {
    let world = World::start().await;
    let all = query(GridView::Credentials, "");
    assert_eq!(world.desk(MARA).inventory(&all).await.unwrap(), None);
    assert_eq!(world.desk(MARA).inventory_csv(&all).await.unwrap_err().problem.status, 404);
}
