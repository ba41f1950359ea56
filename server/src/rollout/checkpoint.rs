//! What is kept of the work on an app for whoever goes on after a crash.

use crate::rollout::steps::{Step, StepKind};
use crate::store::{OpenWork, StoreError, from_json, to_json};
use domain::push::Journal;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// In the journal of an app, as JSON.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    pub(super) push: Journal,
    #[serde(deserialize_with = "of_any_version")]
    pub(super) steps: Vec<Step>,
    /// The kept state from before the first write.
    pub(super) undo: Option<i64>,
    pub(super) at: OffsetDateTime,
    /// Before a write, and not after a read.
    pub(super) writing: bool,
}

impl Checkpoint {
    /// The last one of an app, if there is one.
    pub(super) fn of(work: &OpenWork) -> Result<Option<Self>, StoreError> {
        work.journal.as_deref().map(|journal| from_json("journal", journal)).transpose()
    }

    pub(super) fn to_json(&self) -> Result<String, StoreError> {
        to_json("journal", self)
    }
}

/// The first version kept the words that the receipt shows.
const FIRST_VERSION: [(&str, StepKind); 7] = [
    ("GET: read again before writing", StepKind::ReadBeforeWriting),
    ("GET: read back, as planned", StepKind::AsPlanned),
    ("GET: read back, not there yet", StepKind::NotYet),
    ("GET: read back, differs", StepKind::Differs),
    ("GET: read back, failed", StepKind::NotReadBack),
    ("PATCH: write the previewed body", StepKind::Write),
    ("PATCH: cut off, so that its answer is not known", StepKind::WriteCutOff),
];

#[derive(Deserialize)]
#[serde(untagged)]
enum KeptStep {
    Typed(Step),
    InWords { what: String, status: Option<u16>, request_id: Option<String> },
}

impl From<KeptStep> for Step {
    fn from(step: KeptStep) -> Self {
        match step {
            KeptStep::Typed(step) => step,
            KeptStep::InWords { what, status, request_id } => {
                let counted = what.strip_suffix(" times)").and_then(|what| what.rsplit_once(" ("));
                let counted = counted.and_then(|(what, times)| Some((what, times.parse().ok()?)));
                let (words, times) = counted.unwrap_or((&what, 1));
                let kind = FIRST_VERSION.into_iter().find(|(known, _)| *known == words).map(|(_, kind)| kind);
                match kind {
                    Some(kind) => Self { kind, status, request_id, times },
                    None => Self { kind: StepKind::Told(what), status, request_id, times: 1 },
                }
            }
        }
    }
}

fn of_any_version<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Step>, D::Error> {
    Ok(Vec::<KeptStep>::deserialize(deserializer)?.into_iter().map(Step::from).collect())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::{Value, json};

    fn read(steps: &Value) -> Vec<Step> {
        let steps = serde_json::from_value::<Vec<KeptStep>>(steps.clone()).unwrap();
        steps.into_iter().map(Step::from).collect()
    }

    #[test]
    fn steps_are_read_as_each_version_kept_them() {
        let kept = json!([
            {"what": "GET: read again before writing", "status": 200, "request_id": "a"},
            {"what": "PATCH: write the previewed body", "status": null, "request_id": null},
            {"what": "GET: read back, not there yet (12 times)", "status": 200, "request_id": "b"},
            {"what": "GET: what nobody knows (2 times)", "status": 503, "request_id": null},
            {"kind": "as-planned", "status": 200, "request_id": "c", "times": 3},
        ]);
        let step = |kind, status, request_id: Option<&str>, times| Step {
            kind,
            status,
            request_id: request_id.map(str::to_owned),
            times,
        };
        assert_eq!(
            read(&kept),
            [
                step(StepKind::ReadBeforeWriting, Some(200), Some("a"), 1),
                step(StepKind::Write, None, None, 1),
                step(StepKind::NotYet, Some(200), Some("b"), 12),
                step(StepKind::Told("GET: what nobody knows (2 times)".into()), Some(503), None, 1),
                step(StepKind::AsPlanned, Some(200), Some("c"), 3),
            ]
        );
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let steps = vec![Step { kind: StepKind::WriteCutOff, status: None, request_id: None, times: 1 }];
        let kept = serde_json::to_value(&steps).unwrap();
        assert_eq!(kept, json!([{"kind": "write-cut-off", "status": null, "request_id": null, "times": 1}]));
        assert_eq!(read(&kept), steps);
    }
}
