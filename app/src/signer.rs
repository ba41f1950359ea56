//! A private key in this browser, and client assertions signed with it. On the server nothing of this exists: it is built
//! without the code that could read a key.

use crate::browser::Picked;
use domain::certificate::Certificate;
use domain::client_assertion::Algorithm;
#[cfg(feature = "hydrate")]
use {crate::browser, domain::upload::key::PrivateKey, std::sync::Arc};

/// What a file with a private key holds. The key itself can only be used to sign.
#[derive(Debug, Clone)]
pub struct KeyInHand {
    /// The file's name, to show.
    pub name: String,
    /// What came beside the key; none in a file with the key alone.
    pub certificates: Vec<Certificate>,
    #[cfg(feature = "hydrate")]
    key: Arc<PrivateKey>,
}

/// What became of a file.
#[derive(Debug, Clone)]
pub enum Taken {
    Ready(KeyInHand),
    /// A PFX that waits for its password.
    Locked(Picked),
    WrongPassword(Picked),
    Refused {
        name: String,
        title: String,
        advice: String,
    },
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use super::{KeyInHand, Made, Taken, Wish};
    use crate::browser::{self, Picked};
    use domain::make::NewCertificate;
    use domain::upload::key::{KeyError, KeyFile, PrivateKey, read_with_key};
    use domain::upload::{ReadError, open_pkcs12_with_key};
    use std::sync::Arc;

    pub fn take(file: Picked) -> Taken {
        match read_with_key(&file.bytes) {
            Ok(found) => ready(file.name, found),
            Err(KeyError::Read(ReadError::Pkcs12)) => Taken::Locked(file),
            Err(error) => refused(file.name, &error),
        }
    }

    pub fn unlock(file: Picked, password: &str) -> Taken {
        match open_pkcs12_with_key(&file.bytes, password) {
            Ok(found) => ready(file.name, found),
            Err(KeyError::Read(ReadError::WrongPassword)) => Taken::WrongPassword(file),
            Err(error) => refused(file.name, &error),
        }
    }

    pub async fn make(wish: Wish) -> Result<Made, String> {
        let cannot = || "This browser could not make a key pair. WebCrypto needs HTTPS or localhost.".to_owned();
        let (public_key_der, pkcs8) = browser::generate_rsa(wish.bits).await.ok_or_else(cannot)?;
        let key = PrivateKey::from_pkcs8(&pkcs8).map_err(|error| error.to_string())?;
        let wanted = NewCertificate::new(&wish.common_name, &wish.organization, &public_key_der)
            .map_err(|error| error.to_string())?;
        let to_sign = if wish.request_only {
            wanted.request().map_err(|error| error.to_string())?
        } else {
            let serial = browser::random().ok_or_else(cannot)?;
            wanted.certificate(wish.days, serial, browser::now()).map_err(|error| error.to_string())?
        };
        let signature = browser::sign_rsa(key.pkcs8(), false, to_sign.bytes()).await.ok_or_else(cannot)?;
        let (certificate, request) = if wish.request_only {
            (None, Some(to_sign.into_request(&signature).map_err(|error| error.to_string())?))
        } else {
            (Some(to_sign.into_certificate(&signature).map_err(|error| error.to_string())?), None)
        };
        Ok(Made { certificate, request, common_name: wish.common_name, key: Arc::new(key) })
    }

    fn ready(name: String, found: KeyFile) -> Taken {
        Taken::Ready(KeyInHand { name, certificates: found.certificates, key: Arc::new(found.key) })
    }

    fn refused(name: String, error: &KeyError) -> Taken {
        Taken::Refused { name, title: error.to_string(), advice: error.advice() }
    }
}

/// Reads a file with a private key.
pub fn take(file: Picked) -> Taken {
    #[cfg(feature = "hydrate")]
    return in_browser::take(file);
    #[cfg(not(feature = "hydrate"))]
    return Taken::Locked(file);
}

/// Opens a PFX.
pub fn unlock(file: Picked, password: &str) -> Taken {
    #[cfg(feature = "hydrate")]
    return in_browser::unlock(file, password);
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = password;
        Taken::Locked(file)
    }
}

impl KeyInHand {
    /// The certificate's public key is this key's.
    pub fn belongs_to(&self, certificate: &Certificate) -> bool {
        #[cfg(feature = "hydrate")]
        return self.key.belongs_to(certificate);
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = certificate;
            false
        }
    }

    /// `None` where the browser cannot: WebCrypto needs HTTPS or localhost.
    pub async fn sign(&self, algorithm: Algorithm, data: &[u8]) -> Option<Vec<u8>> {
        #[cfg(feature = "hydrate")]
        return browser::sign_rsa(self.key.pkcs8(), algorithm == Algorithm::Ps256, data).await;
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = (algorithm, data);
            std::future::ready(None).await
        }
    }
}

/// What a person wants made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub common_name: String,
    /// May be empty.
    pub organization: String,
    /// 2048, 3072 or 4096.
    pub bits: u32,
    /// Of a certificate; a request has no lifetime.
    pub days: u32,
    pub request_only: bool,
}

/// A key pair that was made here, with a certificate or a request in PEM.
#[derive(Debug, Clone)]
pub struct Made {
    pub certificate: Option<Certificate>,
    pub request: Option<String>,
    common_name: String,
    #[cfg(feature = "hydrate")]
    key: Arc<PrivateKey>,
}

/// Makes the key pair with WebCrypto. The error is one for people.
pub async fn make(wish: Wish) -> Result<Made, String> {
    #[cfg(feature = "hydrate")]
    return in_browser::make(wish).await;
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = wish;
        std::future::ready(Err("Nothing is made on the server".to_owned())).await
    }
}

impl Made {
    /// The common name, as far as it can stand in a file's name.
    pub fn file_name(&self) -> String {
        let name: String = self
            .common_name
            .chars()
            .map(|c| if c.is_alphanumeric() || matches!(c, '-' | '.') { c } else { '-' })
            .collect();
        name.trim_start_matches('.').to_owned()
    }

    /// `None` where it cannot be written.
    pub fn pfx(&self, password: &str) -> Option<Vec<u8>> {
        #[cfg(feature = "hydrate")]
        return domain::make::pfx(self.key.pkcs8(), self.certificate.as_ref()?, password).ok();
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = password;
            None
        }
    }

    /// The private key, and the certificate where there is one.
    pub fn pem(&self) -> String {
        let certificate = self.certificate.as_ref().map(Certificate::pem).unwrap_or_default();
        #[cfg(feature = "hydrate")]
        return domain::encoding::pem("PRIVATE KEY", self.key.pkcs8()) + &certificate;
        #[cfg(not(feature = "hydrate"))]
        return certificate;
    }
}
