//! A certificate or a signing request made in the browser, from a key pair that WebCrypto has made there. What is signed
//! is built here; the signature, RSASSA-PKCS1-v1_5 with SHA-256, comes from outside.

use crate::certificate::Certificate;
use crate::upload::key::{RSA_ENCRYPTION, tlv};
use p12_keystore::{KeyStore, KeyStoreEntry, PrivateKey as P12Key, PrivateKeyChain};
use sha1::{Digest as _, Sha1};
use time::macros::format_description;
use time::{Duration, OffsetDateTime, UtcOffset};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

/// sha256WithRSAEncryption (RFC 8017, appendix A.2.4), as AlgorithmIdentifier.
const SHA256_WITH_RSA: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b, 0x05, 0x00];
/// id-at-organizationName: 2.5.4.10
const ORGANIZATION: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x0a];
/// id-at-commonName: 2.5.4.3
const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
/// Most characters of either (RFC 5280, appendix A.1: ub-common-name, ub-organization-name).
pub const MAX_NAME: usize = 64;
/// Two years. A tenant's app management policy can allow less; Entra then refuses the certificate at the push.
pub const MAX_DAYS: u32 = 730;

/// Why none is made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MakeError {
    #[error("A common name has 1 to 64 characters")]
    Name,
    #[error("An organization has at most 64 characters")]
    Organization,
    #[error("The lifetime is 1 to 730 days")]
    Lifetime,
    #[error("The key pair is not RSA")]
    Key,
    #[error("The certificate that came out is not readable")]
    Unreadable,
    #[error("The PFX could not be written")]
    Pfx,
}

/// What is certified.
#[derive(Debug, Clone)]
pub struct Wanted {
    common_name: String,
    /// Empty for none.
    organization: String,
    /// SubjectPublicKeyInfo.
    public_key_der: Vec<u8>,
}

impl Wanted {
    /// `organization`: may be empty. `public_key_der`: an RSA key's SubjectPublicKeyInfo.
    pub fn new(common_name: &str, organization: &str, public_key_der: &[u8]) -> Result<Self, MakeError> {
        let (common_name, organization) = (common_name.trim(), organization.trim());
        if common_name.is_empty() || common_name.chars().count() > MAX_NAME {
            return Err(MakeError::Name);
        }
        if organization.chars().count() > MAX_NAME {
            return Err(MakeError::Organization);
        }
        let known = SubjectPublicKeyInfo::from_der(public_key_der).is_ok_and(|(rest, _)| rest.is_empty());
        if !known || !public_key_der.windows(RSA_ENCRYPTION.len()).any(|part| part == RSA_ENCRYPTION) {
            return Err(MakeError::Key);
        }
        Ok(Self {
            common_name: common_name.to_owned(),
            organization: organization.to_owned(),
            public_key_der: public_key_der.to_vec(),
        })
    }

    /// Name (RFC 5280, section 4.1.2.4): the organization where there is one, then the common name.
    fn name(&self) -> Vec<u8> {
        let parts = [(ORGANIZATION, &self.organization), (COMMON_NAME, &self.common_name)];
        let parts = parts.iter().filter(|(_, text)| !text.is_empty()).map(|(kind, text)| {
            let attribute = tlv(0x30, &[kind.as_slice(), &tlv(0x0c, text.as_bytes())].concat());
            tlv(0x31, &attribute)
        });
        tlv(0x30, &parts.collect::<Vec<_>>().concat())
    }

    /// The TBSCertificate of a self-signed certificate for client authentication, valid from `now` on.
    ///
    /// `serial`: random; its highest bit is cleared, so that the number is positive.
    pub fn certificate(&self, days: u32, serial: [u8; 16], now: OffsetDateTime) -> Result<ToSign, MakeError> {
        if !(1..=MAX_DAYS).contains(&days) {
            return Err(MakeError::Lifetime);
        }
        let mut serial = serial;
        // Neither negative nor with a leading zero (X.690, section 8.3.2).
        serial[0] = serial[0] & 0x7f | 0x40;
        // UTCTime has no fractions of a second.
        let now = now.replace_nanosecond(0).unwrap_or(now);
        let validity = [utc_time(now), utc_time(now + Duration::days(days.into()))].concat();
        let content = [
            tlv(0xa0, &tlv(0x02, &[2])),
            tlv(0x02, &serial),
            SHA256_WITH_RSA.to_vec(),
            self.name(),
            tlv(0x30, &validity),
            self.name(),
            self.public_key_der.clone(),
            tlv(0xa3, &tlv(0x30, &self.extensions()?)),
        ]
        .concat();
        Ok(ToSign(tlv(0x30, &content)))
    }

    /// basicConstraints and keyUsage, both critical, extKeyUsage, subjectKeyIdentifier (RFC 5280, section 4.2.1).
    fn extensions(&self) -> Result<Vec<u8>, MakeError> {
        let (_, info) = SubjectPublicKeyInfo::from_der(&self.public_key_der).map_err(|_| MakeError::Key)?;
        let key_identifier = Sha1::digest(&info.subject_public_key.data);
        let critical = [0x01, 0x01, 0xff];
        let extension = |last: u8, critical: &[u8], value: &[u8]| {
            tlv(0x30, &[&[0x06, 0x03, 0x55, 0x1d, last], critical, &tlv(0x04, value)].concat())
        };
        // id-kp-clientAuth: 1.3.6.1.5.5.7.3.2
        let client_auth = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];
        Ok([
            extension(0x13, &critical, &tlv(0x30, &[])),
            // digitalSignature: one bit, seven unused.
            extension(0x0f, &critical, &tlv(0x03, &[7, 0x80])),
            extension(0x25, &[], &tlv(0x30, &client_auth)),
            extension(0x0e, &[], &tlv(0x04, &key_identifier)),
        ]
        .concat())
    }

    /// The CertificationRequestInfo (RFC 2986, section 4.1), without attributes.
    pub fn request(&self) -> ToSign {
        ToSign(tlv(0x30, &[tlv(0x02, &[0]), self.name(), self.public_key_der.clone(), tlv(0xa0, &[])].concat()))
    }
}

/// DER that a signature is made over.
#[derive(Debug, Clone)]
pub struct ToSign(Vec<u8>);

impl ToSign {
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn signed(&self, signature: &[u8]) -> Vec<u8> {
        let bits = tlv(0x03, &[&[0], signature].concat());
        tlv(0x30, &[self.0.as_slice(), &SHA256_WITH_RSA, &bits].concat())
    }

    pub fn into_certificate(self, signature: &[u8]) -> Result<Certificate, MakeError> {
        Certificate::from_der(&self.signed(signature)).map_err(|_| MakeError::Unreadable)
    }

    /// PEM.
    pub fn into_request(self, signature: &[u8]) -> String {
        crate::encoding::pem("CERTIFICATE REQUEST", &self.signed(signature))
    }
}

/// UTCTime, which counts until 2049 (RFC 5280, section 4.1.2.5.1).
fn utc_time(at: OffsetDateTime) -> Vec<u8> {
    let format = format_description!("[year repr:last_two][month][day][hour][minute][second]Z");
    tlv(0x17, at.to_offset(UtcOffset::UTC).format(format).unwrap_or_default().as_bytes())
}

/// A PKCS#12 (RFC 7292) with key and certificate, encrypted with AES-256.
pub fn pfx(pkcs8: &[u8], certificate: &Certificate, password: &str) -> Result<Vec<u8>, MakeError> {
    let key = P12Key::from_der(pkcs8).map_err(|_| MakeError::Pfx)?;
    let own = p12_keystore::Certificate::from_der(certificate.der()).map_err(|_| MakeError::Pfx)?;
    let mut store = KeyStore::new();
    let chain = PrivateKeyChain::new(certificate.sha1().as_bytes().as_slice(), key, [own]);
    let name = certificate.facts().common_name.clone().unwrap_or_else(|| "certificate".into());
    store.add_entry(&name, KeyStoreEntry::PrivateKeyChain(chain));
    store.writer(password).write().map_err(|_| MakeError::Pfx)
}
