//! PKCS#12 (RFC 7292), for the browser alone: whoever opens one holds its private key.
//!
//! Read in BER, as some programs write it. All certificates count, whatever attributes link them to a key.

mod algorithm;
mod ber;
mod cipher;
mod mac;
mod password;

use crate::private_key::{KeyError, KeyFile, PrivateKey, only};
use ber::Reader;
use domain::certificate::Certificate;
use domain::peel::{Layer, PieceKind};
use domain::upload::{Container, Opened, ReadError, Upload, certificate, peeled};
use password::Password;
use std::collections::HashSet;
use zeroize::Zeroizing;

/// Bags in bags (safeContentsBag) are followed this deep.
const MAX_NESTING: usize = 8;
/// Rounds of key derivation for one file. Programs ask for 2,000 to 600,000.
const MAX_ROUNDS: u64 = 5_000_000;

const DATA: &str = "1.2.840.113549.1.7.1";
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const ENVELOPED_DATA: &str = "1.2.840.113549.1.7.3";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
/// RFC 7292, section 4.2: bag types.
const KEY_BAG: &str = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";
const CERT_BAG: &str = "1.2.840.113549.1.12.10.1.3";
const SAFE_CONTENTS_BAG: &str = "1.2.840.113549.1.12.10.1.6";
const X509_CERTIFICATE: &str = "1.2.840.113549.1.9.22.1";
const LOCAL_KEY_ID: &str = "1.2.840.113549.1.9.21";

/// Opens a PFX and keeps its certificates alone. Its private key is decrypted only to tell whose it is.
pub fn read_pkcs12(bytes: &[u8], password: &str) -> Result<Upload, ReadError> {
    let (pfx, layers) = find(bytes)?;
    let store = Store::open(&pfx, password)?;
    let opened = Opened {
        container: Container::Pkcs12,
        layers,
        certificates: store.certificates.iter().map(|bag| bag.der.as_slice()).collect(),
        private_key: !store.keys.is_empty(),
    };
    // The certificate that belongs to the one private key is the one, whatever else is in the file.
    opened.pick(&|certificates| store.owner(certificates))
}

/// Opens a PFX with the one private key in it, to sign with it in the browser. Its own certificate comes first.
pub fn open_pkcs12_with_key(bytes: &[u8], password: &str) -> Result<KeyFile, KeyError> {
    let (pfx, _) = find(bytes)?;
    let store = Store::open(&pfx, password)?;
    let bag = match store.keys.as_slice() {
        [] => return Err(KeyError::NoKey),
        [bag] => bag,
        _ => return Err(KeyError::SeveralKeys),
    };
    let key = PrivateKey::from_pkcs8(&bag.decrypt(&store.passwords, &mut store.rounds_left())?)?;
    let certificates: Result<Vec<Certificate>, ReadError> =
        store.certificates.iter().map(|bag| certificate(&bag.der)).collect();
    let mut certificates = certificates?;
    if let Some(own) = certificates.iter().position(|certificate| key.belongs_to(certificate)) {
        certificates[..=own].rotate_right(1);
    }
    Ok(KeyFile { key, certificates })
}

/// The PFX in a file, whatever is around it.
fn find(bytes: &[u8]) -> Result<(Zeroizing<Vec<u8>>, Vec<Layer>), ReadError> {
    let piece = peeled(bytes)?.pieces.into_iter().find(|piece| piece.kind == PieceKind::Pkcs12);
    let piece = piece.ok_or_else(|| ReadError::BadCertificate { reason: "it is not a PFX".into() })?;
    match piece.fault {
        Some(reason) => Err(ReadError::DamagedPfx { reason }),
        None => Ok((piece.bytes, piece.layers)),
    }
}

fn damaged(reason: &str) -> ReadError {
    ReadError::DamagedPfx { reason: reason.into() }
}

struct CertificateBag {
    der: Vec<u8>,
    local_key_id: Option<Vec<u8>>,
}

struct KeyBag {
    /// PrivateKeyInfo, or EncryptedPrivateKeyInfo (RFC 5958).
    content: Zeroizing<Vec<u8>>,
    encrypted: bool,
    local_key_id: Option<Vec<u8>>,
}

impl KeyBag {
    /// PrivateKeyInfo in DER.
    fn decrypt(&self, passwords: &[Password], rounds: &mut u64) -> Result<Zeroizing<Vec<u8>>, ReadError> {
        if !self.encrypted {
            return Ok(self.content.clone());
        }
        let unreadable = || damaged("its private key is not readable");
        let mut info = Reader::new(&self.content).sequence().ok_or_else(unreadable)?;
        let scheme = info.algorithm().ok_or_else(unreadable)?;
        let data = info.octets().ok_or_else(unreadable)?;
        let is_key = |plain: &[u8]| Reader::new(plain).sequence().is_some_and(|mut info| info.integer() == Some(0));
        cipher::decrypt(&scheme, &data, passwords, rounds, is_key)
    }
}

/// An opened PFX. Its private keys are still encrypted.
struct Store {
    certificates: Vec<CertificateBag>,
    keys: Vec<KeyBag>,
    passwords: Vec<Password>,
    /// The MAC has proved the password.
    proven: bool,
    rounds: u64,
}

impl Store {
    fn open(pfx: &[u8], password: &str) -> Result<Self, ReadError> {
        let passwords = password::spellings(password);
        let mut store = Self { certificates: vec![], keys: vec![], passwords, proven: false, rounds: MAX_ROUNDS };
        let cut = || damaged("it is cut off, or not a PFX all through");
        let mut pfx = Reader::new(pfx).sequence().ok_or_else(cut)?;
        if pfx.integer() != Some(3) {
            return Err(damaged("its version is not 3"));
        }
        let (kind, content) = pfx.content_info().ok_or_else(cut)?;
        match kind.as_str() {
            DATA => {}
            SIGNED_DATA => return Err(ReadError::UnsupportedMac { name: "a signature (signedData)".into() }),
            other => return Err(damaged(&format!("its content is of type {other}"))),
        }
        let safe = content.and_then(|mut content| content.octets()).ok_or_else(cut)?;
        // With a MAC, the spelling of the password that fits is known from here on.
        if let Some(mac) = pfx.sequence() {
            let fits = mac::verify(mac, &safe, &store.passwords, &mut store.rounds)?;
            store.passwords[..=fits].rotate_right(1);
            store.proven = true;
        }
        let mut infos = Reader::new(&safe).sequence().ok_or_else(cut)?;
        while !infos.is_empty() {
            let (kind, content) = infos.content_info().ok_or_else(cut)?;
            store.safe(&kind, content)?;
        }
        Ok(store)
    }

    fn rounds_left(&self) -> u64 {
        self.rounds
    }

    fn safe(&mut self, kind: &str, content: Option<Reader<'_>>) -> Result<(), ReadError> {
        let unreadable = || damaged("a part of it is not readable");
        let mut content = content.ok_or_else(unreadable)?;
        match kind {
            DATA => {
                let bags = content.octets().ok_or_else(unreadable)?;
                self.bags(Reader::new(&bags).sequence().ok_or_else(unreadable)?, 0)
            }
            ENCRYPTED_DATA => {
                let mut data = content.sequence().ok_or_else(unreadable)?;
                data.integer().ok_or_else(unreadable)?;
                let mut info = data.sequence().ok_or_else(unreadable)?;
                info.object_identifier().ok_or_else(unreadable)?;
                let scheme = info.algorithm().ok_or_else(unreadable)?;
                let encrypted = info.implicit_octets(0).ok_or_else(unreadable)?;
                let is_bags = |plain: &[u8]| Reader::new(plain).sequence().is_some();
                let bags = cipher::decrypt(&scheme, &encrypted, &self.passwords, &mut self.rounds, is_bags);
                let bags = bags.map_err(|error| match error {
                    ReadError::WrongPassword if self.proven => {
                        damaged("the password is right, but a part of it does not decrypt")
                    }
                    other => other,
                })?;
                self.bags(Reader::new(&bags).sequence().ok_or_else(unreadable)?, 0)
            }
            ENVELOPED_DATA => {
                Err(ReadError::UnsupportedCipher { name: "a public key in place of a password (envelopedData)".into() })
            }
            // Nothing that holds certificates.
            _ => Ok(()),
        }
    }

    fn bags(&mut self, mut bags: Reader<'_>, depth: usize) -> Result<(), ReadError> {
        let unreadable = || damaged("one of its bags is not readable");
        if depth > MAX_NESTING {
            return Err(unreadable());
        }
        while !bags.is_empty() {
            let mut bag = bags.sequence().ok_or_else(unreadable)?;
            let kind = bag.object_identifier().ok_or_else(unreadable)?;
            let mut value = bag.explicit(0).ok_or_else(unreadable)?;
            let local_key_id = bag.set().and_then(local_key_id);
            match kind.as_str() {
                KEY_BAG | SHROUDED_KEY_BAG => self.keys.push(KeyBag {
                    content: Zeroizing::new(value.rest().to_vec()),
                    encrypted: kind == SHROUDED_KEY_BAG,
                    local_key_id,
                }),
                CERT_BAG => {
                    let mut certificate = value.sequence().ok_or_else(unreadable)?;
                    if certificate.object_identifier().ok_or_else(unreadable)? == X509_CERTIFICATE {
                        let der =
                            certificate.explicit(0).and_then(|mut value| value.octets()).ok_or_else(unreadable)?;
                        self.certificates.push(CertificateBag { der: der.into_owned(), local_key_id });
                    }
                }
                SAFE_CONTENTS_BAG => self.bags(value.sequence().ok_or_else(unreadable)?, depth + 1)?,
                // Revocation lists and secrets.
                _ => {}
            }
        }
        Ok(())
    }

    /// Which of the certificates the one private key belongs to: by the key itself where it is RSA, else by the attribute.
    fn owner(&self, certificates: &[&Certificate]) -> Option<usize> {
        let [bag] = self.keys.as_slice() else { return None };
        let decrypted = bag.decrypt(&self.passwords, &mut self.rounds_left()).ok();
        if let Some(key) = decrypted.and_then(|der| PrivateKey::from_pkcs8(&der).ok()) {
            return only(certificates, |certificate| key.belongs_to(certificate));
        }
        let id = bag.local_key_id.as_ref()?;
        let marked: HashSet<&[u8]> = self
            .certificates
            .iter()
            .filter(|certificate| certificate.local_key_id.as_ref() == Some(id))
            .map(|certificate| certificate.der.as_slice())
            .collect();
        only(certificates, |certificate| marked.contains(certificate.der()))
    }
}

fn local_key_id(mut attributes: Reader<'_>) -> Option<Vec<u8>> {
    while let Some(mut attribute) = attributes.sequence() {
        if attribute.object_identifier()? == LOCAL_KEY_ID {
            return attribute.set()?.octets().map(std::borrow::Cow::into_owned);
        }
    }
    None
}
