//! Names for chosen apps.

use crate::http::problems;
use crate::operations::DeskState;
use crate::person::Person;
use app::contract::plans::MAX_APPS_PER_PLAN;
use app::contract::problem::Problem;
use domain::ids::ObjectId;
use std::collections::{HashMap, HashSet};

/// In the order asked for; apps that are gone are left out.
pub(crate) async fn handle(
    state: &DeskState,
    person: &Person,
    ids: &[ObjectId],
) -> Result<Vec<(ObjectId, String)>, Problem> {
    let mut seen = HashSet::new();
    let ids: Vec<_> = ids.iter().copied().filter(|id| seen.insert(*id)).take(MAX_APPS_PER_PLAN).collect();
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let token = state.token(person).await?;
    let names = state.graph.app_names(&token, &ids).await.map_err(|e| problems::graph::of(&e, "the chosen apps"))?;
    let mut names: HashMap<_, _> = names.into_iter().collect();
    Ok(ids.into_iter().filter_map(|id| names.remove(&id).map(|name| (id, name))).collect())
}
