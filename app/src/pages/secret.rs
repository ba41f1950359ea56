use crate::visit::{Member, Shown};
use domain::ids::{KeyId, ObjectId};
use views::pages::secret;

pub async fn page(member: &Member, app: ObjectId, key: KeyId) -> Shown {
    let found = member.desk.secret(app, key).await?;
    Ok(secret::page(member.viewer.clone(), found))
}
