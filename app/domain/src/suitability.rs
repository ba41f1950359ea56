//! Whether a certificate can serve an app's sign-in at Entra, and for how long it still does.

use crate::certificate::{CertificateFacts, PublicKey};
use crate::client_assertion::{MIN_RSA_BITS, UnfitKey, check_key};
use crate::dates::{day, minute};
use crate::key_credential::KeyCredential;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// What ends within this time is shown as ending soon.
pub const ENDS_SOON: Duration = Duration::days(30);
/// How old a proof may be that an app signs in with its certificate.
pub const PROVEN_WITHIN: Duration = Duration::days(30);
/// Longer lifetimes earn a warning.
pub const LONG_LIFETIME: Duration = Duration::days(2 * 366);

/// Where a validity period stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validity {
    /// It begins later.
    NotYetValid,
    /// For longer than [`ENDS_SOON`].
    Valid,
    /// Valid, for at most [`ENDS_SOON`].
    EndsSoon,
    /// The end is there, or over.
    Expired,
    /// No end is known.
    Unknown,
}

impl Validity {
    /// It has begun, and its end is known and not there.
    pub const fn is_in_force(self) -> bool {
        matches!(self, Self::Valid | Self::EndsSoon)
    }
}

/// The app can sign in with the entry at `now`: it is for that, and in force.
pub fn signs_in(entry: &KeyCredential, now: OffsetDateTime) -> bool {
    entry.is_for_sign_in() && validity(entry.start(), entry.end(), now).is_in_force()
}

/// Entra refuses from an entry's end on, without grace; the end itself is refused (facts: J6).
pub fn validity(start: Option<OffsetDateTime>, end: Option<OffsetDateTime>, now: OffsetDateTime) -> Validity {
    let Some(end) = end else { return Validity::Unknown };
    if end <= now {
        Validity::Expired
    } else if start.is_some_and(|start| now < start) {
        Validity::NotYetValid
    } else if end - now <= ENDS_SOON {
        Validity::EndsSoon
    } else {
        Validity::Valid
    }
}

/// A reason for which the certificate cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnfitReason {
    /// Client assertions are RS256 or PS256: both need RSA.
    NotRsa {
        /// What it is instead.
        key: PublicKey,
    },
    /// Shorter than [`MIN_RSA_BITS`].
    RsaTooShort {
        /// Length of its modulus.
        bits: u32,
    },
    /// Entra refuses it at sign-in.
    Expired {
        /// Its `notAfter`.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
    },
}

impl UnfitReason {
    /// What is wrong, in a sentence without a full stop.
    pub fn title(&self) -> String {
        match self {
            Self::NotRsa { key } => format!("Entra cannot use its key ({key}) for an app's sign-in"),
            Self::RsaTooShort { bits } => format!("Its RSA key has {bits} bits; {MIN_RSA_BITS} are the least"),
            Self::Expired { at } => format!("It expired on {}", day(*at)),
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::NotRsa { .. } => {
                "Client assertions are signed with RS256 or PS256, and both need an RSA key. Ask for a certificate with an RSA key of 2048 bits or more.".into()
            }
            Self::RsaTooShort { .. } => "Ask for a certificate with an RSA key of 2048 bits or more.".into(),
            Self::Expired { .. } => "Entra refuses an expired certificate at sign-in. Renew it and upload the new one.".into(),
        }
    }
}

/// Something worth knowing before the certificate is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Warning {
    /// Entra refuses it until then.
    NotYetValid {
        /// Its `notBefore`.
        #[serde(with = "time::serde::rfc3339")]
        from: OffsetDateTime,
    },
    /// The signature on it is over SHA-1 or MD5. Entra does not look at that signature.
    Sha1Signature {
        /// Such as `sha1WithRSAEncryption`.
        algorithm: String,
    },
    /// Within [`ENDS_SOON`].
    EndsSoon {
        /// Its `notAfter`.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// Whole days left.
        days: i64,
    },
    /// For longer than [`LONG_LIFETIME`].
    LongLived {
        /// Whole days from start to end.
        days: i64,
    },
    /// Of a certificate that another one has signed.
    CaCertificate,
    /// Its key is bound to PSS padding.
    PssOnly,
    /// RFC 5280, section 4.2, forbids it.
    DuplicateExtension,
}

impl Warning {
    /// What it is, in a sentence without a full stop.
    pub fn title(&self) -> String {
        match self {
            Self::NotYetValid { from } => format!("It is valid only from {}", minute(*from)),
            Self::Sha1Signature { algorithm } => format!("Its own signature is weak ({algorithm})"),
            Self::EndsSoon { at, days: 0 } => format!("It ends within a day, on {}", minute(*at)),
            Self::EndsSoon { at, days: 1 } => format!("It ends in 1 day, on {}", day(*at)),
            Self::EndsSoon { at, days } => format!("It ends in {days} days, on {}", day(*at)),
            Self::LongLived { days } => format!("It is valid for {days} days, more than two years"),
            Self::CaCertificate => "It is a certificate authority's certificate".into(),
            Self::PssOnly => "Its RSA key is bound to PSS: it cannot sign RS256".into(),
            Self::DuplicateExtension => "An extension is in it twice".into(),
        }
    }

    /// Why it matters, and what to do.
    pub fn advice(&self) -> String {
        match self {
            Self::NotYetValid { .. } => {
                "Until then Entra refuses it, and says that the key is expired. If it should be valid by now, check the clock of the machine that issued it.".into()
            }
            Self::Sha1Signature { .. } => {
                "Entra does not check that signature, so sign-in works. Your policy may still want one made with SHA-256.".into()
            }
            Self::EndsSoon { .. } => "Plan its renewal now: Entra sends no reminder for an app's certificate.".into(),
            Self::LongLived { .. } => "An app management policy of your tenant may refuse it. Shorter lifetimes limit what a stolen key is worth.".into(),
            Self::CaCertificate => {
                "Is it the right file? An app signs in with a leaf certificate of its own; whoever holds a CA's key can issue others.".into()
            }
            Self::PssOnly => {
                "The certificate names its key id-RSASSA-PSS (RFC 4055). Clients that sign with RS256 cannot use such a key, and many programs do not load it; only PS256 is left. Whether Entra takes such a certificate is not documented. Ask for one with a plain RSA key (rsaEncryption), which does both.".into()
            }
            Self::DuplicateExtension => {
                "A certificate must not have that (RFC 5280, section 4.2). openssl and others refuse it or read one of the two; here each of them counts. Have it issued again.".into()
            }
        }
    }
}

/// What people fear without need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// The extended key usage leaves out client authentication.
    NotForClientAuth,
    /// openssl marks every self-signed certificate so, unless told otherwise.
    MarkedAsCa,
}

impl Note {
    /// What it is, in a sentence without a full stop.
    pub fn title(self) -> String {
        match self {
            Self::NotForClientAuth => "Client authentication is not among its purposes, and need not be".into(),
            Self::MarkedAsCa => "It is marked as a certificate authority, and signs in all the same".into(),
        }
    }

    /// Why nothing needs to be done.
    pub fn advice(self) -> String {
        match self {
            Self::NotForClientAuth => {
                "An app signs a client assertion with its key; no TLS client certificate is shown, so Entra does not ask for that purpose. Public authorities leave it out of their certificates in 2026 and 2027: they serve all the same.".into()
            }
            Self::MarkedAsCa => {
                "openssl marks self-signed certificates so by default. Nothing needs to be done; -addext basicConstraints=critical,CA:FALSE makes a plain one.".into()
            }
        }
    }
}

/// Refusals, warnings and notes for one certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// It cannot be used because of any of them.
    pub refusals: Vec<UnfitReason>,
    /// It can be used, and this is worth knowing.
    pub warnings: Vec<Warning>,
    /// What people fear without need.
    #[serde(default)]
    pub notes: Vec<Note>,
}

impl Assessment {
    /// Nothing speaks against it.
    pub fn usable(&self) -> bool {
        self.refusals.is_empty()
    }
}

/// Judges a certificate for client authentication.
pub fn assess(facts: &CertificateFacts, now: OffsetDateTime) -> Assessment {
    let mut assessment = Assessment::default();
    match check_key(&facts.public_key) {
        Ok(()) => {}
        Err(UnfitKey::NotRsa { key }) => assessment.refusals.push(UnfitReason::NotRsa { key }),
        Err(UnfitKey::TooShort { bits }) => assessment.refusals.push(UnfitReason::RsaTooShort { bits }),
    }
    match validity(Some(facts.not_before), Some(facts.not_after), now) {
        Validity::Expired => assessment.refusals.push(UnfitReason::Expired { at: facts.not_after }),
        Validity::NotYetValid => assessment.warnings.push(Warning::NotYetValid { from: facts.not_before }),
        Validity::EndsSoon => {
            assessment
                .warnings
                .push(Warning::EndsSoon { at: facts.not_after, days: (facts.not_after - now).whole_days() });
        }
        Validity::Valid | Validity::Unknown => {}
    }
    if facts.sha1_signature {
        assessment.warnings.push(Warning::Sha1Signature { algorithm: facts.signature_algorithm.clone() });
    }
    let lifetime = facts.not_after - facts.not_before;
    if lifetime > LONG_LIFETIME {
        assessment.warnings.push(Warning::LongLived { days: lifetime.whole_days() });
    }
    match (facts.is_ca, facts.self_signed) {
        (true, true) => assessment.notes.push(Note::MarkedAsCa),
        (true, false) => assessment.warnings.push(Warning::CaCertificate),
        (false, _) => {}
    }
    if facts.pss_only {
        assessment.warnings.push(Warning::PssOnly);
    }
    if facts.duplicate_extension {
        assessment.warnings.push(Warning::DuplicateExtension);
    }
    if facts.excludes_client_auth() {
        assessment.notes.push(Note::NotForClientAuth);
    }
    assessment
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    #[test]
    fn the_end_itself_is_too_late() {
        let start = Some(NOW - Duration::days(100));
        for (end, expected) in [
            (NOW, Validity::Expired),
            (NOW + Duration::seconds(1), Validity::EndsSoon),
            (NOW + ENDS_SOON, Validity::EndsSoon),
            (NOW + ENDS_SOON + Duration::seconds(1), Validity::Valid),
        ] {
            assert_eq!(validity(start, Some(end), NOW), expected, "{end}");
        }
        assert_eq!(
            validity(Some(NOW + Duration::seconds(1)), Some(NOW + Duration::days(90)), NOW),
            Validity::NotYetValid
        );
        assert_eq!(validity(Some(NOW), Some(NOW + Duration::days(90)), NOW), Validity::Valid);
        assert_eq!(validity(start, None, NOW), Validity::Unknown);
        // Wholly in the past, whatever its start says.
        assert_eq!(validity(Some(NOW + Duration::days(1)), Some(NOW - Duration::days(1)), NOW), Validity::Expired);
    }
}
