//! Results of apps, between how they are kept and how they are shown.

use crate::store::{Stored, StoredResult, StoredStep};
use app::contract::pushes::{GraphStep, ReceiptApp};

impl From<ReceiptApp> for StoredResult {
    fn from(app: ReceiptApp) -> Self {
        Self {
            object_id: app.object_id,
            app_id: app.app_id,
            display_name: app.display_name,
            stage: app.stage,
            problem: app.problem.map(Into::into),
            diff: app.diff,
            before: app.before,
            after: app.after,
            steps: app.steps.into_iter().map(|step| Stored::Told(step.into())).collect(),
            reads_until_seen: app.reads_until_seen,
            notes: app.notes.into_iter().map(Stored::Told).collect(),
            undo: app.undo,
        }
    }
}

impl From<StoredResult> for ReceiptApp {
    fn from(result: StoredResult) -> Self {
        Self {
            object_id: result.object_id,
            app_id: result.app_id,
            display_name: result.display_name,
            stage: result.stage,
            problem: result.problem.map(Into::into),
            diff: result.diff,
            before: result.before,
            after: result.after,
            steps: result.steps.into_iter().map(step).collect(),
            reads_until_seen: result.reads_until_seen,
            notes: result.notes.into_iter().map(note).collect(),
            undo: result.undo,
        }
    }
}

impl From<GraphStep> for StoredStep {
    fn from(step: GraphStep) -> Self {
        let GraphStep { what, status, request_id } = step;
        Self { what, status, request_id }
    }
}

fn step(step: Stored<StoredStep>) -> GraphStep {
    match step {
        Stored::Told(StoredStep { what, status, request_id }) => GraphStep { what, status, request_id },
        // Of a later version: as it is.
        Stored::Typed { typed } => GraphStep { what: typed.to_string(), status: None, request_id: None },
    }
}

fn note(note: Stored<String>) -> String {
    match note {
        Stored::Told(text) => text,
        Stored::Typed { typed } => typed.to_string(),
    }
}
