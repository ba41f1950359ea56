use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use views::route::Route;

/// `session`
pub async fn end(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.end_session(&fields.parsed("session", "session")?).await?;
    Ok(Route::Sessions.into())
}

/// `pushes`: `on` where pushes under way are to rest, too.
pub async fn end_others(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.end_other_sessions(fields.is_on("pushes")).await?;
    Ok(Route::Sessions.into())
}

pub async fn lend_reading(desk: &dyn Desk) -> Result<Done, Problem> {
    desk.lend_reading().await?;
    Ok(Route::Sessions.into())
}

pub async fn end_lending(desk: &dyn Desk) -> Result<Done, Problem> {
    desk.end_lending().await?;
    Ok(Route::Sessions.into())
}
