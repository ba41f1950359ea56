use crate::visit::{Member, Shown};
use views::pages::notices;

pub async fn page(member: &Member) -> Shown {
    let query = member.query();
    Ok(notices::page(member.desk.notices(query.page()).await?, query.text("change")))
}
