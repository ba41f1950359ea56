//! Key pairs with certificates, made once for all tests.

use domain::certificate::Certificate;
use domain::encoding::base64;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use rsa::PrivateKey as RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey as _;
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

#[derive(Clone)]
pub struct Pair {
    pub certificate: Certificate,
    /// PKCS#8 in DER.
    pub key: Vec<u8>,
}

static MADE: LazyLock<Mutex<BTreeMap<String, Pair>>> = LazyLock::new(Mutex::default);

/// The same for the same name.
pub fn pair(name: &str) -> Pair {
    let mut made = MADE.lock().unwrap();
    made.entry(name.to_owned()).or_insert_with(|| make(name)).clone()
}

pub fn rng() -> impl rsa::rand_core::CryptoRng {
    rand::rng()
}

fn make(name: &str) -> Pair {
    let key = RsaPrivateKey::new(&mut rng(), 2048).unwrap().to_pkcs8_der().unwrap().as_bytes().to_vec();
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&key.as_slice().into(), &PKCS_RSA_SHA256).unwrap();
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    params.not_before = time::macros::datetime!(2026-01-01 0:00 UTC);
    params.not_after = time::macros::datetime!(2027-06-01 0:00 UTC);
    let certificate = Certificate::from_der(params.self_signed(&pair).unwrap().der()).unwrap();
    Pair { certificate, key }
}

impl Pair {
    pub fn pfx(&self, password: &str) -> Vec<u8> {
        keys::make::pfx(&self.key, &self.certificate, password).unwrap()
    }

    /// Pieces of the private key that are in the text.
    pub fn traces_in(&self, text: &str) -> Vec<String> {
        let whole = base64(&self.key);
        // The private exponent and the primes: the modulus, in the first 400 digits, is public.
        let pieces = [640, 840, 1_140, 1_440].map(|at| whole[at..at + 40].to_owned());
        pieces.into_iter().chain(["PRIVATE KEY".to_owned()]).filter(|piece| text.contains(piece)).collect()
    }
}
