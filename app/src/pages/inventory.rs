use crate::contract::apps::Scope;
use crate::contract::inventory::{CredentialLine, GridQuery, GridRows, MOST_PICKS, ObjectLine, Pick};
use crate::contract::problem::Problem;
use crate::forms::bad_selection;
use crate::visit::{Member, Shown};
use views::pages::inventory::{self, Asked, Found, Picked};

/// What is not understood is not asked for.
pub async fn page(member: &Member) -> Shown {
    let asked = Asked::read(&member.query());
    let found = match asked.query() {
        Err(error) => Found::NotUnderstood(error),
        Ok(query) => match query.group {
            Some(group) => match member.desk.inventory_groups(&query, group).await? {
                None => Found::Off,
                Some(groups) => Found::Groups(query, group, groups),
            },
            None => rows(member, &asked, query).await?,
        },
    };
    let saved = if matches!(found, Found::Off) { vec![] } else { member.desk.saved_views().await? };
    Ok(inventory::page(asked, found, saved, Scope::of(&member.viewer)))
}

async fn rows(member: &Member, asked: &Asked, query: GridQuery) -> Result<Found, Problem> {
    Ok(match member.desk.inventory(&query).await? {
        None => Found::Off,
        Some(grid) => {
            let picked = picked(member, asked, &grid.rows).await?;
            Found::Grid(query, grid, picked)
        }
    })
}

/// Ticks beyond what a selection may have are not carried on.
async fn picked(member: &Member, asked: &Asked, rows: &GridRows) -> Result<Picked, Problem> {
    let mut picks = asked.picks().map_err(|error| bad_selection(&error))?;
    picks.truncate(MOST_PICKS);
    let here: Vec<Pick> = match rows {
        GridRows::Credentials(page) => page.items.iter().filter_map(CredentialLine::pick).collect(),
        GridRows::Objects(page) => page.items.iter().map(ObjectLine::pick).collect(),
    };
    let elsewhere: Vec<Pick> = picks.iter().filter(|pick| !here.contains(pick)).cloned().collect();
    let elsewhere = if elsewhere.is_empty() { vec![] } else { member.desk.picked_names(&elsewhere).await? };
    Ok(Picked { picks, elsewhere })
}
