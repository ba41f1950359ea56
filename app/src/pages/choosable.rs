//! The list of apps that a page offers for choosing, with what is chosen already.

use crate::contract::apps::Scope;
use crate::contract::problem::Problem;
use crate::forms::parse;
use crate::visit::Member;
use domain::ids::ObjectId;
use views::pages::app_list::{AppList, wanted};
use views::pages::app_picker::{Choosable, MOST_TICKS, Ticked};

pub async fn choosable(member: &Member) -> Result<Choosable, Problem> {
    let query = member.query();
    let wanted = wanted(&query, Scope::of(&member.viewer));
    let page = member.desk.apps(&wanted).await?;
    let elsewhere: Vec<ObjectId> = Ticked::of(&query)
        .apps
        .iter()
        .take(MOST_TICKS)
        .map(|id| parse("object id", id))
        .filter(|id| id.as_ref().map_or(true, |id| !page.items.iter().any(|row| row.object_id == *id)))
        .collect::<Result<_, _>>()?;
    let elsewhere = if elsewhere.is_empty() { Vec::new() } else { member.desk.app_names(&elsewhere).await? };
    Ok(Choosable { list: AppList { query: wanted, page }, elsewhere })
}
