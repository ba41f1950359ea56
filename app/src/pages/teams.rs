use crate::visit::{Member, Shown};
use views::pages::teams;

pub async fn page(member: &Member) -> Shown {
    Ok(teams::page(member.desk.teams().await?))
}
