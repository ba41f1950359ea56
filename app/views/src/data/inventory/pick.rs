//! One row of the grid, as a form and the URL name it.

use domain::credentials::{CredentialKind, Subject};
use domain::ids::KeyId;
use domain::inventory::filter::{holder_of, holder_word};
use std::fmt;
use std::str::FromStr;

/// `app.<object id>`, or with a credential `app.<object id>.certificate.<keyId>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pick {
    /// The object, or what has the credential.
    pub subject: Subject,
    /// In the view of credentials.
    pub credential: Option<PickedCredential>,
}

/// Which credential of its object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PickedCredential {
    /// By `keyId`.
    Certificate(KeyId),
    /// By `keyId`.
    Secret(KeyId),
    /// By its name, which is unique in the app.
    Federated(String),
}

/// The text names no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is no row of the inventory")]
pub struct NoPick;

impl PickedCredential {
    /// Characters of a federated credential's name: as many as Graph takes
    /// (<https://learn.microsoft.com/graph/api/resources/federatedidentitycredential>).
    const MOST: usize = 120;

    /// By this name, where it can be one.
    pub fn federated(name: &str) -> Option<Self> {
        let fits = !name.is_empty() && name.chars().count() <= Self::MOST && !name.contains(char::is_control);
        fits.then(|| Self::Federated(name.to_owned()))
    }
}

impl FromStr for Pick {
    type Err = NoPick;

    fn from_str(text: &str) -> Result<Self, NoPick> {
        let mut parts = text.splitn(4, '.');
        let mut part = || parts.next().ok_or(NoPick);
        let kind = holder_of(part()?).ok_or(NoPick)?;
        let subject = Subject { kind, id: part()?.parse().map_err(|_| NoPick)? };
        let Ok(kind) = part() else { return Ok(Self { subject, credential: None }) };
        let id = part()?;
        let key_id = || id.parse::<KeyId>().map_err(|_| NoPick);
        let credential = match kind.parse().map_err(|_| NoPick)? {
            CredentialKind::Certificate => PickedCredential::Certificate(key_id()?),
            CredentialKind::Secret => PickedCredential::Secret(key_id()?),
            CredentialKind::Federated => PickedCredential::federated(id).ok_or(NoPick)?,
        };
        Ok(Self { subject, credential: Some(credential) })
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", holder_word(self.subject.kind), self.subject.id)?;
        match &self.credential {
            None => Ok(()),
            Some(PickedCredential::Certificate(id)) => write!(f, ".{}.{id}", CredentialKind::Certificate),
            Some(PickedCredential::Secret(id)) => write!(f, ".{}.{id}", CredentialKind::Secret),
            Some(PickedCredential::Federated(name)) => write!(f, ".{}.{name}", CredentialKind::Federated),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_nothing_else_is_a_row() {
        let id = "0f1e2d3c-4b5a-4978-8685-9483a2b10003";
        for text in [
            format!("app.{id}"),
            format!("sp.{id}.secret.{id}"),
            format!("blueprint.{id}.certificate.{id}"),
            format!("app.{id}.federated.ci.main"),
        ] {
            assert_eq!(text.parse::<Pick>().map(|pick| pick.to_string()), Ok(text));
        }
        for text in [
            String::new(),
            id.to_owned(),
            format!("user.{id}"),
            "app.7".into(),
            format!("app.{id}."),
            format!("app.{id}.certificate"),
            format!("app.{id}.certificate.7"),
            format!("app.{id}.password.{id}"),
            format!("app.{id}.federated."),
            format!("app.{id}.federated.{}", "x".repeat(121)),
        ] {
            assert_eq!(text.parse::<Pick>(), Err(NoPick), "{text}");
        }
    }
}
