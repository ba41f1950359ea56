use crate::contract::apps::Scope;
use crate::visit::{Member, Shown};
use views::pages::inventory::{self, Asked, Found};

/// What is not understood is not asked for.
pub async fn page(member: &Member) -> Shown {
    let asked = Asked::read(&member.query());
    let found = match asked.query() {
        Err(error) => Found::NotUnderstood(error),
        Ok(query) => match member.desk.inventory(&query).await? {
            None => Found::Off,
            Some(grid) => Found::Grid(query, grid),
        },
    };
    Ok(inventory::page(asked, found, Scope::of(&member.viewer)))
}
