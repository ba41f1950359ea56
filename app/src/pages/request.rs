use crate::visit::{Member, Shown};
use uuid::Uuid;
use views::pages::request;

pub async fn page(member: &Member, id: Uuid) -> Shown {
    Ok(request::page(member.desk.request(id, member.query().page()).await?))
}
