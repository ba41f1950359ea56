use super::{Done, Fields};
use crate::contract::Desk;
use crate::contract::notices::ChannelFields;
use crate::contract::problem::Problem;
use domain::notices::ChannelName;
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

/// `name`, `version`, `kind`, `tells[]`, `url`, `to`, `secrets`, `private_keys`. The address is taken to the byte.
pub async fn keep(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let raw = |name: &str| fields.raw(name).to_owned();
    let channel = ChannelFields {
        name: fields.text("name"),
        version: fields.parsed_or("version", "version", 0)?,
        kind: fields.text("kind"),
        tells: fields.query().all("tells[]"),
        url: raw("url"),
        to: raw("to"),
        secrets: raw("secrets"),
        private_keys: raw("private_keys"),
    };
    desk.keep_channel(&channel).await?;
    Ok(Route::Notices.into())
}

/// `channel`, `version`, `on`
pub async fn switch(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let (channel, version) = seen(fields)?;
    desk.switch_channel(&channel, version, fields.is_on("on")).await?;
    Ok(Route::Notices.into())
}

/// `channel`, `version`
pub async fn remove(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let (channel, version) = seen(fields)?;
    desk.remove_channel(&channel, version).await?;
    Ok(Route::Notices.into())
}

fn seen(fields: &Fields) -> Result<(ChannelName, u32), Problem> {
    Ok((fields.parsed("channel", "name of a channel")?, fields.parsed("version", "version")?))
}

/// `notice`, `channel`
pub async fn replay(desk: &dyn Desk, fields: &Fields) -> Result<Done, Problem> {
    let channel = fields.parsed("channel", "name of a channel")?;
    desk.replay_notice(fields.parsed("notice", "notice's id")?, &channel).await?;
    Ok(Route::Notices.into())
}
