//! PKCS#12 (RFC 7292), for the browser alone: whoever opens one holds its private key.

use super::key::{KeyError, KeyFile, PrivateKey};
use super::{Container, MAX_UPLOAD_BYTES, PickedBy, ReadError, Upload, pick};
use crate::certificate::Certificate;
use p12_keystore::error::Error as P12Error;
use p12_keystore::{KeyStore, KeyStoreEntry, Pkcs12ImportPolicy};

/// Opens a PFX and keeps its certificates alone; the private key is dropped with the key store.
pub fn read_pkcs12(bytes: &[u8], password: &str) -> Result<Upload, ReadError> {
    if bytes.len() > MAX_UPLOAD_BYTES {
        return Err(ReadError::TooLarge);
    }
    let store = open(bytes, password)?;
    let mut of_keys = vec![];
    let mut others = vec![];
    let mut private_key = false;
    for (_, entry) in store.entries() {
        match entry {
            KeyStoreEntry::PrivateKeyChain(chain) => {
                private_key = true;
                let mut chain = chain.certs().iter().map(|certificate| certificate_of(certificate.as_der()));
                if let Some(own) = chain.next() {
                    of_keys.push(own?);
                }
                for issuer in chain {
                    others.push(issuer?);
                }
            }
            KeyStoreEntry::Certificate(certificate) => others.push(certificate_of(certificate.as_der())?),
            KeyStoreEntry::Secret(_) => {}
        }
    }
    // The certificate that belongs to the one private key is the one, whatever else is in the file.
    if let [own] = of_keys.as_slice() {
        let leaf = own.clone();
        let mut seen = std::collections::HashSet::from([leaf.sha256()]);
        others.retain(|certificate| seen.insert(certificate.sha256()));
        let picked_by = if others.is_empty() { PickedBy::Only } else { PickedBy::PrivateKey };
        return Ok(Upload { leaf, container: Container::Pkcs12, private_key_left_out: true, others, picked_by });
    }
    of_keys.extend(others);
    pick(of_keys, Container::Pkcs12, private_key)
}

/// Opens a PFX with the one private key in it, to sign with it in the browser.
pub fn open_pkcs12_with_key(bytes: &[u8], password: &str) -> Result<KeyFile, KeyError> {
    if bytes.len() > MAX_UPLOAD_BYTES {
        return Err(ReadError::TooLarge.into());
    }
    let store = open(bytes, password)?;
    let mut keys = store.entries().filter_map(|(_, entry)| match entry {
        KeyStoreEntry::PrivateKeyChain(chain) => Some(chain),
        _ => None,
    });
    let chain = keys.next().ok_or(KeyError::NoKey)?;
    if keys.next().is_some() {
        return Err(KeyError::SeveralKeys);
    }
    let certificates =
        chain.certs().iter().map(|certificate| certificate_of(certificate.as_der())).collect::<Result<_, _>>()?;
    Ok(KeyFile { key: PrivateKey::from_pkcs8(chain.key().as_der())?, certificates })
}

fn open(bytes: &[u8], password: &str) -> Result<KeyStore, ReadError> {
    KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Relaxed).map_err(|error| match error {
        P12Error::MacError(_) | P12Error::Pkcs5Error(_) | P12Error::UnpadError => ReadError::WrongPassword,
        P12Error::UnsupportedEncryptionScheme | P12Error::UnsupportedMacAlgorithm => {
            ReadError::BadCertificate { reason: format!("{error}; export it again with AES-256") }
        }
        other => ReadError::BadCertificate { reason: other.to_string() },
    })
}

fn certificate_of(der: &[u8]) -> Result<Certificate, ReadError> {
    Certificate::from_der(der).map_err(|error| ReadError::BadCertificate { reason: error.to_string() })
}
