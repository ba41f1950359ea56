//! Apps: lists, searches, one app.

use crate::world::{MARA, OWEN, TestCertificate, World};
use app::contract::apps::{AppQuery, AppRow, Scope};
use app::contract::paging::{PAGE_SIZE, Page};
use app::contract::ports::*;
use domain::ids::ObjectId;
use domain::rollout::PushMode;
use local_tenant::Fault;
use std::collections::HashSet;
use uuid::Uuid;

fn query(scope: Scope, search: &str, page: u32) -> AppQuery {
    AppQuery { scope, search: search.into(), page, descending: false }
}

async fn list(world: &World, upn: &str, query: &AppQuery) -> Page<AppRow> {
    world.desk(upn).apps(query).await.unwrap()
}

fn names(page: &Page<AppRow>) -> Vec<&str> {
    page.items.iter().map(|row| row.display_name.as_str()).collect()
}

#[tokio::test]
async fn pages_cover_every_app_once_in_order() {
    let world = World::start().await;
    let count = world.tenant.applications().len();
    assert!(count > 2 * PAGE_SIZE);
    for descending in [false, true] {
        let mut seen = Vec::new();
        for page in 1.. {
            let page = list(&world, MARA, &AppQuery { descending, ..query(Scope::All, "", page) }).await;
            assert_eq!(page.total, Some(count as u64));
            assert!(page.items.len() == PAGE_SIZE || !page.has_next);
            seen.extend(page.items.into_iter().map(|row| row.display_name));
            if !page.has_next {
                break;
            }
        }
        assert_eq!(seen.len(), count);
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), count);
        let sorted = if descending { seen.is_sorted_by(|a, b| a >= b) } else { seen.is_sorted() };
        assert!(sorted, "{seen:?}");
    }
    let beyond = list(&world, MARA, &query(Scope::All, "", 99)).await;
    assert_eq!((beyond.items.len(), beyond.has_next), (0, false));
}

#[tokio::test]
async fn searches_by_name_and_by_either_id() {
    let world = World::start().await;
    assert_eq!(
        names(&list(&world, MARA, &query(Scope::All, " invoice ", 1)).await),
        ["invoice-archive", "invoice-ocr", "invoice-sync"]
    );
    let info = world.tenant.applications().into_iter().find(|app| app.display_name == "payroll-batch").unwrap();
    for id in [info.id, info.app_id] {
        for (upn, scope) in [(MARA, Scope::All), (OWEN, Scope::Mine)] {
            let page = list(&world, upn, &query(scope, &id.to_string().to_uppercase(), 1)).await;
            assert_eq!(names(&page), ["payroll-batch"]);
        }
    }
    for nothing in ["\"", "no such app", &Uuid::from_u128(1).to_string(), "\" OR \"displayName:invoice"] {
        let page = list(&world, MARA, &query(Scope::All, nothing, 1)).await;
        assert_eq!((page.items.len(), page.has_next, page.total), (0, false, Some(0)), "{nothing}");
    }
}

#[tokio::test]
async fn mine_are_those_that_i_own() {
    let world = World::start().await;
    let page = list(&world, OWEN, &query(Scope::Mine, "", 1)).await;
    let owen = world.tenant.people().into_iter().find(|person| person.user_principal_name == OWEN).unwrap();
    let mut owned = owen.owned_applications;
    owned.sort();
    assert_eq!(names(&page), owned);
    assert_eq!(page.total, Some(owned.len() as u64));
    let row = page.items.iter().find(|row| row.display_name == "hr-offboarding-worker").unwrap();
    assert_eq!((row.certificates, row.secrets), (3, 1));
    assert!(row.next_end.is_some() && row.validity.is_some());
    assert_eq!(
        names(&list(&world, OWEN, &query(Scope::Mine, "PAY", 1)).await),
        ["payroll-batch", "payroll-export", "payslip-mailer"]
    );
}

#[tokio::test]
async fn names_come_in_the_order_asked_for() {
    let world = World::start().await;
    let apps = world.tenant.applications();
    let mut ids: Vec<_> = apps.iter().rev().take(40).map(|app| ObjectId::new(app.id)).collect();
    ids.insert(3, ObjectId::new(Uuid::from_u128(1)));
    let names = world.desk(MARA).app_names(&ids).await.unwrap();
    let expected: Vec<_> =
        apps.iter().rev().take(40).map(|app| (ObjectId::new(app.id), app.display_name.clone())).collect();
    assert_eq!(names, expected);
    assert_eq!(world.desk(MARA).app_names(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn one_app_with_all_there_is_to_know() {
    let world = World::start().await;
    let sha256 = world.upload(OWEN, &TestCertificate::new("known")).await;
    let plan = world.draft_with(OWEN, sha256, &["payroll-batch"], PushMode::Append).await;
    let receipt = world.push(OWEN, plan).await;

    let app = world.desk(OWEN).app(world.id("payroll-batch")).await.unwrap();
    assert!(app.mine);
    assert_eq!(app.owners[0].name, "Owen Carter");
    assert_eq!(app.credentials.len(), 3);
    let (here, elsewhere): (Vec<_>, Vec<_>) = app.credentials.iter().partition(|row| row.added_by.is_some());
    assert_eq!((here.len(), elsewhere.len()), (1, 2));
    let added = here[0].added_by.as_ref().unwrap();
    assert_eq!((added.name.as_str(), added.receipt), ("Owen Carter", receipt.id));
    assert_eq!(here[0].certificate.as_ref().unwrap().sha256, sha256);
    assert!(elsewhere.iter().all(|row| row.certificate.is_some() && row.odd_identifier.is_none()));

    let other = world.desk(OWEN).app(world.id("procurement-bridge")).await.unwrap();
    assert!(!other.mine);
    assert!(other.credentials[0].odd_identifier.is_some() && other.credentials[0].thumbprint.is_some());
    let encrypting = world.desk(OWEN).app(world.id("customer-portal")).await.unwrap();
    assert_eq!(encrypting.credentials.iter().filter(|row| row.encrypts_tokens).count(), 1);
    assert_eq!(encrypting.trusted_subjects.len(), 1);
    assert_eq!(world.desk(OWEN).app(ObjectId::new(Uuid::from_u128(1))).await.unwrap_err().code, "app-not-found");
}

#[tokio::test]
async fn a_beta_that_fails_does_not_take_the_page_with_it() {
    let world = World::start().await;
    for status in [400, 403, 404, 429, 500] {
        world.tenant.set_behaviour(|behaviour| {
            behaviour.fail_next = vec![Fault {
                method: "GET".into(),
                path_contains: "/beta/".into(),
                status,
                code: "BadRequest".into(),
                retry_after: None,
            }];
        });
        let app = world.desk(MARA).app(world.id("customer-portal")).await.unwrap();
        assert_eq!((app.trusted_subjects.len(), app.credentials.len()), (0, 2), "{status}");
    }
}
