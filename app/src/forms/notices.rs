use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::problem::Problem;
use views::route::Route;

/// `channel`
pub async fn test(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.test_channel(&fields.parsed("channel", "name of a channel")?).await?;
    Ok(Route::Notices.into())
}

/// `channel`
pub async fn free(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    desk.free_channel(&fields.parsed("channel", "name of a channel")?).await?;
    Ok(Route::Notices.into())
}

/// `notice`, `channel`
pub async fn replay(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let channel = fields.parsed("channel", "name of a channel")?;
    desk.replay_notice(fields.parsed("notice", "notice's id")?, &channel).await?;
    Ok(Route::Notices.into())
}
