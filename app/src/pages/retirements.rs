use crate::visit::{Member, Shown};
use views::pages::retirements;

pub async fn page(member: &Member) -> Shown {
    let page = member.desk.retirements(member.query().page()).await?;
    Ok(retirements::page(member.viewer.clone(), page))
}
