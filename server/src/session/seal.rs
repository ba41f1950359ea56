//! Encryption at rest: AES-256-GCM, bound to the session or the push that the secret belongs to. A sealed value says which key
//! sealed it, so that keys can be changed.

use crate::config::{TokenKey, TokenKeyId};
use crate::entropy::Entropy;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use uuid::Uuid;

/// What a sealed secret is for, so that one kind cannot stand in for another.
const CONTEXT: &str = "thumbprint session tokens v1";
/// Before the key's id. Values of earlier versions begin with their nonce, and say nothing of a key.
const MARK: &[u8] = b"\0key";

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Another key, another owner, or changed bytes.
    #[error("the secret cannot be opened with this key for this owner")]
    Open,
    #[error("the secret could not be sealed")]
    Seal,
}

/// Seals with one key, and opens with that one and older ones.
pub struct Sealer {
    current: Key,
    old: Vec<Key>,
}

struct Key {
    id: TokenKeyId,
    key: LessSafeKey,
}

impl Key {
    fn new(key: &TokenKey) -> Result<Self, SealError> {
        let unbound = UnboundKey::new(&AES_256_GCM, key.bytes()).map_err(|_| SealError::Seal)?;
        Ok(Self { id: key.id(), key: LessSafeKey::new(unbound) })
    }

    /// `sealed`: from the nonce on.
    fn open(&self, owner: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError::Open)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Open)?;
        let mut secret = sealed.to_vec();
        let length = self.key.open_in_place(nonce, aad(owner), &mut secret).map_err(|_| SealError::Open)?.len();
        secret.truncate(length);
        Ok(secret)
    }
}

impl Sealer {
    /// `old`: they open what they sealed, and seal nothing any more.
    pub fn new(current: &TokenKey, old: &[TokenKey]) -> Result<Self, SealError> {
        Ok(Self { current: Key::new(current)?, old: old.iter().map(Key::new).collect::<Result<_, _>>()? })
    }

    /// The mark, the key's id, a random nonce (96 bits), then ciphertext and tag. `owner`: the cookie's value, or what
    /// [`of_job`] or [`of_lent`] answers.
    pub fn seal(&self, owner: &str, secret: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        let mut sealed = secret.to_vec();
        let Key { id, key } = &self.current;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(owner), &mut sealed)
            .map_err(|_| SealError::Seal)?;
        Ok([MARK, &id.0, &nonce, &sealed].concat())
    }

    pub fn open(&self, owner: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let named = sealed.strip_prefix(MARK).and_then(|rest| rest.split_first_chunk());
        if let Some((id, rest)) = named
            && let Some(key) = self.keys().find(|key| key.id.0 == *id)
        {
            return key.open(owner, rest);
        }
        // Of an earlier version, whichever key it had.
        self.keys().find_map(|key| key.open(owner, sealed).ok()).ok_or(SealError::Open)
    }

    fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.old)
    }
}

fn aad(owner: &str) -> Aad<Vec<u8>> {
    Aad::from([CONTEXT.as_bytes(), b"\0", owner.as_bytes()].concat())
}

/// The owner of tokens that were handed over to one push. No cookie has a space.
pub(super) fn of_job(receipt: Uuid) -> String {
    format!("job {receipt}")
}

/// The owner of tokens that somebody lent.
pub(super) fn of_lent(lent: Uuid) -> String {
    format!("lent {lent}")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::entropy::OsEntropy;

    fn key() -> TokenKey {
        TokenKey::random(&OsEntropy)
    }

    fn sealer() -> Sealer {
        Sealer::new(&key(), &[]).unwrap()
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
        let head = MARK.len() + size_of::<TokenKeyId>();
        let nonce = || ours.seal("session", b"secret", &OsEntropy).unwrap()[head..head + NONCE_LEN].to_vec();
        assert_ne!(nonce(), nonce());
    }

    #[test]
    fn another_session_key_or_byte_does_not_open() {
        let ours = sealer();
        let sealed = ours.seal("session", b"secret", &OsEntropy).unwrap();
        assert_eq!(ours.open("other", &sealed), Err(SealError::Open));
        assert_eq!(sealer().open("session", &sealed), Err(SealError::Open));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(ours.open("session", &changed), Err(SealError::Open), "byte {place}");
        }
        assert_eq!(ours.open("session", b"short"), Err(SealError::Open));
        let job = ours.seal(&of_job(Uuid::from_u128(1)), b"secret", &OsEntropy).unwrap();
        assert_eq!(ours.open(&of_job(Uuid::from_u128(2)), &job), Err(SealError::Open));
    }

    #[test]
    fn a_new_key_opens_what_the_old_one_sealed_and_seals_no_more_with_it() {
        let (old, new) = (key(), key());
        let before = Sealer::new(&old, &[]).unwrap();
        let sealed = before.seal("session", b"secret", &OsEntropy).unwrap();
        let after = Sealer::new(&new, &[key(), old]).unwrap();
        assert_eq!(after.open("session", &sealed).unwrap(), b"secret");
        assert_eq!(after.open("other", &sealed), Err(SealError::Open));
        let anew = after.seal("session", b"secret", &OsEntropy).unwrap();
        assert_eq!(before.open("session", &anew), Err(SealError::Open));
        assert_eq!(Sealer::new(&new, &[]).unwrap().open("session", &anew).unwrap(), b"secret", "the old one can go");
    }

    #[test]
    fn what_an_earlier_version_sealed_without_naming_a_key_is_opened() {
        let key = key();
        let named = Sealer::new(&key, &[]).unwrap().seal("session", b"secret", &OsEntropy).unwrap();
        let bare = &named[MARK.len() + size_of::<TokenKeyId>()..];
        assert_eq!(Sealer::new(&key, &[]).unwrap().open("session", bare).unwrap(), b"secret");
        assert_eq!(Sealer::new(&self::key(), &[key]).unwrap().open("session", bare).unwrap(), b"secret");
        assert_eq!(sealer().open("session", bare), Err(SealError::Open));
    }
}
