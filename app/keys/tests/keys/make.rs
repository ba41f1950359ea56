//! Certificates and requests made by this crate, signed by openssl and judged by openssl.

use crate::support::{openssl, path};
use domain::client_assertion::UnfitKey;
use keys::make::{MakeError, NewCertificate, ToSign, pfx};
use keys::open_pkcs12_with_key;
use std::path::Path;
use time::Duration;
use time::macros::datetime;

const NOW: time::OffsetDateTime = datetime!(2026-11-24 12:00:30 UTC);

fn sign(folder: &Path, to_sign: &ToSign) -> Vec<u8> {
    let input = folder.join("to-sign");
    std::fs::write(&input, to_sign.bytes()).expect("written");
    openssl(&["dgst", "-sha256", "-sign", path(&folder.join("key.pem")), path(&input)])
}

fn text(arguments: &[&str]) -> String {
    // It writes a friendly name in Latin-1.
    String::from_utf8_lossy(&openssl(arguments)).into_owned()
}

#[test]
fn openssl_takes_the_certificate_the_request_and_the_pfx() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let key = folder.join("key.pem");
    openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", path(&key)]);
    let spki = openssl(&["pkey", "-in", path(&key), "-pubout", "-outform", "der"]);
    let pkcs8 = openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", path(&key), "-outform", "der"]);
    let wanted = NewCertificate::new(" Zahlläufe 2027 ", "Contoso, GmbH", &spki).expect("fit");

    let to_sign = wanted.certificate(365, [0xff; 16], NOW).expect("fit");
    let signature = sign(folder, &to_sign);
    let certificate = to_sign.into_certificate(&signature).expect("a certificate");
    let facts = certificate.facts();
    assert_eq!(facts.common_name.as_deref(), Some("Zahlläufe 2027"));
    assert_eq!(facts.subject, r"O=Contoso\, GmbH, CN=Zahlläufe 2027");
    assert_eq!((facts.not_before, facts.not_after), (NOW, NOW + Duration::days(365)));
    assert!(facts.self_signed);
    assert_eq!(certificate.public_key_der(), spki);
    let file = folder.join("certificate.pem");
    std::fs::write(&file, certificate.pem()).expect("written");
    let verified = text(&[
        "verify",
        "-check_ss_sig",
        "-partial_chain",
        "-purpose",
        "sslclient",
        "-no_check_time",
        "-trusted",
        path(&file),
        path(&file),
    ]);
    assert!(verified.contains(": OK"), "{verified}");
    let shown = text(&["x509", "-in", path(&file), "-noout", "-text", "-nameopt", "utf8"]);
    for part in [
        "CA:FALSE",
        "Digital Signature",
        "TLS Web Client Authentication",
        "X509v3 Subject Key Identifier",
        "Version: 3",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }

    let request = wanted.request().expect("fit");
    let signature = sign(folder, &request);
    let file = folder.join("request.pem");
    std::fs::write(&file, request.into_request(&signature).expect("written")).expect("written");
    let shown = text(&["req", "-in", path(&file), "-noout", "-verify", "-subject", "-nameopt", "utf8"]);
    assert!(shown.contains("Contoso, GmbH") && shown.contains("Zahlläufe 2027"), "{shown}");

    let file = folder.join("bundle.pfx");
    let bundle = pfx(&pkcs8, &certificate, "correct horse").expect("written");
    std::fs::write(&file, &bundle).expect("written");
    let again = text(&["pkcs12", "-in", path(&file), "-passin", "pass:correct horse", "-nodes"]);
    assert!(again.contains("BEGIN PRIVATE KEY") && again.contains("BEGIN CERTIFICATE"), "{again}");
    let opened = open_pkcs12_with_key(&bundle, "correct horse").expect("opens");
    assert!(opened.key.belongs_to(&certificate));
}

/// As the code before wrote it, which put the DER together by hand.
#[test]
fn what_is_signed_is_the_same_to_the_byte() {
    let leaf =
        domain::upload::read(include_bytes!("../../../domain/tests/fixtures/fixture.pem")).expect("a certificate").leaf;
    let wanted = NewCertificate::new(" Zahlläufe 2027 ", "Contoso, GmbH", leaf.public_key_der()).expect("fit");
    let certificate = wanted.certificate(365, [0xff; 16], NOW).expect("fit");
    assert_eq!(hex::encode(certificate.bytes()), include_str!("../stored/tbs_certificate.hex"));
    assert_eq!(hex::encode(wanted.request().expect("fit").bytes()), include_str!("../stored/request_info.hex"));
}

#[test]
fn what_policy_or_x509_does_not_allow_is_refused() {
    let spki = {
        let folder = tempfile::tempdir().expect("a folder");
        let key = folder.path().join("key.pem");
        openssl(&["genpkey", "-algorithm", "RSA", "-out", path(&key)]);
        openssl(&["pkey", "-in", path(&key), "-pubout", "-outform", "der"])
    };
    assert_eq!(NewCertificate::new(" ", "", &spki).expect_err("empty"), MakeError::Name);
    assert_eq!(NewCertificate::new(&"x".repeat(65), "", &spki).expect_err("long"), MakeError::Name);
    assert_eq!(NewCertificate::new("x", &"x".repeat(65), &spki).expect_err("long"), MakeError::Organization);
    assert_eq!(NewCertificate::new("x", "", &spki[1..]).expect_err("no key"), MakeError::Key);
    let ec = openssl(&["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-outform", "der"]);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("ec.der"), ec).expect("written");
    let ec =
        openssl(&["pkey", "-in", path(&folder.path().join("ec.der")), "-inform", "der", "-pubout", "-outform", "der"]);
    let error = NewCertificate::new("x", "", &ec).expect_err("not RSA");
    assert!(matches!(error, MakeError::Unfit(UnfitKey::NotRsa { .. })), "{error}");
    for days in [0, 731] {
        let wanted = NewCertificate::new("x", "", &spki).expect("fit");
        assert_eq!(wanted.certificate(days, [1; 16], NOW).expect_err("days"), MakeError::Lifetime);
    }
}
