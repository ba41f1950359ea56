//! Decryption: PKCS#12's own schemes (RFC 7292, appendix C) and PBES2 (RFC 8018, section 6.2).

use super::algorithm::{Algorithm, HashAlgorithm, Pbkdf2, Salt, name};
use super::damaged;
use super::password::Password;
use aes::{Aes128, Aes192, Aes256};
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockCipherDecrypt, BlockModeDecrypt as _, InnerIvInit as _, KeyInit, KeyIvInit};
use des::{TdesEde2, TdesEde3};
use domain::upload::ReadError;
use pkcs12::kdf::Pkcs12KeyType;
use rc2::Rc2;
use zeroize::Zeroizing;

const PBES2: &str = "1.2.840.113549.1.5.13";

#[derive(Debug, Clone, Copy)]
enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
    TwoKeyTripleDes,
    Rc2 { key_length: usize, effective_bits: usize },
}

impl Cipher {
    /// PKCS#12's own schemes.
    fn of_pkcs12(id: &str) -> Option<Self> {
        Some(match id {
            "1.2.840.113549.1.12.1.3" => Self::TripleDes,
            "1.2.840.113549.1.12.1.4" => Self::TwoKeyTripleDes,
            "1.2.840.113549.1.12.1.5" => Self::Rc2 { key_length: 16, effective_bits: 128 },
            "1.2.840.113549.1.12.1.6" => Self::Rc2 { key_length: 5, effective_bits: 40 },
            _ => return None,
        })
    }

    fn key_length(self) -> usize {
        match self {
            Self::Aes128 | Self::TwoKeyTripleDes => 16,
            Self::Aes192 | Self::TripleDes => 24,
            Self::Aes256 => 32,
            Self::Rc2 { key_length, .. } => key_length,
        }
    }

    /// `None` where key, initialisation vector, length or padding do not fit.
    fn decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Aes128 => cbc::<Aes128>(key, iv, data),
            Self::Aes192 => cbc::<Aes192>(key, iv, data),
            Self::Aes256 => cbc::<Aes256>(key, iv, data),
            Self::TripleDes => cbc::<TdesEde3>(key, iv, data),
            Self::TwoKeyTripleDes => cbc::<TdesEde2>(key, iv, data),
            Self::Rc2 { effective_bits, .. } => {
                let cipher = Rc2::new_with_eff_key_len(key, effective_bits);
                let decryptor = Decryptor::inner_iv_slice_init(cipher, iv).ok()?;
                decryptor.decrypt_padded_vec::<Pkcs7>(data).ok().map(Zeroizing::new)
            }
        }
    }
}

fn cbc<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let decryptor = Decryptor::<C>::new_from_slices(key, iv).ok()?;
    decryptor.decrypt_padded_vec::<Pkcs7>(data).ok().map(Zeroizing::new)
}

/// The first of the passwords under which something comes out that `fits`.
pub(super) fn decrypt(
    scheme: &Algorithm<'_>,
    data: &[u8],
    passwords: &[Password],
    rounds: &mut u64,
    fits: impl Fn(&[u8]) -> bool,
) -> Result<Zeroizing<Vec<u8>>, ReadError> {
    let unreadable = || damaged("how it is encrypted is not readable");
    let unknown = |id: &str| ReadError::UnsupportedCipher { name: name(id) };
    if scheme.id == PBES2 {
        let mut parameters = scheme.parameters;
        let mut parameters = parameters.sequence().ok_or_else(unreadable)?;
        let kdf = parameters.algorithm().ok_or_else(unreadable)?;
        let kdf = Pbkdf2::of(&kdf).ok_or_else(unreadable)?.map_err(|id| unknown(&id))?;
        let cipher = parameters.algorithm().ok_or_else(unreadable)?;
        let (cipher, iv) = of_pbes2(&cipher, kdf.key_length).ok_or_else(unreadable)?.map_err(|id| unknown(&id))?;
        return first(passwords, rounds, &kdf.salt, fits, |password| {
            cipher.decrypt(&kdf.derive(&password.octets, cipher.key_length()), &iv, data)
        });
    }
    let cipher = Cipher::of_pkcs12(&scheme.id).ok_or_else(|| unknown(&scheme.id))?;
    let mut parameters = scheme.parameters;
    let mut parameters = parameters.sequence().ok_or_else(unreadable)?;
    let salt = parameters.octets().ok_or_else(unreadable)?.into_owned();
    let salt = Salt { salt, rounds: parameters.integer().ok_or_else(unreadable)? };
    first(passwords, rounds, &salt, fits, |password| {
        let derive = |purpose, length| HashAlgorithm::Sha1.derive(&password.utf16, &salt, purpose, length);
        let key = derive(Pkcs12KeyType::EncryptionKey, cipher.key_length());
        cipher.decrypt(&key, &derive(Pkcs12KeyType::Iv, 8), data)
    })
}

fn first(
    passwords: &[Password],
    rounds: &mut u64,
    salt: &Salt,
    fits: impl Fn(&[u8]) -> bool,
    decrypt: impl Fn(&Password) -> Option<Zeroizing<Vec<u8>>>,
) -> Result<Zeroizing<Vec<u8>>, ReadError> {
    for password in passwords {
        salt.pay(rounds)?;
        if let Some(plain) = decrypt(password).filter(|plain| fits(plain)) {
            return Ok(plain);
        }
    }
    Err(ReadError::WrongPassword)
}

/// The cipher and its initialisation vector. `Err`: the object identifier of what is not known. `None`: not readable.
fn of_pbes2(scheme: &Algorithm<'_>, key_length: Option<u64>) -> Option<Result<(Cipher, Vec<u8>), String>> {
    let mut parameters = scheme.parameters;
    let cipher = match scheme.id.as_str() {
        "2.16.840.1.101.3.4.1.2" => Cipher::Aes128,
        "2.16.840.1.101.3.4.1.22" => Cipher::Aes192,
        "2.16.840.1.101.3.4.1.42" => Cipher::Aes256,
        "1.2.840.113549.3.7" => Cipher::TripleDes,
        // RC2-CBC-Parameter (RFC 8018, appendix B.2.3): the version is an encoding of the effective bits.
        "1.2.840.113549.3.2" => {
            let mut members = parameters.sequence()?;
            let effective_bits = match members.integer()? {
                160 => 40,
                120 => 64,
                58 => 128,
                bits @ 256..=1024 => usize::try_from(bits).ok()?,
                _ => return None,
            };
            let key_length = key_length.and_then(|length| usize::try_from(length).ok()).unwrap_or(effective_bits / 8);
            let iv = members.octets()?.into_owned();
            return (1..=128).contains(&key_length).then_some(Ok((Cipher::Rc2 { key_length, effective_bits }, iv)));
        }
        other => return Some(Err(other.to_owned())),
    };
    Some(Ok((cipher, parameters.octets()?.into_owned())))
}
