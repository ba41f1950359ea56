//! Reads the apps of a preview. Fifteen to a request and without keys, which no limit of keys counts; apps that would
//! lose an entry once more with keys, so that it can be brought back.

use crate::graph::{Application, GraphError, MOST_IN_FILTER};
use crate::http::problems;
use crate::operations::plans::draft::recipe::Recipe;
use crate::operations::{DeskState, parallel};
use crate::person::Person;
use crate::store::Sighting;
use app::contract::problem::Problem;
use domain::diff::DiffKind;
use domain::ids::ObjectId;
use domain::merge_plan::MergePlan;

/// Apps that one preview reads with keys, of the 150 a minute that the whole tenant has.
const MOST_WITH_KEYS: usize = 100;

pub(crate) struct Read {
    pub(crate) id: ObjectId,
    pub(crate) app: Result<Application, Problem>,
    /// `None` where the app could not be read.
    pub(crate) merge: Option<Result<MergePlan, Problem>>,
    /// An entry would go for good: its key is not known.
    pub(crate) for_good: bool,
}

pub(crate) async fn all(
    state: &DeskState,
    person: &Person,
    token: &str,
    ids: &[ObjectId],
    recipe: &Recipe,
) -> Result<Vec<Read>, Problem> {
    let mut reads = Vec::with_capacity(ids.len());
    let answers = without_keys(state, token, ids).await?;
    for (id, app) in ids.iter().zip(answers) {
        let merge = app.as_ref().ok().map(|app| recipe.merge(state, app)).transpose()?;
        reads.push(Read { id: *id, app, merge, for_good: false });
    }
    note(state, person, &reads).await;
    let mut losing = vec![];
    for (at, read) in reads.iter_mut().enumerate() {
        if recipe.needs_keys() {
            losing.push(at);
        } else if loses_a_key(state, person, read).await? {
            read.for_good = losing.len() >= MOST_WITH_KEYS;
            losing.extend((!read.for_good).then_some(at));
        }
    }
    let tasks = losing
        .iter()
        .map(|at| {
            let (graph, token, id) = (state.graph.clone(), token.to_owned(), reads[*at].id);
            async move { graph.application(&token, id).await }
        })
        .collect();
    for (at, answer) in losing.into_iter().zip(parallel::run(state.settings.parallel_apps, tasks).await) {
        let app = one(answer.map(|answer| answer.map(|answer| answer.value)))?;
        let merge = app.as_ref().ok().map(|app| recipe.merge(state, app)).transpose()?;
        if let Ok(app) = &app {
            let name = app.display_name.as_str();
            state.observed(person.viewer.tenant_id, app.id, app.app_id, name, &app.key_credentials).await;
        }
        reads[at] = Read { id: reads[at].id, app, merge, for_good: false };
    }
    Ok(reads)
}

async fn without_keys(
    state: &DeskState,
    token: &str,
    ids: &[ObjectId],
) -> Result<Vec<Result<Application, Problem>>, Problem> {
    let chunks: Vec<Vec<ObjectId>> = ids.chunks(MOST_IN_FILTER).map(<[_]>::to_vec).collect();
    let sizes: Vec<usize> = chunks.iter().map(Vec::len).collect();
    let tasks = chunks
        .into_iter()
        .map(|ids| {
            let (graph, token) = (state.graph.clone(), token.to_owned());
            async move { graph.applications_by_id(&token, &ids).await }
        })
        .collect();
    let mut apps = Vec::with_capacity(ids.len());
    for (size, answers) in sizes.into_iter().zip(parallel::run(state.settings.parallel_apps, tasks).await) {
        let mut answers = answers.unwrap_or_default().into_iter();
        for _ in 0..size {
            apps.push(one(answers.next().map(|answer| answer.map(|answer| answer.value)))?);
        }
    }
    Ok(apps)
}

/// # Errors
/// A token that is not accepted for one app is accepted for none.
fn one(answer: Option<Result<Application, GraphError>>) -> Result<Result<Application, Problem>, Problem> {
    match answer {
        Some(Ok(app)) => Ok(Ok(app)),
        Some(Err(GraphError::SignedOut(_))) => Err(Problem::signed_out()),
        Some(Err(error)) => Ok(Err(problems::graph::of(&error, "this app"))),
        None => {
            Ok(Err(Problem::new(500, "internal", "The app could not be read", "The portal failed while reading it.")))
        }
    }
}

/// An entry would go of which the key is not known yet.
async fn loses_a_key(state: &DeskState, person: &Person, read: &Read) -> Result<bool, Problem> {
    let Some(Ok(merge)) = &read.merge else { return Ok(false) };
    if merge.removals() == 0 {
        return Ok(false);
    }
    let known = state.store.of(person.viewer.tenant_id).known_keys(read.id).await?;
    let mut going = merge.diff().rows.iter().filter(|row| row.kind == DiffKind::Removed);
    Ok(going.any(|row| row.key_id.is_none_or(|id| known.get(id).is_none())))
}

/// What was read, for the search and for the time machine.
async fn note(state: &DeskState, person: &Person, reads: &[Read]) {
    let apps = reads.iter().filter_map(|read| read.app.as_ref().ok());
    let sightings: Vec<Sighting<'_>> = apps
        .map(|app| Sighting {
            object_id: app.id,
            app_id: app.app_id,
            display_name: &app.display_name,
            keys: &app.key_credentials,
        })
        .collect();
    state.observed_all(person.viewer.tenant_id, &sightings).await;
}
