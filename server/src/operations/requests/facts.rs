//! What approvals are bound to, and what rules look at: read of the apps, each time anew.

use crate::graph::{Application, GraphError, MOST_IN_FILTER};
use crate::operations::Context;
use crate::operations::parallel;
use crate::person::{Person, TokenError};
use crate::store::{PlanApp, PlanHead, StoreError};
use domain::app_selector::AppFacts;
use domain::ids::ObjectId;
use domain::key_credential::KeyCredentials;
use domain::requests::{ChangeFacts, Need, PlanDigest, Seen, StateDigest, demands, demands_of};
use domain::rollout::PushMode;
use domain::suitability::PROVEN_WITHIN;
use uuid::Uuid;

/// Requests to Graph under way at the same time.
const PARALLEL: usize = 4;
/// Apps of a change that a rule may approve by its terms alone.
const MOST_LOOKED_AT: usize = 100;

/// Why it is not known what the apps have.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FactsError {
    #[error("“{app}” could not be read: {error}")]
    Graph { app: String, error: GraphError },
    /// It is in the directory no more.
    #[error("“{app}” is not there any more")]
    Gone { app: String },
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Of all apps of a preview, however many.
pub(crate) async fn all_apps(context: &Context, preview: Uuid) -> Result<Vec<PlanApp>, StoreError> {
    context.tenant.store.plan_apps(preview, 0, usize::MAX).await
}

/// To which something would be sent, or which are as wanted already.
fn planned(apps: &[PlanApp]) -> impl Iterator<Item = &PlanApp> {
    apps.iter().filter(|app| app.merge.is_ok())
}

/// What the preview came to: what would be sent, onto what it was made from.
pub(super) fn seen(apps: &[PlanApp]) -> Seen {
    let merges = || planned(apps).filter_map(|app| Some((app.object_id, app.merge.as_ref().ok()?)));
    Seen {
        plan: PlanDigest::of(apps.iter().map(|app| (app.object_id, app.merge.as_ref().ok()))),
        state: StateDigest::of(merges().map(|(id, merge)| (id, merge.before()))),
    }
}

/// What the planned apps have now, by one read each.
pub(super) struct Live {
    pub(super) state: StateDigest,
    pub(super) facts: Vec<AppFacts>,
}

/// # Errors
/// Where one app could not be read nothing is known of all.
pub(super) async fn live(context: &Context, token: &str, apps: &[PlanApp]) -> Result<Live, FactsError> {
    let found = read(context, token, apps).await?;
    let state = |app: &Application| (app.id, app.key_credentials.clone());
    let states: Vec<(ObjectId, KeyCredentials)> = found.iter().map(state).collect();
    Ok(Live {
        state: StateDigest::of(states.iter().map(|(id, keys)| (*id, keys))),
        facts: found.iter().map(Application::facts).collect(),
    })
}

/// What the rules ask for this change by this person, with what is approved by their terms alone.
///
/// # Errors
/// Where the store cannot be read.
pub(super) async fn needs_of(
    context: &Context,
    head: &PlanHead,
    apps: &[PlanApp],
    live: &Live,
    person: ObjectId,
) -> Result<Vec<Need>, StoreError> {
    let rules = &context.rules().await?;
    if rules.iter().all(|rule| rule.automatic.is_none()) {
        return Ok(demands(rules, &live.facts, head.mode, person));
    }
    let change = change(context, head, apps).await?;
    Ok(demands_of(rules, &live.facts, head.mode, person, &change))
}

/// What is not known is not so: with many apps nothing is looked up, and a person looks.
async fn change(context: &Context, head: &PlanHead, apps: &[PlanApp]) -> Result<ChangeFacts, StoreError> {
    let only_adds = matches!(head.mode, PushMode::Append | PushMode::Rotate);
    let merges: Vec<_> = planned(apps).filter_map(|app| Some((app.object_id, app.merge.as_ref().ok()?))).collect();
    if !only_adds || merges.len() > MOST_LOOKED_AT {
        return Ok(ChangeFacts { only_adds, ..ChangeFacts::default() });
    }
    let store = &context.tenant.store;
    let (mut certificates, mut subjects) = (vec![], vec![]);
    for facts in &head.certificates {
        let proven = store.proven_since(facts.sha1, context.now() - PROVEN_WITHIN).await?;
        certificates.push((facts.clone(), proven));
    }
    for (app, merge) in merges {
        let whole = store.known_keys(app).await?.fill(merge.before());
        let of = |entry: &domain::key_credential::KeyCredential| Some(entry.certificate()?.facts().subject.clone());
        subjects.push(whole.iter().filter_map(of).collect());
    }
    Ok(ChangeFacts { only_adds, certificates, subjects })
}

async fn read(context: &Context, token: &str, apps: &[PlanApp]) -> Result<Vec<Application>, FactsError> {
    let planned: Vec<&PlanApp> = planned(apps).collect();
    let tasks = planned.chunks(MOST_IN_FILTER).map(|chunk| {
        let ids: Vec<ObjectId> = chunk.iter().map(|app| app.object_id).collect();
        let (graph, token) = (context.tenant.graph.clone(), token.to_owned());
        async move { graph.applications_by_id(&token, &ids).await }
    });
    let answers = parallel::run(PARALLEL, tasks.collect()).await;
    let mut answers = answers.into_iter().flat_map(Option::unwrap_or_default);
    let mut found = Vec::with_capacity(planned.len());
    for app in planned {
        let name = || app.display_name.clone();
        match answers.next() {
            Some(Ok(answer)) if answer.value.id == app.object_id => found.push(answer.value),
            Some(Err(GraphError::NotFound(_))) => return Err(FactsError::Gone { app: name() }),
            Some(Err(error)) => return Err(FactsError::Graph { app: name(), error }),
            // A read that panicked: whose answers follow is not known.
            Some(Ok(_)) | None => return Err(FactsError::Graph { app: name(), error: GraphError::NoAnswer }),
        }
    }
    Ok(found)
}

/// What the rules ask for a push of this preview by this person. The apps are read only where a rule looks into them.
/// Empty: no rule applies.
pub(crate) async fn needs(
    context: &Context,
    person: &Person,
    preview: Uuid,
    mode: PushMode,
) -> Result<Vec<Need>, FactsError> {
    let rules = &context.rules().await?;
    if rules.is_empty() {
        return Ok(vec![]);
    }
    let token = person.tokens.graph_token().await?;
    let apps = all_apps(context, preview).await?;
    let facts: Vec<AppFacts> = if rules.iter().any(domain::requests::ApprovalRule::looks_into_apps) {
        live(context, &token, &apps).await?.facts
    } else {
        planned(&apps)
            .map(|app| AppFacts {
                id: app.object_id,
                app_id: Some(app.app_id),
                name: app.display_name.clone(),
                tags: None,
                audience: None,
                ownerless: None,
                departments: vec![],
            })
            .collect()
    };
    Ok(demands(rules, &facts, mode, person.viewer.object_id))
}
