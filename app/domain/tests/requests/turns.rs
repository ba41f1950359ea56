//! For whom a request waits: what is kept of it says of everybody what the request itself says.

use super::*;
use domain::requests::{Approver, Capacity};

/// The asker, two administrators, two others, and one of whom no rule knows.
const EVERYBODY: u128 = 6;

/// That rules may name, and people be in.
const GROUPS: [ObjectId; 2] = [ObjectId::new(Uuid::from_u128(0x91)), ObjectId::new(Uuid::from_u128(0x92))];

/// Everything that somebody can be: an administrator or not, in none, one or both of the groups.
fn capacities() -> impl Iterator<Item = Capacity<'static>> {
    let groups = [&GROUPS[..0], &GROUPS[..1], &GROUPS[1..], &GROUPS[..]];
    groups.into_iter().flat_map(|groups| [false, true].map(|admin| Capacity { admin, groups }))
}

fn approver(tape: &mut Tape<'_>) -> Approver {
    match tape.next(7) {
        0 => Approver::Admins,
        n @ 5.. => Approver::Group(GROUPS[usize::from(n - 5)]),
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
    let found = std::cell::Cell::new([0_u32; 5]);
    runner
        .run(&proptest::collection::vec(any::<u8>(), 80), |bytes| {
            let mut tape = Tape(bytes.iter());
            let state = keys(&[1, 2]);
            let plan = MergePlan::new(&state, &append(), None).expect("a plan");
            let needs: Vec<Need> = (0..=tape.next(2)).map(|n| some_need(&format!("rule {n}"), &mut tape)).collect();
            let mut request = reviews::asked(seen(&plan, &state), needs.clone());
            for _ in 0..6 {
                let awaited = request.awaited();
                for (n, capacity) in (0..EVERYBODY).flat_map(|n| capacities().map(move |capacity| (n, capacity))) {
                    let says = request.awaits(person(n), capacity);
                    prop_assert_eq!(awaited.has(person(n), capacity), says, "{} {:?} {:?}", n, capacity, request);
                    let mut counts = found.get();
                    let Capacity { admin, groups } = capacity;
                    counts[0] += u32::from(says && !admin && groups.is_empty());
                    counts[1] += u32::from(says && admin);
                    counts[2] += u32::from(!says && admin && awaited.others.admin);
                    counts[3] += u32::from(says && !admin && !request.awaits(person(n), false));
                    counts[4] += u32::from(!says && groups.iter().any(|group| awaited.others.groups.contains(group)));
                    found.set(counts);
                }
                let groups = GROUPS[..usize::from(tape.next(3))].to_vec();
                let by = Reviewer { admin: tape.next(2) == 0, groups, ..reviewer(tape.next(6).into()) };
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
