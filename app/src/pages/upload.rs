use crate::visit::{Member, Shown};
use domain::ids::ObjectId;
use views::pages::upload;

/// `?app=`: the object id of the app that the certificates are for.
pub async fn page(member: &Member) -> Shown {
    let app = match member.query().text("app").parse::<ObjectId>() {
        Ok(id) => {
            // The name is a courtesy: where it cannot be had, the id does.
            let names = member.desk.app_names(&[id]).await.unwrap_or_default();
            Some((id, names.into_iter().next().map_or_else(|| id.to_string(), |(_, name)| name)))
        }
        Err(_) => None,
    };
    Ok(upload::page(member.viewer.clone(), app))
}
