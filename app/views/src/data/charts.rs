//! The directory in numbers.

use super::apps::Scope;
use super::overview::DirectoryReading;
use time::Date;

/// What the page of charts shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charts {
    /// Whose credentials are counted.
    pub scope: Scope,
    /// How old all of it is.
    pub reading: DirectoryReading,
    /// Days on which everything was counted, the first one first, thinned out over a long time. `None`: for those alone who
    /// see all of the directory.
    pub history: Option<Vec<CountedDay>>,
    /// For how long certificates and secrets have been there.
    pub ages: Distribution,
    /// From their beginning to their end.
    pub lifetimes: Distribution,
}

/// Credentials that had not ended on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedDay {
    /// Of UTC.
    pub day: Date,
    /// How many.
    pub counts: KindCounts,
}

/// How many there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KindCounts {
    /// Entries of `keyCredentials`.
    pub certificates: u64,
    /// Entries of `passwordCredentials`.
    pub secrets: u64,
    /// Entries of `federatedIdentityCredentials`.
    pub federated: u64,
}

/// How certificates and secrets are spread over spans of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// The shortest first; one follows the other.
    pub bands: Vec<Band>,
    /// Of which it is not known.
    pub unknown: KindCounts,
}

/// A span of time, and how many are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// In days, included; `None`: it is the longest.
    pub up_to: Option<u16>,
    /// How many.
    pub counts: KindCounts,
}
