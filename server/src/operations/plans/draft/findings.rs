//! What a push would run into, found before a write: policies, locks, limits.

use crate::graph::{Application, GraphError, MOST_IN_BATCH};
use crate::operations::parallel;
use crate::operations::plans::draft::DraftContext;
use crate::plan_refusal::PlanRefusal;
use domain::credentials::Finding;
use domain::ids::ObjectId;
use domain::merge_plan::MergePlan;
use domain::preflight;
use serde_json::Value;
use std::collections::HashMap;
use time::OffsetDateTime;

/// Said once to each person.
pub(crate) const HIDDEN_POLICIES: &str = "Your account may not read the directory's app management policies: whether one of them forbids a certificate shows only when it is pushed. This is said once.";

/// App management policies, as far as the person may read them.
#[derive(Default)]
pub(crate) struct Policies {
    tenant: Option<Value>,
    of_apps: HashMap<ObjectId, Value>,
    /// Nothing could be read of them.
    pub(crate) hidden: bool,
}

/// What is said about one app.
#[derive(Default)]
pub(crate) struct PreflightVerdict {
    /// Entra would refuse it: nothing will be sent.
    pub(crate) refused: Option<PlanRefusal>,
    pub(crate) findings: Vec<Finding>,
}

impl Policies {
    pub(crate) async fn read(drafts: &DraftContext, token: &str, apps: &[ObjectId]) -> Result<Self, GraphError> {
        let graph = &drafts.context.tenant.graph;
        let found = graph.management_policies(token).await?;
        let hidden = found.tenant.is_none();
        let mut of_apps = HashMap::new();
        if found.custom {
            let chunks: Vec<Vec<ObjectId>> = apps.chunks(MOST_IN_BATCH).map(<[_]>::to_vec).collect();
            let tasks = chunks
                .iter()
                .map(|ids| {
                    let (graph, token, ids) = (graph.clone(), token.to_owned(), ids.clone());
                    async move { graph.management_policies_of(&token, &ids).await }
                })
                .collect();
            for (ids, policies) in chunks.iter().zip(parallel::run(drafts.parallel_apps, tasks).await) {
                let policies = policies.transpose()?.unwrap_or_default();
                of_apps.extend(ids.iter().zip(policies).filter_map(|(id, policy)| Some((*id, policy?))));
            }
        }
        Ok(Self { tenant: found.tenant, of_apps, hidden })
    }

    pub(crate) fn judge(&self, app: &Application, merge: &MergePlan, now: OffsetDateTime) -> PreflightVerdict {
        let mut verdict = PreflightVerdict::default();
        for found in preflight::check(merge, &facts(app), self.tenant.as_ref(), self.of_apps.get(&app.id), now) {
            if found.refused {
                verdict.refused.get_or_insert_with(|| PlanRefusal::WouldBeRefused {
                    title: found.title.clone(),
                    why: found.why.clone(),
                    advice: found.advice.clone(),
                });
            }
            verdict.findings.push(Finding { title: found.title, why: found.why, advice: found.advice });
        }
        verdict
    }
}

fn facts(app: &Application) -> preflight::AppSettings<'_> {
    preflight::AppSettings {
        sign_in_audience: app.sign_in_audience.as_deref(),
        created: app.created,
        lock: app.lock.as_ref(),
        secrets: app.password_credentials.len(),
    }
}

pub(crate) fn for_good() -> Finding {
    Finding {
        title: "What goes here cannot be brought back from here".into(),
        why: "Its key was not read: Entra gives the keys of 150 apps a minute, and this preview has more apps that lose an entry.".into(),
        advice: "Keep the certificate at hand, or make the preview for fewer apps.".into(),
    }
}
