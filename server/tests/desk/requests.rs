//! Requests: who may do what with one, and that nothing is sent but what was approved, onto what was seen.

use crate::people::{LEILA, SOFIA};
use crate::world::{DANIEL, MARA, OWEN, PRIYA, TOBIAS, TestCertificate, World, outcomes};
use app::contract::ports::*;
use app::contract::requests::{RequestShow, RequestView, RequestedView};
use domain::audit::AuditAction;
use domain::requests::{RequestAct, RequestState, ReviewVerdict, VoidReason};
use domain::rollout::{Outcome, Pace, PushMode};
use serde_json::{Value, json};
use server::config::PushWeight;
use time::macros::date;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const APP: &str = "invoice-sync";

async fn ask(world: &World, upn: &str, app: &str) -> Uuid {
    let plan = world.draft(upn, &[app], PushMode::Append).await;
    world.desk(upn).ask(plan, "the old one ends soon", None, None).await.unwrap()
}

async fn request(world: &World, upn: &str, id: Uuid) -> RequestView {
    world.desk(upn).request(id, 1).await.unwrap()
}

async fn review(world: &World, upn: &str, id: Uuid, verdict: ReviewVerdict) -> Result<(), String> {
    let revision = 1;
    let said = world.desk(upn).review_request(id, revision, verdict, "as agreed").await;
    said.map_err(|problem| problem.code)
}

async fn approve(world: &World, upn: &str, id: Uuid) {
    review(world, upn, id, ReviewVerdict::Approve).await.unwrap();
}

async fn execute(world: &World, upn: &str, id: Uuid) -> Result<Uuid, String> {
    let done = world.desk(upn).execute_request(id, "").await;
    done.map(|receipt| receipt.expect("of a push")).map_err(|problem| problem.code)
}

fn preview(request: &RequestView) -> Uuid {
    match &request.what {
        RequestedView::Change(plan) => plan.id,
        RequestedView::SecretRemoval(..) => panic!("{request:?}"),
    }
}

fn acts(request: &RequestView) -> Vec<RequestAct> {
    request.lines.iter().map(|line| line.act).collect()
}

/// Somebody else adds an entry past the desk.
async fn change(world: &World, app: &str) {
    let mut keys = crate::world::echo(&world.keys(app).await);
    keys.push(Value::Object(TestCertificate::new("theirs").entry().as_object().unwrap().clone()));
    world.write(app, &json!({"keyCredentials": keys})).await;
}

#[tokio::test]
async fn a_change_is_asked_for_approved_by_another_and_carried_out_once() {
    let world = World::start().await;
    let before = world.keys(APP).await.len();
    let id = ask(&world, OWEN, APP).await;
    let asked = request(&world, OWEN, id).await;
    assert_eq!((asked.row.state, asked.missing), (RequestState::Open, 1));
    assert!(asked.rights.withdraw && !asked.rights.review && !asked.rights.execute);
    assert_eq!(review(&world, OWEN, id, ReviewVerdict::Approve).await, Err("own-request".into()));
    assert_eq!(review(&world, PRIYA, id, ReviewVerdict::Approve).await, Err("not-a-reviewer".into()));
    assert_eq!(execute(&world, MARA, id).await, Err("request-not-waiting".into()), "nobody has approved it");

    assert_eq!(world.desk(MARA).requests_waiting().await.unwrap(), 1);
    let waiting = world.desk(MARA).requests(RequestShow::Waiting, 1).await.unwrap();
    assert_eq!(waiting.items.iter().map(|row| row.id).collect::<Vec<_>>(), [id]);
    approve(&world, MARA, id).await;
    assert_eq!(request(&world, OWEN, id).await.row.state, RequestState::Approved);
    assert_eq!(world.requests("PATCH"), [], "approved is not carried out");

    let receipt = execute(&world, MARA, id).await.unwrap();
    let weight = PushWeight { apps: 1, removes: false, by_request: true };
    assert_eq!(world.handed().weights(), [weight], "step-up is told that somebody else asked for it");
    assert_eq!(outcomes(&world.receipt(MARA, receipt).await), [Outcome::Verified]);
    assert_eq!((world.requests("PATCH").len(), world.keys(APP).await.len()), (1, before + 1));
    let done = request(&world, OWEN, id).await;
    assert_eq!((done.row.state, done.receipt), (RequestState::Done, Some(receipt)));
    let all = [RequestAct::Asked, RequestAct::Approved, RequestAct::Begun, RequestAct::Ended];
    assert_eq!(acts(&done), all);
    assert!(execute(&world, MARA, id).await.is_err());
    assert_eq!(world.requests("PATCH").len(), 1, "once");
    let audited: Vec<AuditAction> = world.audit(MARA).await.into_iter().map(|row| row.action).collect();
    for act in all {
        assert!(audited.contains(&AuditAction::Request(act)), "{act}: {audited:?}");
    }
}

#[tokio::test]
async fn what_changed_since_makes_it_void_before_anything_is_sent() {
    let world = World::start().await;
    let (approved, open) = (ask(&world, OWEN, APP).await, ask(&world, OWEN, "ledger-export").await);
    approve(&world, MARA, approved).await;
    change(&world, APP).await;
    change(&world, "ledger-export").await;
    let theirs = world.requests("PATCH").len();
    assert_eq!(execute(&world, MARA, approved).await, Err("request-void".into()));
    assert_eq!(review(&world, MARA, open, ReviewVerdict::Approve).await, Err("request-void".into()));
    assert_eq!(world.requests("PATCH").len(), theirs, "nothing was sent");
    for id in [approved, open] {
        let void = request(&world, OWEN, id).await;
        assert_eq!((void.row.state, void.void), (RequestState::Void, Some(VoidReason::AppChanged)));
        assert_eq!(acts(&void).last(), Some(&RequestAct::Voided));
    }
    assert!(execute(&world, MARA, approved).await.is_err(), "and it stays so");
    // What is out of date cannot be asked for either.
    let plan = world.draft(OWEN, &[APP], PushMode::Append).await;
    change(&world, APP).await;
    let stale = world.desk(OWEN).ask(plan, "why", None, None).await.unwrap_err();
    assert_eq!(stale.code, "preview-out-of-date");
}

#[tokio::test]
async fn nothing_is_asked_for_by_a_day_that_is_over() {
    let world = World::start().await;
    let plan = world.draft(OWEN, &[APP], PushMode::Append).await;
    let today = OffsetDateTime::now_utc().date();
    for day in [date!(2020 - 01 - 01), today - Duration::days(2)] {
        let over = world.desk(OWEN).ask(plan, "why", Some(day), None).await.unwrap_err();
        assert_eq!((over.status, over.code.as_str()), (422, "bad-value"), "{over}");
        assert!(over.detail.contains(&day.to_string()), "{over}");
    }
    assert_eq!(world.desk(OWEN).requests(RequestShow::Mine, 1).await.unwrap().items, [], "and none is kept");
    let id = world.desk(OWEN).ask(plan, "why", Some(today), None).await.unwrap();
    assert_eq!(request(&world, OWEN, id).await.row.wanted_on, Some(today));
}

#[tokio::test]
async fn nobody_else_sees_it_by_any_address() {
    let world = World::start().await;
    let id = ask(&world, OWEN, APP).await;
    for upn in [LEILA, DANIEL] {
        let desk = world.desk(upn);
        let codes = [
            desk.request(id, 1).await.map(|_| ()),
            desk.review_request(id, 1, ReviewVerdict::Approve, "x").await,
            desk.review_request(id, 1, ReviewVerdict::Reject, "x").await,
            desk.withdraw_request(id).await,
            desk.comment_request(id, "x").await,
            desk.execute_request(id, "").await.map(|_| ()),
        ]
        .map(|answer| answer.unwrap_err().code);
        let expected = if upn == DANIEL { "no-role" } else { "request-not-found" };
        assert!(codes.iter().all(|code| code == expected), "{upn}: {codes:?}");
        if upn == LEILA {
            for show in RequestShow::ALL {
                assert_eq!(desk.requests(show, 1).await.unwrap().items, [], "{show:?}");
            }
            let plan = preview(&world.desk(OWEN).request(id, 1).await.unwrap());
            assert_eq!(desk.plan(plan, 1).await.unwrap_err().code, "plan-not-found");
            let instead = world.draft(LEILA, &["customer-portal"], PushMode::Append).await;
            let taken = desk.ask(instead, "mine now", None, Some(id)).await.unwrap_err();
            assert_eq!(taken.code, "request-not-found");
        }
        assert_eq!(desk.requests_waiting().await.unwrap(), 0);
    }
    assert_eq!(world.nobody().request(id, 1).await.unwrap_err().status, 401);
    // An auditor reads, and an owner of the apps sees what they could carry out.
    assert!(!request(&world, PRIYA, id).await.rights.review);
    assert!(request(&world, SOFIA, id).await.row.id == id);
    assert_eq!(request(&world, OWEN, id).await.row.state, RequestState::Open, "nothing came of it");
}

#[tokio::test]
async fn an_owner_carries_out_what_another_approved_and_a_stranger_does_not() {
    let world = World::start().await;
    let id = ask(&world, OWEN, APP).await;
    approve(&world, MARA, id).await;
    let receipt = execute(&world, SOFIA, id).await.unwrap();
    assert_eq!(outcomes(&world.receipt(SOFIA, receipt).await), [Outcome::Verified]);

    // Entra decides: the asker may not write it, and what comes of that is told.
    let id = ask(&world, OWEN, "treasury-feed").await;
    approve(&world, MARA, id).await;
    let receipt = execute(&world, OWEN, id).await.unwrap();
    assert_eq!(outcomes(&world.receipt(OWEN, receipt).await), [Outcome::Refused]);
    assert_eq!(request(&world, OWEN, id).await.row.state, RequestState::Failed);
}

#[tokio::test]
async fn another_preview_voids_what_was_approved() {
    let world = World::start().await;
    let id = ask(&world, OWEN, APP).await;
    approve(&world, MARA, id).await;
    let plan = world.draft(OWEN, &[APP], PushMode::Append).await;
    let same = world.desk(OWEN).ask(plan, "a better one", None, Some(id)).await.unwrap();
    let edited = request(&world, OWEN, id).await;
    assert_eq!((same, edited.revision, edited.row.state, edited.reviews.len()), (id, 2, RequestState::Open, 0));
    assert_eq!(preview(&edited), plan);
    assert_eq!(
        review(&world, MARA, id, ReviewVerdict::Approve).await,
        Err("request-changed".into()),
        "she saw the first"
    );
    assert_eq!(execute(&world, MARA, id).await, Err("request-not-waiting".into()));
    world.desk(MARA).review_request(id, 2, ReviewVerdict::Reject, "not this one").await.unwrap();
    let rejected = request(&world, OWEN, id).await;
    assert_eq!(rejected.row.state, RequestState::Rejected);
    assert_eq!(rejected.lines.last().unwrap().words, "not this one");
    assert!(world.desk(OWEN).comment_request(id, "why?").await.is_err(), "it is over");
    assert_eq!(world.requests("PATCH"), []);
}

#[tokio::test]
async fn what_a_rule_is_about_is_not_pushed_past_it() {
    let mut world = World::with_rules(json!([{"name": "finance", "names": ["invoice-*"]}])).await;
    let plan = world.draft(TOBIAS, &[APP], PushMode::Append).await;
    assert_eq!(world.plan(TOBIAS, plan).await.rules, ["finance"]);
    let refused = world.desk(TOBIAS).push(plan, "", Pace::default()).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (403, "needs-approval"));
    let past =
        async |upn: &str, plan, reason: &str| world.desk(upn).push_past_rules(plan, "", Pace::default(), reason).await;
    assert_eq!(past(TOBIAS, plan, "now").await.unwrap_err().code, "not-an-administrator");
    assert_eq!(world.requests("PATCH"), []);

    // Another app is pushed as ever.
    let free = world.draft(TOBIAS, &["ledger-export"], PushMode::Append).await;
    assert!(world.plan(TOBIAS, free).await.rules.is_empty());
    assert_eq!(outcomes(&world.push(TOBIAS, free).await), [Outcome::Verified]);

    let id = world.desk(TOBIAS).ask(plan, "the old one ends", None, None).await.unwrap();
    assert_eq!(request(&world, TOBIAS, id).await.needs[0].rule.as_deref(), Some("finance"));
    approve(&world, MARA, id).await;
    let receipt = execute(&world, TOBIAS, id).await.unwrap();
    assert_eq!(outcomes(&world.receipt(TOBIAS, receipt).await), [Outcome::Verified]);

    let urgent = world.draft(MARA, &[APP], PushMode::Append).await;
    assert_eq!(world.desk(MARA).push(urgent, "", Pace::default()).await.unwrap_err().code, "needs-approval");
    assert_eq!(past(MARA, urgent, " ").await.unwrap_err().code, "bad-words");
    let receipt = past(MARA, urgent, "production is down").await.unwrap();
    assert_eq!(outcomes(&world.receipt(MARA, receipt).await), [Outcome::Verified]);
    let audited = world.audit(MARA).await;
    let passed = AuditAction::Request(RequestAct::PassedOver);
    let row = audited.iter().find(|row| row.action == passed).unwrap();
    assert_eq!(row.detail, "production is down");

    // A rule that comes later counts for what was approved before it.
    let id = ask(&world, OWEN, "ledger-export").await;
    approve(&world, MARA, id).await;
    world.rules(json!([{"name": "two", "approvals": 2}])).await;
    assert_eq!(execute(&world, MARA, id).await, Err("approvals-missing".into()));
    // It waits again, for one more; who has spoken has spoken.
    let view = request(&world, OWEN, id).await;
    assert_eq!((view.row.state, view.missing, view.reviews.len()), (RequestState::Open, 1, 1));
    assert_eq!(view.lines.last().map(|line| line.act), Some(RequestAct::Reconsidered));
    assert_eq!(execute(&world, MARA, id).await, Err("request-not-waiting".into()));
}

#[tokio::test]
async fn a_rule_sees_what_an_app_is_and_in_doubt_applies() {
    let world = World::with_rules(json!([{"name": "tier 0", "tags": ["tier0"]}])).await;
    let rules = async |app: &str| {
        let plan = world.draft(TOBIAS, &[app], PushMode::Append).await;
        world.plan(TOBIAS, plan).await.rules
    };
    let untagged = rules("ledger-export").await;
    world.write(APP, &json!({"tags": ["tier0"]})).await;
    assert_eq!(rules(APP).await, ["tier 0"]);
    assert!(untagged.is_empty(), "{untagged:?}");
}

/// In the header stands what the list has for the person, whoever they are.
#[tokio::test]
async fn the_count_is_the_length_of_the_list_for_everybody() {
    let mut world = World::start().await;
    let reviewer = world.viewer(TOBIAS).object_id;
    let approvers = ["admins".to_owned(), reviewer.to_string()];
    world.rules(json!([{"name": "two", "names": ["treasury-*"], "approvals": 2, "approvers": approvers}])).await;
    let (approved, half) = (ask(&world, OWEN, APP).await, ask(&world, OWEN, "treasury-feed").await);
    ask(&world, OWEN, "ledger-export").await;
    approve(&world, MARA, approved).await;
    approve(&world, MARA, half).await;
    let mut counts = vec![];
    for person in world.tenant.people() {
        let upn = &person.user_principal_name;
        let list = world.desk(upn).requests(RequestShow::Waiting, 1).await.map(|page| page.items).unwrap_or_default();
        let waiting = list.iter().filter(|row| row.waits_for_viewer).count();
        assert_eq!(world.desk(upn).requests_waiting().await.unwrap() as usize, waiting, "{upn}");
        counts.push(waiting);
    }
    counts.sort_unstable();
    counts.dedup();
    assert_eq!(counts, [0, 1, 2], "nobody's, a named reviewer's, and an administrator's");
}
