//! Reviews, one by one.

use super::*;
use domain::merge_plan::ConflictReason;

pub(super) fn asked(seen: Seen, needs: Vec<Need>) -> Request {
    Request::ask(new_request(Uuid::from_u128(7), seen, needs), BEGINNING).request
}

fn new_request(id: Uuid, seen: Seen, needs: Vec<Need>) -> NewRequest {
    NewRequest {
        id,
        asker: person(ASKER),
        subject: RequestSubject::preview(Uuid::from_u128(8), seen),
        needs,
        reason: "because".parse().expect("words"),
        wanted_on: None,
        expires_at: BEGINNING + Duration::days(14),
    }
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

#[test]
fn the_removal_of_a_secret_goes_the_same_way_without_a_receipt_and_gives_way_to_nothing() {
    let mut world = World::new();
    let subject = world.removal().expect("a secret is there");
    let now = subject.seen.clone();
    let open = Request::ask(
        NewRequest { subject: subject.clone(), ..new_request(Uuid::from_u128(7), now.clone(), need(1)) },
        BEGINNING,
    );
    assert_eq!(open.notice.as_ref().map(|notice| notice.event), Some(RequestEvent::Waits));
    let state = keys(&[1, 2]);
    let plan = MergePlan::new(&state, &append(), None).expect("a plan");
    let preview = RequestSubject::preview(Uuid::from_u128(8), seen(&plan, &state));
    for (request, subject) in [
        (open.request.clone(), preview.clone()),
        (open.request.clone(), subject.clone()),
        (asked(seen(&plan, &state), need(1)), subject),
    ] {
        let edit = Command::Edit { by: person(ASKER), subject, needs: need(1) };
        assert_eq!(request.apply(edit, BEGINNING), Err(RequestError::NotAPreview));
    }
    let approved = approve(&open.request, 2, &need(1)).expect("a review");
    let standing = |request: &Request, seen: &Seen| request.standing(&need(1), &seen.plan, &seen.state, BEGINNING);
    let good = standing(&approved, &now).expect("it stands");
    assert_eq!((good.plan(), good.state()), (&now.plan, &now.state));
    // The other secret has gone meanwhile.
    world.secrets.pop();
    let later = world.removal().expect("it is there still").seen;
    assert_eq!(standing(&approved, &later), Err(NotStanding::StateMoved));
    // With the receipt of a push it is not carried out, and a push is not without.
    let command = |standing: &StandingApproval, receipt| Command::Begin { standing: standing.clone(), receipt };
    let with_receipt = command(&good, Some(Uuid::from_u128(9)));
    assert_eq!(approved.apply(with_receipt, BEGINNING), Err(RequestError::OtherApproval));
    let push = approve(&asked(seen(&plan, &state), need(1)), 2, &need(1)).expect("a review");
    let of_push = standing(&push, &seen(&plan, &state)).expect("it stands");
    assert_eq!(push.apply(command(&of_push, None), BEGINNING), Err(RequestError::OtherApproval));
    let begun = approved.apply(command(&good, None), BEGINNING).expect("it begins").request;
    assert_eq!((begun.state(), begun.receipt()), (RequestState::Executing, None));
    assert!(begun.apply(command(&good, None), BEGINNING).is_err(), "once");
    for (well, state) in [(true, RequestState::Done), (false, RequestState::Failed)] {
        let end = begun.apply(Command::End { well }, BEGINNING).expect("it ends");
        assert_eq!((end.request.state(), end.notice.is_some()), (state, true));
    }
}
