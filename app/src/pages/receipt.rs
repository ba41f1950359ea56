use crate::visit::{Member, Shown};
use uuid::Uuid;
use views::pages::receipt;

pub async fn page(member: &Member, id: Uuid) -> Shown {
    let query = receipt::query(&member.query());
    let found = member.desk.receipt(id, &query).await?;
    Ok(receipt::page(query, found))
}
