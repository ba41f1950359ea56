//! Reads the apps of a preview. Fifteen to a request and without keys, which no limit of keys counts; apps that would
//! lose an entry once more with keys, so that it can be brought back.

use crate::graph::{Application, GraphError, MOST_IN_FILTER};
use crate::index::sighting;
use crate::operations::parallel;
use crate::operations::plans::draft::change_builder::ChangeBuilder;
use crate::operations::plans::draft::{DraftContext, DraftError};
use crate::plan_refusal::PlanRefusal;
use crate::store::{Sighting, StoreError};
use domain::diff::DiffKind;
use domain::ids::ObjectId;
use domain::merge_plan::MergePlan;

/// Apps that one preview reads with keys, of the 150 a minute that the whole tenant has.
const MOST_WITH_KEYS: usize = 100;

/// An app of the preview, and what would become of it.
pub(crate) struct ReadForPlan {
    pub(crate) id: ObjectId,
    pub(crate) app: Result<Application, PlanRefusal>,
    /// `None` where the app could not be read.
    pub(crate) merge: Option<Result<MergePlan, PlanRefusal>>,
    /// An entry would go for good: its key is not known.
    pub(crate) for_good: bool,
}

pub(crate) async fn all(
    drafts: &DraftContext,
    token: &str,
    ids: &[ObjectId],
    builder: &ChangeBuilder,
) -> Result<Vec<ReadForPlan>, DraftError> {
    let mut reads = Vec::with_capacity(ids.len());
    let answers = without_keys(drafts, token, ids).await?;
    for (id, app) in ids.iter().zip(answers) {
        let merge = app.as_ref().ok().map(|app| builder.merge(drafts, app)).transpose()?;
        reads.push(ReadForPlan { id: *id, app, merge, for_good: false });
    }
    note(drafts, &reads).await;
    let mut losing = vec![];
    for (at, read) in reads.iter_mut().enumerate() {
        if builder.needs_keys() {
            losing.push(at);
        } else if loses_a_key(drafts, read).await? {
            read.for_good = losing.len() >= MOST_WITH_KEYS;
            losing.extend((!read.for_good).then_some(at));
        }
    }
    with_keys(drafts, token, builder, &mut reads, losing).await?;
    Ok(reads)
}

/// Reads these once more.
async fn with_keys(
    drafts: &DraftContext,
    token: &str,
    builder: &ChangeBuilder,
    reads: &mut [ReadForPlan],
    places: Vec<usize>,
) -> Result<(), DraftError> {
    let tenant = &drafts.context.tenant;
    let tasks = places
        .iter()
        .map(|at| {
            let (graph, token, id) = (tenant.graph.clone(), token.to_owned(), reads[*at].id);
            async move { graph.application(&token, id).await }
        })
        .collect();
    for (at, answer) in places.into_iter().zip(parallel::run(drafts.parallel_apps, tasks).await) {
        let app = one(answer.map(|answer| answer.map(|answer| answer.value)))?;
        let merge = app.as_ref().ok().map(|app| builder.merge(drafts, app)).transpose()?;
        if let Ok(app) = &app {
            tenant.directory.observed(app).await;
        }
        reads[at] = ReadForPlan { id: reads[at].id, app, merge, for_good: false };
    }
    Ok(())
}

async fn without_keys(
    drafts: &DraftContext,
    token: &str,
    ids: &[ObjectId],
) -> Result<Vec<Result<Application, PlanRefusal>>, DraftError> {
    let chunks: Vec<Vec<ObjectId>> = ids.chunks(MOST_IN_FILTER).map(<[_]>::to_vec).collect();
    let sizes: Vec<usize> = chunks.iter().map(Vec::len).collect();
    let tasks = chunks
        .into_iter()
        .map(|ids| {
            let (graph, token) = (drafts.context.tenant.graph.clone(), token.to_owned());
            async move { graph.applications_by_id(&token, &ids).await }
        })
        .collect();
    let mut apps = Vec::with_capacity(ids.len());
    for (size, answers) in sizes.into_iter().zip(parallel::run(drafts.parallel_apps, tasks).await) {
        let mut answers = answers.unwrap_or_default().into_iter();
        for _ in 0..size {
            apps.push(one(answers.next().map(|answer| answer.map(|answer| answer.value)))?);
        }
    }
    Ok(apps)
}

/// # Errors
/// A token that is not accepted for one app is accepted for none.
fn one(answer: Option<Result<Application, GraphError>>) -> Result<Result<Application, PlanRefusal>, DraftError> {
    match answer {
        Some(Ok(app)) => Ok(Ok(app)),
        Some(Err(GraphError::SignedOut(_))) => Err(DraftError::SignedOut),
        Some(Err(error)) => Ok(Err(PlanRefusal::Unread { error })),
        None => Ok(Err(PlanRefusal::NotRead)),
    }
}

/// An entry would go of which the key is not known yet.
async fn loses_a_key(drafts: &DraftContext, read: &ReadForPlan) -> Result<bool, StoreError> {
    let Some(Ok(merge)) = &read.merge else { return Ok(false) };
    if merge.removals() == 0 {
        return Ok(false);
    }
    let known = drafts.context.tenant.store.known_keys(read.id).await?;
    let mut going = merge.diff().rows.iter().filter(|row| row.kind == DiffKind::Removed);
    Ok(going.any(|row| row.key_id.is_none_or(|id| known.get(id).is_none())))
}

/// What was read, for the search and for the time machine.
async fn note(drafts: &DraftContext, reads: &[ReadForPlan]) {
    let apps = reads.iter().filter_map(|read| read.app.as_ref().ok());
    let sightings: Vec<Sighting<'_>> = apps.map(sighting).collect();
    drafts.context.tenant.directory.observed_all(&sightings).await;
}
