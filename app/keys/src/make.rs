//! A certificate or a signing request made in the browser, from a key pair that WebCrypto has made there. What is signed
//! is built here; the signature, RSASSA-PKCS1-v1_5 with SHA-256, comes from outside.

use domain::certificate::{Certificate, public_key};
use domain::client_assertion::{UnfitKey, check_key};
use p12_keystore::{KeyStore, KeyStoreEntry, PrivateKey as P12Key, PrivateKeyChain};
use sha1::{Digest as _, Sha1};
use signature::Keypair;
use time::{Duration, OffsetDateTime};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::der::asn1::{Any, BitString, GeneralizedTime, OctetString, SetOfVec};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::oid::db::rfc4519::{COMMON_NAME, ORGANIZATION_NAME};
use x509_cert::der::oid::db::rfc5280::ID_KP_CLIENT_AUTH;
use x509_cert::der::oid::db::rfc5912::SHA_256_WITH_RSA_ENCRYPTION;
use x509_cert::der::{self, Decode as _, Encode as _, Tag};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::request::{self, CertReqInfo};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{
    self, AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey, SubjectPublicKeyInfoOwned,
    SubjectPublicKeyInfoRef,
};
use x509_cert::time::{Time, Validity};
use x509_cert::{TbsCertificate, builder};
use x509_parser::prelude::FromDer as _;

/// Most characters of either (RFC 5280, appendix A.1: ub-common-name, ub-organization-name).
pub const MAX_NAME: usize = 64;
/// Two years. A tenant's app management policy can allow less; Entra then refuses the certificate at the push.
pub const MAX_DAYS: u32 = 730;

/// Why none is made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MakeError {
    /// It is empty, or longer than [`MAX_NAME`].
    #[error("A common name has 1 to 64 characters")]
    Name,
    /// It is longer than [`MAX_NAME`].
    #[error("An organization has at most 64 characters")]
    Organization,
    /// It is 0, or more than [`MAX_DAYS`].
    #[error("The lifetime is 1 to 730 days")]
    Lifetime,
    /// It is no SubjectPublicKeyInfo.
    #[error("The key pair cannot be read")]
    Key,
    /// Entra would take nothing that it signs.
    #[error("The key pair does not fit: {0}")]
    Unfit(#[from] UnfitKey),
    /// The DER could not be written.
    #[error("The certificate could not be written")]
    Unwritable,
    /// Something is wrong here.
    #[error("The certificate that came out is not readable")]
    Unreadable,
    /// The key or the certificate is not what a PFX takes.
    #[error("The PFX could not be written")]
    Pfx,
}

impl From<der::Error> for MakeError {
    fn from(_: der::Error) -> Self {
        Self::Unwritable
    }
}

impl From<builder::Error> for MakeError {
    fn from(_: builder::Error) -> Self {
        Self::Unwritable
    }
}

/// What is certified: a name and a public key.
#[derive(Debug, Clone)]
pub struct NewCertificate {
    name: Name,
    public_key: SubjectPublicKeyInfoOwned,
}

impl NewCertificate {
    /// `organization`: may be empty. `public_key_der`: an RSA key's SubjectPublicKeyInfo.
    pub fn new(common_name: &str, organization: &str, public_key_der: &[u8]) -> Result<Self, MakeError> {
        let (common_name, organization) = (common_name.trim(), organization.trim());
        if common_name.is_empty() || common_name.chars().count() > MAX_NAME {
            return Err(MakeError::Name);
        }
        if organization.chars().count() > MAX_NAME {
            return Err(MakeError::Organization);
        }
        let parsed = x509_parser::x509::SubjectPublicKeyInfo::from_der(public_key_der);
        let (rest, info) = parsed.map_err(|_| MakeError::Key)?;
        if !rest.is_empty() {
            return Err(MakeError::Key);
        }
        check_key(&public_key(&info))?;
        Ok(Self {
            name: name(common_name, organization)?,
            public_key: SubjectPublicKeyInfoOwned::from_der(public_key_der).map_err(|_| MakeError::Key)?,
        })
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
        let validity = Validity::new(moment(now)?, moment(now + Duration::days(days.into()))?);
        let serial = SerialNumber::new(&serial)?;
        let mut certificate = CertificateBuilder::new(self, serial, validity, self.public_key.clone())?;
        Ok(ToSign(certificate.finalize(&SignedElsewhere(self))?))
    }

    /// The CertificationRequestInfo (RFC 2986, section 4.1), without attributes.
    pub fn request(&self) -> Result<ToSign, MakeError> {
        let info = CertReqInfo {
            version: request::Version::V1,
            subject: self.name.clone(),
            public_key: self.public_key.clone(),
            attributes: SetOfVec::new(),
        };
        Ok(ToSign(info.to_der()?))
    }
}

/// Name (RFC 5280, section 4.1.2.4): the organization where there is one, then the common name.
fn name(common_name: &str, organization: &str) -> Result<Name, MakeError> {
    let parts = [(ORGANIZATION_NAME, organization), (COMMON_NAME, common_name)];
    let parts = parts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(oid, text)| {
        let value = Any::new(Tag::Utf8String, text.as_bytes())?;
        RelativeDistinguishedName::try_from(vec![AttributeTypeAndValue { oid, value }])
    });
    let parts = RdnSequence::from(parts.collect::<Result<Vec<_>, der::Error>>()?);
    // The library lets a name be read, and not be put together.
    Ok(Name::from_der(&parts.to_der()?)?)
}

/// Whole seconds: dates of certificates have no fractions. The builder writes UTCTime, which counts until 2049.
fn moment(at: OffsetDateTime) -> Result<Time, MakeError> {
    let seconds = u64::try_from(at.unix_timestamp()).map_err(|_| MakeError::Unwritable)?;
    Ok(GeneralizedTime::from_unix_duration(std::time::Duration::from_secs(seconds))?.into())
}

/// basicConstraints and keyUsage, both critical, extKeyUsage, subjectKeyIdentifier (RFC 5280, section 4.2.1).
impl BuilderProfile for &NewCertificate {
    fn get_issuer(&self, subject: &Name) -> Name {
        subject.clone()
    }

    fn get_subject(&self) -> Name {
        self.name.clone()
    }

    fn build_extensions(
        &self,
        public_key: SubjectPublicKeyInfoRef<'_>,
        _issuer: SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        let key_identifier = OctetString::new(Sha1::digest(public_key.subject_public_key.raw_bytes()).as_slice())?;
        let subject = tbs.subject();
        Ok(vec![
            BasicConstraints { ca: false, path_len_constraint: None }.to_extension(subject, &[])?,
            KeyUsage(KeyUsages::DigitalSignature.into()).to_extension(subject, &[])?,
            ExtendedKeyUsage(vec![ID_KP_CLIENT_AUTH]).to_extension(subject, &[])?,
            SubjectKeyIdentifier(key_identifier).to_extension(subject, &[])?,
        ])
    }
}

/// The builder asks a signer for its public key and its algorithm. The signature itself is made elsewhere.
struct SignedElsewhere<'a>(&'a NewCertificate);

/// The public half of the key.
#[derive(Clone)]
struct PublicHalf(SubjectPublicKeyInfoOwned);

impl Keypair for SignedElsewhere<'_> {
    type VerifyingKey = PublicHalf;

    fn verifying_key(&self) -> PublicHalf {
        PublicHalf(self.0.public_key.clone())
    }
}

impl EncodePublicKey for PublicHalf {
    fn to_public_key_der(&self) -> spki::Result<der::Document> {
        der::Document::try_from(&self.0)
    }
}

impl DynSignatureAlgorithmIdentifier for SignedElsewhere<'_> {
    fn signature_algorithm_identifier(&self) -> spki::Result<AlgorithmIdentifierOwned> {
        Ok(sha256_with_rsa())
    }
}

/// sha256WithRSAEncryption with NULL parameters (RFC 8017, appendix A.2.4).
fn sha256_with_rsa() -> AlgorithmIdentifierOwned {
    const OID: ObjectIdentifier = SHA_256_WITH_RSA_ENCRYPTION;
    AlgorithmIdentifierOwned { oid: OID, parameters: Some(Any::null()) }
}

/// DER that a signature is made over.
#[derive(Debug, Clone)]
pub struct ToSign(Vec<u8>);

impl ToSign {
    /// The input of the signature.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// SIGNED (X.509): a certificate (RFC 5280, section 4.1) and a request (RFC 2986, section 4.2) have the same three parts.
    fn signed(&self, signature: &[u8]) -> Result<Vec<u8>, MakeError> {
        let signature = BitString::from_bytes(signature)?;
        let parts = [self.0.clone(), sha256_with_rsa().to_der()?, signature.to_der()?].concat();
        Ok(Any::new(Tag::Sequence, parts)?.to_der()?)
    }

    /// `signature`: over [`ToSign::bytes`].
    pub fn into_certificate(self, signature: &[u8]) -> Result<Certificate, MakeError> {
        Certificate::from_der(&self.signed(signature)?).map_err(|_| MakeError::Unreadable)
    }

    /// PEM. `signature`: over [`ToSign::bytes`].
    pub fn into_request(self, signature: &[u8]) -> Result<String, MakeError> {
        Ok(domain::encoding::pem("CERTIFICATE REQUEST", &self.signed(signature)?))
    }
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
