use super::choosable::choosable;
use crate::visit::{Member, Shown};
use domain::ids::ObjectId;
use views::pages::copy;

pub async fn page(member: &Member, from: ObjectId) -> Shown {
    let app = member.desk.app(from).await?;
    let apps = choosable(member).await?;
    Ok(copy::page(member.viewer.clone(), app, apps))
}
