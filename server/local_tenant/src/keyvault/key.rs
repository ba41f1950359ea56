//! Private keys of a vault: RSA ones sign, elliptic ones are only kept.

use std::fmt;

use rcgen::{KeyPair, PKCS_RSA_SHA256};
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use rsa::traits::PublicKeyParts as _;
use rsa::{PrivateKey, PublicKey};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use sha2::digest::FixedOutputReset;
use sha2::digest::const_oid::AssociatedOid;
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::format::base64url;
use crate::signing::{KeyError, new_rsa_key};
use crate::state_file::codec;

/// A key with its certificate-signing form.
pub(crate) struct VaultKey {
    kind: KeyKind,
    /// PKCS#8, DER.
    pkcs8: Vec<u8>,
    pub(crate) pair: KeyPair,
}

enum KeyKind {
    Rsa(Box<PrivateKey>),
    Elliptic,
}

/// As its PKCS#8, in base64.
impl Serialize for VaultKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        codec::base64::serialize(&self.pkcs8, serializer)
    }
}

impl<'de> Deserialize<'de> for VaultKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pkcs8: Vec<u8> = codec::base64::deserialize(deserializer)?;
        Self::from_pkcs8(&pkcs8).ok_or_else(|| D::Error::custom("neither an RSA nor an elliptic key in PKCS#8"))
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kty())
    }
}

/// A signature algorithm of RFC 7518, section 3.1, for RSA keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Algorithm {
    pub(super) name: &'static str,
    pss: bool,
    hash: Hash,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    pub(super) fn by_name(name: &str) -> Option<Self> {
        const fn new(name: &'static str, pss: bool, hash: Hash) -> Algorithm {
            Algorithm { name, pss, hash }
        }
        [
            new("RS256", false, Hash::Sha256),
            new("RS384", false, Hash::Sha384),
            new("RS512", false, Hash::Sha512),
            new("PS256", true, Hash::Sha256),
            new("PS384", true, Hash::Sha384),
            new("PS512", true, Hash::Sha512),
        ]
        .into_iter()
        .find(|one| one.name == name)
    }

    /// Bytes of the digest.
    pub(super) const fn digest_length(self) -> usize {
        match self.hash {
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }
}

impl VaultKey {
    pub(crate) fn rsa(bits: usize) -> Result<Self, KeyError> {
        let (key, pair) = new_rsa_key(bits)?;
        Self::of_rsa(key, pair)
    }

    pub(super) fn of_rsa(key: PrivateKey, pair: KeyPair) -> Result<Self, KeyError> {
        let pkcs8 = key.to_pkcs8_der().map_err(|error| KeyError::Encode(error.to_string()))?.as_bytes().to_vec();
        Ok(Self { kind: KeyKind::Rsa(Box::new(key)), pkcs8, pair })
    }

    /// P-256.
    pub(super) fn elliptic() -> Result<Self, KeyError> {
        let pair = KeyPair::generate()?;
        Ok(Self { kind: KeyKind::Elliptic, pkcs8: pair.serialize_der(), pair })
    }

    /// From PKCS#8 in DER; `None` for a key that neither RSA nor P-256/P-384 is.
    pub(super) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        if let Ok(key) = PrivateKey::from_pkcs8_der(der) {
            let pair = KeyPair::from_pkcs8_der_and_sign_algo(&der.to_vec().into(), &PKCS_RSA_SHA256).ok()?;
            return Self::of_rsa(key, pair).ok();
        }
        let pair = KeyPair::try_from(der).ok()?;
        Some(Self { kind: KeyKind::Elliptic, pkcs8: der.to_vec(), pair })
    }

    pub(super) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    pub(super) const fn kty(&self) -> &'static str {
        match self.kind {
            KeyKind::Rsa(_) => "RSA",
            KeyKind::Elliptic => "EC",
        }
    }

    /// Of the modulus; `None` for an elliptic key.
    pub(super) fn bits(&self) -> Option<usize> {
        match &self.kind {
            KeyKind::Rsa(key) => usize::try_from(key.n().bit_width()).ok(),
            KeyKind::Elliptic => None,
        }
    }

    /// The bytes of a certificate's `subjectPublicKey` with this key.
    pub(super) fn public_bytes(&self) -> Vec<u8> {
        match &self.kind {
            KeyKind::Rsa(key) => PublicKey::from(&**key).to_pkcs1_der().map(|der| der.as_bytes().to_vec()),
            KeyKind::Elliptic => return self.pair.public_key_raw().to_vec(),
        }
        .unwrap_or_default()
    }

    /// RFC 7517 without `kid`.
    pub(super) fn jwk(&self) -> Value {
        let operations = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"];
        match &self.kind {
            KeyKind::Rsa(key) => json!({
                "kty": "RSA", "key_ops": operations,
                "n": base64url(&key.n_bytes()), "e": base64url(&key.e_bytes()),
            }),
            KeyKind::Elliptic => {
                // An uncompressed point: 4, x, y.
                let point = self.pair.public_key_raw();
                let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len() / 2);
                let curve = if x.len() == 32 { "P-256" } else { "P-384" };
                json!({"kty": "EC", "key_ops": ["sign", "verify"], "crv": curve, "x": base64url(x), "y": base64url(y)})
            }
        }
    }

    /// `None` for a key that is not RSA. The digest's length is the caller's to check.
    pub(super) fn sign(&self, algorithm: Algorithm, digest: &[u8]) -> Option<Result<Vec<u8>, rsa::Error>> {
        let KeyKind::Rsa(key) = &self.kind else {
            return None;
        };
        Some(match algorithm.hash {
            Hash::Sha256 => sign::<Sha256>(key, algorithm.pss, digest),
            Hash::Sha384 => sign::<Sha384>(key, algorithm.pss, digest),
            Hash::Sha512 => sign::<Sha512>(key, algorithm.pss, digest),
        })
    }

    /// `None` for a key that is not RSA.
    pub(super) fn verify(&self, algorithm: Algorithm, digest: &[u8], signature: &[u8]) -> Option<bool> {
        let KeyKind::Rsa(key) = &self.kind else {
            return None;
        };
        let public = PublicKey::from(&**key);
        let verified = match algorithm.hash {
            Hash::Sha256 => verify::<Sha256>(&public, algorithm.pss, digest, signature),
            Hash::Sha384 => verify::<Sha384>(&public, algorithm.pss, digest, signature),
            Hash::Sha512 => verify::<Sha512>(&public, algorithm.pss, digest, signature),
        };
        Some(verified.is_ok())
    }
}

fn sign<D: Digest + FixedOutputReset + AssociatedOid>(
    key: &PrivateKey,
    pss: bool,
    digest: &[u8],
) -> Result<Vec<u8>, rsa::Error> {
    if pss { key.pss_sign_prehash::<D>(digest) } else { key.pkcs1v15_sign_prehash::<D>(digest) }
}

fn verify<D: Digest + FixedOutputReset + AssociatedOid>(
    key: &PublicKey,
    pss: bool,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), rsa::Error> {
    if pss {
        key.pss_verify_prehash::<D>(digest, signature)
    } else {
        key.pkcs1v15_verify_prehash::<D>(digest, signature)
    }
}
