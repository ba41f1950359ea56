use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use views::route::Route;

/// `session`
pub async fn end(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.end_session(&fields.parsed("session", "session")?).await?;
    Ok(Route::Sessions.into())
}

pub async fn end_others(desk: &dyn Desk) -> Result<Done, Problem> {
    desk.end_other_sessions().await?;
    Ok(Route::Sessions.into())
}
