//! Private keys read for signing, with openssl's word on what belongs together.

use crate::support::{Made, make, openssl, path};
use crate::{Bench, bench};
use domain::certificate::Certificate;
use domain::upload::ReadError;
use keys::{KeyError, PrivateKey, open_pkcs12_with_key, read_with_key};

fn check(key: &PrivateKey, made: &Made) {
    let spki = openssl(&["pkey", "-in", path(&made.key), "-pubout", "-outform", "der"]);
    assert_eq!(key.public_key_der(), spki);
    let pkcs8 = openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", path(&made.key), "-outform", "der"]);
    assert_eq!(key.pkcs8(), pkcs8);
    assert!(key.belongs_to(&Certificate::from_der(&made.der()).expect("a certificate")));
    assert_eq!(format!("{key:?}"), "PrivateKey");
}

#[test]
fn a_key_is_read_from_every_form_and_is_the_certificates() {
    let Bench { folder: _folder, made } = bench();
    let pkcs1 = openssl(&["rsa", "-in", path(&made.key), "-traditional"]);
    let pkcs1_der = openssl(&["rsa", "-in", path(&made.key), "-traditional", "-outform", "der"]);
    let pkcs8_der = openssl(&["pkcs8", "-topk8", "-nocrypt", "-in", path(&made.key), "-outform", "der"]);
    let both = format!("{}{}", made.pem(), made.key_pem());
    for (form, certificates) in
        [(made.key_pem().into_bytes(), 0), (pkcs1, 0), (pkcs1_der, 0), (pkcs8_der, 0), (both.into_bytes(), 1)]
    {
        let file = read_with_key(&form).expect("a key");
        check(&file.key, &made);
        assert_eq!(file.certificates.len(), certificates);
    }
}

#[test]
fn a_pfx_gives_its_key_for_its_password_only() {
    let Bench { folder: _folder, made } = bench();
    let pfx = openssl(&[
        "pkcs12",
        "-export",
        "-inkey",
        path(&made.key),
        "-in",
        path(&made.certificate),
        "-passout",
        "pass:correct",
    ]);
    assert_eq!(read_with_key(&pfx).expect_err("closed"), KeyError::Read(ReadError::Pkcs12));
    assert_eq!(open_pkcs12_with_key(&pfx, "wrong").expect_err("closed"), KeyError::Read(ReadError::WrongPassword));
    let file = open_pkcs12_with_key(&pfx, "correct").expect("opens");
    check(&file.key, &made);
    assert_eq!(file.certificates[0].der(), made.der());
}

#[test]
fn what_cannot_sign_is_named() {
    let Bench { folder, made } = bench();
    let other = make(folder.path(), "other", &["rsa:2048"], &[]);
    let ec = make(folder.path(), "ec", &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], &[]);
    let encrypted = openssl(&["pkcs8", "-topk8", "-passout", "pass:x", "-in", path(&made.key)]);
    let two = format!("{}{}", made.key_pem(), other.key_pem());
    for (content, expected) in [
        (made.pem().into_bytes(), KeyError::NoKey),
        (made.der(), KeyError::NoKey),
        (two.into_bytes(), KeyError::SeveralKeys),
        (ec.key_pem().into_bytes(), KeyError::NotRsa),
        (encrypted, KeyError::Encrypted),
        (b"nothing of the kind".to_vec(), KeyError::Read(ReadError::Unrecognised)),
    ] {
        assert_eq!(read_with_key(&content).expect_err("no key"), expected);
    }
    let key = read_with_key(other.key_pem().as_bytes()).expect("a key").key;
    assert!(!key.belongs_to(&Certificate::from_der(&made.der()).expect("a certificate")));
}

#[test]
fn of_two_certificates_the_one_with_the_key_is_taken() {
    let Bench { folder, made } = bench();
    let other = make(folder.path(), "other", &["rsa:2048"], &["-subj", "/CN=other"]);
    for certificates in [[made.pem(), other.pem()], [other.pem(), made.pem()]] {
        let with_key = format!("{}{}", certificates.concat(), made.key_pem());
        let upload = keys::read(with_key.as_bytes()).expect("one of them");
        assert_eq!((upload.leaf.der(), upload.private_key_left_out), (&made.der()[..], true));
        assert!(upload.choice().expect("said").contains("private key belongs to"));
        // Who does not look at the key cannot tell, and nor can anybody from two keys.
        assert!(matches!(domain::upload::read(with_key.as_bytes()), Err(ReadError::SeveralLeaves { .. })));
        let both = format!("{with_key}{}", other.key_pem());
        assert!(matches!(keys::read(both.as_bytes()), Err(ReadError::SeveralLeaves { .. })));
    }
}
