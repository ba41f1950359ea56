//! Certificates that go from one part of Thumbprint to another, with what was read from them.

use super::{Certificate, CertificateFacts};
use crate::encoding;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::borrow::Cow;

/// What a certificate is written down as: with its facts, so that who has no code for X.509 can take it over.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    /// Base64 of the DER.
    der: Cow<'a, str>,
    /// Base64 of SubjectPublicKeyInfo in DER.
    public_key: Cow<'a, str>,
    facts: Cow<'a, CertificateFacts>,
}

impl Serialize for Certificate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let public_key = encoding::base64(&self.public_key_der);
        Written { der: self.der_base64().into(), public_key: public_key.into(), facts: Cow::Borrowed(&self.facts) }
            .serialize(serializer)
    }
}

/// As another part of Thumbprint has read it: the facts are not compared with the DER. Never of what a stranger has sent.
impl<'de> Deserialize<'de> for Certificate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { der, public_key, facts } = Written::deserialize(deserializer)?;
        let bytes = |text: &str| encoding::decode_base64(text).ok_or_else(|| D::Error::custom("it is not base64"));
        Ok(Self {
            der: bytes(&der)?.into(),
            public_key_der: bytes(&public_key)?.into(),
            facts: facts.into_owned().into(),
        })
    }
}

/// Takes a certificate out of bytes, where there is one, whatever is around it, as [`upload::read`](crate::upload::read) does.
/// A worker without code for X.509 has another one read it.
pub type ReadCertificate<'a> = &'a dyn Fn(&[u8]) -> Option<Certificate>;
