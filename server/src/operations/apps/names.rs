//! Names for chosen apps.

use crate::graph::GraphError;
use crate::operations::Context;
use crate::person::{Person, TokenError};
use app::contract::plans::MAX_APPS_PER_PLAN;
use domain::ids::ObjectId;
use std::collections::{HashMap, HashSet};

/// Why there are no names.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppNamesError {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// In the order asked for; apps that are gone are left out.
pub(crate) async fn handle(
    context: &Context,
    person: &Person,
    ids: &[ObjectId],
) -> Result<Vec<(ObjectId, String)>, AppNamesError> {
    let mut seen = HashSet::new();
    let ids: Vec<_> = ids.iter().copied().filter(|id| seen.insert(*id)).take(MAX_APPS_PER_PLAN).collect();
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let token = person.tokens.graph_token().await?;
    let names = context.tenant.graph.app_names(&token, &ids).await?;
    let mut names: HashMap<_, _> = names.into_iter().collect();
    Ok(ids.into_iter().filter_map(|id| names.remove(&id).map(|name| (id, name))).collect())
}
