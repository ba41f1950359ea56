//! Files that we did not make: everything in PyPI's cryptography_vectors. Nothing there may panic, and each readable
//! RSA certificate has openssl's values.

mod support;
#[path = "support/vectors.rs"]
mod vectors;

use domain::certificate::{Certificate, PublicKey};
use domain::upload;

#[test]
fn no_file_panics_and_rsa_certificates_have_openssls_values() {
    let all = vectors::files();
    let mut certificates = std::collections::HashMap::new();
    for file in &all {
        let bytes = std::fs::read(file).expect("readable");
        if let Ok(found) = upload::read(&bytes) {
            for certificate in found.others.into_iter().chain([found.leaf]) {
                certificates.entry(certificate.sha256()).or_insert((file.clone(), certificate));
            }
        }
        let _ = upload::read_public(&bytes);
        let _ = Certificate::from_der(&bytes);
    }
    let rsa: Vec<_> = certificates
        .values()
        .filter(|(_, certificate)| matches!(certificate.facts().public_key, PublicKey::Rsa { .. }))
        .collect();
    let mut compared = 0;
    for (file, certificate) in &rsa {
        let facts = certificate.facts();
        let name = file.display();
        // openssl refuses a few which are malformed on purpose; their bytes are what was read all the same.
        let Some(word) = support::word(certificate.der()) else { continue };
        assert_eq!(facts.sha1.hex(), word.sha1, "{name}");
        assert_eq!(facts.sha256.hex(), word.sha256, "{name}");
        assert_eq!(certificate.der_base64(), word.der_base64, "{name}");
        assert_eq!(facts.not_before.unix_timestamp(), word.not_before, "{name}");
        assert_eq!(facts.not_after.unix_timestamp(), word.not_after, "{name}");
        compared += 1;
    }
    assert!(compared >= 400, "only {compared} of {} RSA certificates were compared", rsa.len());
    assert!(rsa.len() - compared <= 5, "openssl refused {} of {}", rsa.len() - compared, rsa.len());
}
