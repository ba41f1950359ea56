//! Approvals by rule: where its terms are met nobody has to approve, and still nothing is carried out by it.

use crate::people::LEILA;
use crate::world::{MARA, OWEN, TOBIAS, TestCertificate, World, outcomes};
use app::contract::plans::Chosen;
use app::contract::ports::*;
use app::contract::requests::{RequestShow, RuleVerdict};
use domain::audit::AuditAction;
use domain::requests::{RequestAct, RequestState, ReviewVerdict};
use domain::rollout::{Outcome, PushMode};
use domain::teams::Membership;
use local_tenant::{FaultKind, FaultRule};
use serde_json::json;
use uuid::Uuid;

const APP: &str = "invoice-sync";

async fn ask(world: &World, certificate: &TestCertificate, mode: PushMode) -> Uuid {
    let sha256 = world.upload(TOBIAS, certificate).await;
    let add = crate::world::add(vec![sha256], Chosen::These(vec![world.id(APP)]), mode, "");
    let desk = world.desk(TOBIAS);
    let plan = desk.draft_plan(&add).await.unwrap();
    desk.ask(plan, "the yearly renewal", None, None).await.unwrap()
}

async fn state(world: &World, id: Uuid) -> RequestState {
    world.desk(TOBIAS).request(id, 1).await.unwrap().row.state
}

#[tokio::test]
async fn a_renewal_of_the_same_subject_is_approved_by_its_rule_and_waits_for_a_person() {
    let terms = json!({"same_subject": true, "rsa_bits": 2048, "days": 365});
    let rule = json!({"name": "renewals", "names": ["invoice-*"], "automatic": terms});
    let mut world = World::with_rules(json!([rule])).await;
    let first = ask(&world, &TestCertificate::new("renewed each year"), PushMode::Append).await;
    assert_eq!(state(&world, first).await, RequestState::Open, "nothing of that subject is there");
    world.desk(MARA).review_request(first, 1, ReviewVerdict::Approve, "").await.unwrap();
    let receipt = world.desk(TOBIAS).execute_request(first, "").await.unwrap().unwrap();
    assert_eq!(outcomes(&world.receipt(TOBIAS, receipt).await), [Outcome::Verified]);

    let sent = world.requests("PATCH").len();
    let renewed = ask(&world, &TestCertificate::new("renewed each year"), PushMode::Append).await;
    let view = world.desk(TOBIAS).request(renewed, 1).await.unwrap();
    assert_eq!((view.row.state, view.missing), (RequestState::Approved, 0), "{:?}", view.needs);
    assert!(view.needs[0].automatic && view.reviews.is_empty());
    let acts: Vec<_> = view.lines.iter().map(|line| (line.act, line.who.as_str())).collect();
    assert_eq!(acts, [(RequestAct::Asked, "Tobias Renner"), (RequestAct::ApprovedByRule, "Thumbprint")]);
    assert!(view.lines[1].words.contains("renewals"), "{}", view.lines[1].words);
    assert_eq!(world.requests("PATCH").len(), sent, "approved is not carried out");
    let waiting = world.desk(MARA).requests(RequestShow::Waiting, 1).await.unwrap().items;
    assert!(waiting.iter().any(|row| row.id == renewed && row.waits_for_viewer));
    let audited: Vec<_> = world.audit(MARA).await.into_iter().map(|row| row.action).collect();
    assert!(audited.contains(&AuditAction::Request(RequestAct::ApprovedByRule)));

    // The rules of the moment count: without its terms the same approval is none.
    world.rules(json!([{"name": "renewals", "names": ["invoice-*"]}])).await;
    assert_eq!(world.desk(TOBIAS).execute_request(renewed, "").await.unwrap_err().code, "approvals-missing");
    assert_eq!(state(&world, renewed).await, RequestState::Open, "it waits for a person from then on");
    world.rules(json!([rule])).await;
    world.desk(MARA).review_request(renewed, 1, ReviewVerdict::Approve, "").await.unwrap();
    let receipt = world.desk(TOBIAS).execute_request(renewed, "").await.unwrap().unwrap();
    assert_eq!(outcomes(&world.receipt(TOBIAS, receipt).await), [Outcome::Verified]);

    // What takes something away, or is of another subject, or of a longer life, waits for a person.
    let now = time::OffsetDateTime::now_utc();
    let long = TestCertificate::between("renewed each year", now, now + time::Duration::days(400));
    for (certificate, mode) in [
        (TestCertificate::new("renewed each year"), PushMode::Replace),
        (TestCertificate::new("another"), PushMode::Append),
        (long, PushMode::Append),
    ] {
        let asked = ask(&world, &certificate, mode).await;
        assert_eq!(state(&world, asked).await, RequestState::Open, "{mode}");
    }
}

/// Why this person cannot approve it.
async fn refusal(world: &World, id: Uuid, upn: &str) -> String {
    world.desk(upn).review_request(id, 1, ReviewVerdict::Approve, "").await.unwrap_err().code
}

#[tokio::test]
async fn members_of_a_group_approve_and_where_groups_cannot_be_read_nobody_does_by_one() {
    let mut world = World::start().await;
    let group = world.group("reviewers", &[LEILA, TOBIAS]).await;
    let rule = json!([{"name": "reviewed", "names": ["invoice-*"], "approvers": [format!("group:{group}")]}]);
    world.rules(rule.clone()).await;
    let approver = async |desk: server::http::RequestDesk| {
        let rules = desk.rules(APP, PushMode::Append).await.unwrap().rules;
        assert!(rules[0].need.approvers[0].ends_with(&group), "{rules:?}");
        (rules[0].approver, matches!(rules[0].verdict, Some(RuleVerdict::Applies(_))))
    };
    assert_eq!(approver(world.desk(LEILA)).await, (Membership::Member, true));
    assert_eq!(approver(world.desk(MARA)).await, (Membership::Stranger, true), "an administrator is none of them");

    let asked = ask(&world, &TestCertificate::new("reviewed by a group"), PushMode::Append).await;
    assert_eq!(world.desk(LEILA).requests_waiting().await.unwrap(), 1);
    for upn in [TOBIAS, MARA, OWEN] {
        assert_eq!(world.desk(upn).requests_waiting().await.unwrap(), 0, "{upn}");
    }
    assert_eq!(
        (refusal(&world, asked, TOBIAS).await, refusal(&world, asked, MARA).await, refusal(&world, asked, OWEN).await),
        ("own-request".into(), "not-a-reviewer".into(), "request-not-found".into())
    );

    // Where her groups cannot be read nothing is open to her by one; and she is told so where she sees it by another way.
    world.rules(rule.clone()).await;
    let denied = FaultKind::Status { status: 403, code: None, message: None, retry_after: None };
    let fault = world.tenant.add_fault(FaultRule { path: "*/transitiveMemberOf*".into(), ..FaultRule::new(denied) });
    assert_eq!(refusal(&world, asked, LEILA).await, "request-not-found");
    assert_eq!(refusal(&world, asked, MARA).await, "groups-unreadable");
    let seen = world.desk(MARA).request(asked, 1).await.unwrap();
    assert_eq!((seen.rights.review, seen.rights.groups_unknown), (false, true));
    assert_eq!(approver(world.desk(LEILA)).await.0, Membership::Unknown);
    assert!(world.tenant.remove_fault(fault));

    world.rules(rule).await;
    let view = world.desk(LEILA).request(asked, 1).await.unwrap();
    assert!(view.rights.review && view.row.waits_for_viewer && !view.rights.groups_unknown);
    world.desk(LEILA).review_request(asked, 1, ReviewVerdict::Approve, "").await.unwrap();
    assert_eq!(
        (state(&world, asked).await, world.desk(LEILA).requests_waiting().await.unwrap()),
        (RequestState::Approved, 0)
    );
    let receipt = world.desk(TOBIAS).execute_request(asked, "").await.unwrap().unwrap();
    assert_eq!(outcomes(&world.receipt(TOBIAS, receipt).await), [Outcome::Verified]);
}

#[tokio::test]
async fn what_was_never_proven_is_not_approved_by_a_rule_that_wants_a_proof() {
    let rule = json!({"name": "proven", "automatic": {"proven": true}});
    let world = World::with_rules(json!([rule])).await;
    let asked = ask(&world, &TestCertificate::new("unproven"), PushMode::Append).await;
    assert_eq!(state(&world, asked).await, RequestState::Open);
}

#[tokio::test]
async fn in_an_order_the_second_waits_for_the_first() {
    let mut world = World::start().await;
    let (first, asker) = (crate::people::SOFIA, TOBIAS);
    let approvers = json!([world.viewer(first).object_id, "admins"]);
    world.rules(json!([{"name": "two", "approvals": 2, "approvers": approvers, "ordered": true}])).await;
    let id = ask(&world, &TestCertificate::new("in order"), PushMode::Append).await;
    let say =
        async |upn: &str| world.desk(upn).review_request(id, 1, ReviewVerdict::Approve, "").await.map_err(|it| it.code);
    assert_eq!(say(MARA).await, Err("not-a-reviewer".into()), "it is not her turn");
    assert_eq!(world.desk(MARA).requests_waiting().await.unwrap(), 0);
    assert_eq!(world.desk(first).requests_waiting().await.unwrap(), 1);
    say(first).await.unwrap();
    assert_eq!((state(&world, id).await, world.desk(MARA).requests_waiting().await.unwrap()), (RequestState::Open, 1));
    say(MARA).await.unwrap();
    assert_eq!(world.desk(asker).request(id, 1).await.unwrap().row.state, RequestState::Approved);
}

#[tokio::test]
async fn a_dry_run_says_which_rule_would_apply_and_why_and_makes_nothing() {
    let rules = json!([
        {"name": "finance", "names": ["invoice-*"], "kinds": ["append"]},
        {"name": "removals", "kinds": ["retire"]},
    ]);
    let world = World::with_rules(rules).await;
    let verdicts = async |app: &str, mode| {
        let found = world.desk(TOBIAS).rules(app, mode).await.unwrap();
        found.rules.into_iter().map(|rule| rule.verdict).collect::<Vec<_>>()
    };
    let fits = Some(RuleVerdict::Applies(vec![
        "the app's name is like invoice-*".into(),
        "it is about changes of the kind append".into(),
    ]));
    let not = Some(RuleVerdict::Not("it is about other kinds of change".into()));
    for app in [APP.to_owned(), world.app_id(APP).to_string(), world.id(APP).to_string()] {
        assert_eq!(verdicts(&app, PushMode::Append).await, [fits.clone(), not.clone()], "{app}");
    }
    assert_eq!(verdicts("", PushMode::Append).await, [None, None]);
    let unknown = world.desk(TOBIAS).rules("no such app", PushMode::Append).await.unwrap_err();
    assert_eq!(unknown.code, "no-such-app");
    assert!(
        world.requests("PATCH").is_empty() && world.requests("POST").iter().all(|(path, _)| path.contains("$batch"))
    );
}
