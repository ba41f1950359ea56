use crate::contract::pushes::ReceiptQuery;
use crate::visit::{Member, Shown};
use uuid::Uuid;
use views::pages::receipt;

pub async fn page(member: &Member, id: Uuid) -> Shown {
    let query = member.query();
    let query = ReceiptQuery { outcome: query.text("outcome"), page: query.page() };
    let found = member.desk.receipt(id, &query).await?;
    Ok(receipt::page(query, found))
}
