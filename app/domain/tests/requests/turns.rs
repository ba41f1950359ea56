//! For whom a request waits: what is kept of it says of everybody what the request itself says.

use super::*;
use domain::requests::Approver;

/// The asker, two administrators, two others, and one of whom no rule knows.
const EVERYBODY: u128 = 6;

fn approver(tape: &mut Tape<'_>) -> Approver {
    match tape.next(5) {
        0 => Approver::Admins,
        n => Approver::Person(person(n.into())),
    }
}

fn some_need(rule: &str, tape: &mut Tape<'_>) -> Need {
    let mut approvers = |most: u8| -> Vec<Approver> { (0..tape.next(most)).map(|_| approver(tape)).collect() };
    let (first, fallback) = ([Approver::Admins].into_iter().chain(approvers(4)).collect::<Vec<_>>(), approvers(3));
    Need {
        rule: Some(rule.to_owned()),
        approvals: 1 + tape.next(3),
        approvers: if tape.next(2) == 0 { first } else { first[1..].to_vec() },
        own: tape.next(2) == 0,
        ordered: tape.next(2) == 0,
        fallback_after_hours: (!fallback.is_empty()).then_some(1),
        fallback,
        automatic: false,
    }
}

#[test]
fn what_is_kept_says_of_everybody_what_the_request_says() {
    let config = Config { cases: 3_000, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let found = std::cell::Cell::new([0_u32; 3]);
    runner
        .run(&proptest::collection::vec(any::<u8>(), 60), |bytes| {
            let mut tape = Tape(bytes.iter());
            let state = keys(&[1, 2]);
            let plan = MergePlan::new(&state, &append(), None).expect("a plan");
            let needs: Vec<Need> = (0..=tape.next(2)).map(|n| some_need(&format!("rule {n}"), &mut tape)).collect();
            let mut request = reviews::asked(seen(&plan, &state), needs.clone());
            for _ in 0..6 {
                for (n, admin) in (0..EVERYBODY).flat_map(|n| [(n, false), (n, true)]) {
                    let says = request.awaits(person(n), admin);
                    prop_assert_eq!(request.awaited().has(person(n), admin), says, "{} {} {:?}", n, admin, request);
                    let mut counts = found.get();
                    counts[0] += u32::from(says && !admin);
                    counts[1] += u32::from(says && admin);
                    counts[2] += u32::from(!says && admin && request.awaited().admins);
                    found.set(counts);
                }
                let by = Reviewer { admin: tape.next(2) == 0, ..reviewer(tape.next(6).into()) };
                let (seen, needs) = (request.subject().seen.clone(), needs.clone());
                let command = match tape.next(5) {
                    0 => Command::Escalate,
                    _ => Command::Review { by, verdict: ReviewVerdict::Approve, seen, needs },
                };
                if let Ok(step) = request.apply(command, BEGINNING + Duration::hours(2)) {
                    request = step.request;
                }
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let found = found.get();
    assert!(found.iter().all(|count| *count > 1_000), "each kind of answer was there: {found:?}");
}
