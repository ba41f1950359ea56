//! Puts a test for one channel into the outbox.

use super::{NoticeContext, NoticeError};
use crate::config::EMAIL;
use crate::entropy::Entropy;
use domain::notices::{Audience, ChannelName, Notice, NoticeFacts};

pub(crate) async fn handle(
    notices: &NoticeContext,
    entropy: &dyn Entropy,
    channel: &ChannelName,
) -> Result<(), NoticeError> {
    notices.known(channel).await?;
    if channel.as_str() == EMAIL && notices.settings.email.as_ref().is_none_or(|email| email.admins.is_none()) {
        return Err(NoticeError::NoMailbox);
    }
    let (store, now) = (&notices.context.tenant.store, notices.context.now());
    // Each test is one of its own.
    let about = entropy.uuid().to_string();
    let notice = Notice::new(store.tenant(), Audience::Channel(channel.clone()), NoticeFacts::Test, &about, now);
    store.post_notice(&notice, now).await?;
    Ok(())
}
