//! What the home page says at a glance.

use super::apps::Scope;
use super::certificates::CertificateSummary;
use super::pushes::ReceiptSummary;
use domain::credentials::Subject;
use domain::inventory::{AttentionKind, ChangeKind};
use serde::{Deserialize, Serialize};
use time::{Month, OffsetDateTime};

/// What the home page says at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// The viewer's own latest uploads.
    pub certificates: Vec<CertificateSummary>,
    /// The latest pushes that the viewer may see.
    pub receipts: Vec<ReceiptSummary>,
    /// Retirements that are due.
    pub due: u32,
}

/// What of the directory needs the viewer, as the inventory has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// Whose objects are looked at.
    pub scope: Scope,
    /// How many there are, as far as they were read.
    pub objects: u64,
    /// How far, and when.
    pub reading: DirectoryReading,
    /// By whose right.
    pub read_by: ReadBy,
    /// The most urgent first; none of which there is nothing.
    pub cards: Vec<Need>,
    /// What is in no card because somebody put it aside.
    pub aside: PutAside,
    /// What ends when.
    pub endings: Endings,
}

/// Objects with an item that somebody put aside.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutAside {
    /// Until a day.
    pub snoozed: u64,
    /// For as long as it is so.
    pub accepted: u64,
}

/// Certificates and secrets that have an end ahead, whether renewed or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endings {
    /// The coming months in UTC, this one first, none left out.
    pub months: Vec<EndingMonth>,
    /// What ends after them.
    pub later: u64,
}

/// What ends in one month, and has not ended yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndingMonth {
    /// Of the Gregorian calendar.
    pub year: i32,
    /// Of that year.
    pub month: Month,
    /// Entries of `keyCredentials`.
    pub certificates: u64,
    /// Entries of `passwordCredentials`.
    pub secrets: u64,
}

impl EndingMonth {
    /// Of both kinds.
    pub fn all(&self) -> u64 {
        self.certificates + self.secrets
    }
}

/// How old it is what is known of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DirectoryReading {
    /// Nobody has begun to read it.
    NotYet,
    /// It is read for the first time: no count is complete.
    First {
        /// When that began.
        #[serde(with = "time::serde::rfc3339")]
        begun: OffsetDateTime,
    },
    /// It was read from its beginning to its end.
    Complete {
        /// When that began: all that is shown is as of then, or newer.
        #[serde(with = "time::serde::rfc3339")]
        from: OffsetDateTime,
        /// It should have been read anew since.
        late: bool,
        /// Rows that could not be told from one another, and are in no count.
        unnamed: u64,
    },
}

/// By whose right the directory is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadBy {
    /// The portal's own.
    Portal,
    /// With a sign-in that somebody lends.
    Lent {
        /// Somebody does now.
        now: bool,
        /// The names of those with whose sign-ins it was read, the last time it was read to its end. For who sees everything.
        last: Vec<String>,
        /// The viewer could.
        may: bool,
    },
}

/// One reason to look, and the objects that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// Why.
    pub kind: AttentionKind,
    /// How many objects.
    pub total: u64,
    /// The most urgent of them, up to three.
    pub worst: Vec<NeedyObject>,
}

/// An object that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedyObject {
    /// Which one.
    pub subject: Subject,
    /// `displayName`; empty where it has none.
    pub name: String,
    /// What exactly, where more is known than the kind of attention.
    pub detail: Option<NeedDetail>,
    /// Its page in the Entra admin center, where it has none here.
    pub admin_center: Option<String>,
}

/// What exactly needs somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NeedDetail {
    /// A credential ends, or has ended.
    End {
        /// What it is.
        credential: CredentialUse,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
    /// A credential changed, and no push of the portal did it.
    Changed {
        /// What it is; of several, the last.
        credential: domain::credentials::CredentialKind,
        /// What became of it.
        kind: ChangeKind,
        /// When it was found.
        #[serde(with = "time::serde::rfc3339")]
        found_at: OffsetDateTime,
        /// Others beside it.
        more: u32,
    },
    /// The same certificate is there more than once.
    Doubled,
    /// It has owners, and all of their accounts are disabled.
    OwnersDisabled,
    /// Why it could not be read.
    Damage(String),
}

/// A credential, by what it is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialUse {
    /// The app signs in with it.
    Certificate,
    /// Entra signs SAML responses with it, or it encrypts tokens, or its use is not known.
    OtherCertificate,
    /// A client secret.
    Secret,
}
