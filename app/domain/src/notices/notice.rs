//! One notice: its id, and whom it is for.

use super::facts::NoticeFacts;
use crate::ids::{ObjectId, TenantId};
use crate::spelling::{UnknownSpelling, as_text};
use crate::teams::TeamText;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;
use time::OffsetDateTime;
use uuid::Uuid;

/// Goes with every copy of the notice: `webhook-id`, `Message-ID`, the CloudEvent's `id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(Uuid);

impl NoticeId {
    /// Of a notice that is known.
    pub const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The bare GUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The same for the same tenant, audience and thing: a version 8 UUID (RFC 9562, section 5.8) of a SHA-256 digest.
    fn of(tenant: TenantId, audience: &Audience, facts: &NoticeFacts, about: &str) -> Self {
        let named = format!("{tenant}\n{audience}\n{}\n{about}", facts.kind());
        let digest = Sha256::digest(named.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// Lower case, hyphenated.
impl fmt::Display for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for NoticeId {
    type Err = UnknownSpelling;

    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        Uuid::parse_str(text.trim()).map(Self).map_err(|_| UnknownSpelling::new("id of a notice", text))
    }
}

/// As the configuration names a channel: 1 to 40 of `a` to `z`, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelName(String);

impl ChannelName {
    /// Its one spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ChannelName {
    type Err = UnknownSpelling;

    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        let fits = (1..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(text.to_owned())) } else { Err(UnknownSpelling::new("name of a channel", text)) }
    }
}

as_text!(ChannelName);

/// Whom a notice is for. Which channels that means says the configuration at the time of sending.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// One person, by the id of their directory object.
    Person(ObjectId),
    /// The contacts of a team.
    Team(TeamText),
    /// Whoever runs the portal.
    Admins,
    /// Whoever looks after apps that nobody owns, or whose owners cannot be reached.
    Unowned,
    /// One channel, such as for a test.
    Channel(ChannelName),
}

/// The text names no audience.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no audience of a notice")]
pub struct UnknownAudience(String);

/// `person:<guid>`, `team:<name>`, `admins`, `unowned`, `channel:<name>`.
impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Team(name) => write!(f, "team:{name}"),
            Self::Admins => f.write_str("admins"),
            Self::Unowned => f.write_str("unowned"),
            Self::Channel(name) => write!(f, "channel:{name}"),
        }
    }
}

impl FromStr for Audience {
    type Err = UnknownAudience;

    fn from_str(text: &str) -> Result<Self, UnknownAudience> {
        let unknown = || UnknownAudience(text.chars().take(80).collect());
        match text.split_once(':') {
            Some(("person", id)) => id.parse().map(Self::Person).map_err(|_| unknown()),
            Some(("team", name)) => name.parse().map(Self::Team).map_err(|_| unknown()),
            Some(("channel", name)) => name.parse().map(Self::Channel).map_err(|_| unknown()),
            None if text == "admins" => Ok(Self::Admins),
            None if text == "unowned" => Ok(Self::Unowned),
            _ => Err(unknown()),
        }
    }
}

/// Something that somebody is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Of this notice, for good.
    pub id: NoticeId,
    /// Whom it is for.
    pub audience: Audience,
    /// What it tells.
    pub facts: NoticeFacts,
    /// Not sent before.
    pub due_at: OffsetDateTime,
}

impl Notice {
    /// `about`: what makes it another notice than the next one of its kind for the same audience, such as the day of a
    /// digest, or a request's id with the number of its event.
    pub fn new(tenant: TenantId, audience: Audience, facts: NoticeFacts, about: &str, due_at: OffsetDateTime) -> Self {
        Self { id: NoticeId::of(tenant, &audience, &facts, about), audience, facts, due_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const AT: OffsetDateTime = datetime!(2026-11-29 08:00 UTC);

    fn tenant(n: u128) -> TenantId {
        TenantId::new(Uuid::from_u128(n))
    }

    fn person(n: u128) -> Audience {
        Audience::Person(ObjectId::new(Uuid::from_u128(n)))
    }

    #[test]
    fn an_id_follows_from_what_it_tells_of() {
        let new = |tenant, audience, about| Notice::new(tenant, audience, NoticeFacts::Test, about, AT).id;
        let first = new(tenant(1), person(1), "2026-11-29");
        assert_eq!(first, new(tenant(1), person(1), "2026-11-29"));
        let others = [
            new(tenant(2), person(1), "2026-11-29"),
            new(tenant(1), person(2), "2026-11-29"),
            new(tenant(1), person(1), "2026-11-30"),
            new(tenant(1), Audience::Admins, "2026-11-29"),
        ];
        assert!(!others.contains(&first));
        assert_eq!(first.uuid().get_version_num(), 8);
        assert_eq!(first.to_string().parse::<NoticeId>().expect("its own text"), first);
    }

    #[test]
    fn an_audience_has_one_spelling() {
        let ops: ChannelName = "ops-2".parse().expect("a name");
        let team = Audience::Team("Pay: roll".parse().expect("a name"));
        for audience in [person(7), team, Audience::Admins, Audience::Unowned, Audience::Channel(ops)] {
            assert_eq!(audience.to_string().parse::<Audience>().expect("its own text"), audience);
        }
        for wrong in ["", "team: ", "person:", "person:owen", "channel:", "channel:Ops", "everybody", "admins:x"] {
            assert!(wrong.parse::<Audience>().is_err(), "{wrong}");
        }
        for wrong in ["", "Ops", "a b", "ä", &"a".repeat(41)] {
            assert!(wrong.parse::<ChannelName>().is_err(), "{wrong}");
        }
    }
}
