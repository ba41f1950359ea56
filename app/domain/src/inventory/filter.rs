//! What a list of the inventory is narrowed to, as words that people type: `payroll kind:secret ends:<30d holder:app`.
//!
//! A word alone, or in double quotes, is a part of a name. All else is `key:value`, each key once. What is printed is read
//! again as the same filter.

mod ends;
mod named;
mod read;

pub use ends::{Days, Ends};
pub use named::{CertificateFilter, Issuer, IssuerFilter, NotNamed, OwnerFilter};
pub use read::FilterError;

use super::AttentionKind;
use crate::credentials::{CredentialKind, SubjectKind};
use crate::spelling::spelled;
use std::fmt;
use std::str::FromStr;

/// Characters of a filter as it is typed.
pub const MOST_TYPED: usize = 500;
/// Parts of a name in one filter.
pub const MOST_WORDS: usize = 8;

/// All of it has to hold. The credential's part (`kind`, `ends`, `certificate`, `issuer`) has to hold of one and the same credential.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// All of them are in the object's name, in any case.
    pub words: Vec<Word>,
    /// Which credentials, or which objects: those that have one.
    pub kind: Option<CredentialKind>,
    /// Of which kind the object is.
    pub holder: Option<SubjectKind>,
    /// When the credential ends.
    pub ends: Option<Ends>,
    /// Who owns the object.
    pub owner: Option<OwnerFilter>,
    /// Why somebody should look at the object.
    pub needs: Option<AttentionKind>,
    /// What was decided about that, or about anything that somebody should look at.
    pub decided: Option<DecidedWord>,
    /// Of which certificate the credential is an entry.
    pub certificate: Option<CertificateFilter>,
    /// Who issued that.
    pub issuer: Option<IssuerFilter>,
}

impl Filter {
    /// Only what needs somebody for this reason.
    pub fn needing(kind: AttentionKind) -> Self {
        Self { needs: Some(kind), ..Self::default() }
    }

    /// Nothing is left out.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This in place of what the key says so far. An empty value changes nothing.
    ///
    /// # Errors
    /// [`FilterError::Value`], with `key:value` as the word.
    pub fn choose(&mut self, key: FilterKey, value: &str) -> Result<(), FilterError> {
        if value.is_empty() {
            return Ok(());
        }
        self.clear(key);
        self.set(key, value, &format!("{key}:{value}"))
    }

    /// What the key says, as it is typed behind the colon. Empty where it says nothing.
    pub fn value(&self, key: FilterKey) -> String {
        match key {
            FilterKey::Kind => self.kind.map(|kind| kind.to_string()),
            FilterKey::Holder => self.holder.map(|holder| holder_word(holder).to_owned()),
            FilterKey::Ends => self.ends.map(|ends| ends.to_string()),
            FilterKey::Owner => self.owner.map(|owner| owner.to_string()),
            FilterKey::Needs => self.needs.map(|needs| needs.to_string()),
            FilterKey::Decided => self.decided.map(|decided| decided.to_string()),
            FilterKey::Certificate => self.certificate.map(|certificate| certificate.to_string()),
            FilterKey::Issuer => self.issuer.as_ref().map(ToString::to_string),
        }
        .unwrap_or_default()
    }

    fn clear(&mut self, key: FilterKey) {
        match key {
            FilterKey::Kind => self.kind = None,
            FilterKey::Holder => self.holder = None,
            FilterKey::Ends => self.ends = None,
            FilterKey::Owner => self.owner = None,
            FilterKey::Needs => self.needs = None,
            FilterKey::Decided => self.decided = None,
            FilterKey::Certificate => self.certificate = None,
            FilterKey::Issuer => self.issuer = None,
        }
    }

    /// `word`: all of it, for the error.
    fn set(&mut self, key: FilterKey, value: &str, word: &str) -> Result<(), FilterError> {
        // Names are as they are; all else is in any case.
        let (typed, value) = (value, value.to_lowercase());
        let twice = match key {
            FilterKey::Kind => put(&mut self.kind, value.parse().ok()),
            FilterKey::Holder => put(&mut self.holder, holder_of(&value)),
            FilterKey::Ends => put(&mut self.ends, value.parse().ok()),
            FilterKey::Owner => put(&mut self.owner, value.parse().ok()),
            FilterKey::Needs => put(&mut self.needs, value.parse().ok()),
            FilterKey::Decided => put(&mut self.decided, value.parse().ok()),
            FilterKey::Certificate => put(&mut self.certificate, value.parse().ok()),
            FilterKey::Issuer => put(&mut self.issuer, typed.parse().ok()),
        };
        match twice {
            Put::Done => Ok(()),
            Put::Twice => Err(FilterError::Twice { word: word.to_owned(), key }),
            Put::NoSuchValue => Err(FilterError::Value { word: word.to_owned(), key }),
        }
    }
}

enum Put {
    Done,
    Twice,
    NoSuchValue,
}

fn put<T>(place: &mut Option<T>, value: Option<T>) -> Put {
    match (&place, value) {
        (_, None) => Put::NoSuchValue,
        (Some(_), Some(_)) => Put::Twice,
        (None, value) => {
            *place = value;
            Put::Done
        }
    }
}

spelled! {
    /// What stands before the colon.
    pub enum FilterKey ("key of a filter") {
        /// Of the credential.
        Kind = "kind",
        /// When the credential ends.
        Ends = "ends",
        /// What has it.
        Holder = "holder",
        /// Who owns that.
        Owner = "owner",
        /// Why to look at it; what is put aside is not among them.
        Needs = "needs",
        /// What was decided about that.
        Decided = "decided",
        /// Of which certificate the credential is an entry.
        Certificate = "certificate",
        /// Who issued that certificate.
        Issuer = "issuer",
    }
}

impl FilterKey {
    /// What may stand behind the colon, for people.
    pub fn values(self) -> String {
        let listed = |words: &[&str]| words.join(", ");
        match self {
            Self::Kind => listed(&CredentialKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>()),
            Self::Ends => "<30d, >90d (any number of days), past, unknown".into(),
            Self::Holder => listed(&HOLDERS.map(|(word, _)| word)),
            Self::Owner => {
                let words: Vec<_> = OwnerWord::ALL.iter().map(|owner| owner.as_str()).collect();
                format!("{}, an object id", listed(&words))
            }
            Self::Needs => listed(&AttentionKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>()),
            Self::Decided => listed(&DecidedWord::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>()),
            Self::Certificate => "a SHA-1 thumbprint, unknown".into(),
            Self::Issuer => "a whole name in double quotes, unread".into(),
        }
    }
}

spelled! {
    /// Who owns an object, as far as that was read.
    pub enum OwnerWord ("owner in a filter") {
        /// Certainly nobody who counts.
        Nobody = "none",
        /// Who asks.
        Me = "me",
        /// It was not read, or not in full, and nobody is known.
        Unknown = "unknown",
    }
}

spelled! {
    /// What was decided about what needs somebody.
    pub enum DecidedWord ("decision in a filter") {
        /// Somebody looks after it.
        Assigned = "assigned",
        /// Who asks does.
        Mine = "mine",
        /// It is put off until a day.
        Snoozed = "snoozed",
        /// It may stay.
        Accepted = "accepted",
    }
}

/// Short, for they are typed.
const HOLDERS: [(&str, SubjectKind); 3] = [
    ("app", SubjectKind::Application),
    ("sp", SubjectKind::ServicePrincipal),
    ("blueprint", SubjectKind::AgentBlueprint),
];

/// The kind of object that a filter calls so.
pub fn holder_of(word: &str) -> Option<SubjectKind> {
    HOLDERS.into_iter().find(|(known, _)| *known == word).map(|(_, kind)| kind)
}

/// How a filter calls this kind of object.
pub fn holder_word(kind: SubjectKind) -> &'static str {
    HOLDERS.into_iter().find(|(_, known)| *known == kind).map_or("", |(word, _)| word)
}

/// Part of a name: not empty, without control characters, at most [`Word::MOST`] characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Word(String);

/// Not what a part of a name can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a part of a name has 1 to {} characters that can be seen", Word::MOST)]
pub struct NoWord;

impl Word {
    /// Characters.
    pub const MOST: usize = 120;

    /// Without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Word {
    type Err = NoWord;

    /// The text itself, without quotes.
    fn from_str(text: &str) -> Result<Self, NoWord> {
        let fits = !text.is_empty() && text.chars().count() <= Self::MOST && !text.contains(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(NoWord) }
    }
}

/// As it is typed.
impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(|c: char| c.is_whitespace() || c == '"' || c == ':') {
            return f.write_str(&quoted(&self.0));
        }
        f.write_str(&self.0)
    }
}

/// As it is typed where blanks are in it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        if c == '"' || c == '\\' {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// Names first, and then each key in the order of [`FilterKey::ALL`].
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.words.iter().map(ToString::to_string);
        let keys = FilterKey::ALL.iter().map(|key| (key, self.value(*key))).filter(|(_, value)| !value.is_empty());
        let typed = |value: String| {
            if value.contains(|c: char| c.is_whitespace() || c == '"') { quoted(&value) } else { value }
        };
        let all: Vec<String> = words.chain(keys.map(|(key, value)| format!("{key}:{}", typed(value)))).collect();
        f.write_str(&all.join(" "))
    }
}
