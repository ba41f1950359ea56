//! Teams: members see what their team looks after, ask, and write nothing that Entra does not let them.

use crate::databases::Database;
use crate::needs::until_read;
use crate::people::{LEILA, SOFIA};
use crate::world::{MARA, OWEN, PRIYA, World, outcomes};
use app::contract::apps::{AppQuery, Right, Scope};
use app::contract::inventory::{GridQuery, GridRows, GridView};
use app::contract::ports::*;
use app::contract::pushes::ReceiptQuery;
use app::contract::requests::RequestShow;
use app::contract::teams::Departments;
use domain::requests::{RequestState, ReviewVerdict};
use domain::rollout::{Outcome, PushMode, Steer};
use domain::teams::Membership;
use local_tenant::{FaultKind, FaultRule};
use serde_json::json;
use std::collections::BTreeSet;

const APP: &str = "invoice-sync";

async fn mine(world: &World, upn: &str) -> Vec<(String, Right)> {
    let query = AppQuery { scope: Scope::Mine, search: String::new(), page: 1, descending: false };
    let page = world.desk(upn).apps(&query).await.unwrap();
    assert_eq!(page.total, Some(page.items.len() as u64));
    let csv = world.desk(upn).apps_csv(&query).await.unwrap();
    for app in &page.items {
        assert!(csv.contains(&app.object_id.to_string()), "{} is in the file, too", app.display_name);
    }
    page.items.into_iter().map(|row| (row.display_name, row.right)).collect()
}

/// Names, and how many objects there are: an app and its service principal may be called alike.
async fn grid(world: &World, upn: &str) -> (BTreeSet<String>, u64) {
    let view = GridView::Objects;
    let query = GridQuery::of(view);
    let GridRows::Objects(page) = world.desk(upn).inventory(&query).await.unwrap().unwrap().rows else {
        panic!("objects were asked for")
    };
    let total = page.total.unwrap();
    (page.items.into_iter().map(|line| line.holder.name).collect(), total)
}

#[tokio::test]
async fn a_member_sees_the_teams_apps_and_nobody_else_does() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let mut world = World::with_inventory(database).await;
        until_read(&world).await;
        let (own, of_leila) = (mine(&world, OWEN).await, mine(&world, LEILA).await);
        let leilas = grid(&world, LEILA).await;
        assert!(own.iter().all(|(name, _)| name != APP) && !grid(&world, OWEN).await.0.contains(APP));
        world
            .teams(json!([{"name": "Invoices", "members": [world.viewer(OWEN).object_id], "names": ["INVOICE-*"],
                "technical": "invoices@contoso.example"}]))
            .await;
        let seen = mine(&world, OWEN).await;
        let invoices = seen.iter().filter(|(name, _)| name.starts_with("invoice-")).count();
        assert!(invoices > 1 && seen.len() == own.len() + invoices, "{seen:?}");
        let (_, right) = seen.iter().find(|(name, _)| name == APP).unwrap();
        assert_ne!(*right, Right::Owner, "it is not theirs to write");
        let (names, total) = grid(&world, OWEN).await;
        assert!(names.contains(APP), "{names:?}");
        let counted = world.desk(OWEN).needs().await.unwrap().unwrap().objects;
        assert_eq!(counted, total, "the count on the overview is that of the grid");
        let app = world.desk(OWEN).app(world.id(APP)).await.unwrap();
        assert_eq!(
            app.teams.iter().map(|team| (team.name.as_str(), team.mine)).collect::<Vec<_>>(),
            [("Invoices", true)]
        );
        assert_eq!(
            (mine(&world, LEILA).await, grid(&world, LEILA).await),
            (of_leila, leilas),
            "another's is as before"
        );
        let teams = world.desk(OWEN).teams().await.unwrap().teams;
        assert_eq!((teams[0].membership, teams[0].apps), (Membership::Member, Some(invoices as u64)), "{teams:?}");
        assert!(world.desk(LEILA).teams().await.unwrap().teams.is_empty());
        assert_eq!(world.desk(PRIYA).teams().await.unwrap().teams[0].membership, Membership::Stranger);
    }
}

#[tokio::test]
async fn a_team_has_the_apps_of_a_department_where_departments_can_be_read_and_nowhere_else() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let mut world = World::with_inventory(database).await;
        until_read(&world).await;
        world
            .teams(
                json!([{"name": "Finance", "members": [world.viewer(OWEN).object_id], "owner_department": "finance"}]),
            )
            .await;
        let said = async |world: &World, upn: &str| {
            let teams = world.desk(upn).teams().await.unwrap();
            assert_eq!(teams.teams[0].rules, ["With an owner of the department finance"], "{upn}");
            (teams.departments, teams.teams[0].apps)
        };
        let asked = |world: &World| {
            let requests = world.tenant.requests().into_iter();
            requests.filter(|request| request.path.contains("department")).count()
        };
        let sees = async |world: &World, upn: &str| {
            (mine(world, upn).await.iter().any(|(name, _)| name == APP), grid(world, upn).await.0.contains(APP))
        };
        let team_of_app = async |world: &World| world.desk(OWEN).app(world.id(APP)).await.unwrap().teams.len();
        for upn in [OWEN, PRIYA] {
            assert_eq!(said(&world, upn).await, (Some(Departments::NotAsked), Some(0)), "{upn}");
        }
        assert_eq!(world.desk(LEILA).teams().await.unwrap().departments, None, "it is in no such team");
        assert_eq!((sees(&world, OWEN).await, team_of_app(&world).await), ((false, false), 0));

        // The configuration says that they may be read, and it is not so: unknown, and never none.
        world.read_with_departments(&["User.ReadBasic.All"]).await;
        assert_eq!(said(&world, OWEN).await, (Some(Departments::Unknown { apps: None }), Some(0)));
        let (Some(Departments::Unknown { apps: Some(unknown) }), Some(0)) = said(&world, PRIYA).await else {
            panic!("they are not known");
        };
        assert!(unknown > 10, "{unknown}");
        assert_eq!((sees(&world, OWEN).await, team_of_app(&world).await), ((false, false), 0));
        assert_eq!(asked(&world), 0, "what would not be answered is not asked");

        world.read_with_departments(&["User.Read.All"]).await;
        assert!(asked(&world) > 0);
        let (known, apps) = said(&world, OWEN).await;
        assert!(known == Some(Departments::Known) && apps > Some(1), "{known:?} {apps:?}");
        assert_eq!(said(&world, PRIYA).await, (known, apps));
        assert_eq!((sees(&world, OWEN).await, team_of_app(&world).await), ((true, true), 1));
        let (_, right) = mine(&world, OWEN).await.into_iter().find(|(name, _)| name == APP).unwrap();
        assert_ne!(right, Right::Owner, "it is not theirs to write");
        assert_eq!(sees(&world, LEILA).await, (false, false), "of another department, and of no team");

        // Who asks no more knows no more.
        world.read_with_departments(&[]).await;
        assert_eq!((sees(&world, OWEN).await, team_of_app(&world).await), ((false, false), 0));
    }
}

#[tokio::test]
async fn what_a_table_gives_to_a_team_its_members_see_with_the_next_page() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let mut world = World::with_inventory(database).await;
        until_read(&world).await;
        // It has no line of its own.
        world.teams(json!([{"name": "Invoices", "members": [world.viewer(OWEN).object_id]}])).await;
        let sees = async |upn: &str| {
            (mine(&world, upn).await.iter().any(|(name, _)| name == APP), grid(&world, upn).await.0.contains(APP))
        };
        assert_eq!(sees(OWEN).await, (false, false));
        let admin = world.desk(MARA);
        let wrong = admin.preview_given_apps("app,team\nx,Invoices\n").await.unwrap_err();
        assert_eq!(
            (wrong.code.as_str(), wrong.detail.as_str()),
            ("bad-table", "Line 2: “x” is no client id or object id.")
        );
        let csv = format!("app,team\n{},invoices\n", world.app_id(APP));
        let preview = admin.preview_given_apps(&csv).await.unwrap();
        assert_eq!(
            (preview.added[0].name.as_deref(), preview.unknown, preview.removed.len(), preview.kept),
            (Some(APP), Some(0), 0, 0)
        );
        assert_eq!(sees(OWEN).await, (false, false), "a preview keeps nothing");
        admin.give_apps(&csv, &preview.seen).await.unwrap();
        assert_eq!((sees(OWEN).await, sees(LEILA).await), ((true, true), (false, false)));
        let named = world.desk(OWEN).app(world.id(APP)).await.unwrap().teams;
        assert_eq!(named.iter().map(|team| (team.name.as_str(), team.mine)).collect::<Vec<_>>(), [("Invoices", true)]);
        let teams = world.desk(OWEN).teams().await.unwrap();
        assert_eq!(
            (teams.teams[0].apps, &teams.teams[0].rules[..]),
            (Some(1), &["1 app that was given to it here".into()][..])
        );
        assert_eq!(teams.given, None, "the table is for administrators");
        let table = admin.teams().await.unwrap().given.unwrap();
        assert_eq!((table.count, table.csv), (1, preview.csv));

        // Who made a preview of what was there before is told so.
        assert_eq!(admin.give_apps("app,team\n", &preview.seen).await.unwrap_err().code, "given-meanwhile");
        for upn in [OWEN, LEILA, PRIYA] {
            let desk = world.desk(upn);
            assert_eq!(desk.preview_given_apps(&csv).await.unwrap_err().status, 403, "{upn}");
            assert_eq!(desk.give_apps(&csv, &preview.seen).await.unwrap_err().status, 403, "{upn}");
        }
        let back = admin.preview_given_apps("app,team\n").await.unwrap();
        assert_eq!((back.added.len(), back.removed[0].name.as_deref()), (0, Some(APP)));
        admin.give_apps("app,team\n", &back.seen).await.unwrap();
        assert_eq!(sees(OWEN).await, (false, false), "taken back");
    }
}

#[tokio::test]
async fn a_group_in_entra_is_read_and_where_it_cannot_be_nothing_is_guessed() {
    let mut world = World::start().await;
    let group = world.group("invoices", &[OWEN]).await;
    world.teams(json!([{"name": "Invoices", "group": group, "apps": [world.app_id(APP)]}])).await;
    assert!(mine(&world, OWEN).await.iter().any(|(name, _)| name == APP), "without an inventory, by its id");
    assert!(mine(&world, LEILA).await.iter().all(|(name, _)| name != APP));
    assert_eq!(world.desk(OWEN).teams().await.unwrap().teams[0].membership, Membership::Member);
    let without = world.without_token(SOFIA).teams().await.unwrap().teams;
    assert_eq!(without[0].membership, Membership::Unknown);
    assert!(without[0].rules.is_empty() && without[0].group.is_some(), "{without:?}");
}

#[tokio::test]
async fn a_failed_read_of_groups_is_not_repeated_by_the_next_page() {
    let mut world = World::start().await;
    world.teams(json!([{"name": "Invoices", "group": world.id(APP), "names": ["invoice-*"]}])).await;
    let denied = FaultKind::Status { status: 403, code: None, message: None, retry_after: None };
    world.tenant.add_fault(FaultRule { path: "*/transitiveMemberOf*".into(), ..FaultRule::new(denied) });
    for _ in 0..3 {
        let teams = world.desk(OWEN).teams().await.unwrap().teams;
        assert_eq!(teams[0].membership, Membership::Unknown);
    }
    let asked = world.tenant.requests().into_iter().filter(|one| one.path.contains("transitiveMemberOf")).count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_member_asks_and_follows_and_a_colleague_sees_it_and_steers_nothing() {
    let mut world = World::with_inventory(Database::any().await).await;
    until_read(&world).await;
    let id = |upn: &str| world.viewer(upn).object_id;
    let teams = json!([
        {"name": "Invoices", "members": [id(OWEN), id(crate::people::KENJI)], "names": ["invoice-*"]},
        {"name": "Portal", "members": [id(LEILA)], "names": ["customer-*"]},
    ]);
    world.teams(teams).await;
    let plan = world.draft(OWEN, &[APP], PushMode::Append).await;
    let request = world.desk(OWEN).ask(plan, "the old one ends", None, None).await.unwrap();
    let listed = async |upn: &str, show| {
        let rows = world.desk(upn).requests(show, 1).await.unwrap().items;
        rows.into_iter().map(|row| (row.id, row.waits_for_viewer)).collect::<Vec<_>>()
    };
    let colleague = crate::people::KENJI;
    assert_eq!(listed(colleague, RequestShow::Waiting).await, [(request, false)]);
    assert!(world.desk(colleague).request(request, 1).await.is_ok());
    assert_eq!(listed(LEILA, RequestShow::Waiting).await, []);
    assert_eq!(world.desk(LEILA).request(request, 1).await.unwrap_err().code, "request-not-found");
    let own = world.desk(OWEN).review_request(request, 1, ReviewVerdict::Approve, "").await.unwrap_err().code;
    assert_eq!(own, "own-request");
    let theirs = world.desk(colleague).review_request(request, 1, ReviewVerdict::Approve, "").await.unwrap_err().code;
    assert_eq!(theirs, "not-a-reviewer");

    // An owner of the app is one of those for whom an approved request waits.
    assert_eq!(listed(SOFIA, RequestShow::Waiting).await, [(request, false)]);
    assert_eq!(world.desk(SOFIA).requests_waiting().await.unwrap(), 0);
    world.desk(MARA).review_request(request, 1, ReviewVerdict::Approve, "").await.unwrap();
    assert_eq!(listed(SOFIA, RequestShow::Waiting).await, [(request, true)]);
    assert_eq!(world.desk(SOFIA).requests_waiting().await.unwrap(), 1);
    assert_eq!(listed(colleague, RequestShow::Waiting).await, [(request, false)], "a member is no executor");
    assert_eq!(world.desk(colleague).requests_waiting().await.unwrap(), 0);

    let receipt = world.desk(SOFIA).execute_request(request, "").await.unwrap().unwrap();
    assert_eq!(outcomes(&world.receipt(SOFIA, receipt).await), [Outcome::Verified]);
    assert_eq!(world.desk(OWEN).request(request, 1).await.unwrap().row.state, RequestState::Done);
    for upn in [OWEN, colleague, SOFIA, MARA, PRIYA] {
        assert_eq!(world.receipt(upn, receipt).await.request, Some(request), "{upn}: back to what was asked");
    }
    let query = ReceiptQuery { outcome: String::new(), page: 1 };
    assert_eq!(world.desk(LEILA).receipt(receipt, &query).await.unwrap_err().code, "receipt-not-found");
    for upn in [OWEN, colleague, LEILA] {
        let steered = world.desk(upn).steer(receipt, Steer::Cancel).await.unwrap_err();
        assert_eq!(steered.code, "receipt-not-found", "{upn}");
    }
    assert_eq!(listed(colleague, RequestShow::Decided).await, [(request, false)]);
    assert_eq!(listed(LEILA, RequestShow::Decided).await, []);
}
