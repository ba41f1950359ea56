#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
use super::*;
use std::sync::Arc;

struct Fixed(u8);

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

const PATIENCE: Duration = Duration::from_mins(1);

fn read() -> Cost {
    Cost { units: 1, ..Cost::default() }
}

async fn admit(budget: &Budget, lane: Lane) {
    budget.admit(read(), lane, PATIENCE, &Fixed(0)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn nothing_passes_a_shut_gate_before_its_time() {
    let budget = Arc::new(Budget::new(&BudgetSettings::default()));
    let begun = Instant::now();
    budget.throttled(Some(Duration::from_secs(7)));
    // A later, shorter one does not open it earlier.
    budget.throttled(Some(Duration::from_secs(2)));
    let passes = (0..50u8).map(|n| {
        let budget = Arc::clone(&budget);
        tokio::spawn(async move {
            budget.admit(read(), Lane::Job, PATIENCE, &Fixed(n * 5)).await.unwrap();
            Instant::now()
        })
    });
    let mut at = vec![];
    for pass in passes.collect::<Vec<_>>() {
        at.push(pass.await.unwrap().duration_since(begun));
    }
    assert!(at.iter().all(|at| *at >= Duration::from_secs(7)), "{at:?}");
    let last = at.iter().max().unwrap();
    assert!(*last > Duration::from_millis(7_200) && *last < Duration::from_millis(7_300), "spread: {last:?}");
    admit(&budget, Lane::Person).await;
}

#[tokio::test(start_paused = true)]
async fn a_gate_shut_for_longer_than_patience_is_told_at_once() {
    let budget = Budget::new(&BudgetSettings::default());
    let begun = Instant::now();
    budget.throttled(Some(Duration::from_secs(90)));
    let error = budget.admit(read(), Lane::Person, PATIENCE, &Fixed(0)).await.unwrap_err();
    assert!(error.write_turned_away(), "nothing was sent");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(91)));
    assert_eq!(Instant::now(), begun);
}

#[tokio::test(start_paused = true)]
async fn a_429_without_a_time_shuts_longer_each_time() {
    let budget = Budget::new(&BudgetSettings::default());
    let mut pauses = vec![];
    for _ in 0..7 {
        let begun = Instant::now();
        budget.throttled(None);
        budget.throttled(None);
        admit(&budget, Lane::Person).await;
        pauses.push(begun.elapsed().as_secs());
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
    budget.answered(read(), None, None);
    let begun = Instant::now();
    budget.throttled(None);
    admit(&budget, Lane::Person).await;
    assert_eq!(begun.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn stays_under_the_limit_and_leaves_something_to_people() {
    let settings =
        BudgetSettings { units_per_10_seconds: 100, share: 1.0, job_share: 0.9, ..BudgetSettings::default() };
    let budget = Budget::new(&settings);
    let begun = Instant::now();
    for _ in 0..90 {
        admit(&budget, Lane::Job).await;
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
    // What a job may not have, a person still gets.
    admit(&budget, Lane::Person).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    admit(&budget, Lane::Job).await;
    assert!(begun.elapsed() >= Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_waits_goes_on_when_the_limit_turns_out_to_be_larger() {
    let budget = Arc::new(Budget::new(&BudgetSettings { share: 1.0, job_share: 1.0, ..BudgetSettings::default() }));
    let begun = Instant::now();
    for _ in 0..3_500 {
        admit(&budget, Lane::Job).await;
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
    let waiting = tokio::spawn({
        let budget = Arc::clone(&budget);
        async move { admit(&budget, Lane::Job).await }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    for _ in 0..2_975 {
        budget.answered(read(), Some(1), None);
    }
    waiting.await.unwrap();
    assert_eq!(begun.elapsed(), Duration::ZERO);
    // Graph has had enough: the old limit is back, and the gate shut.
    budget.throttled(Some(Duration::from_secs(1)));
    admit(&budget, Lane::Job).await;
    assert!(begun.elapsed() >= Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn pushes_may_use_all_writes() {
    let settings =
        BudgetSettings { writes_per_150_seconds: 100, share: 1.0, job_share: 0.5, ..BudgetSettings::default() };
    let budget = Budget::new(&settings);
    let write = Cost::WRITE;
    let begun = Instant::now();
    for _ in 0..100 {
        budget.admit(write, Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
    budget.admit(write, Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(150), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn apps_for_personal_accounts_have_a_limit_of_their_own() {
    let budget = Budget::new(&BudgetSettings { share: 1.0, job_share: 1.0, ..BudgetSettings::default() });
    let personal = Cost { personal_writes: 1, ..Cost::WRITE };
    let begun = Instant::now();
    for _ in 0..60 {
        budget.admit(personal, Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
    }
    for _ in 0..1_000 {
        budget.admit(Cost::WRITE, Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
    budget.admit(personal, Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_mins(1), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn says_whether_there_is_room_and_takes_nothing() {
    let settings = BudgetSettings {
        units_per_10_seconds: 100,
        writes_per_150_seconds: 3,
        share: 1.0,
        job_share: 1.0,
        ..BudgetSettings::default()
    };
    let budget = Budget::new(&settings);
    let write = |writes| Cost { units: writes, writes, ..Cost::default() };
    for _ in 0..10 {
        assert_eq!(budget.full_until(write(3), Lane::Job), None);
    }
    budget.admit(write(2), Lane::Job, PATIENCE, &Fixed(0)).await.unwrap();
    assert_eq!(budget.full_until(write(1), Lane::Job), None);
    let full = budget.full_until(write(2), Lane::Job).unwrap();
    assert!(full - Instant::now() >= Duration::from_secs(150), "{full:?}");
    assert_eq!(budget.full_until(read(), Lane::Job), None);
    budget.throttled(Some(Duration::from_secs(5)));
    assert_eq!(budget.full_until(read(), Lane::Job), Some(Instant::now() + Duration::from_secs(5)));
}

#[tokio::test(start_paused = true)]
async fn slows_down_when_graph_says_that_the_limit_is_near() {
    let budget = Budget::new(&BudgetSettings::default());
    budget.answered(read(), None, Some(0.7));
    let begun = Instant::now();
    admit(&budget, Lane::Job).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    budget.answered(read(), None, Some(1.0));
    admit(&budget, Lane::Job).await;
    assert!(begun.elapsed() >= Duration::from_millis(100), "{:?}", begun.elapsed());
    tokio::time::sleep(SLOWER_FOR).await;
    let begun = Instant::now();
    admit(&budget, Lane::Job).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_a_request_cost_more_than_thought_is_counted() {
    let settings = BudgetSettings { units_per_10_seconds: 10, share: 1.0, job_share: 1.0, ..BudgetSettings::default() };
    let budget = Budget::new(&settings);
    let begun = Instant::now();
    admit(&budget, Lane::Person).await;
    budget.answered(read(), Some(10), None);
    admit(&budget, Lane::Person).await;
    assert!(begun.elapsed() >= Duration::from_secs(10), "{:?}", begun.elapsed());
}
