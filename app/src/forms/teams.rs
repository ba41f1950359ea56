use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use views::pages::teams;
use views::route::Route;

/// `csv`. The answer is the preview: nothing is kept yet.
pub async fn preview_given(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    Ok(Done::Show(teams::preview(desk.preview_given_apps(fields.raw("csv")).await?)))
}

/// `csv`, `seen`.
pub async fn give(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.give_apps(fields.raw("csv"), fields.raw("seen")).await?;
    Ok(Route::Teams.into())
}
