use crate::visit::{Member, Shown};
use views::pages::charts;

pub async fn page(member: &Member) -> Shown {
    Ok(charts::page(member.desk.inventory_charts().await?))
}
