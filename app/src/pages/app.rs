use crate::visit::{Member, Shown};
use domain::ids::ObjectId;
use views::pages::app;

pub async fn page(member: &Member, id: ObjectId) -> Shown {
    let found = member.desk.app(id).await?;
    Ok(app::page(member.viewer.clone(), found))
}
