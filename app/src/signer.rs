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
    use super::{KeyInHand, Taken};
    use crate::browser::Picked;
    use domain::upload::key::{KeyError, KeyFile, read_with_key};
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
