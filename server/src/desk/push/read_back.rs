//! Reads after a write until it has been seen in several reads in a row. Graph answers from replicas: one read that
//! shows the write proves one replica.

use super::one_app::AppPush;
use super::steps::Steps;
use app::desk::Problem;
use domain::merge_plan::{MergePlan, Verification};
use tokio::time::Instant;

pub(super) struct ReadBack<'a> {
    pub(super) push: &'a AppPush,
    pub(super) plan: &'a MergePlan,
}

/// What the reads showed when they ended.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// `AsPlanned` only after enough reads in a row; `None` where no read succeeded.
    pub(super) verdict: Option<Verification>,
    /// Of the last read that succeeded.
    pub(super) after: Option<String>,
    /// Reads up to the one that began the last run of good ones.
    pub(super) reads: u32,
    /// Why the last read failed, where it did.
    pub(super) problem: Option<Problem>,
}

impl ReadBack<'_> {
    pub(super) async fn run(self, steps: &mut Steps) -> Seen {
        let settings = &self.push.state().settings;
        let needed = settings.consecutive_reads.max(1);
        let deadline = Instant::now() + settings.read_patience;
        let mut pause = settings.read_pause;
        let mut seen = Seen::default();
        let mut in_a_row = 0;
        let mut reads = 0;
        loop {
            reads += 1;
            match self.push.read_quietly().await {
                Ok(answer) => {
                    let verdict = self.plan.verify(&answer.value.key_credentials);
                    steps.answered(called(&verdict), answer.status, answer.request_id.as_deref());
                    seen.after = Some(answer.value.key_credentials.pretty());
                    seen.problem = None;
                    if verdict == Verification::AsPlanned {
                        in_a_row += 1;
                        if in_a_row == 1 {
                            seen.reads = reads;
                            seen.verdict = None;
                        }
                        if in_a_row >= needed {
                            seen.verdict = Some(verdict);
                            return seen;
                        }
                    } else {
                        in_a_row = 0;
                        seen.reads = 0;
                        seen.verdict = Some(verdict);
                    }
                }
                Err(error) => {
                    in_a_row = 0;
                    error.step("GET: read back, failed", steps);
                    seen.problem = Some(error.into_problem());
                }
            }
            // Waiting costs everyone who shares the limits of this directory: less often, the longer it takes.
            pause = if in_a_row > 0 { settings.read_pause } else { (pause * 3 / 2).min(settings.read_pause * 5) };
            // A run of good reads is read to its end: each read either lengthens it or ends it.
            if in_a_row == 0 && Instant::now() + pause > deadline {
                return seen;
            }
            tokio::time::sleep(pause).await;
        }
    }
}

fn called(verdict: &Verification) -> &'static str {
    match verdict {
        Verification::AsPlanned => "GET: read back, as planned",
        Verification::NotYetSeen => "GET: read back, not there yet",
        Verification::Differs(_) => "GET: read back, differs",
    }
}
