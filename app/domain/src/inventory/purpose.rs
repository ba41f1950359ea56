//! Credentials by what they are for: of those for the same purpose, one can take another's place.

use super::object::InventoryObject;
use crate::credentials::KeyUsage;
use time::OffsetDateTime;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The app proves with it who it is.
    SignIn,
    /// Entra signs SAML responses with it.
    Signing,
    /// Everything else: tokens are encrypted with it, or nobody here knows.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Certificate,
    Secret,
}

/// One credential, as far as time goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimedCredential {
    pub(super) purpose: Purpose,
    pub(super) family: Family,
    pub(super) start: Option<OffsetDateTime>,
    pub(super) end: Option<OffsetDateTime>,
}

/// All that the object holds, that can end, and that somebody has to see to: nothing of a managed identity's. The password of a signing certificate's private key is no secret to sign
/// in with: it has that entry's `keyId`
/// (<https://learn.microsoft.com/graph/application-saml-sso-configure-api>).
pub(super) fn holdings(object: &InventoryObject) -> Vec<TimedCredential> {
    if object.managed_identity {
        return vec![];
    }
    let certificates = object.certificates.readable.iter();
    let opens_a_key = |id| certificates.clone().any(|certificate| certificate.key_id == Some(id));
    let secrets = object.secrets.readable.iter().filter(|secret| !secret.key_id.is_some_and(opens_a_key));
    let secrets = secrets.map(|secret| TimedCredential {
        purpose: Purpose::SignIn,
        family: Family::Secret,
        start: secret.start,
        end: secret.end,
    });
    let all = certificates.clone().map(|certificate| TimedCredential {
        purpose: match certificate.usage {
            Some(KeyUsage::Verify) => Purpose::SignIn,
            Some(KeyUsage::Sign) => Purpose::Signing,
            _ => Purpose::Other,
        },
        family: Family::Certificate,
        start: certificate.start,
        end: certificate.end,
    });
    all.chain(secrets).collect()
}

impl TimedCredential {
    /// `other` was made later, lasts longer, and begins before this one ends: this one may end without a word.
    pub(super) fn is_renewed_by(&self, other: &Self) -> bool {
        let (Some(end), Some(others_end), Some(others_start)) = (self.end, other.end, other.start) else {
            return false;
        };
        self.purpose == other.purpose
            && self.family == other.family
            && others_end > end
            && others_start <= end
            && self.start.is_none_or(|start| others_start > start)
    }
}
