use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use domain::ids::{KeyId, ObjectId};
use views::route::Route;

/// `app`: its object id; `key_id`; `typed`: the words that the page asks for; `reason`, which may be empty where nothing speaks
/// against it.
pub async fn remove(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let (app, key): (ObjectId, KeyId) = (fields.parsed("app", "object id")?, fields.parsed("key_id", "key id")?);
    desk.remove_secret(app, key, &fields.text("typed"), &fields.text("reason")).await?;
    Ok(Route::Secret(app, key).into())
}
