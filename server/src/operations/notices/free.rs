//! Switches a channel on again. What waited for it is sent.

use super::{NoticeContext, NoticeError};
use crate::person::Person;
use crate::store::AuditEntry;
use domain::audit::{AuditAction, AuditOutcome};
use domain::notices::ChannelName;
use domain::settings::SettingAct;

pub(crate) async fn handle(notices: &NoticeContext, person: &Person, channel: &ChannelName) -> Result<(), NoticeError> {
    notices.known(channel).await?;
    let (store, now) = (&notices.context.tenant.store, notices.context.now());
    store.free_channel(channel, now).await?;
    let mut entry = AuditEntry::new(
        Some(person.viewer.object_id),
        now,
        AuditAction::Channel(SettingAct::SwitchedOn),
        AuditOutcome::Resumed,
    );
    entry.row.who.clone_from(&person.viewer.name);
    entry.row.username.clone_from(&person.viewer.username);
    entry.row.detail = format!("The channel “{channel}” for notices is used again.");
    Ok(store.audit(entry).await?)
}
