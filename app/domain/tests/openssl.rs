//! Every value that goes to Graph equals openssl's, for certificates that openssl made.

mod support;

use domain::certificate::{Certificate, PublicKey};
use domain::ids::KeyId;
use domain::key_credential::{IdentifierStyle, NewKeyCredential};
use domain::suitability::{self, Note, UnfitReason, Warning};
use domain::upload::{self, Container};
use support::{make, openssl, path, word};
use time::{Duration, OffsetDateTime};

fn check(der: &[u8]) -> Certificate {
    let certificate = Certificate::from_der(der).expect("openssl made it");
    let word = word(der).expect("openssl reads it");
    let facts = certificate.facts();
    assert_eq!(facts.sha1.hex(), word.sha1);
    assert_eq!(facts.sha256.hex(), word.sha256);
    assert_eq!(certificate.der_base64(), word.der_base64);
    assert_eq!(facts.serial, word.serial);
    assert_eq!(facts.not_before.unix_timestamp(), word.not_before);
    assert_eq!(facts.not_after.unix_timestamp(), word.not_after);
    certificate
}

#[test]
fn fifty_certificates_have_openssls_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let subjects = [
        "/CN=payroll",
        "/CN=Lohn & Gehalt/O=Müller GmbH/C=DE",
        "/O=No common name",
        "/CN=a,b+c;d\"e<f>/OU=x",
        "/CN=発行",
    ];
    let digests = ["-sha1", "-sha256", "-sha384", "-sha512"];
    // Few keys, because making one takes long; many certificates over them.
    for (size, count) in [(2048_u32, 40), (3072, 6), (4096, 4)] {
        let newkey = format!("rsa:{size}");
        let first = make(folder.path(), &format!("k{size}"), &[&newkey], &[]);
        check(&first.der());
        for number in 0..count {
            let out = folder.path().join(format!("c{size}-{number}.pem"));
            let days = (number * 37 % 900 + 1).to_string();
            openssl(&[
                "req",
                "-x509",
                "-new",
                "-key",
                path(&first.key),
                "-utf8",
                "-subj",
                subjects[number % subjects.len()],
                digests[number % digests.len()],
                "-days",
                &days,
                "-out",
                path(&out),
            ]);
            let certificate = check(&openssl(&["x509", "-in", path(&out), "-outform", "der"]));
            assert_eq!(certificate.facts().public_key, PublicKey::Rsa { bits: size });
            assert_eq!(certificate.facts().sha1_signature, digests[number % digests.len()] == "-sha1");
            assert!(certificate.facts().self_signed);
            // PEM goes in, the same bytes come out.
            let read = upload::read(&std::fs::read(&out).expect("written")).expect("readable");
            assert_eq!((read.container, read.leaf.der()), (Container::Pem, certificate.der()));
            assert_eq!(upload::read(read.leaf.pem().as_bytes()).expect("our own PEM").leaf, certificate);
        }
    }
}

#[test]
fn an_entry_holds_openssls_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let certificate = check(&made.der());
    let word = word(&made.der()).expect("openssl reads it");
    let key_id = KeyId::from_random([7; 16]);
    let new = NewKeyCredential::new(&certificate, key_id, "", IdentifierStyle::Base64).expect("a plain name");
    let sha1 = hex::decode(&word.sha1).expect("hex");
    let expected_identifier = domain::encoding::base64(&sha1);
    for entry in [new.graph(), new.manifest()] {
        assert_eq!(entry["key"], word.der_base64);
        assert_eq!(entry["customKeyIdentifier"], expected_identifier);
        assert_eq!(entry["keyId"], key_id.to_string());
        assert_eq!((&entry["type"], &entry["usage"]), (&"AsymmetricX509Cert".into(), &"Verify".into()));
        assert_eq!(entry["displayName"], "CN=payroll.contoso.example");
        let end = OffsetDateTime::parse(
            entry["endDateTime"].as_str().expect("text"),
            &time::format_description::well_known::Rfc3339,
        );
        assert_eq!(end.expect("RFC 3339").unix_timestamp(), word.not_after);
    }
    let omitted =
        NewKeyCredential::new(&certificate, key_id, " Payroll ", IdentifierStyle::Omit).expect("a plain name");
    assert!(omitted.graph().get("customKeyIdentifier").is_none());
    assert_eq!(omitted.display_name(), "Payroll");
    assert!(NewKeyCredential::new(&certificate, key_id, &"x".repeat(91), IdentifierStyle::Base64).is_err());
}

#[test]
fn what_entra_cannot_use_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let facts = |name, newkey: &[&str], arguments: &[&str]| {
        check(&make(folder.path(), name, newkey, arguments).der()).facts().clone()
    };
    let now = OffsetDateTime::now_utc();

    let ec = facts("ec", &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], &[]);
    assert_eq!(
        suitability::assess(&ec, now).refusals,
        [UnfitReason::NotRsa { key: PublicKey::Ec { curve: "P-256".into() } }]
    );
    let ed = facts("ed", &["ed25519"], &[]);
    assert_eq!(suitability::assess(&ed, now).refusals, [UnfitReason::NotRsa { key: PublicKey::Ed25519 }]);
    let small = facts("small", &["rsa:1024"], &[]);
    assert_eq!(suitability::assess(&small, now).refusals, [UnfitReason::RsaTooShort { bits: 1024 }]);
    let pss = facts(
        "pss",
        &["rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"],
        &["-days", "90", "-addext", "basicConstraints=CA:FALSE"],
    );
    assert_eq!(pss.public_key, PublicKey::Rsa { bits: 2048 });

    let good = facts("good", &["rsa:2048"], &["-days", "90", "-addext", "basicConstraints=critical,CA:FALSE"]);
    let made = good.not_before;
    assert_eq!(suitability::assess(&good, made), suitability::Assessment::default());
    assert_eq!(suitability::assess(&good, good.not_after).refusals, [UnfitReason::Expired { at: good.not_after }]);
    assert_eq!(suitability::assess(&good, made - Duration::seconds(1)).warnings, [Warning::NotYetValid { from: made }]);
    let soon = good.not_after - Duration::days(30);
    assert_eq!(suitability::assess(&good, soon).warnings, [Warning::EndsSoon { at: good.not_after, days: 30 }]);
    let old = facts("old", &["rsa:2048"], &["-sha1", "-days", "1000"]);
    // openssl's default for a self-signed certificate is CA:TRUE.
    let assessment = suitability::assess(&old, old.not_before);
    assert_eq!(
        assessment.warnings,
        [Warning::Sha1Signature { algorithm: "sha1WithRSAEncryption".into() }, Warning::LongLived { days: 1000 }]
    );
    assert_eq!(assessment.notes, [Note::MarkedAsCa]);
}
