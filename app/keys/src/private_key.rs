//! A private key in the person's browser, for one purpose: to sign a client assertion there. RSA only, as Entra takes no
//! other kind.
//!
//! The key's bytes are wiped when the value is dropped. The type is not serialisable, and its `Debug` shows nothing.

use domain::certificate::Certificate;
use domain::peel::{Peeled, Piece, PieceKind};
use domain::upload::{ReadError, Upload, peeled, read_peeled};
use std::fmt;
use x509_parser::asn1_rs::{Any, FromDer, Oid, Tag};
use zeroize::Zeroizing;

/// rsaEncryption (RFC 8017, appendix A.1), with its NULL parameters, as AlgorithmIdentifier.
const RSA_ENCRYPTION: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// Why a file gives no key to sign with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read, whatever is in it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is readable, and there is none.
    #[error("There is no private key in it")]
    NoKey,
    /// Which one is meant cannot be told.
    #[error("It holds several private keys")]
    SeveralKeys,
    /// PKCS#8's EncryptedPrivateKeyInfo (RFC 5958, section 3), or a PEM with `Proc-Type: 4,ENCRYPTED`.
    #[error("The private key in it is encrypted")]
    Encrypted,
    /// Entra takes assertions that RSA has signed.
    #[error("The private key in it is not an RSA key")]
    NotRsa,
    /// Its DER does not read.
    #[error("The private key in it is damaged")]
    Damaged,
    /// Neither PKCS#8 nor PKCS#1.
    #[error("The private key in it is in a form that is not read here")]
    OtherForm,
}

impl KeyError {
    /// What to do.
    pub fn advice(&self) -> String {
        match self {
            Self::Read(error) => return error.advice(),
            Self::NoKey => "Choose the PFX, or the PEM file that begins with BEGIN PRIVATE KEY.",
            Self::SeveralKeys => "Choose a file with one key: with several it cannot be told which one signs.",
            Self::Encrypted => {
                "Put key and certificate into a PFX, which is opened here with its password: openssl pkcs12 -export -inkey KEY -in CERTIFICATE -out bundle.pfx"
            }
            Self::NotRsa => "Entra takes client assertions that are signed with an RSA key. Choose the RSA key.",
            Self::Damaged => "Export or copy it again, whole.",
            Self::OtherForm => {
                "PKCS#8 and PKCS#1 are read, in PEM or DER. For a key of ssh: ssh-keygen -p -m PKCS8 -f KEY. For one of PuTTY: puttygen KEY -O private-openssh."
            }
        }
        .into()
    }
}

/// An RSA private key in PKCS#8 (RFC 5958).
pub struct PrivateKey {
    pkcs8: Zeroizing<Vec<u8>>,
    public_key_der: Vec<u8>,
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey")
    }
}

impl PrivateKey {
    /// From a PrivateKeyInfo in DER.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let info = sequence(der).ok_or(KeyError::Damaged)?;
        let (rest, _version) = Any::from_der(info).map_err(|_| KeyError::Damaged)?;
        let (rest, algorithm) = Any::from_der(rest).map_err(|_| KeyError::Damaged)?;
        let (_, kind) = Oid::from_der(algorithm.data).map_err(|_| KeyError::Damaged)?;
        if kind.to_id_string() != "1.2.840.113549.1.1.1" {
            return Err(KeyError::NotRsa);
        }
        let (_, octets) = Any::from_der(rest).map_err(|_| KeyError::Damaged)?;
        let public_key_der = public_key(octets.data).ok_or(KeyError::Damaged)?;
        Ok(Self { pkcs8: Zeroizing::new(der.to_vec()), public_key_der })
    }

    /// From an RSAPrivateKey (PKCS#1; RFC 8017, appendix A.1.2) in DER.
    pub fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        public_key(der).ok_or(KeyError::Damaged)?;
        let mut content = Zeroizing::new(vec![0x02, 0x01, 0x00]);
        content.extend_from_slice(&RSA_ENCRYPTION);
        content.extend_from_slice(&Zeroizing::new(tlv(0x04, der)));
        Self::from_pkcs8(&Zeroizing::new(tlv(0x30, &content)))
    }

    /// For `importKey("pkcs8", …)`.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// SubjectPublicKeyInfo of the public half, to be compared with a certificate's.
    pub fn public_key_der(&self) -> &[u8] {
        &self.public_key_der
    }

    /// It is the certificate's key.
    pub fn belongs_to(&self, certificate: &Certificate) -> bool {
        self.public_key_der == certificate.public_key_der()
    }
}

/// A private key, and the certificates beside it: none where the file holds the key alone.
#[derive(Debug)]
pub struct KeyFile {
    /// The only one in it.
    pub key: PrivateKey,
    /// As they came.
    pub certificates: Vec<Certificate>,
}

/// Reads PKCS#8 or PKCS#1, in PEM, DER, or whatever is taken off around them. A PFX is [`ReadError::Pkcs12`]: it needs its
/// password.
pub fn read_with_key(bytes: &[u8]) -> Result<KeyFile, KeyError> {
    let peeled = peeled(bytes)?;
    let mut keys: Vec<&Piece> = vec![];
    for piece in &peeled.pieces {
        let is_key = matches!(piece.kind, PieceKind::PrivateKey { .. });
        // Two that differ are enough to know.
        if is_key && keys.len() < 2 && (piece.fault.is_some() || !keys.iter().any(|key| key.bytes == piece.bytes)) {
            keys.push(piece);
        }
    }
    let certificates = match read_with_owner(bytes, &peeled) {
        Ok(upload) => std::iter::once(upload.leaf).chain(upload.others).collect(),
        Err(ReadError::PrivateKeyOnly) => vec![],
        Err(error) => return Err(error.into()),
    };
    match keys.as_slice() {
        [] => Err(KeyError::NoKey),
        [key] => Ok(KeyFile { key: key_of(key)?, certificates }),
        _ => Err(KeyError::SeveralKeys),
    }
}

fn key_of(piece: &Piece) -> Result<PrivateKey, KeyError> {
    if piece.kind == (PieceKind::PrivateKey { encrypted: true }) {
        return Err(KeyError::Encrypted);
    }
    if let Some(reason) = &piece.fault {
        return Err(ReadError::BadCertificate { reason: reason.clone() }.into());
    }
    let der = piece.bytes.as_slice();
    match der {
        // SEC 1 (RFC 5915): version 1, octets.
        [0x30, _, 0x02, 0x01, 0x01, 0x04, ..] | [0x30, 0x81, _, 0x02, 0x01, 0x01, 0x04, ..] => Err(KeyError::NotRsa),
        [0x30, ..] => PrivateKey::from_pkcs8(der)
            .or_else(|error| if error == KeyError::NotRsa { Err(error) } else { PrivateKey::from_pkcs1(der) }),
        _ => Err(KeyError::OtherForm),
    }
}

/// Reads an upload, and of several certificates takes the one that the private key beside them belongs to. The key itself is
/// left out, as it is by [`domain::upload::read`].
pub fn read(bytes: &[u8]) -> Result<Upload, ReadError> {
    read_with_owner(bytes, &peeled(bytes)?)
}

/// The certificate of [`read`], where there is one.
pub fn leaf(bytes: &[u8]) -> Option<Certificate> {
    read(bytes).ok().map(|upload| upload.leaf)
}

fn read_with_owner(bytes: &[u8], peeled: &Peeled) -> Result<Upload, ReadError> {
    read_peeled(bytes, peeled, &|certificates| owner(peeled, certificates))
}

/// The certificate that the upload's one private key belongs to.
fn owner(peeled: &Peeled, certificates: &[&Certificate]) -> Option<usize> {
    let mut keys = peeled.pieces.iter().filter(|piece| matches!(piece.kind, PieceKind::PrivateKey { .. }));
    let (Some(key), None) = (keys.next(), keys.next()) else { return None };
    let key = key_of(key).ok()?;
    only(certificates, |certificate| key.belongs_to(certificate))
}

/// The place of the only one that fits.
pub(crate) fn only(certificates: &[&Certificate], fits: impl Fn(&Certificate) -> bool) -> Option<usize> {
    let mut places = (0..certificates.len()).filter(|at| fits(certificates[*at]));
    let first = places.next()?;
    places.next().is_none().then_some(first)
}

fn sequence(der: &[u8]) -> Option<&[u8]> {
    let (rest, any) = Any::from_der(der).ok()?;
    (rest.is_empty() && any.tag() == Tag::Sequence).then_some(any.data)
}

/// SubjectPublicKeyInfo (RFC 5280, section 4.1) of an RSAPrivateKey: version, modulus and public exponent come first.
fn public_key(rsa_private_key: &[u8]) -> Option<Vec<u8>> {
    let content = sequence(rsa_private_key)?;
    let (numbers, _version) = Any::from_der(content).ok()?;
    let (after_modulus, modulus) = Any::from_der(numbers).ok()?;
    let (after_exponent, exponent) = Any::from_der(after_modulus).ok()?;
    if modulus.tag() != Tag::Integer || exponent.tag() != Tag::Integer {
        return None;
    }
    let both = &numbers[..numbers.len() - after_exponent.len()];
    // The first octet of a BIT STRING counts unused bits.
    let bits: Vec<u8> = std::iter::once(0).chain(tlv(0x30, both)).collect();
    let content: Vec<u8> = RSA_ENCRYPTION.into_iter().chain(tlv(0x03, &bits)).collect();
    Some(tlv(0x30, &content))
}

/// Tag, length and value in DER (X.690, section 8.1).
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let mut out = Vec::with_capacity(value.len() + 6);
    out.push(tag);
    match (value.len(), u8::try_from(significant.len())) {
        (short @ 0..128, _) => out.push(u8::try_from(short).unwrap_or_default()),
        (_, Ok(count)) => {
            out.push(0x80 | count);
            out.extend_from_slice(significant);
        }
        // A length of more than 255 octets does not exist.
        (_, Err(_)) => {}
    }
    out.extend_from_slice(value);
    out
}
