//! PFX files of openssl in every way that it encrypts them: each opens, or what is not known is named.

use crate::support::{Made, chain, make, openssl, path};
use crate::{Bench, bench};
use domain::upload::{Container, ReadError};
use keys::{KeyError, open_pkcs12_with_key, read_pkcs12};

fn export(made: &Made, further: &[&str]) -> Vec<u8> {
    let base = ["pkcs12", "-export", "-inkey", path(&made.key), "-in", path(&made.certificate)];
    openssl(&[&base, further].concat())
}

const SECRET: [&str; 2] = ["-passout", "pass:secret"];

#[test]
fn every_encryption_opens() {
    let Bench { folder: _folder, made } = bench();
    for options in [
        &[][..],
        &["-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
        &["-certpbe", "PBE-SHA1-2DES", "-keypbe", "PBE-SHA1-2DES"],
        &["-legacy"],
        &["-legacy", "-certpbe", "PBE-SHA1-RC2-128", "-keypbe", "PBE-SHA1-RC2-40"],
        &["-certpbe", "aes-128-cbc", "-keypbe", "aes-192-cbc"],
        &["-certpbe", "des-ede3-cbc", "-keypbe", "des-ede3-cbc"],
        &["-certpbe", "NONE"],
        &["-certpbe", "NONE", "-keypbe", "NONE"],
        &["-macalg", "sha224"],
        &["-macalg", "sha384"],
        &["-macalg", "sha512"],
        &["-noiter"],
        &["-iter", "100000"],
        &["-nomac"],
        &["-name", "Lohn & Gehalt", "-caname", "x"],
    ] {
        let pfx = export(&made, &[&SECRET, options].concat());
        let upload = read_pkcs12(&pfx, "secret").unwrap_or_else(|error| panic!("{options:?}: {error}"));
        assert_eq!(upload.leaf.der(), made.der(), "{options:?}");
        let opened = open_pkcs12_with_key(&pfx, "secret").unwrap_or_else(|error| panic!("{options:?}: {error}"));
        assert!(opened.key.belongs_to(&upload.leaf), "{options:?}");
        // Without MAC openssl leaves the certificate in the clear: then only the key needs the password.
        let expected = if options.contains(&"-nomac") { Ok(upload.clone()) } else { Err(ReadError::WrongPassword) };
        assert_eq!(read_pkcs12(&pfx, "Secret"), expected, "{options:?}");
        let closed = open_pkcs12_with_key(&pfx, "Secret").expect_err("closed");
        assert_eq!(closed, KeyError::Read(ReadError::WrongPassword), "{options:?}");
        // In base64, and twice in it.
        let text = domain::encoding::base64(&pfx);
        let twice = domain::encoding::base64(text.as_bytes());
        for text in [format!("\"{text}\""), twice, format!("pfx: {text}\npassword: x\n")] {
            assert_eq!(read_pkcs12(text.as_bytes(), "secret").map(|upload| upload.leaf), Ok(upload.leaf.clone()));
        }
    }
}

#[test]
fn what_is_not_known_is_named() {
    let Bench { folder: _folder, made } = bench();
    let cipher = |name: &str| ReadError::UnsupportedCipher { name: name.into() };
    let mac = |name: &str| ReadError::UnsupportedMac { name: name.into() };
    for (options, expected) in [
        (&["-certpbe", "camellia-256-cbc"][..], cipher("Camellia-256")),
        (&["-legacy", "-certpbe", "PBE-SHA1-RC4-128"], cipher("RC4, 128 bits")),
        (&["-macalg", "sha3-256"], mac("HMAC with SHA3-256")),
        (&["-macalg", "md5"], mac("HMAC with MD5")),
    ] {
        let pfx = export(&made, &[&SECRET, options].concat());
        assert_eq!(read_pkcs12(&pfx, "secret"), Err(expected.clone()), "{options:?}");
        assert!(!expected.to_string().contains("damaged"), "{expected}");
    }
}

#[test]
fn a_cut_or_altered_file_is_told_from_a_wrong_password() {
    let Bench { folder: _folder, made } = bench();
    let pfx = export(&made, &SECRET);
    for length in [40, 400, pfx.len() / 2, pfx.len() - 1] {
        let answer = read_pkcs12(&pfx[..length], "secret");
        assert!(matches!(answer, Err(ReadError::DamagedPfx { .. })), "{length}: {answer:?}");
    }
    // Altered inside: only the MAC can tell, and it cannot tell that from another password.
    let mut altered = pfx.clone();
    altered[pfx.len() / 2] ^= 1;
    assert_eq!(read_pkcs12(&altered, "secret"), Err(ReadError::WrongPassword));
    let no_key = openssl(&[&["pkcs12", "-export", "-nokeys", "-in", path(&made.certificate)][..], &SECRET].concat());
    assert!(!read_pkcs12(&no_key, "secret").expect("a certificate").private_key_left_out);
    let no_certificate =
        openssl(&[&["pkcs12", "-export", "-nocerts", "-inkey", path(&made.key)][..], &SECRET].concat());
    assert_eq!(read_pkcs12(&no_certificate, "secret"), Err(ReadError::NoCertificate));
}

#[test]
fn rounds_without_end_are_refused_before_they_are_made() {
    let Bench { folder: _folder, made } = bench();
    let mut pfx = export(&made, &[&SECRET[..], &["-iter", "1000000", "-keypbe", "NONE", "-certpbe", "NONE"]].concat());
    // The MAC's rounds are the last number of the file: 1,000,000 is 02 03 0f 42 40.
    let at = pfx.len() - 3;
    assert_eq!(pfx[at - 2..], [2, 3, 0x0f, 0x42, 0x40]);
    pfx[at..].copy_from_slice(&[0x7f, 0xff, 0xff]);
    assert_eq!(read_pkcs12(&pfx, "x"), Err(ReadError::TooManyRounds { rounds: 0x007f_ffff, most: 5_000_000 }));
}

/// The one certificate that the key belongs to, whatever else is in the file and in which order.
#[test]
fn the_keys_certificate_is_taken_out_of_strangers() {
    let Bench { folder, made } = bench();
    let other = make(folder.path(), "other", &["rsa:2048"], &["-subj", "/CN=stranger"]);
    let more = folder.path().join("more.pem");
    std::fs::write(&more, other.pem()).expect("written");
    let pfx = export(&made, &[&SECRET[..], &["-certfile", path(&more)]].concat());
    let upload = read_pkcs12(&pfx, "secret").expect("opens");
    assert_eq!(upload.leaf.der(), made.der());
    assert!(upload.choice().expect("said").contains("private key belongs to"));
    // The same in PEM.
    let text = format!("{}{}{}", other.pem(), made.pem(), made.key_pem());
    let upload = keys::read(text.as_bytes()).expect("reads");
    assert_eq!(upload.leaf.der(), made.der());
    assert!(upload.private_key_left_out);
}

#[test]
fn a_pfx_opens_with_its_password_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let [root, middle, _] = chain(folder);
    let more = folder.join("more.pem");
    std::fs::write(&more, format!("{root}{middle}")).expect("written");
    let export = |password: &str, further: &[&str]| {
        let password = format!("pass:{password}");
        let base = [
            "pkcs12",
            "-export",
            "-inkey",
            path(&folder.join("leaf.key")),
            "-in",
            path(&folder.join("leaf.pem")),
            "-passout",
            &password,
        ]
        .map(str::to_owned);
        let arguments: Vec<&str> = base.iter().map(String::as_str).chain(further.iter().copied()).collect();
        openssl(&arguments)
    };
    for (name, password, pfx) in [
        ("aes", "secret", export("secret", &[])),
        ("3des as Windows exports it", "secret", export("secret", &["-legacy", "-descert"])),
        ("unicode password", "pässwörd", export("pässwörd", &[])),
        ("no password", "", export("", &[])),
    ] {
        let upload = read_pkcs12(&pfx, password).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(upload.leaf.facts().subject, "CN=payroll", "{name}");
        assert!(upload.private_key_left_out);
        assert_eq!((upload.container, upload.choice()), (Container::Pkcs12, None));
        assert_eq!(read_pkcs12(&pfx, "wrong").expect_err("wrong password"), ReadError::WrongPassword, "{name}");
    }
    let whole = export("secret", &["-certfile", path(&more)]);
    let upload = read_pkcs12(&whole, "secret").expect("opens");
    assert_eq!(upload.leaf.facts().subject, "CN=payroll");
    assert!(upload.choice().expect("said").contains("private key belongs to"));
    assert!(matches!(read_pkcs12(b"no pfx", "secret").expect_err("rubbish"), ReadError::BadCertificate { .. }));
}
