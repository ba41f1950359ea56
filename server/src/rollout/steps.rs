//! The requests of a push, as the receipt lists them.

use crate::graph::GraphError;
use app::contract::problem::Problem;
use app::contract::pushes::GraphStep;

#[derive(Debug, Default)]
pub(crate) struct Steps(Vec<(GraphStep, u32)>);

impl Steps {
    /// Those that were kept before a crash.
    pub(crate) fn of(steps: Vec<GraphStep>) -> Self {
        Self(steps.into_iter().map(|step| (step, 1)).collect())
    }

    /// A request that a crash has cut off.
    pub(crate) fn cut_off(&mut self, what: &str) {
        self.add(what, None, None);
    }

    pub(crate) fn answered(&mut self, what: &str, status: u16, request_id: Option<&str>) {
        self.add(what, Some(status), request_id);
    }

    pub(crate) fn failed(&mut self, what: &str, error: &GraphError) {
        self.add(what, error.status(), error.request_id());
    }

    /// A request that was not made, or whose status is not known.
    pub(crate) fn unsent(&mut self, what: &str, problem: &Problem) {
        self.add(what, None, problem.request_id.as_deref());
    }

    /// Reads that say the same one after the other are one line with a count: waiting can take a hundred reads.
    fn add(&mut self, what: &str, status: Option<u16>, request_id: Option<&str>) {
        let step = GraphStep { what: what.to_owned(), status, request_id: request_id.map(str::to_owned) };
        match self.0.last_mut() {
            Some((last, times)) if last.what == step.what && last.status == step.status => {
                *times += 1;
                last.request_id = step.request_id;
            }
            _ => self.0.push((step, 1)),
        }
    }

    pub(crate) fn into_steps(self) -> Vec<GraphStep> {
        self.listed()
    }

    pub(crate) fn listed(&self) -> Vec<GraphStep> {
        self.0
            .iter()
            .cloned()
            .map(|(mut step, times)| {
                if times > 1 {
                    step.what = format!("{} ({times} times)", step.what);
                }
                step
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_become_one_line() {
        let mut steps = Steps::default();
        steps.answered("GET: read back, not there yet", 200, Some("a"));
        steps.answered("GET: read back, not there yet", 200, Some("b"));
        steps.answered("GET: read back, as planned", 200, Some("c"));
        let steps = steps.into_steps();
        assert_eq!(steps.len(), 2);
        assert_eq!(steps[0].what, "GET: read back, not there yet (2 times)");
        assert_eq!(steps[0].request_id.as_deref(), Some("b"));
    }
}
