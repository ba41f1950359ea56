//! The inventory's grid: everybody sees what is theirs, by page, count and file alike.

use crate::certificates::TestCertificate;
use crate::databases::Database;
use crate::needs::{everything, is_owned_by, until_read};
use crate::people::SOFIA;
use crate::world::{DANIEL, MARA, OWEN, PRIYA, TOBIAS, World, add, outcomes};
use app::contract::inventory::{
    CredentialLine, Grid, GridGroup, GridQuery, GridRows, GridView, GroupLine, GroupName, MOST_PICKS, ObjectLine, Pick,
    Selection, Which, WhyStays,
};
use app::contract::overview::DirectoryReading;
use app::contract::plans::{Chosen, PlanRequest};
use app::contract::ports::*;
use domain::credentials::{CredentialKind, Subject, SubjectKind};
use domain::inventory::filter::Filter;
use domain::inventory::{AttentionKind, InventoryObject};
use domain::rollout::{Outcome, PushMode};
use serde_json::Value;
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime};

/// All that it finds.
fn all(query: &GridQuery) -> Selection {
    Selection { query: query.clone(), which: Which::All }
}

fn these(view: GridView, picks: Vec<Pick>) -> Selection {
    Selection { query: query(view, ""), which: Which::These(picks) }
}

fn query(view: GridView, filter: &str) -> GridQuery {
    GridQuery { filter: filter.parse().unwrap(), ..GridQuery::of(view) }
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
fn ids(file: &[u8]) -> Vec<String> {
    let file = std::str::from_utf8(file).unwrap();
    let table: Vec<Vec<String>> = file.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
    let column = table[0].iter().position(|name| name == "object_id").unwrap();
    table[1..].iter().map(|cells| cells[column].clone()).collect()
}

fn json_ids(file: &[u8]) -> Vec<String> {
    let file: Value = serde_json::from_slice(file).unwrap();
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
                    assert_eq!(
                        ids(&desk.inventory_csv(&all(&query)).await.unwrap()),
                        in_order,
                        "{upn} {filter}: as CSV"
                    );
                    let json = desk.inventory_json(&all(&query)).await.unwrap();
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
            let objects = query(GridView::Objects, "");
            assert_eq!(desk.inventory(&objects).await.unwrap_err().status, status);
            assert_eq!(desk.inventory_csv(&all(&objects)).await.unwrap_err().problem.status, status);
            assert_eq!(desk.inventory_json(&all(&objects)).await.unwrap_err().problem.status, status);
            assert_eq!(desk.inventory_xlsx(&all(&objects)).await.unwrap_err().problem.status, status);
            assert_eq!(desk.selection(&all(&objects)).await.unwrap_err().status, status);
            assert_eq!(desk.picked_names(&[]).await.unwrap_err().status, status);
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
    let every = query(GridView::Credentials, "");
    let GridRows::Credentials(page) = grid(&world, MARA, &every).await.rows else {
        panic!("credentials were asked for")
    };
    let ends: Vec<_> = page.items.iter().map(|line| line.end.unwrap()).collect();
    assert!(ends.is_sorted() && ends[0] < OffsetDateTime::now_utc(), "what has ended first comes first");
    let beyond = GridQuery { page: u32::MAX, ..every };
    let GridRows::Credentials(beyond) = grid(&world, MARA, &beyond).await.rows else { panic!("a page of credentials") };
    assert!(beyond.items.is_empty() && !beyond.has_next && beyond.total == page.total);
}

#[tokio::test]
async fn where_the_directory_is_not_read_there_is_no_grid_and_no_file() {
    let world = World::start().await;
    let every = query(GridView::Credentials, "");
    assert_eq!(world.desk(MARA).inventory(&every).await.unwrap(), None);
    assert_eq!(world.desk(MARA).inventory_csv(&all(&every)).await.unwrap_err().problem.status, 404);
    assert_eq!(world.desk(MARA).selection(&all(&every)).await.unwrap_err().status, 404);
}

async fn lines(world: &World, upn: &str, filter: &str) -> Vec<CredentialLine> {
    let (mut lines, mut page) = (vec![], 1);
    loop {
        let here = GridQuery { page, ..query(GridView::Credentials, filter) };
        let GridRows::Credentials(found) = grid(world, upn, &here).await.rows else { panic!("credentials") };
        lines.extend(found.items);
        if !found.has_next {
            return lines;
        }
        page += 1;
    }
}

#[tokio::test]
async fn a_selection_is_what_was_picked_or_all_that_the_filter_finds_and_never_more_than_one_sees() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        until_read(&world).await;
        let every = lines(&world, MARA, "").await;
        let found = world.desk(MARA).selection(&all(&query(GridView::Credentials, ""))).await.unwrap();
        assert_eq!(found.rows as usize, every.len());
        let is_app = |line: &&CredentialLine| line.holder.subject.kind == SubjectKind::Application;
        let certificate = |line: &&CredentialLine| line.facts.kind() == CredentialKind::Certificate;
        let removable: Vec<_> = every.iter().filter(is_app).filter(certificate).collect();
        assert!(removable.len() > 2 && removable.iter().all(|line| line.key_id.is_some()));
        assert_eq!(found.removable as usize, removable.len());
        let losing: BTreeSet<_> = removable.iter().map(|line| line.holder.subject.id).collect();
        assert_eq!(found.losing as usize, losing.len());
        let apps: BTreeSet<_> = every.iter().filter(is_app).map(|line| line.holder.subject.id).collect();
        assert_eq!(found.apps as usize, apps.len());
        let staying: u32 = found.staying.iter().map(|(_, count)| count).sum();
        assert_eq!((staying + found.removable) as usize, every.len(), "each row goes or stays");
        let secrets = every.iter().filter(is_app).filter(|line| line.facts.kind() == CredentialKind::Secret).count();
        assert!(secrets > 0 && found.staying.contains(&(WhyStays::Secret, u32::try_from(secrets).unwrap())));
        let objects = world.desk(MARA).selection(&all(&query(GridView::Objects, ""))).await.unwrap();
        let others = everything(&world, None).await;
        let others = others.iter().filter(|one| one.subject.kind != SubjectKind::Application).count();
        assert_eq!(objects.read_only.iter().map(|(_, count)| *count as usize).sum::<usize>(), others);
        assert!(others > 0 && objects.apps + u32::try_from(others).unwrap() == objects.rows);

        // What is picked of every kind is found as it is called, and by who does not see it is not.
        let picks: Vec<Pick> = every.iter().filter_map(CredentialLine::pick).take(MOST_PICKS).collect();
        assert!(picks.len() > 10);
        let picked = world.desk(MARA).selection(&these(GridView::Credentials, picks.clone())).await.unwrap();
        assert_eq!((picked.rows as usize, picked.missing), (picks.len(), 0));
        let named = world.desk(MARA).picked_names(&picks).await.unwrap();
        assert_eq!(named.len(), picks.len());
        let own: BTreeSet<_> = lines(&world, OWEN, "")
            .await
            .iter()
            .filter_map(CredentialLine::pick)
            .map(|pick| pick.to_string())
            .collect();
        let his = picks.iter().filter(|pick| own.contains(&pick.to_string())).count();
        assert!(his > 0 && his < picks.len());
        let seen = world.desk(OWEN).selection(&these(GridView::Credentials, picks.clone())).await.unwrap();
        assert_eq!(
            (seen.rows as usize, seen.missing as usize),
            (his, picks.len() - his),
            "no selection widens what one sees"
        );
        let named = world.desk(OWEN).picked_names(&picks).await.unwrap();
        assert!(named.len() == his && named.iter().all(|(pick, _)| own.contains(&pick.to_string())));
        let csv = world.desk(OWEN).inventory_csv(&these(GridView::Credentials, picks.clone())).await.unwrap();
        assert_eq!(ids(&csv).len(), his);
        let none = these(GridView::Credentials, vec![]);
        let many = these(GridView::Credentials, vec![picks[0].clone(); MOST_PICKS + 1]);
        for selection in [none, many] {
            assert_eq!(world.desk(MARA).selection(&selection).await.unwrap_err().status, 422);
        }
    }
}

#[tokio::test]
async fn a_workbook_has_the_rows_as_text_and_times_as_times() {
    let world = World::with_inventory(Database::any().await).await;
    until_read(&world).await;
    let selection = all(&query(GridView::Credentials, "kind:secret"));
    let rows = world.desk(MARA).selection(&selection).await.unwrap().rows as usize;
    let book = world.desk(MARA).inventory_xlsx(&selection).await.unwrap();
    let csv = world.desk(MARA).inventory_csv(&selection).await.unwrap();
    assert_eq!(ids(&csv).len(), rows);
    assert!(book.starts_with(b"PK"), "a ZIP archive");
}

#[tokio::test]
async fn what_is_selected_goes_into_previews_and_what_is_read_only_is_left_out() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        until_read(&world).await;
        let batch = world.id("payroll-batch");
        let own = lines(&world, OWEN, "kind:certificate").await;
        let of_batch: Vec<Pick> =
            own.iter().filter(|line| line.holder.subject.id == batch).filter_map(CredentialLine::pick).collect();
        assert!(of_batch.len() > 1);
        let everybodys = everything(&world, None).await;
        let read_only = everybodys.iter().find(|one| one.subject.kind == SubjectKind::ServicePrincipal).unwrap();
        let secret = lines(&world, OWEN, "kind:secret").await[0].pick().unwrap();
        let picks = vec![of_batch[0].clone(), secret];
        let (before, desk) = (world.keys("payroll-batch").await, world.desk(OWEN));
        let retire = PlanRequest::RetireSelected(these(GridView::Credentials, picks));
        let plan = desk.draft_plan(&retire).await.unwrap();
        let view = world.plan(OWEN, plan).await;
        assert_eq!((view.mode, view.sum.removed, view.apps.items.len()), (PushMode::Retire, 1, 1));
        let [going] = &view.apps.items[0].uses[..] else { panic!("of what goes alone: {view:?}") };
        let key_id = going.key_id.unwrap();
        assert!(of_batch[0].to_string().ends_with(&key_id.to_string()), "{going:?}");
        assert!(!going.last.is_quiet_for(Duration::DAY), "nobody has watched for so long: {going:?}");
        assert!(desk.app(batch).await.unwrap().credentials.iter().all(|row| row.last_use.is_some()));
        // Entra shows her the app, and the inventory does not: nothing that the portal knows by itself is told.
        let foreign = world.desk(SOFIA).app(batch).await.unwrap();
        assert!(foreign.credentials.iter().all(|row| row.last_use.is_none()) && !foreign.credentials.is_empty());
        let request = PlanRequest::Retire { app: batch, key_ids: vec![key_id] };
        let theirs = world.desk(SOFIA).draft_plan(&request).await.unwrap();
        let [app] = &world.plan(SOFIA, theirs).await.apps.items[..] else { panic!("one app") };
        assert!(app.uses.is_empty() && app.change.as_ref().is_ok_and(|change| !change.noop), "{app:?}");
        assert_eq!(view.note.as_deref(), Some("1 certificate, as they were selected in the inventory."));
        assert_eq!(outcomes(&world.push(OWEN, plan).await), [Outcome::Verified]);
        let after = world.keys("payroll-batch").await;
        let gone = before.iter().find(|key| !after.contains(key)).unwrap();
        assert!(after.len() + 1 == before.len() && of_batch[0].to_string().ends_with(gone["keyId"].as_str().unwrap()));

        let sha256 = world.upload(OWEN, &TestCertificate::new("for the selected")).await;
        let selected = |view, picks| Chosen::Selected(these(view, picks));
        let chosen = selected(GridView::Credentials, of_batch.clone());
        let plan = desk.draft_plan(&add(vec![sha256], chosen, PushMode::Append, "")).await.unwrap();
        let apps = world.plan(OWEN, plan).await.apps.items;
        assert_eq!(apps.iter().map(|app| app.object_id).collect::<Vec<_>>(), [batch], "each app once");
        let found = Chosen::Selected(all(&query(GridView::Objects, "payroll holder:app")));
        let plan = desk.draft_plan(&add(vec![sha256], found, PushMode::Append, "")).await.unwrap();
        let apps = world.plan(OWEN, plan).await.apps.items;
        let names: BTreeSet<_> = apps.iter().map(|app| app.display_name.as_str()).collect();
        assert!(names.contains("payroll-batch") && names.iter().all(|name| name.contains("payroll")), "{names:?}");

        // Of what is read-only, and of what he does not see, nothing is drafted.
        let sofias = Pick {
            subject: Subject { kind: SubjectKind::Application, id: world.id("invoice-sync") },
            credential: None,
        };
        for picks in [vec![sofias], vec![Pick { subject: read_only.subject, credential: None }]] {
            let chosen = selected(GridView::Objects, picks);
            let refused = desk.draft_plan(&add(vec![sha256], chosen, PushMode::Append, "")).await.unwrap_err();
            assert_eq!((refused.status, refused.code.as_str()), (422, "no-apps"));
        }
        let secrets = PlanRequest::RetireSelected(all(&query(GridView::Credentials, "kind:secret")));
        assert_eq!(desk.draft_plan(&secrets).await.unwrap_err().code, "none-removable");
    }
}

async fn groups(world: &World, upn: &str, view: GridView, filter: &str, by: GridGroup) -> Vec<GroupLine> {
    let (mut lines, mut page) = (vec![], 1);
    loop {
        let here = GridQuery { page, ..query(view, filter) };
        let found = world.desk(upn).inventory_groups(&here, by).await.unwrap().unwrap();
        lines.extend(found.groups.items);
        if !found.groups.has_next {
            return lines;
        }
        page += 1;
    }
}

#[tokio::test]
async fn each_group_has_as_many_rows_as_its_filter_finds() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        until_read(&world).await;
        // A push's own reads show certificates themselves, so that issuers are known of some.
        let plan = world.draft(OWEN, &["payroll-batch"], PushMode::Append).await;
        assert_eq!(outcomes(&world.push(OWEN, plan).await), [Outcome::Verified]);
        for upn in [MARA, OWEN] {
            let mut issuers = 0;
            for (view, by) in [
                (GridView::Objects, GridGroup::Owner),
                (GridView::Credentials, GridGroup::Owner),
                (GridView::Credentials, GridGroup::Certificate),
                (GridView::Credentials, GridGroup::Issuer),
            ] {
                for filter in ["", "holder:app", "payroll"] {
                    let lines = groups(&world, upn, view, filter, by).await;
                    assert!(!lines.is_empty(), "{upn} {filter} {by:?}");
                    let names: BTreeSet<String> = lines.iter().map(|line| format!("{:?}", line.name)).collect();
                    assert_eq!(names.len(), lines.len(), "{upn} {filter} {by:?}: each once");
                    for line in &lines {
                        let GroupLine { name, rows, filter: Some(narrowed) } = line else { panic!("{line:?}") };
                        let to = GridQuery { filter: narrowed.clone(), ..query(view, "") };
                        assert_eq!(pages(&world, upn, &to).await.1, *rows, "{upn} {filter} {name:?}: {narrowed}");
                    }
                    issuers += lines.iter().filter(|line| matches!(line.name, GroupName::Issuer(_))).count();
                    if by == GridGroup::Certificate || by == GridGroup::Issuer {
                        let all = query(view, &format!("{filter} kind:certificate"));
                        let sum: u64 = lines.iter().map(|line| line.rows).sum();
                        assert_eq!(sum, pages(&world, upn, &all).await.1, "{upn} {filter} {by:?}: nothing is lost");
                    }
                }
            }
            assert!(issuers > 0, "{upn}: an issuer is known");
        }
        // Whoever else owns what she does not see is no group of hers, and neither does a filter find it.
        let theirs = groups(&world, OWEN, GridView::Objects, "", GridGroup::Owner).await;
        let everybodys = groups(&world, MARA, GridView::Objects, "", GridGroup::Owner).await;
        assert!(theirs.len() < everybodys.len());
        let foreign = everybodys.iter().find(|line| !theirs.iter().any(|one| one.name == line.name)).unwrap();
        let to = GridQuery { filter: foreign.filter.clone().unwrap(), ..query(GridView::Objects, "") };
        assert_eq!(pages(&world, OWEN, &to).await.1, 0);
    }
}
