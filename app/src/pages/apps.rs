use crate::contract::apps::Scope;
use crate::visit::{Member, Shown};
use views::pages::app_list::{AppList, wanted};
use views::pages::apps;

pub async fn page(member: &Member) -> Shown {
    let query = wanted(&member.query(), Scope::of(&member.viewer));
    let page = member.desk.apps(&query).await?;
    Ok(apps::page(AppList { query, page }))
}
