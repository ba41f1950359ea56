use crate::visit::{Member, Shown};
use uuid::Uuid;
use views::pages::plan;

pub async fn page(member: &Member, id: Uuid) -> Shown {
    let found = member.desk.plan(id, member.query().page()).await?;
    Ok(plan::page(member.viewer.clone(), found))
}
