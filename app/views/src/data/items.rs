//! One object of the inventory, what it needs, and what people decided about that.

use super::inventory::{Holder, Seen};
use domain::credentials::CredentialKind;
use domain::ids::{KeyId, ObjectId};
use domain::inventory::{AttentionKind, Change, LastUse};
use serde::{Deserialize, Serialize};
use time::serde::rfc3339;
use time::{Date, OffsetDateTime};

/// An object on its own page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectView {
    /// Which one.
    pub holder: Holder,
    /// Entries of `keyCredentials`.
    pub certificates: Seen,
    /// Entries of `passwordCredentials`.
    pub secrets: Seen,
    /// Entries of `federatedIdentityCredentials`.
    pub federated: Seen,
    /// Who can be given an item: the viewer first, then people who own the object.
    pub people: Vec<(ObjectId, String)>,
    /// Why somebody should look at it now, put aside or not; the most urgent first.
    pub items: Vec<ItemView>,
    /// The newest first, those of which nobody has said what they were before the others.
    pub changes: Vec<ChangeView>,
    /// Of its certificates and secrets, in the directory's order.
    pub uses: Vec<UseLine>,
    /// When it was read.
    pub read: OffsetDateTime,
    /// When it was found not to be there any more.
    pub gone: Option<OffsetDateTime>,
    /// The viewer may decide about it.
    pub may_decide: bool,
}

/// When a credential was last used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseLine {
    /// A certificate or a secret.
    pub kind: CredentialKind,
    /// Of the entry.
    pub name: Option<String>,
    /// `keyId`
    pub key_id: Option<KeyId>,
    /// What can be said of it.
    pub last: LastUse,
}

/// A reason to look at an object, and what was decided about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemView {
    /// Why.
    pub kind: AttentionKind,
    /// `None`: nobody has decided anything.
    pub standing: Option<StandingView>,
}

/// What was decided about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingView {
    /// Who looks after it.
    pub assignee: Option<String>,
    /// It is out of the count.
    pub aside: Option<AsideView>,
    /// Why, where that was said.
    pub reason: Option<String>,
    /// Who decided last.
    pub decided_by: String,
    /// When.
    pub decided_at: OffsetDateTime,
}

/// Why an item is out of the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsideView {
    /// It comes back then.
    Snoozed(OffsetDateTime),
    /// It may stay as it is.
    Accepted,
}

/// What somebody asks for about an item, as the form has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemAsk {
    /// This person looks after it.
    Assign(ObjectId),
    /// Out of the count until that day begins, in UTC.
    Snooze {
        /// The first day on which it counts again.
        until: Date,
        /// May be empty.
        reason: String,
    },
    /// Out of the count for as long as it is so.
    Accept {
        /// Why.
        reason: String,
    },
    /// As if nobody had decided.
    Reopen,
}

/// A change of a credential that no push of the portal made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    /// Names it.
    pub number: i64,
    /// What became of what.
    pub change: Change,
    /// It was made after this, as far as reads tell.
    #[serde(with = "rfc3339")]
    pub since: OffsetDateTime,
    /// When it was found.
    #[serde(with = "rfc3339")]
    pub found_at: OffsetDateTime,
    /// Who made it.
    pub who: WhoView,
    /// Somebody said what it was.
    pub acknowledged: Option<AcknowledgedView>,
}

/// Who made a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhoView {
    /// As the directory's audit log says.
    Known {
        /// Of a person the user principal name, of an app its name.
        name: String,
        /// No person was signed in.
        app: bool,
        /// When, by that log.
        #[serde(with = "rfc3339")]
        at: OffsetDateTime,
    },
    /// The log has no record of it yet.
    Waiting,
    /// The portal may not read the log.
    NotAllowed,
    /// The log had no record of it.
    Unknown,
}

/// What somebody said of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcknowledgedView {
    /// Who.
    pub by: String,
    /// When.
    #[serde(with = "rfc3339")]
    pub at: OffsetDateTime,
    /// Such as `that was us, by az`.
    pub reason: String,
}
