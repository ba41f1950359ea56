//! A client secret that somebody has to agree to goes by a request: nothing is sent but what was approved, onto what was seen.

use crate::databases::Database;
use crate::people::LEILA;
use crate::secrets::{APP, WHY, add_secret, removals, remove, secret, without};
use crate::world::{MARA, OWEN, PRIYA, TestCertificate, World, settings};
use app::contract::ports::*;
use app::contract::requests::{RequestShow, RequestView, Requested, RequestedView};
use domain::audit::AuditAction;
use domain::ids::KeyId;
use domain::requests::{RequestAct, RequestState, ReviewVerdict, VoidReason};
use domain::rollout::{Outcome, PushMode};
use domain::secret_removal::{RemovalRisk, words_to_type};
use local_tenant::{FaultKind, FaultRule};
use reqwest::Method;
use serde_json::{Value, json};
use server::config::{DeskSettings, PushWeight};
use std::time::Duration;
use uuid::Uuid;

const RULE: &str = "payroll goes by two";

fn rules(approvals: u8) -> Value {
    json!([{"name": RULE, "names": ["payroll-*"], "kinds": ["retire"], "approvals": approvals}])
}

async fn ask(world: &World, upn: &str, key: KeyId, reason: &str) -> Result<Uuid, String> {
    let asked = world.desk(upn).ask_removal(world.id(APP), key, reason, None).await;
    asked.map_err(|problem| problem.code)
}

async fn request(world: &World, upn: &str, id: Uuid) -> RequestView {
    world.desk(upn).request(id, 1).await.unwrap()
}

async fn approve(world: &World, upn: &str, id: Uuid) -> Result<(), String> {
    let said = world.desk(upn).review_request(id, 1, ReviewVerdict::Approve, "").await;
    said.map_err(|problem| problem.code)
}

async fn execute(world: &World, upn: &str, id: Uuid, key: KeyId) -> Result<Option<Uuid>, String> {
    world.desk(upn).execute_request(id, &words_to_type(key)).await.map_err(|problem| problem.code)
}

/// Asked for by Owen, and approved by Mara.
async fn approved(world: &World, key: KeyId) -> Uuid {
    let id = ask(world, OWEN, key, WHY).await.unwrap();
    approve(world, MARA, id).await.unwrap();
    id
}

/// Past the portal.
async fn remove_elsewhere(world: &World, key: KeyId) {
    let token = world.tenant.graph_token_with_scopes(MARA, &["Application.ReadWrite.All"]).unwrap();
    let path = format!("applications/{}/removePassword", world.id(APP));
    world.graph(&token, Method::POST, &path, &json!({"keyId": key})).await;
}

async fn is_void(world: &World, id: Uuid) {
    let void = request(world, OWEN, id).await;
    assert_eq!((void.row.state, void.void), (RequestState::Void, Some(VoidReason::AppChanged)));
}

#[tokio::test]
async fn it_is_asked_for_approved_by_another_and_carried_out_once() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let mut world = World::with_inventory(database).await;
        world.rules(rules(1)).await;
        let key = add_secret(&world, "nightly").await;
        let before = world.raw(APP).await;
        assert_eq!(remove(&world, OWEN, key, WHY).await.unwrap_err().code, "needs-approval");
        assert_eq!(ask(&world, OWEN, key, "  ").await, Err("bad-words".into()));
        assert_eq!(ask(&world, PRIYA, key, WHY).await, Err("read-only-role".into()));
        let nothing = KeyId::new(Uuid::from_u128(9));
        assert_eq!(ask(&world, OWEN, nothing, WHY).await, Err("secret-gone".into()));
        let id = ask(&world, OWEN, key, WHY).await.unwrap();
        assert_eq!(ask(&world, OWEN, key, WHY).await, Err("already-asked".into()));
        assert_eq!(secret(&world, OWEN, key).await.asked, Some(id), "the secret's page leads there");

        let asked = request(&world, OWEN, id).await;
        assert_eq!((asked.row.state, asked.missing, asked.reason.as_str()), (RequestState::Open, 1, WHY));
        assert_eq!(asked.needs[0].rule.as_deref(), Some(RULE));
        assert!(asked.rights.withdraw && !asked.rights.review && !asked.rights.execute);
        assert_eq!(approve(&world, OWEN, id).await, Err("own-request".into()));
        assert_eq!(approve(&world, PRIYA, id).await, Err("not-a-reviewer".into()));
        assert_eq!(execute(&world, OWEN, id, key).await, Err("request-not-waiting".into()), "nobody has approved it");

        // The approver sees which secret it is, what is known of its use at this moment, and what the app keeps.
        let waiting = world.desk(MARA).requests(RequestShow::Waiting, 1).await.unwrap().items;
        let name = Requested::SecretRemoval { app_name: APP.into(), name: Some("nightly".into()) };
        assert_eq!(waiting.iter().map(|row| (row.id, &row.what)).collect::<Vec<_>>(), [(id, &name)]);
        assert!(waiting[0].waits_for_viewer);
        let RequestedView::SecretRemoval(what, now) = request(&world, MARA, id).await.what else { panic!() };
        assert_eq!((what.key, what.app_id), (key, world.app_id(APP)));
        let shown = now.unwrap().secret.unwrap();
        assert!(matches!(shown.risk, RemovalRisk::Unknown(_)) && !shown.others.is_none(), "{shown:?}");

        approve(&world, MARA, id).await.unwrap();
        assert_eq!(removals(&world), [0; 0], "approved is not carried out");
        let short = world.desk(OWEN).execute_request(id, "remove").await.unwrap_err();
        assert_eq!(short.code, "removal-not-confirmed");
        assert_eq!(request(&world, OWEN, id).await.row.state, RequestState::Approved);
        let patches = world.requests("PATCH").len();
        assert_eq!(execute(&world, OWEN, id, key).await, Ok(None));
        assert_eq!((removals(&world), world.requests("PATCH").len()), (vec![204], patches));
        assert_eq!(world.raw(APP).await, without(&before, key), "everything else is as it was");
        let weight = PushWeight { apps: 1, removes: true, by_request: true };
        assert_eq!(world.handed().weights(), [weight], "step-up is told that somebody else asked for it");

        let done = request(&world, OWEN, id).await;
        assert_eq!((done.row.state, done.receipt), (RequestState::Done, None));
        let acts: Vec<_> = done.lines.iter().map(|line| line.act).collect();
        assert_eq!(acts, [RequestAct::Asked, RequestAct::Approved, RequestAct::Begun, RequestAct::Ended]);
        let removal = secret(&world, OWEN, key).await.removal.unwrap();
        assert_eq!((removal.outcome, removal.asked_in), (Some(Outcome::Verified), Some(id)));
        assert_eq!(removal.reason.as_deref(), Some(WHY));
        let rows = world.audit(OWEN).await;
        let row = rows.iter().find(|row| row.action == AuditAction::SecretRemoved).unwrap();
        assert!(row.detail.contains(&id.to_string()) && row.detail.contains(WHY), "{}", row.detail);
        assert!(execute(&world, OWEN, id, key).await.is_err());
        assert_eq!(removals(&world).len(), 1, "once");
    }
}

#[tokio::test]
async fn what_changed_since_makes_it_void_before_anything_is_sent() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let mut world = World::with_inventory(database).await;
        world.rules(rules(1)).await;
        let [first, second, third, spare] = [
            add_secret(&world, "first").await,
            add_secret(&world, "second").await,
            add_secret(&world, "third").await,
            add_secret(&world, "spare").await,
        ];
        // Of two of its secrets one has gone: what was agreed was not that it loses its last.
        let (approved, open) = (approved(&world, first).await, ask(&world, OWEN, second, WHY).await.unwrap());
        remove_elsewhere(&world, spare).await;
        let sent = removals(&world).len();
        assert_eq!(execute(&world, OWEN, approved, first).await, Err("request-void".into()));
        assert_eq!(approve(&world, MARA, open).await, Err("request-void".into()));
        for id in [approved, open] {
            is_void(&world, id).await;
        }
        // The secret itself has gone; or there is one more thing to sign in with.
        let gone = self::approved(&world, third).await;
        remove_elsewhere(&world, third).await;
        assert_eq!(execute(&world, OWEN, gone, third).await, Err("request-void".into()));
        is_void(&world, gone).await;
        let more = self::approved(&world, first).await;
        let mut keys = crate::world::echo(&world.keys(APP).await);
        keys.push(Value::Object(TestCertificate::new("theirs").entry().as_object().unwrap().clone()));
        world.write(APP, &json!({"keyCredentials": keys})).await;
        assert_eq!(execute(&world, MARA, more, first).await, Err("request-void".into()));
        is_void(&world, more).await;
        assert_eq!(removals(&world).len(), sent + 1, "nothing was sent but what we sent past the portal");
        assert!(secret(&world, OWEN, first).await.removal.is_none(), "and nothing is kept of a removal");
    }
}

#[tokio::test]
async fn what_changes_after_it_was_looked_at_makes_it_void_as_well() {
    let mut world = World::start().await;
    world.rules(rules(1)).await;
    let (key, spare) = (add_secret(&world, "nightly").await, add_secret(&world, "spare").await);
    let id = approved(&world, key).await;
    let handed = world.handed();
    let held = handed.hold().await;
    let meanwhile = async {
        let waiting = async {
            while handed.weights().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), waiting).await.expect("it was looked at, and found to stand");
        remove_elsewhere(&world, spare).await;
        drop(held);
    };
    let (done, ()) = tokio::join!(execute(&world, OWEN, id, key), meanwhile);
    assert_eq!(done, Err("request-void".into()));
    is_void(&world, id).await;
    assert_eq!(removals(&world).len(), 1, "ours past the portal");
    assert!(secret(&world, OWEN, key).await.secret.is_some());
}

#[tokio::test]
async fn what_entra_refuses_and_what_reads_do_not_show_did_not_end_well() {
    let mut world = World::with(DeskSettings { read_patience: Duration::from_millis(300), ..settings() }).await;
    world.rules(rules(1)).await;
    let key = add_secret(&world, "nightly").await;
    let refused = approved(&world, key).await;
    let denied = FaultKind::Status { status: 403, code: None, message: None, retry_after: None };
    let once = FaultRule { path: "*/removePassword".into(), times: Some(1), ..FaultRule::new(denied) };
    world.tenant.add_fault(once);
    assert_eq!(execute(&world, OWEN, refused, key).await, Ok(None));
    assert_eq!(request(&world, OWEN, refused).await.row.state, RequestState::Failed);
    assert_eq!(secret(&world, OWEN, key).await.removal.unwrap().outcome, Some(Outcome::Refused));
    assert_eq!(removals(&world), [403]);

    // Graph says yes, and its replicas do not know of it for long.
    let old = world.id("payslip-mailer");
    let other = world.raw("payslip-mailer").await["passwordCredentials"][0]["keyId"].as_str().unwrap().parse().unwrap();
    let unseen = world.desk(OWEN).ask_removal(old, other, WHY, None).await.unwrap();
    approve(&world, MARA, unseen).await.unwrap();
    world.tenant.set_behaviour(|behaviour| behaviour.stale_reads = time::Duration::minutes(5));
    assert_eq!(execute(&world, OWEN, unseen, other).await, Ok(None));
    assert_eq!(request(&world, OWEN, unseen).await.row.state, RequestState::Failed);
    let removal = world.desk(OWEN).secret(old, other).await.unwrap().removal.unwrap();
    assert_eq!((removal.outcome, removal.asked_in), (Some(Outcome::Unverified), Some(unseen)));
}

#[tokio::test]
async fn the_rules_of_the_moment_count_and_who_may_not_write_does_not_carry_it_out() {
    let mut world = World::start().await;
    world.rules(rules(1)).await;
    let key = add_secret(&world, "nightly").await;
    // Who does not own it may ask as well.
    let id = ask(&world, LEILA, key, WHY).await.unwrap();
    approve(&world, MARA, id).await.unwrap();
    world.rules(rules(2)).await;
    assert_eq!(execute(&world, OWEN, id, key).await, Err("approvals-missing".into()));
    let view = request(&world, LEILA, id).await;
    assert_eq!((view.row.state, view.missing), (RequestState::Open, 1));
    world.rules(json!([])).await;
    approve(&world, MARA, id).await.unwrap();
    // Entra decides: what comes of that is told.
    assert_eq!(execute(&world, LEILA, id, key).await, Ok(None));
    assert_eq!(request(&world, LEILA, id).await.row.state, RequestState::Failed);
    assert_eq!(removals(&world), [403]);
    assert!(secret(&world, OWEN, key).await.secret.is_some());
}

#[tokio::test]
async fn nobody_else_sees_it_and_another_request_does_not_take_its_place() {
    let mut world = World::start().await;
    world.rules(rules(1)).await;
    let key = add_secret(&world, "nightly").await;
    let id = ask(&world, OWEN, key, WHY).await.unwrap();
    let desk = world.desk(LEILA);
    let codes = [
        desk.request(id, 1).await.map(|_| ()),
        desk.review_request(id, 1, ReviewVerdict::Approve, "x").await,
        desk.withdraw_request(id).await,
        desk.comment_request(id, "x").await,
        desk.execute_request(id, &words_to_type(key)).await.map(|_| ()),
    ]
    .map(|answer| answer.unwrap_err().code);
    assert!(codes.iter().all(|code| code == "request-not-found"), "{codes:?}");
    assert_eq!(secret(&world, LEILA, key).await.asked, None, "nor on the secret's page");
    for show in RequestShow::ALL {
        assert_eq!(desk.requests(show, 1).await.unwrap().items, [], "{show:?}");
    }
    let plan = world.draft(OWEN, &[APP], PushMode::Append).await;
    let instead = world.desk(OWEN).ask(plan, "this instead", None, Some(id)).await.unwrap_err();
    assert_eq!(instead.code, "not-a-preview");
    world.desk(OWEN).withdraw_request(id).await.unwrap();
    assert_eq!(request(&world, OWEN, id).await.row.state, RequestState::Withdrawn);
    ask(&world, OWEN, key, WHY).await.expect("it is not asked for any more");
    assert_eq!(removals(&world), [0; 0]);
}
