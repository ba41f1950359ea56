use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::inventory::GridQuery;
use crate::contract::problem::Problem;
use uuid::Uuid;
use views::pages::inventory::Asked;
use views::route::Route;

/// `name`; `view`, `q`, `sort`: of the grid; `shared`: `on` where it is for all. Leads to what was saved.
pub async fn save(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let query = Asked::read(fields.query()).query().map_err(|error| {
        Problem::new(422, "filter", "The filter is not understood", format!("{error}."))
            .advice("Put the filter right first.")
    })?;
    desk.save_view(&fields.text("name"), &query, fields.is_on("shared")).await?;
    Ok(Done::Go(GridQuery { page: 1, ..query }.href()))
}

/// `saved`: which one; `name`.
pub async fn rename(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.rename_view(which(fields)?, &fields.text("name")).await?;
    Ok(Route::Inventory.into())
}

/// `saved`
pub async fn remove(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.remove_view(which(fields)?).await?;
    Ok(Route::Inventory.into())
}

fn which(fields: &Fields) -> Result<Uuid, Problem> {
    fields.parsed("saved", "view")
}
