use crate::visit::{Member, Shown};
use views::pages::notices;

pub async fn page(member: &Member) -> Shown {
    Ok(notices::page(member.desk.notices(member.query().page()).await?))
}
