use crate::visit::{Member, Shown};
use domain::ids::ObjectId;
use uuid::Uuid;
use views::pages::receipt::of_app;

pub async fn page(member: &Member, id: Uuid, app: ObjectId) -> Shown {
    Ok(of_app::page(member.desk.receipt_of_app(id, app).await?))
}
