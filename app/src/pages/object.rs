use crate::visit::{Member, Shown};
use domain::credentials::Subject;
use views::pages::object;

pub async fn page(member: &Member, subject: Subject) -> Shown {
    Ok(object::page(member.desk.object(subject).await?))
}
