//! Encryption at rest: AES-256-GCM, bound to the session or the push that the secret belongs to.

use crate::config::TokenKey;
use crate::entropy::Entropy;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use uuid::Uuid;

/// What a sealed secret is for, so that one kind cannot stand in for another.
const CONTEXT: &str = "thumbprint session tokens v1";

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Another key, another owner, or changed bytes.
    #[error("the secret cannot be opened with this key for this owner")]
    Open,
    #[error("the secret could not be sealed")]
    Seal,
}

/// Seals and opens with one key.
pub struct Sealer(LessSafeKey);

impl Sealer {
    pub fn new(key: &TokenKey) -> Result<Self, SealError> {
        UnboundKey::new(&AES_256_GCM, key.bytes()).map(|key| Self(LessSafeKey::new(key))).map_err(|_| SealError::Seal)
    }

    /// A random nonce (96 bits), then ciphertext and tag. `owner`: the cookie's value, or what [`of_job`] answers.
    pub fn seal(&self, owner: &str, secret: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        let mut sealed = secret.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(owner), &mut sealed)
            .map_err(|_| SealError::Seal)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub fn open(&self, owner: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError::Open)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Open)?;
        let mut secret = sealed.to_vec();
        let length = self.0.open_in_place(nonce, aad(owner), &mut secret).map_err(|_| SealError::Open)?.len();
        secret.truncate(length);
        Ok(secret)
    }
}

fn aad(owner: &str) -> Aad<Vec<u8>> {
    Aad::from([CONTEXT.as_bytes(), b"\0", owner.as_bytes()].concat())
}

/// The owner of tokens that were handed over to one push. No cookie has a space.
pub(super) fn of_job(receipt: Uuid) -> String {
    format!("job {receipt}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::entropy::OsEntropy;

    fn sealer() -> Sealer {
        Sealer::new(&TokenKey::random(&OsEntropy)).unwrap()
    }

    #[test]
    fn opens_what_it_sealed() {
        let ours = sealer();
        let sealed = ours.seal("session", b"secret", &OsEntropy).unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(ours.open("session", &sealed).unwrap(), b"secret");
    }

    #[test]
    fn a_nonce_is_not_used_twice() {
        let ours = sealer();
        let seal = || ours.seal("session", b"secret", &OsEntropy).unwrap();
        assert_ne!(seal()[..NONCE_LEN], seal()[..NONCE_LEN]);
    }

    #[test]
    fn another_session_key_or_byte_does_not_open() {
        let ours = sealer();
        let sealed = ours.seal("session", b"secret", &OsEntropy).unwrap();
        assert_eq!(ours.open("other", &sealed), Err(SealError::Open));
        assert_eq!(sealer().open("session", &sealed), Err(SealError::Open));
        let mut changed = sealed;
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(ours.open("session", &changed), Err(SealError::Open));
        assert_eq!(ours.open("session", b"short"), Err(SealError::Open));
        let job = ours.seal(&of_job(Uuid::from_u128(1)), b"secret", &OsEntropy).unwrap();
        assert_eq!(ours.open(&of_job(Uuid::from_u128(2)), &job), Err(SealError::Open));
    }
}
