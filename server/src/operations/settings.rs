//! What administrators keep in the portal beside its configuration: what channels and rules have in common.

use crate::operations::Context;
use crate::person::Person;
use crate::store::{KeptSetting, SettingChange, SettingKept, SettingKind, StoreError};
use app::contract::settings::{KeptState, KeptView};
use domain::audit::{AuditAction, AuditOutcome};
use domain::settings::{MOST_CHANNELS, MOST_RULES, SettingAct};

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingError {
    /// Or there is none any more.
    #[error("somebody else has changed it since it was looked at")]
    Overtaken,
    #[error("there are {0} already")]
    Full(u32),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which one, and what was seen of it.
pub(crate) struct Seen<'s> {
    pub(crate) kind: SettingKind,
    pub(crate) name: &'s str,
    pub(crate) version: u32,
    /// The configuration has one of this name.
    pub(crate) pinned: bool,
}

impl Seen<'_> {
    pub(crate) fn change<'c>(&'c self, context: &Context, person: &'c Person) -> SettingChange<'c> {
        SettingChange {
            kind: self.kind,
            name: self.name,
            seen: self.version,
            at: context.now(),
            by: &person.viewer.name,
            pinned: self.pinned,
        }
    }

    /// For the audit log. `detail`: what it was before, and what it is now.
    pub(crate) fn entry(
        &self,
        context: &Context,
        person: &Person,
        act: SettingAct,
        detail: &str,
    ) -> crate::store::AuditEntry {
        let (what, action) = match self.kind {
            SettingKind::Channel => ("Channel", AuditAction::Channel(act)),
            SettingKind::Rule => ("Rule", AuditAction::Rule(act)),
        };
        let outcome = if act == SettingAct::SwitchedOn { AuditOutcome::Resumed } else { AuditOutcome::Recorded };
        let mut entry = person.audit(context.now(), action, outcome);
        entry.row.detail = format!("{what} “{}”. {detail}", self.name);
        entry
    }
}

/// Of those that there are, the one that was seen, as it was seen.
pub(crate) fn as_seen<T>(all: Vec<T>, row: impl Fn(&T) -> &KeptSetting, seen: &Seen<'_>) -> Result<T, SettingError> {
    let is_it = |one: &T| row(one).name == seen.name && row(one).version == seen.version;
    all.into_iter().find(is_it).ok_or(SettingError::Overtaken)
}

/// As the person sees it. `readable`: what it says can be used.
pub(crate) fn view(row: &KeptSetting, pinned: bool, readable: bool) -> KeptView {
    let state = match (row.is_on, pinned, readable) {
        (_, true, _) => KeptState::Pinned,
        (false, ..) => KeptState::Off,
        (true, _, false) => KeptState::Unreadable,
        (true, _, true) => KeptState::On,
    };
    KeptView { version: row.version, state, changed_at: row.changed_at, changed_by: row.changed_by.clone() }
}

/// Keeps a new one, or another value for the one that was seen. `detail`: for the audit log.
pub(crate) async fn keep(
    context: &Context,
    person: &Person,
    seen: &Seen<'_>,
    value: &[u8],
    detail: &str,
) -> Result<(), SettingError> {
    let act = if seen.version == 0 { SettingAct::Added } else { SettingAct::Changed };
    let most = match seen.kind {
        SettingKind::Channel => MOST_CHANNELS,
        SettingKind::Rule => MOST_RULES,
    };
    let (change, entry) = (seen.change(context, person), seen.entry(context, person, act, detail));
    match context.tenant.store.keep_setting(&change, value, most, &entry).await? {
        SettingKept::Kept => Ok(()),
        SettingKept::Full => Err(SettingError::Full(most)),
        SettingKept::Overtaken => Err(SettingError::Overtaken),
    }
}

/// Switches it on or off. `was`: what it says, without what is secret.
pub(crate) async fn switch(
    context: &Context,
    person: &Person,
    seen: &Seen<'_>,
    on: bool,
    was: &str,
) -> Result<(), SettingError> {
    let act = if on { SettingAct::SwitchedOn } else { SettingAct::SwitchedOff };
    let entry = seen.entry(context, person, act, &format!("It says: {was}"));
    let switched = context.tenant.store.switch_setting(&seen.change(context, person), on, &entry).await?;
    if switched { Ok(()) } else { Err(SettingError::Overtaken) }
}

/// `was`: what it said, without what is secret.
pub(crate) async fn remove(context: &Context, person: &Person, seen: &Seen<'_>, was: &str) -> Result<(), SettingError> {
    let entry = seen.entry(context, person, SettingAct::Removed, &format!("Before: {was}"));
    let removed = context.tenant.store.remove_setting(&seen.change(context, person), &entry).await?;
    if removed { Ok(()) } else { Err(SettingError::Overtaken) }
}
