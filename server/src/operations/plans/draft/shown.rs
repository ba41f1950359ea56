//! An app of a plan as the preview shows it: worked out from what is stored, when it is looked at.

use crate::store::PlanApp;
use app::contract::plans::{PlannedApp, PlannedChange};
use domain::commands::Commands;

/// `graph_root`: without a version, such as `https://graph.microsoft.com`.
pub(crate) fn shown(graph_root: &str, app: PlanApp) -> PlannedApp {
    let PlanApp { object_id, app_id, display_name, merge, findings } = app;
    let change = merge.map_err(Into::into).map(|merge| PlannedChange {
        key_ids: merge.key_ids().into_iter().map(|(id, _)| id).collect(),
        base: merge.base().clone(),
        diff: merge.diff().clone(),
        body: merge.body_pretty(),
        manifest: merge.manifest_pretty(),
        commands: Commands::new(app_id, object_id, &merge, graph_root),
        noop: merge.is_noop(),
        cautions: merge.cautions().to_vec(),
        findings,
    });
    PlannedApp { object_id, app_id, display_name, change }
}
