use crate::forms::proof_subject;
use crate::visit::{Member, Shown};
use domain::ids::ObjectId;
use views::workbenches::proof;

pub async fn page(member: &Member, id: ObjectId) -> Shown {
    let app = member.desk.app(id).await?;
    Ok(proof::page(proof_subject(member.desk.as_ref(), app.app_id).await?))
}
