//! Values of a filter that name one thing, besides a few words.

use super::OwnerWord;
use crate::ids::ObjectId;
use crate::thumbprint::Thumbprint;
use std::fmt;
use std::str::FromStr;

/// No value of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that names nothing")]
pub struct NotNamed;

/// Who owns an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnerFilter {
    /// Whoever the word means.
    Word(OwnerWord),
    /// This person or service principal, whether they count or not.
    Is(ObjectId),
}

impl FromStr for OwnerFilter {
    type Err = NotNamed;

    fn from_str(text: &str) -> Result<Self, NotNamed> {
        match text.parse() {
            Ok(word) => Ok(Self::Word(word)),
            Err(_) => text.parse().map(Self::Is).map_err(|_| NotNamed),
        }
    }
}

impl fmt::Display for OwnerFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => word.fmt(f),
            Self::Is(id) => id.fmt(f),
        }
    }
}

/// Which certificate an entry is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CertificateFilter {
    /// By its SHA-1 thumbprint.
    Is(Thumbprint),
    /// The entry does not tell.
    Unknown,
}

impl FromStr for CertificateFilter {
    type Err = NotNamed;

    fn from_str(text: &str) -> Result<Self, NotNamed> {
        if text == "unknown" { Ok(Self::Unknown) } else { text.parse().map(Self::Is).map_err(|_| NotNamed) }
    }
}

impl fmt::Display for CertificateFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(thumbprint) => f.write_str(&thumbprint.hex().to_lowercase()),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// Who issued a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IssuerFilter {
    /// This, letter by letter.
    Is(Issuer),
    /// Nobody has read the certificate itself yet.
    Unread,
}

impl FromStr for IssuerFilter {
    type Err = NotNamed;

    fn from_str(text: &str) -> Result<Self, NotNamed> {
        if text.eq_ignore_ascii_case("unread") { Ok(Self::Unread) } else { Ok(Self::Is(text.parse()?)) }
    }
}

impl fmt::Display for IssuerFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(issuer) => f.write_str(issuer.as_str()),
            Self::Unread => f.write_str("unread"),
        }
    }
}

/// An issuer's name, such as `CN=Contoso Issuing CA`: 1 to [`Issuer::MOST`] characters, none of them a control character.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Issuer(String);

impl Issuer {
    /// Characters. A longer one finds no place in a filter.
    pub const MOST: usize = 300;

    /// As the certificate has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Issuer {
    type Err = NotNamed;

    fn from_str(text: &str) -> Result<Self, NotNamed> {
        let fits = !text.is_empty() && text.chars().count() <= Self::MOST && !text.contains(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(NotNamed) }
    }
}
