//! Which channels there are: those of the configuration, and after them those that administrators keep in the portal. The one
//! place where the two are put together.

use super::receiver::{ChannelText, Receiver};
use crate::config::NoticeSettings;
use crate::entropy::Entropy;
use crate::session::{SealError, Sealer};
use crate::store::{KeptSetting, SettingKind, StoreError, TenantStore};
use domain::notices::ChannelName;
use std::sync::Arc;

/// Of one directory. Cheap to clone.
#[derive(Clone)]
pub struct ChannelBook {
    store: TenantStore,
    settings: Arc<NoticeSettings>,
    sealer: Arc<Sealer>,
}

/// A channel that an administrator keeps here.
pub(crate) struct KeptChannel {
    pub(crate) row: KeptSetting,
    /// `None`: it was sealed with a key that the portal has no more.
    pub(crate) text: Option<ChannelText>,
    /// Where it goes; absent where it cannot be read any more, because the configuration has changed since, or its key.
    pub(crate) receiver: Option<Receiver>,
    /// The configuration has one of this name: that one is used.
    pub(crate) pinned: bool,
}

impl KeptChannel {
    /// What is sent over it.
    fn in_use(self) -> Option<(Receiver, u32)> {
        let version = self.row.version;
        if self.row.is_on && !self.pinned { self.receiver.map(|receiver| (receiver, version)) } else { None }
    }
}

impl ChannelBook {
    pub fn new(store: TenantStore, settings: Arc<NoticeSettings>, sealer: Arc<Sealer>) -> Self {
        Self { store, settings, sealer }
    }

    /// Of the configuration.
    pub(crate) fn settings(&self) -> &Arc<NoticeSettings> {
        &self.settings
    }

    pub(crate) fn store(&self) -> &TenantStore {
        &self.store
    }

    /// The configuration has a channel of this name.
    pub(crate) fn pins(&self, name: &str) -> bool {
        self.settings.channels.iter().any(|channel| channel.name.0.as_str() == name)
    }

    /// All that administrators keep here, by name.
    pub(crate) async fn kept(&self) -> Result<Vec<KeptChannel>, StoreError> {
        let rows = self.store.kept_settings(SettingKind::Channel).await?;
        Ok(rows.into_iter().map(|row| self.read(row)).collect())
    }

    fn read(&self, row: KeptSetting) -> KeptChannel {
        let opened = self.sealer.open(&owner(&row.name), &row.value).ok();
        let text: Option<ChannelText> = opened.and_then(|value| serde_json::from_slice(&value).ok());
        let receiver = text.as_ref().and_then(|text| text.read(&row.name, &self.settings).ok());
        KeptChannel { pinned: self.pins(&row.name), row, text, receiver }
    }

    /// Everything that is sent over, the configuration's first, and of what is kept here its version. Mail to people is beside it:
    /// it has no list of its own.
    pub(crate) async fn in_use(&self) -> Result<Vec<(Receiver, Option<u32>)>, StoreError> {
        let pinned = self.settings.channels.iter().cloned().map(|channel| (Receiver::Http(channel), None));
        let kept = self.kept().await?.into_iter().filter_map(KeptChannel::in_use);
        Ok(pinned.chain(kept.map(|(receiver, version)| (receiver, Some(version)))).collect())
    }

    /// Something can be told to somebody.
    pub(crate) async fn is_on(&self) -> Result<bool, StoreError> {
        Ok(self.settings.is_on() || !self.in_use().await?.is_empty())
    }

    /// There is a channel of this name that is used.
    pub(crate) async fn knows(&self, name: &ChannelName) -> Result<bool, StoreError> {
        let all = self.in_use().await?;
        Ok(all.iter().any(|(receiver, _)| receiver.name() == name))
    }

    /// As it is kept.
    pub(crate) fn seal(&self, name: &str, text: &ChannelText, entropy: &dyn Entropy) -> Result<Vec<u8>, SealError> {
        let value = serde_json::to_vec(text).map_err(|_| SealError::Seal)?;
        self.sealer.seal(&owner(name), &value, entropy)
    }
}

/// For which a value is sealed, so that one cannot stand in for another's. No cookie has a space.
fn owner(name: &str) -> String {
    format!("channel {name}")
}
