//! How programs spell a password in octets.

use zeroize::Zeroizing;

/// One spelling.
pub(super) struct Password {
    /// UTF-16, big-endian, zero-terminated: PKCS#12's own key derivation (RFC 7292, appendix B.1).
    pub utf16: Zeroizing<Vec<u8>>,
    /// PBKDF2 (RFC 8018) takes octets as they are.
    pub octets: Zeroizing<Vec<u8>>,
}

/// The proper spelling first, then those that programs were seen to use.
pub(super) fn spellings(password: &str) -> Vec<Password> {
    let proper =
        Password { utf16: terminated(password.encode_utf16()), octets: Zeroizing::new(password.as_bytes().to_vec()) };
    let mut out = vec![proper];
    if password.is_empty() {
        // No password at all is another one than an empty one: Key Vault and .NET write so.
        out.push(Password { utf16: Zeroizing::default(), octets: Zeroizing::default() });
    } else if !password.is_ascii() {
        // openssl before 1.1.0 took each octet of UTF-8 for a character.
        let latin1: Option<Vec<u8>> = password.chars().map(|c| u8::try_from(c).ok()).collect();
        let octets = Zeroizing::new(latin1.unwrap_or_else(|| password.as_bytes().to_vec()));
        out.push(Password { utf16: terminated(password.bytes().map(u16::from)), octets });
    }
    out
}

fn terminated(units: impl Iterator<Item = u16>) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(units.chain([0]).flat_map(u16::to_be_bytes).collect())
}
