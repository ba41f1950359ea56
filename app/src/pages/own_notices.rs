use crate::visit::{Member, Shown};
use views::pages::own_notices;

pub async fn page(member: &Member) -> Shown {
    let notices = member.desk.own_notices(member.query().page()).await?;
    Ok(own_notices::page(notices, member.zone.clone()))
}
