//! Algorithms by their object identifiers, and what is done with their digests.

use super::ber::Reader;
use domain::upload::ReadError;
use hmac::{Hmac, KeyInit as _, Mac as _};
use pkcs12::kdf::{Pkcs12KeyType, derive_key};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

pub(super) const PBKDF2: &str = "1.2.840.113549.1.5.12";

/// AlgorithmIdentifier; its parameters are still to be read.
pub(super) struct Algorithm<'a> {
    pub id: String,
    pub parameters: Reader<'a>,
}

/// Digests of MACs and key derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HashAlgorithm {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

macro_rules! with {
    ($digest:expr, $function:ident($($argument:expr),*)) => {
        match $digest {
            HashAlgorithm::Sha1 => $function::<Sha1>($($argument),*),
            HashAlgorithm::Sha224 => $function::<Sha224>($($argument),*),
            HashAlgorithm::Sha256 => $function::<Sha256>($($argument),*),
            HashAlgorithm::Sha384 => $function::<Sha384>($($argument),*),
            HashAlgorithm::Sha512 => $function::<Sha512>($($argument),*),
        }
    };
}

impl HashAlgorithm {
    /// NIST's identifiers, and OIW's for SHA-1.
    pub(super) fn of(id: &str) -> Option<Self> {
        Some(match id {
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.4" => Self::Sha224,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            _ => return None,
        })
    }

    /// Of HMAC with it (RFC 8018, appendix B.1).
    pub(super) fn of_hmac(id: &str) -> Option<Self> {
        Some(match id {
            "1.2.840.113549.2.7" => Self::Sha1,
            "1.2.840.113549.2.8" => Self::Sha224,
            "1.2.840.113549.2.9" => Self::Sha256,
            "1.2.840.113549.2.10" => Self::Sha384,
            "1.2.840.113549.2.11" => Self::Sha512,
            _ => return None,
        })
    }

    fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The HMAC of `data` is `expected`.
    pub(super) fn hmac_is(self, key: &[u8], data: &[u8], expected: &[u8]) -> bool {
        macro_rules! verify {
            ($kind:ty) => {
                Hmac::<$kind>::new_from_slice(key)
                    .is_ok_and(|mac| mac.chain_update(data).verify_slice(expected).is_ok())
            };
        }
        match self {
            Self::Sha1 => verify!(Sha1),
            Self::Sha224 => verify!(Sha224),
            Self::Sha256 => verify!(Sha256),
            Self::Sha384 => verify!(Sha384),
            Self::Sha512 => verify!(Sha512),
        }
    }

    /// Key derivation of PKCS#12 (RFC 7292, appendix B.2). `password`: in UTF-16, zero-terminated.
    pub(super) fn derive(
        self,
        password: &[u8],
        salt: &Salt,
        purpose: Pkcs12KeyType,
        length: usize,
    ) -> Zeroizing<Vec<u8>> {
        // Rounds are at most MAX_ROUNDS, which fits.
        let rounds = i32::try_from(salt.rounds).unwrap_or(i32::MAX);
        Zeroizing::new(with!(self, derive_key(password, &salt.salt, purpose, rounds, length)))
    }

    /// The MAC's key.
    pub(super) fn derive_mac_key(self, password: &[u8], salt: &Salt) -> Zeroizing<Vec<u8>> {
        self.derive(password, salt, Pkcs12KeyType::Mac, self.length())
    }
}

/// Salt and rounds of a key derivation.
pub(super) struct Salt {
    pub salt: Vec<u8>,
    pub rounds: u64,
}

impl Salt {
    /// Takes its rounds off those that are left for the file, for each derivation.
    pub(super) fn pay(&self, left: &mut u64) -> Result<(), ReadError> {
        let rest = left.checked_sub(self.rounds.max(1));
        *left = rest.ok_or(ReadError::TooManyRounds { rounds: self.rounds, most: super::MAX_ROUNDS })?;
        Ok(())
    }
}

/// PBKDF2 (RFC 8018, appendix A.2).
pub(super) struct Pbkdf2 {
    pub salt: Salt,
    /// In octets, where it is said.
    pub key_length: Option<u64>,
    prf: HashAlgorithm,
}

impl Pbkdf2 {
    /// `Err`: the object identifier of what is not known. `None`: not readable.
    pub(super) fn of(kdf: &Algorithm<'_>) -> Option<Result<Self, String>> {
        if kdf.id != PBKDF2 {
            return Some(Err(kdf.id.clone()));
        }
        let mut parameters = kdf.parameters;
        let mut members = parameters.sequence()?;
        let salt = members.octets()?.into_owned();
        let rounds = members.integer()?;
        let key_length = members.integer();
        let prf = match members.algorithm() {
            Some(prf) => match HashAlgorithm::of_hmac(&prf.id) {
                Some(digest) => digest,
                None => return Some(Err(prf.id)),
            },
            // The default: HMAC with SHA-1.
            None => HashAlgorithm::Sha1,
        };
        Some(Ok(Self { salt: Salt { salt, rounds }, key_length, prf }))
    }

    pub(super) fn derive(&self, password: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
        use pbkdf2::pbkdf2_hmac;
        let rounds = u32::try_from(self.salt.rounds).unwrap_or(u32::MAX).max(1);
        let mut key = Zeroizing::new(vec![0; length]);
        with!(self.prf, pbkdf2_hmac(password, &self.salt.salt, rounds, &mut key));
        key
    }
}

/// A name for people; the object identifier itself where there is none.
pub(super) fn name(id: &str) -> String {
    let name = match id {
        "1.2.840.113549.2.2" => "MD2",
        "1.2.840.113549.2.5" => "MD5",
        "2.16.840.1.101.3.4.2.5" => "SHA-512/224",
        "2.16.840.1.101.3.4.2.6" => "SHA-512/256",
        "2.16.840.1.101.3.4.2.7" => "SHA3-224",
        "2.16.840.1.101.3.4.2.8" => "SHA3-256",
        "2.16.840.1.101.3.4.2.9" => "SHA3-384",
        "2.16.840.1.101.3.4.2.10" => "SHA3-512",
        "1.2.156.10197.1.401" => "SM3",
        "1.2.643.7.1.1.2.2" => "GOST R 34.11-2012, 256 bits",
        "1.2.643.7.1.1.2.3" => "GOST R 34.11-2012, 512 bits",
        "1.2.840.113549.2.12" => "HMAC with SHA-512/224",
        "1.2.840.113549.2.13" => "HMAC with SHA-512/256",
        "2.16.840.1.101.3.4.2.13" => "HMAC with SHA3-224",
        "2.16.840.1.101.3.4.2.14" => "HMAC with SHA3-256",
        "2.16.840.1.101.3.4.2.15" => "HMAC with SHA3-384",
        "2.16.840.1.101.3.4.2.16" => "HMAC with SHA3-512",
        "1.2.643.7.1.1.4.1" => "HMAC with GOST R 34.11-2012, 256 bits",
        "1.2.643.7.1.1.4.2" => "HMAC with GOST R 34.11-2012, 512 bits",
        "1.3.6.1.4.1.11591.4.11" => "scrypt",
        "1.2.840.113549.1.12.1.1" => "RC4, 128 bits",
        "1.2.840.113549.1.12.1.2" => "RC4, 40 bits",
        "1.2.840.113549.1.5.1" => "DES with MD2",
        "1.2.840.113549.1.5.3" => "DES with MD5",
        "1.2.840.113549.1.5.4" => "RC2 with MD2",
        "1.2.840.113549.1.5.6" => "RC2 with MD5",
        "1.2.840.113549.1.5.10" => "DES with SHA-1",
        "1.2.840.113549.1.5.11" => "RC2 with SHA-1",
        "1.3.14.3.2.7" => "DES",
        "1.2.840.113549.3.9" => "RC5",
        "2.16.840.1.101.3.4.1.6" => "AES-128-GCM",
        "2.16.840.1.101.3.4.1.26" => "AES-192-GCM",
        "2.16.840.1.101.3.4.1.46" => "AES-256-GCM",
        "1.2.392.200011.61.1.1.1.2" => "Camellia-128",
        "1.2.392.200011.61.1.1.1.3" => "Camellia-192",
        "1.2.392.200011.61.1.1.1.4" => "Camellia-256",
        "1.2.410.200004.1.4" => "SEED",
        "1.2.410.200046.1.1.2" => "ARIA-128",
        "1.2.410.200046.1.1.7" => "ARIA-192",
        "1.2.410.200046.1.1.12" => "ARIA-256",
        "1.2.156.10197.1.104.2" => "SM4",
        "1.2.643.2.2.21" => "GOST 28147-89",
        "1.2.840.113549.1.9.16.3.18" => "ChaCha20-Poly1305",
        other => other,
    };
    name.to_owned()
}
