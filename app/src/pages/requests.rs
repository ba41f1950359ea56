use crate::contract::requests::RequestShow;
use crate::visit::{Member, Shown};
use views::pages::requests;

pub async fn page(member: &Member) -> Shown {
    let show = RequestShow::parse(&member.query().text("show"));
    let page = member.desk.requests(show, member.query().page()).await?;
    Ok(requests::page(show, page))
}
