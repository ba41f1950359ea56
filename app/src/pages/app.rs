use crate::contract::apps::{AppQuery, Scope};
use crate::visit::{Member, Shown};
use domain::ids::ObjectId;
use views::pages::app;
use views::route::Route;

pub async fn page(member: &Member, id: ObjectId) -> Shown {
    let found = member.desk.app(id).await?;
    Ok(app::page(member.viewer.clone(), found))
}

/// The page of the app that has this as its client id: people have that at hand, and not the object id.
pub async fn by_client_id(member: &Member, id: ObjectId) -> Option<Route> {
    let query = AppQuery { scope: Scope::All, search: id.to_string(), page: 1, descending: false };
    let found = member.desk.apps(&query).await.ok()?;
    found.items.iter().find(|app| app.app_id.uuid() == id.uuid()).map(|app| Route::App(app.object_id))
}
