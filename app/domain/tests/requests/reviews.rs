//! Reviews, one by one.

use super::*;
use domain::merge_plan::ConflictReason;

pub(super) fn asked(seen: Seen, needs: Vec<Need>) -> Request {
    let asked = NewRequest {
        id: Uuid::from_u128(7),
        asker: person(ASKER),
        subject: RequestSubject { preview: Uuid::from_u128(8), seen },
        needs,
        reason: "because".parse().expect("words"),
        wanted_on: None,
        expires_at: BEGINNING + Duration::days(14),
    };
    Request::ask(asked, BEGINNING).request
}

fn approve(request: &Request, by: u128, needs: &[Need]) -> Result<Request, RequestError> {
    let seen = request.subject().seen.clone();
    let command = Command::Review { by: reviewer(by), verdict: ReviewVerdict::Approve, seen, needs: needs.to_vec() };
    request.apply(command, BEGINNING).map(|step| step.request)
}

#[test]
fn one_person_counts_once_and_the_latest_word_counts() {
    let state = keys(&[1, 2]);
    let plan = MergePlan::new(&state, &append(), None).expect("a plan");
    let two = need(2);
    let request = asked(seen(&plan, &state), two.clone());
    let once = approve(&request, 2, &two).expect("a review");
    let twice = approve(&once, 2, &two).expect("the same again");
    assert_eq!((twice.state(), twice.missing(&two), twice.reviews().len()), (RequestState::Open, 1, 1));
    assert_eq!(approve(&twice, 3, &two).expect("another").state(), RequestState::Approved);
    assert_eq!(approve(&request, ASKER, &two), Err(RequestError::OwnRequest));
    assert_eq!(approve(&request, 4, &two), Err(RequestError::NotAReviewer));
    let own = vec![Need { own: true, ..Need::usual() }];
    assert_eq!(approve(&request, ASKER, &own).expect("the rule says so").state(), RequestState::Approved);
    let seen = request.subject().seen.clone();
    let no = Command::Review { by: reviewer(2), verdict: ReviewVerdict::Reject, seen, needs: two };
    assert_eq!(once.apply(no, BEGINNING).expect("a review").request.state(), RequestState::Rejected);
}

#[test]
fn a_rule_that_asks_for_more_by_now_is_minded() {
    let state = keys(&[1, 2]);
    let plan = MergePlan::new(&state, &append(), None).expect("a plan");
    let now = seen(&plan, &state);
    let request = approve(&asked(now.clone(), need(1)), 2, &need(1)).expect("a review");
    assert!(request.standing(&need(1), &now.plan, &now.state, BEGINNING).is_ok());
    assert!(request.standing(&need(2), &now.plan, &now.state, BEGINNING).is_err());
    assert!(request.standing(&[], &now.plan, &now.state, BEGINNING).is_err(), "no need is no approval");
    // It can still be given.
    let more = approve(&request, 3, &need(2)).expect("another");
    assert!(more.standing(&need(2), &now.plan, &now.state, BEGINNING).is_ok());
}

#[test]
fn what_was_approved_is_merged_with_nothing_else() {
    let state = keys(&[1, 2]);
    let plan = MergePlan::new(&state, &append(), None).expect("a plan");
    assert!(plan.rebase(&keys(&[1, 2, 3]), None).is_ok(), "an ordinary push is");
    let approved = plan.clone().as_approved();
    assert_eq!(approved.body(), plan.body());
    let conflict = approved.rebase(&keys(&[1, 2, 3]), None).expect_err("not this one");
    assert_eq!(conflict.reason, ConflictReason::NotAsApproved);
    let text = serde_json::to_string(&approved).expect("json");
    assert!(serde_json::from_str::<MergePlan>(&text).expect("a plan").is_as_approved(), "{text}");
    assert!(!serde_json::to_string(&plan).expect("json").contains("as_approved"), "others are stored as ever");
}

#[test]
fn notices_have_the_ids_that_they_always_had() {
    let state = keys(&[1, 2]);
    let plan = MergePlan::new(&state, &append(), None).expect("a plan");
    let request = asked(seen(&plan, &state), need(1));
    let told = |request: &Request, command| {
        let notice = request.apply(command, BEGINNING).expect("a step").notice.expect("somebody is told");
        (notice.event, notice.id.to_string())
    };
    let seen = request.subject().seen.clone();
    let approve = Command::Review { by: reviewer(2), verdict: ReviewVerdict::Approve, seen, needs: need(1) };
    let withdraw = Command::Withdraw { by: person(ASKER) };
    let edit = Command::Edit { by: person(ASKER), subject: request.subject().clone(), needs: need(1) };
    assert_eq!(told(&request, edit), (RequestEvent::Waits, "1aacfa91-3dec-8b5f-a31a-f9d5a54e3267".into()));
    assert_eq!(told(&request, approve), (RequestEvent::NeedsExecutor, "433231a4-6042-8ea5-8c47-d7526c83fbb5".into()));
    assert_eq!(told(&request, withdraw), (RequestEvent::Withdrawn, "ce607c0d-7cad-80ee-8fbe-13b1d9824c3b".into()));
}
