//! The key that encrypts tokens at rest.

use crate::entropy::Entropy;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// The beginning of a digest of a key. It tells keys apart, and says nothing of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenKeyId(pub(crate) [u8; 4]);

/// 256 bits for AES-256-GCM. `Debug` does not show it.
#[derive(Clone)]
pub struct TokenKey([u8; 32]);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenKeyError {
    #[error("it is not base64")]
    NotBase64,
    #[error("it has {0} bytes, and must have 32")]
    Length(usize),
}

impl TokenKey {
    /// From 32 bytes in base64; space around it does not matter.
    pub fn from_base64(text: &str) -> Result<Self, TokenKeyError> {
        let bytes = BASE64_STANDARD.decode(text.trim()).map_err(|_| TokenKeyError::NotBase64)?;
        let length = bytes.len();
        bytes.try_into().map(Self).map_err(|_| TokenKeyError::Length(length))
    }

    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        Self(key)
    }

    pub(crate) fn id(&self) -> TokenKeyId {
        let [a, b, c, d, ..]: [u8; 32] = Sha256::digest([b"thumbprint token key".as_slice(), &self.0].concat()).into();
        TokenKeyId([a, b, c, d])
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn takes_32_bytes_and_nothing_else() {
        let good = BASE64_STANDARD.encode([7; 32]);
        assert_eq!(TokenKey::from_base64(&format!("{good}\n")).unwrap().bytes(), &[7; 32]);
        assert_eq!(TokenKey::from_base64(&BASE64_STANDARD.encode([7; 16])).unwrap_err(), TokenKeyError::Length(16));
        assert_eq!(TokenKey::from_base64("not base64!").unwrap_err(), TokenKeyError::NotBase64);
    }

    #[test]
    fn debug_keeps_it_secret() {
        let key = TokenKey::from_base64(&BASE64_STANDARD.encode([7; 32])).unwrap();
        assert_eq!(format!("{key:?}"), "TokenKey(…)");
    }
}
