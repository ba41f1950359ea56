//! The inventory as a grid: everything in the directory that can hold a credential, and each credential by itself.

mod look;
mod pick;

pub use look::{GridColumn, GridColumns, GridDensity};
pub use pick::{NoPick, Pick, PickedCredential};

use super::apps::Scope;
use super::overview::DirectoryReading;
use super::paging::Page;
use domain::credentials::{CredentialKind, KeyUsage, Subject, SubjectKind};
use domain::ids::{AppId, KeyId, ObjectId};
use domain::inventory::AttentionKind;
use domain::inventory::filter::Filter;
use domain::suitability::Validity;
use domain::thumbprint::Thumbprint;
use serde::Serialize;
use time::OffsetDateTime;
use time::serde::rfc3339;
use uuid::Uuid;

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
    /// Rows are put together, and not shown one by one.
    pub group: Option<GridGroup>,
    /// Of the view.
    pub columns: GridColumns,
    /// How much room a row takes.
    pub density: GridDensity,
}

impl GridQuery {
    /// All rows of a view, as they are shown where nobody chose anything.
    pub fn of(view: GridView) -> Self {
        Self {
            view,
            filter: Filter::default(),
            sort: view.sorts()[0],
            page: 1,
            group: None,
            columns: GridColumns::usual(view),
            density: GridDensity::Comfortable,
        }
    }
}

/// Rows that are selected one by one, beyond which an address would not hold them.
pub const MOST_PICKS: usize = 250;
/// Rows of a selection, as the filter finds them.
pub const MOST_SELECTED: u64 = 10_000;

/// Rows of the grid that something is to be done with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// In which view, and of which filter.
    pub query: GridQuery,
    /// Which of its rows.
    pub which: Which,
}

/// Which rows of a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All that the filter finds when they are used, whatever page they are on.
    All,
    /// These, each once, whatever the filter finds.
    These(Vec<Pick>),
}

/// What is to be done with the rows comes out of this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionView {
    /// How old all of it is.
    pub reading: DirectoryReading,
    /// Rows that are there, and the person's to see.
    pub rows: u32,
    /// Of those that were picked, rows that are not.
    pub missing: u32,
    /// App registrations among what has the rows, each once.
    pub apps: u32,
    /// What else has them, each object once: it is read-only here.
    pub read_only: Vec<(SubjectKind, u32)>,
    /// Of rows that are credentials: certificates of app registrations, which can be removed by their `keyId`.
    pub removable: u32,
    /// App registrations that have those.
    pub losing: u32,
    /// Rows that are not removed, by the reason.
    pub staying: Vec<(WhyStays, u32)>,
}

/// Why a credential is not removed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyStays {
    /// What has it is no app registration.
    ReadOnly,
    /// It is a secret.
    Secret,
    /// It is a trust.
    Federated,
    /// Nothing tells it from others.
    NoKeyId,
}

/// A filter that somebody comes back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Of the view.
    pub id: Uuid,
    /// As somebody called it.
    pub name: String,
    /// What it shows; its page is the first.
    pub query: GridQuery,
    /// Everybody sees it.
    pub shared: bool,
    /// The viewer may rename and remove it.
    pub may_change: bool,
}

/// What the rows of the grid are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridGroup {
    /// Who owns the object.
    Owner,
    /// The certificate that entries are of.
    Certificate,
    /// Who issued that.
    Issuer,
}

impl GridGroup {
    /// In the order of the page.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Certificate, Self::Issuer];

    /// As in the URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Certificate => "certificate",
            Self::Issuer => "issuer",
        }
    }
}

/// Rows of the grid, put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridGroups {
    /// Whose objects there are.
    pub scope: Scope,
    /// How old all of it is.
    pub reading: DirectoryReading,
    /// How many groups there are is not counted. The largest first.
    pub groups: Page<GroupLine>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupLine {
    /// What its rows have in common.
    pub name: GroupName,
    /// How many they are.
    pub rows: u64,
    /// What finds just them; absent where no filter can say it.
    pub filter: Option<Filter>,
}

/// What rows have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupName {
    /// An owner, with the name that they are read with.
    Owner(ObjectId, Option<String>),
    /// Certainly nobody who counts.
    Nobody,
    /// Who owns them was not read.
    UnknownOwner,
    /// By its thumbprint.
    Certificate(Thumbprint),
    /// The entries do not tell.
    UnknownCertificate,
    /// As certificates have it.
    Issuer(String),
    /// Nobody has read the certificates themselves yet.
    Unread,
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

impl ObjectLine {
    /// What it is called in a selection.
    pub fn pick(&self) -> Pick {
        Pick { subject: self.holder.subject, credential: None }
    }
}

impl CredentialLine {
    /// What it is called in a selection; absent where nothing tells it from the others of its object.
    pub fn pick(&self) -> Option<Pick> {
        let credential = match (&self.facts, self.key_id, &self.name) {
            (CredentialFacts::Certificate { .. }, Some(id), _) => PickedCredential::Certificate(id),
            (CredentialFacts::Secret { .. }, Some(id), _) => PickedCredential::Secret(id),
            (CredentialFacts::Federated { .. }, _, Some(name)) => PickedCredential::federated(name)?,
            _ => return None,
        };
        Some(Pick { subject: self.holder.subject, credential: Some(credential) })
    }
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
