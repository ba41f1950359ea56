//! The inventory as a grid: everything in the directory that can hold a credential, and each credential by itself.

use super::apps::Scope;
use super::overview::DirectoryReading;
use super::paging::Page;
use domain::credentials::{CredentialKind, KeyUsage, Subject};
use domain::ids::{AppId, KeyId};
use domain::inventory::AttentionKind;
use domain::inventory::filter::Filter;
use domain::suitability::Validity;
use domain::thumbprint::Thumbprint;
use serde::Serialize;
use time::OffsetDateTime;
use time::serde::rfc3339;

/// What a row of the grid is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GridView {
    /// One credential of one object.
    #[default]
    Credentials,
    /// One app, service principal or agent blueprint, with all that it has.
    Objects,
}

impl GridView {
    /// As in the URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Objects => "objects",
        }
    }

    /// Its orders; the first is the usual one.
    pub const fn sorts(self) -> &'static [GridSort] {
        match self {
            Self::Credentials => &[GridSort::End, GridSort::EndDescending, GridSort::Name, GridSort::NameDescending],
            Self::Objects => &[GridSort::Name, GridSort::NameDescending, GridSort::Newest],
        }
    }
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridSort {
    /// What ends first, first; what never ends last.
    End,
    /// What ends last, first.
    EndDescending,
    /// By the object's name, from A to Z.
    Name,
    /// By the object's name, from Z to A.
    NameDescending,
    /// What was seen for the first time last, first.
    Newest,
}

impl GridSort {
    /// As in the URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::EndDescending => "end-desc",
            Self::Name => "name",
            Self::NameDescending => "name-desc",
            Self::Newest => "newest",
        }
    }
}

/// What the grid shows. Lives in the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridQuery {
    /// What a row is.
    pub view: GridView,
    /// Which rows.
    pub filter: Filter,
    /// One of the view's.
    pub sort: GridSort,
    /// From 1.
    pub page: u32,
}

/// One page of the grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// Whose objects there are.
    pub scope: Scope,
    /// How old all of it is.
    pub reading: DirectoryReading,
    /// As the query asks for.
    pub rows: GridRows,
}

/// What the rows are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GridRows {
    /// Where the query's view is [`GridView::Credentials`].
    Credentials(Page<CredentialLine>),
    /// Where the query's view is [`GridView::Objects`].
    Objects(Page<ObjectLine>),
}

/// What has a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// Which one.
    #[serde(flatten)]
    pub subject: Subject,
    /// Its application (client) id.
    pub app_id: Option<AppId>,
    /// `displayName`; empty where it has none.
    pub name: String,
    /// Whether nobody can sign in to it; absent where Graph did not say.
    pub disabled: Option<bool>,
    /// Its page in the Entra admin center, where it has none here.
    pub admin_center: Option<String>,
}

/// One credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialLine {
    /// What has it.
    pub holder: Holder,
    /// What it is.
    #[serde(flatten)]
    pub facts: CredentialFacts,
    /// `keyId`; federated credentials have none.
    pub key_id: Option<KeyId>,
    /// Of the entry.
    pub name: Option<String>,
    /// From when on.
    #[serde(with = "rfc3339::option")]
    pub start: Option<OffsetDateTime>,
    /// Until when. Absent where that is not known, and where it never ends.
    #[serde(with = "rfc3339::option")]
    pub end: Option<OffsetDateTime>,
    /// When its object was read.
    #[serde(with = "rfc3339")]
    pub read: OffsetDateTime,
    /// As of now; absent of what never ends.
    #[serde(skip)]
    pub validity: Option<Validity>,
}

/// What a credential is, by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "credential", rename_all = "kebab-case")]
pub enum CredentialFacts {
    /// An entry of `keyCredentials`.
    Certificate {
        /// What it is for.
        usage: Option<KeyUsage>,
        /// SHA-1, where the entry tells it.
        thumbprint: Option<Thumbprint>,
    },
    /// An entry of `passwordCredentials`.
    Secret {
        /// Its first characters.
        hint: Option<String>,
        /// It is the password of a signing certificate's private key, and nobody signs in with it.
        opens_a_key: bool,
    },
    /// An entry of `federatedIdentityCredentials`: it never ends.
    Federated {
        /// Whose tokens are taken.
        issuer: String,
        /// For whom they have to be.
        subject: Option<String>,
        /// Whoever gets a repository's name is trusted.
        named_repository: bool,
    },
}

impl CredentialFacts {
    /// Which kind it is.
    pub const fn kind(&self) -> CredentialKind {
        match self {
            Self::Certificate { .. } => CredentialKind::Certificate,
            Self::Secret { .. } => CredentialKind::Secret,
            Self::Federated { .. } => CredentialKind::Federated,
        }
    }
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectLine {
    /// Which one.
    pub holder: Holder,
    /// Entries of `keyCredentials`.
    pub certificates: Seen,
    /// Entries of `passwordCredentials`.
    pub secrets: Seen,
    /// Entries of `federatedIdentityCredentials`.
    pub federated: Seen,
    /// People and service principals.
    pub owners: Seen,
    /// One of the owners counts: an account that is enabled. Absent where that is not known.
    pub owned: Option<bool>,
    /// The next end of a credential that has not ended; of the last, where all have.
    #[serde(with = "rfc3339::option")]
    pub next_end: Option<OffsetDateTime>,
    /// Why somebody should look at it now.
    pub needs: Vec<AttentionKind>,
    /// `createdDateTime`
    #[serde(with = "rfc3339::option")]
    pub created: Option<OffsetDateTime>,
    /// When the portal saw it for the first time.
    #[serde(with = "rfc3339")]
    pub first_seen: OffsetDateTime,
    /// When it was read.
    #[serde(with = "rfc3339")]
    pub read: OffsetDateTime,
    /// Of `next_end`.
    #[serde(skip)]
    pub validity: Option<Validity>,
}

/// How many of something, as far as they were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// Absent where none could be read.
    pub count: Option<u32>,
    /// There may be more.
    pub maybe_more: bool,
}
