//! What who runs the portal can set about the inventory.

use serde::{Deserialize, Serialize};
use time::Duration;

/// By whose right the directory is read in the background.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InventoryRead {
    /// It is not.
    #[default]
    Off,
    /// By the application permission `Application.Read.All` that an administrator gave the portal itself.
    Application,
    /// With the sign-in of an administrator or auditor who lends it, for as long as their session lasts.
    Lent,
}

/// Off unless it is said how it reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InventorySettings {
    pub read: InventoryRead,
    /// Hours from the beginning of one reading of the whole directory to the beginning of the next.
    pub full_every_hours: u32,
    /// Minutes from one question to the next about what changed between two readings; 0: it is not asked.
    pub delta_every_minutes: u32,
    /// The portal may read people's whole profiles: the application permission `User.Read.All`. Owners' departments are asked for where
    /// a team has its apps by them.
    pub owner_departments: bool,
    /// The portal may read who is in groups: the application permission `GroupMember.Read.All`. It does where a team has a group.
    pub group_members: bool,
    /// Days after which what was read of a group counts as unknown.
    pub group_members_days: u32,
}

impl InventorySettings {
    pub fn full_every(&self) -> Duration {
        Duration::hours(self.full_every_hours.into())
    }

    /// `None`: it is not asked.
    pub fn delta_every(&self) -> Option<Duration> {
        (self.delta_every_minutes > 0).then(|| Duration::minutes(self.delta_every_minutes.into()))
    }

    /// How old what was read of groups may be; `None`: they are not read.
    pub fn group_members_for(&self) -> Option<Duration> {
        let reads = self.read == InventoryRead::Application && self.group_members;
        reads.then(|| Duration::days(self.group_members_days.into()))
    }
}

impl Default for InventorySettings {
    fn default() -> Self {
        Self {
            read: InventoryRead::Off,
            full_every_hours: 24,
            delta_every_minutes: 15,
            owner_departments: false,
            group_members: false,
            group_members_days: 3,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn nothing_is_read_unless_it_is_said_how() {
        let read = |text: &str| serde_json::from_str::<InventorySettings>(text);
        assert_eq!(read("{}").unwrap().read, InventoryRead::Off);
        let on = read(r#"{"read": "application", "full_every_hours": 6}"#).unwrap();
        assert_eq!((on.read, on.full_every()), (InventoryRead::Application, Duration::hours(6)));
        assert!(!on.owner_departments && on.group_members_for().is_none());
        let groups = read(r#"{"read": "application", "group_members": true}"#).unwrap();
        assert_eq!(groups.group_members_for(), Some(Duration::days(3)));
        let lent = read(r#"{"read": "lent", "group_members": true}"#).unwrap();
        assert_eq!((lent.read, lent.group_members_for()), (InventoryRead::Lent, None), "a person has not that right");
        assert_eq!(read(r#"{"group_members": true}"#).unwrap().group_members_for(), None, "by nobody's right");
        assert_eq!(on.delta_every(), Some(Duration::minutes(15)), "unless it is switched off");
        assert_eq!(read(r#"{"delta_every_minutes": 0}"#).unwrap().delta_every(), None);
        assert!(read(r#"{"read": "everything"}"#).is_err() && read(r#"{"reed": "off"}"#).is_err());
    }
}
