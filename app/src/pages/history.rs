use crate::contract::problem::Problem;
use crate::forms::parse;
use crate::visit::{Member, Shown};
use domain::ids::ObjectId;
use views::pages::history::{self, History};

/// `?older=` and `?newer=`: of the states to compare; without a newer one, the app as it is now.
pub async fn page(member: &Member, app: ObjectId) -> Shown {
    let query = member.query();
    let state = |name: &str| {
        let text = query.text(name);
        if text.is_empty() { Ok(None) } else { parse("state", &text).map(Some) }
    };
    let (older, newer) = (state("older")?, state("newer")?);
    // The comparison with the app as it is now may add a state: it comes first.
    let comparison = match older {
        Some(older) => Some(member.desk.compare_states(app, older, newer).await?),
        None => None,
    };
    let states = member.desk.states(app, query.page()).await?;
    let name = match &comparison {
        Some(comparison) => comparison.display_name.clone(),
        None => name(member, app).await?,
    };
    let newer_is_kept = newer.is_some();
    Ok(history::page(member.viewer.clone(), History { app, name, states, comparison, newer_is_kept }))
}

/// Its object id, where it has no name any more.
async fn name(member: &Member, app: ObjectId) -> Result<String, Problem> {
    let names = member.desk.app_names(&[app]).await?;
    Ok(names.into_iter().next().map_or_else(|| app.to_string(), |(_, name)| name))
}
