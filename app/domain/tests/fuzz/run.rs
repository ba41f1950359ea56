//! How long a target runs.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::time::{Duration, Instant};

/// As many cases as a property has (`PROPTEST_CASES`, or proptest's default), others each time; with `FUZZ_SECONDS`, for so
/// long. A body fails by its panic, and the smallest input that makes it is shown.
pub fn fuzz<S: Strategy>(inputs: S, body: impl Fn(S::Value)) {
    let wanted = std::env::var("FUZZ_SECONDS").ok().map(|seconds| seconds.parse().expect("FUZZ_SECONDS: a number"));
    let begun = Instant::now();
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if wanted.is_some() {
        // A PFX can ask for seconds: the time is looked at more often.
        config.cases = 16;
    }
    let mut cases = 0_u64;
    loop {
        let run = TestRunner::new(config.clone()).run(&inputs, |input| {
            body(input);
            Ok(())
        });
        run.unwrap_or_else(|error| panic!("{error}"));
        cases += u64::from(config.cases);
        if wanted.is_none_or(|seconds| begun.elapsed() >= Duration::from_secs(seconds)) {
            break;
        }
    }
    #[expect(clippy::print_stdout, reason = "figures for whoever runs it with --nocapture")]
    {
        println!("{cases} inputs in {} s", begun.elapsed().as_secs());
    }
}
