//! What an entry of `keyCredentials` is, and what it is for
//! (<https://learn.microsoft.com/graph/api/resources/keycredential>).
//!
//! Graph answers what others wrote. What it sends is compared without regard to letter case, and what is not known is
//! kept verbatim.

use crate::spelling::as_text;
use std::convert::Infallible;
use std::str::FromStr;

/// The property `usage`: what the key is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyUsage {
    /// Entra checks with it what the app signs: client assertions.
    Verify,
    /// Entra signs with it: SAML responses.
    Sign,
    /// Entra encrypts with it: tokens, where `tokenEncryptionKeyId` names the entry.
    Encrypt,
    /// What this version has no name for.
    Other(String),
}

impl KeyUsage {
    /// As Graph has it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Verify => "Verify",
            Self::Sign => "Sign",
            Self::Encrypt => "Encrypt",
            Self::Other(text) => text,
        }
    }
}

impl FromStr for KeyUsage {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let known = [Self::Verify, Self::Sign, Self::Encrypt];
        let found = known.into_iter().find(|usage| usage.as_str().eq_ignore_ascii_case(text));
        Ok(found.unwrap_or_else(|| Self::Other(text.to_owned())))
    }
}

as_text!(KeyUsage);

/// The property `type`: what the key is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyCredentialType {
    /// A certificate alone.
    AsymmetricX509Cert,
    /// A certificate with its private key: what Entra signs with.
    X509CertAndPassword,
    /// A symmetric key.
    Symmetric,
    /// What this version has no name for.
    Other(String),
}

impl KeyCredentialType {
    /// As Graph has it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AsymmetricX509Cert => "AsymmetricX509Cert",
            Self::X509CertAndPassword => "X509CertAndPassword",
            Self::Symmetric => "Symmetric",
            Self::Other(text) => text,
        }
    }
}

impl FromStr for KeyCredentialType {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let known = [Self::AsymmetricX509Cert, Self::X509CertAndPassword, Self::Symmetric];
        let found = known.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text));
        Ok(found.unwrap_or_else(|| Self::Other(text.to_owned())))
    }
}

as_text!(KeyCredentialType);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::holds;

    #[test]
    fn spellings() {
        holds(&[
            (KeyUsage::Verify, "Verify"),
            (KeyUsage::Sign, "Sign"),
            (KeyUsage::Encrypt, "Encrypt"),
            (KeyUsage::Other("NonRepudiation".into()), "NonRepudiation"),
        ]);
        holds(&[
            (KeyCredentialType::AsymmetricX509Cert, "AsymmetricX509Cert"),
            (KeyCredentialType::X509CertAndPassword, "X509CertAndPassword"),
            (KeyCredentialType::Symmetric, "Symmetric"),
            (KeyCredentialType::Other("Passkey".into()), "Passkey"),
        ]);
    }

    #[test]
    fn the_letter_case_of_what_others_wrote_says_nothing() {
        assert_eq!("verify".parse(), Ok(KeyUsage::Verify));
        assert_eq!("ASYMMETRICX509CERT".parse(), Ok(KeyCredentialType::AsymmetricX509Cert));
        assert_eq!("sign ".parse(), Ok(KeyUsage::Other("sign ".into())));
    }
}
