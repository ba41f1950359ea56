//! Sends a notice once more over one channel.

use super::{NoticeContext, NoticeError};
use domain::notices::{ChannelName, NoticeId};

pub(crate) async fn handle(
    notices: &NoticeContext,
    notice: NoticeId,
    channel: &ChannelName,
) -> Result<(), NoticeError> {
    notices.known(channel).await?;
    let replayed = notices.context.tenant.store.replay_delivery(notice, channel, notices.context.now()).await?;
    if replayed { Ok(()) } else { Err(NoticeError::NotEnded) }
}
