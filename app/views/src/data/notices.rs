//! Notices: over which channels people are told, what was sent, and what would be.

use super::paging::Page;
use super::settings::KeptView;
use domain::notices::{Audience, ChannelName, DeliveryState, NoticeId, NoticeKind};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What the page about notices shows to an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notices {
    /// Those of the configuration first, then those that are kept here; none: nothing is told.
    pub channels: Vec<Channel>,
    /// The configuration has a host for mail.
    pub mail: bool,
    /// The newest first.
    pub deliveries: Page<Delivery>,
    /// What the next digests say.
    pub planned: PlannedNotices,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its name.
    pub name: ChannelName,
    /// `webhook`, `slack`, `teams` or `email`; empty where it is not known any more.
    pub kind: String,
    /// Without what is secret in it.
    pub address: String,
    /// For whom it is, in words.
    pub tells: String,
    /// Of `admins` and `unowned` what of them goes there.
    pub tells_of: Vec<String>,
    /// `None`: the configuration has it.
    pub kept: Option<KeptView>,
    /// Failures in a row.
    pub failures: u32,
    /// It is left alone until then.
    pub held_until: Option<OffsetDateTime>,
    /// It was switched off then: its receiver says that it is gone.
    pub disabled_at: Option<OffsetDateTime>,
}

/// A channel as an administrator types it. It holds secrets, and has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ChannelFields {
    /// Its name.
    pub name: String,
    /// That was seen; 0 for a new one.
    pub version: u32,
    /// `webhook`, `slack`, `teams` or `email`.
    pub kind: String,
    /// `admins`, `unowned`
    pub tells: Vec<String>,
    /// Of all but mail. Blank: as before.
    pub url: String,
    /// Of mail, an address a line. Blank: as before.
    pub to: String,
    /// Of a webhook, one a line. Both blank: as before.
    pub secrets: String,
    /// Of a webhook, one a line.
    pub private_keys: String,
}

/// A notice over a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Every copy of the notice has this id.
    pub notice: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// Whom it is for, in words.
    pub audience: String,
    /// Over which channel.
    pub channel: ChannelName,
    /// How it stands.
    pub state: DeliveryState,
    /// It waits for the end of its reader's quiet hours.
    pub is_quiet: bool,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, or when it ended.
    pub at: OffsetDateTime,
    /// The last answer: its status, and its first 200 characters.
    pub answer: Option<(Option<u16>, String)>,
}

/// What would be told now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedNotices {
    /// When the directory was read. `None`: it was not, or too long ago.
    pub read_at: Option<OffsetDateTime>,
    /// No more than [`MOST_PLANNED`].
    pub digests: Vec<PlannedDigest>,
    /// How many there are.
    pub total: usize,
}

/// Digests that the page lists.
pub const MOST_PLANNED: usize = 50;

/// A digest that is still to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedDigest {
    /// Whom it is for, in words.
    pub audience: String,
    /// Some of the apps.
    pub apps: Vec<String>,
    /// How many there are.
    pub total: usize,
}

/// Whom a notice is for, where nothing more is known of a person than their id.
pub fn audience_words(audience: &Audience) -> String {
    match audience {
        Audience::Person(id) => format!("Somebody who has not signed in here ({id})"),
        Audience::Team(name) => format!("Contacts of the team {name}"),
        Audience::Admins => "Administrators".into(),
        Audience::Unowned => "Whoever looks after apps without owners".into(),
        Audience::Channel(name) => format!("Channel {name}"),
    }
}
