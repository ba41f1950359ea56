//! Switches a channel that is kept in the portal on and off, and takes it away.

use super::{KeepChannelError, NoticeContext};
use crate::notices::KeptChannel;
use crate::operations::settings::{self, Seen, as_seen};
use crate::person::Person;
use crate::store::SettingKind;
use domain::notices::ChannelName;

/// `version`: that was seen.
pub(crate) async fn switch(
    notices: &NoticeContext,
    person: &Person,
    (channel, version): (&ChannelName, u32),
    on: bool,
) -> Result<(), KeepChannelError> {
    let seen = seen(notices, channel, version);
    let before = as_seen(notices.book.kept().await?, |one| &one.row, &seen)?;
    Ok(settings::switch(&notices.context, person, &seen, on, &in_words(&before)).await?)
}

/// `version`: that was seen.
pub(crate) async fn remove(
    notices: &NoticeContext,
    person: &Person,
    (channel, version): (&ChannelName, u32),
) -> Result<(), KeepChannelError> {
    let seen = seen(notices, channel, version);
    let before = as_seen(notices.book.kept().await?, |one| &one.row, &seen)?;
    Ok(settings::remove(&notices.context, person, &seen, &in_words(&before)).await?)
}

fn seen<'s>(notices: &NoticeContext, channel: &'s ChannelName, version: u32) -> Seen<'s> {
    let name = channel.as_str();
    Seen { kind: SettingKind::Channel, name, version, pinned: notices.book.pins(name) }
}

/// Without what is secret.
pub(super) fn in_words(channel: &KeptChannel) -> String {
    match &channel.text {
        Some(text) => text.in_words(channel.receiver.as_ref()),
        None => "not known, its key is gone".to_owned(),
    }
}
