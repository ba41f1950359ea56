//! RSA keys. Making one takes a tenth of a second and more, and a tenant with the demo company starts with half a dozen: what
//! starts hundreds of tenants, as test suites do, names a folder in [`KEYS_FOLDER`] where keys that were made once are kept.

use rsa::PrivateKey;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The environment's variable. Whoever can read the folder can sign what its tenants sign: for tests alone. Not set, or empty: each
/// key is new.
pub const KEYS_FOLDER: &str = "LOCAL_TENANT_KEYS";
/// Keys of a process that are kept; further ones are new, so that a tenant that makes thousands leaves no thousand files.
const MOST_KEPT: usize = 32;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum RsaKeyError {
    /// It could not be made.
    #[error("an RSA key could not be made: {0}")]
    Make(#[from] rsa::Error),
    /// It could not be written as PKCS#8.
    #[error("an RSA key could not be encoded: {0}")]
    Encode(#[from] rsa::pkcs8::Error),
    /// The folder of [`KEYS_FOLDER`] cannot be written.
    #[error("{}: an RSA key could not be kept: {source}", path.display())]
    Keep {
        /// The key's file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// An RSA key of `bits`. No two that one process asks for are the same; where they are kept, another process gets the same
/// ones in the same order.
pub fn rsa_key(bits: usize) -> Result<PrivateKey, RsaKeyError> {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    match std::env::var_os(KEYS_FOLDER) {
        Some(folder) if !folder.is_empty() => kept(Path::new(&folder), bits, ASKED.fetch_add(1, Ordering::Relaxed)),
        _ => new(bits),
    }
}

fn new(bits: usize) -> Result<PrivateKey, RsaKeyError> {
    Ok(PrivateKey::new(&mut rand::rngs::SysRng, bits)?)
}

fn kept(folder: &Path, bits: usize, number: usize) -> Result<PrivateKey, RsaKeyError> {
    if number >= MOST_KEPT {
        return new(bits);
    }
    let path = folder.join(format!("rsa-{bits}-{number}.der"));
    let known = std::fs::read(&path).ok().and_then(|der| PrivateKey::from_pkcs8_der(&der).ok());
    known.map_or_else(|| make_and_keep(folder, path, bits), Ok)
}

/// Of two processes that make the same one, each keeps its own, and the last one's file stays: whole, at every moment.
fn make_and_keep(folder: &Path, path: PathBuf, bits: usize) -> Result<PrivateKey, RsaKeyError> {
    let key = new(bits)?;
    let der = key.to_pkcs8_der()?;
    let written = std::fs::create_dir_all(folder).and_then(|()| {
        let mut half = tempfile::NamedTempFile::new_in(folder)?;
        std::io::Write::write_all(&mut half, der.as_bytes())?;
        half.persist(&path).map(drop).map_err(|error| error.error)
    });
    written.map_err(|source| RsaKeyError::Keep { path, source })?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use rsa::traits::PublicKeyParts as _;

    #[test]
    fn a_kept_key_is_the_same_again_and_another_one_under_another_number() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("keys");
        let get = |number| kept(&folder, 1024, number).unwrap().n().to_string();
        let (first, second) = (get(0), get(1));
        assert_ne!(first, second);
        assert_eq!((get(0), get(1)), (first.clone(), second));
        assert_ne!(get(MOST_KEPT), get(MOST_KEPT));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
        std::fs::write(folder.join("rsa-1024-0.der"), "cut").unwrap();
        let again = get(0);
        assert_ne!(again, first);
        assert_eq!(get(0), again);
    }
}
