//! Reads every chosen app, works out what would be sent, and keeps it under an id.

use super::{DeskState, certificate, parallel};
use crate::graph::{Application, Graph, GraphError};
use crate::person::Person;
use crate::store::StoredPlan;
use app::desk::{MAX_APPS_PER_PLAN, PlanRequest, PlanView, PlannedApp, PlannedChange, Problem, PushMode};
use domain::certificate::Certificate;
use domain::commands::Commands;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::key_credential::{MAX_DISPLAY_NAME, NewKeyCredential};
use domain::merge_plan::{Change, MergePlan};
use domain::suitability::assess;
use std::collections::HashSet;
use time::OffsetDateTime;
use uuid::Uuid;

pub(super) async fn handle(state: &DeskState, person: &Person, request: &PlanRequest) -> Result<Uuid, Problem> {
    let apps = chosen(&request.apps)?;
    let stored = certificate::find(state, person, request.certificate).await?;
    let now = state.clock.now();
    usable(&stored.certificate, now)?;
    // The name is the same for every app: a bad one is the request's fault, not each app's.
    let display_name = new_entry(state, &stored.certificate, &request.display_name)?.display_name().to_owned();

    let token = state.token(person).await?;
    let reads = apps
        .iter()
        .map(|id| {
            let (graph, token, id) = (state.graph.clone(), token.clone(), *id);
            async move { graph.application(&token, id).await }
        })
        .collect();
    let reads = parallel::run(state.settings.parallel_apps, reads).await;

    let mut view = PlanView {
        id: state.entropy.uuid(),
        certificate: stored.certificate.facts().clone(),
        mode: request.mode,
        display_name: display_name.clone(),
        created_at: now,
        apps: Vec::with_capacity(apps.len()),
        receipt: None,
    };
    let mut merges = Vec::with_capacity(apps.len());
    for (id, read) in apps.into_iter().zip(reads) {
        let (app, merge) = match read {
            Some(Ok(answer)) => {
                let app = &answer.value;
                let (tenant, name) = (person.viewer.tenant_id, app.display_name.as_str());
                state.observed(tenant, app.id, app.app_id, name, &app.key_credentials).await;
                planned(state, &stored.certificate, request.mode, &display_name, answer.value)?
            }
            // A token that is not accepted for one app is accepted for none.
            Some(Err(GraphError::SignedOut(_))) => return Err(Problem::signed_out()),
            Some(Err(error)) => (failed(id, error.problem("this app")), None),
            None => (
                failed(
                    id,
                    Problem::new(500, "internal", "The app could not be read", "The portal failed while reading it."),
                ),
                None,
            ),
        };
        view.apps.push(app);
        merges.push(merge);
    }
    let id = view.id;
    state.store.keep_plan(person.viewer.tenant_id, person.viewer.object_id, &StoredPlan { view, merges }).await?;
    Ok(id)
}

/// Each app once, in the order chosen.
fn chosen(apps: &[ObjectId]) -> Result<Vec<ObjectId>, Problem> {
    let mut seen = HashSet::new();
    let apps: Vec<_> = apps.iter().copied().filter(|id| seen.insert(*id)).collect();
    match apps.len() {
        0 => Err(Problem::new(422, "no-apps", "No app was chosen", "A preview needs at least one app.")
            .advice("Choose an app.")),
        1..=MAX_APPS_PER_PLAN => Ok(apps),
        many => Err(Problem::new(
            422,
            "too-many-apps",
            "Too many apps were chosen",
            format!("{many} apps were chosen; one push takes at most {MAX_APPS_PER_PLAN}."),
        )
        .advice("Choose fewer, and push the rest afterwards.")),
    }
}

/// A certificate can end between its upload and now.
pub(super) fn usable(certificate: &Certificate, now: OffsetDateTime) -> Result<(), Problem> {
    match assess(certificate.facts(), now).refusals.first() {
        None => Ok(()),
        Some(refusal) => {
            Err(Problem::new(422, "unsuitable-certificate", "This certificate cannot be used", refusal.title())
                .advice(refusal.advice()))
        }
    }
}

fn new_entry(state: &DeskState, certificate: &Certificate, display_name: &str) -> Result<NewKeyCredential, Problem> {
    let mut random = [0; 16];
    state.entropy.fill(&mut random);
    NewKeyCredential::new(certificate, KeyId::from_random(random), display_name, state.settings.identifier_style).map_err(|e| {
        Problem::new(422, "display-name", "The display name cannot be used", format!("{e}."))
            .advice(format!("Choose a name of at most {MAX_DISPLAY_NAME} characters, or leave it empty for the certificate's subject."))
    })
}

fn planned(
    state: &DeskState,
    certificate: &Certificate,
    mode: PushMode,
    display_name: &str,
    app: Application,
) -> Result<(PlannedApp, Option<MergePlan>), Problem> {
    let new = new_entry(state, certificate, display_name)?;
    let change = match mode {
        PushMode::Append => Change::Append(new.clone()),
        PushMode::Replace => Change::Replace(new.clone()),
    };
    let (change, merge) = match MergePlan::new(&app.key_credentials, &change, app.token_encryption_key_id) {
        Ok(merge) => (Ok(shown(&state.graph, &app, &merge, &new)), Some(merge)),
        Err(error) => {
            let problem =
                Problem::new(409, "cannot-merge", "Nothing can safely be written to this app", format!("{error}."))
                    .advice("Look at the app's entries in the Entra admin center and clear this up there first.");
            (Err(problem), None)
        }
    };
    Ok((PlannedApp { object_id: app.id, app_id: app.app_id, display_name: app.display_name, change }, merge))
}

fn shown(graph: &Graph, app: &Application, merge: &MergePlan, new: &NewKeyCredential) -> PlannedChange {
    PlannedChange {
        key_id: merge.key_id(),
        base: merge.base().clone(),
        diff: merge.diff().clone(),
        body: merge.body_pretty(),
        manifest: new.manifest_pretty(),
        commands: Commands::new(app.app_id, app.id, merge, new, graph.root()),
        noop: merge.is_noop(),
        cautions: merge.cautions().to_vec(),
    }
}

/// An app that could not be read has no name here; its id stands for it.
fn failed(id: ObjectId, problem: Problem) -> PlannedApp {
    PlannedApp { object_id: id, app_id: AppId::new(Uuid::nil()), display_name: id.to_string(), change: Err(problem) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn ids(numbers: impl IntoIterator<Item = u128>) -> Vec<ObjectId> {
        numbers.into_iter().map(|n| ObjectId::new(Uuid::from_u128(n))).collect()
    }

    #[test]
    fn each_app_once_in_order() {
        assert_eq!(chosen(&ids([3, 1, 3, 2, 1])).unwrap(), ids([3, 1, 2]));
    }

    #[test]
    fn none_and_too_many_are_refused() {
        assert_eq!(chosen(&[]).unwrap_err().code, "no-apps");
        let most = u128::try_from(MAX_APPS_PER_PLAN).unwrap();
        assert!(chosen(&ids(0..most)).is_ok());
        assert_eq!(chosen(&ids(0..=most)).unwrap_err().code, "too-many-apps");
    }
}
