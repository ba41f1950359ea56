use crate::visit::{Member, Shown};
use views::pages::audit;

pub async fn page(member: &Member) -> Shown {
    let query = audit::wanted(&member.query());
    let page = member.desk.audit(&query).await?;
    Ok(audit::page(member.viewer.clone(), query, page))
}
