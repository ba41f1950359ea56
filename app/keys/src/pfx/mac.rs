//! The MAC over a PFX, which tells whether the password is right: PKCS#12's own (RFC 7292, section 4) and PBMAC1 (RFC 9579).

use super::algorithm::{HashAlgorithm, Pbkdf2, Salt, name};
use super::ber::Reader;
use super::damaged;
use super::password::Password;
use domain::upload::ReadError;

const PBMAC1: &str = "1.2.840.113549.1.5.14";

/// Which of the passwords it is.
pub(super) fn verify(
    mut mac: Reader<'_>,
    content: &[u8],
    passwords: &[Password],
    rounds: &mut u64,
) -> Result<usize, ReadError> {
    let unreadable = || damaged("its MAC is not readable");
    let mut info = mac.sequence().ok_or_else(unreadable)?;
    let mut algorithm = info.algorithm().ok_or_else(unreadable)?;
    let expected = info.octets().ok_or_else(unreadable)?;
    let fits: Box<dyn Fn(&Password) -> bool> = if algorithm.id == PBMAC1 {
        let mut parameters = algorithm.parameters.sequence().ok_or_else(unreadable)?;
        let kdf = parameters.algorithm().ok_or_else(unreadable)?;
        let scheme = parameters.algorithm().ok_or_else(unreadable)?;
        let unknown = |id: &str| ReadError::UnsupportedMac { name: format!("PBMAC1 with {}", name(id)) };
        let kdf = Pbkdf2::of(&kdf).ok_or_else(unreadable)?.map_err(|id| unknown(&id))?;
        let digest = HashAlgorithm::of_hmac(&scheme.id).ok_or_else(|| unknown(&scheme.id))?;
        let length =
            kdf.key_length.and_then(|length| usize::try_from(length).ok()).filter(|length| (20..=64).contains(length));
        let length = length.ok_or_else(|| damaged("its MAC has no usable key length"))?;
        for _ in passwords {
            kdf.salt.pay(rounds)?;
        }
        Box::new(move |password| digest.hmac_is(&kdf.derive(&password.octets, length), content, &expected))
    } else {
        let digest = HashAlgorithm::of(&algorithm.id)
            .ok_or_else(|| ReadError::UnsupportedMac { name: format!("HMAC with {}", name(&algorithm.id)) })?;
        let salt = mac.octets().ok_or_else(unreadable)?.into_owned();
        let salt = Salt { salt, rounds: mac.integer().unwrap_or(1) };
        for _ in passwords {
            salt.pay(rounds)?;
        }
        Box::new(move |password| digest.hmac_is(&digest.derive_mac_key(&password.utf16, &salt), content, &expected))
    };
    passwords.iter().position(fits).ok_or(ReadError::WrongPassword)
}
