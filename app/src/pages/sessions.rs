use crate::visit::{Member, Shown};
use views::pages::sessions;

pub async fn page(member: &Member) -> Shown {
    Ok(sessions::page(member.desk.own_sessions().await?, member.desk.lending().await?))
}
