//! Certificates that are odd, and what is said of them.

use crate::bytes;
use domain::certificate::{Certificate, CertificateFacts, PublicKey};
use domain::ids::KeyId;
use domain::key_credential::{IdentifierStyle, NewKeyCredential};
use domain::suitability::{Assessment, Note, UnfitReason, Warning, assess};
use domain::upload::read;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-28 14:30 UTC);

fn certificate(case: &str, file: &str) -> Certificate {
    read(&bytes(case, file)).unwrap_or_else(|error| panic!("{case}: {error}")).leaf
}

fn facts(case: &str) -> CertificateFacts {
    certificate(case, "input.cer").facts().clone()
}

/// The name under which Entra would store it.
fn display_name(certificate: &Certificate) -> String {
    let entry = NewKeyCredential::new(certificate, KeyId::from_random([7; 16]), "", IdentifierStyle::Base64);
    entry.expect("a plain name").display_name().to_owned()
}

#[test]
fn odd_numbers_and_dates_are_read() {
    let day = datetime!(2026-01-01 00:00 UTC);
    let end = datetime!(2027-12-31 23:59:59 UTC);
    for (case, sha1, serial, from, to) in [
        (
            "44-negative-serial",
            "DF29F038F10591629EEBEEFF301AA70B2A4D4C04",
            "BCDE678923450000BCDE678923450000EEEEFFFF",
            day,
            end,
        ),
        (
            "45-serial-21-octets",
            "F8D335616021F8A0233A467FFD4B1B8F436C143A",
            "7F6242C0066708D6B630985D1C2A6AEF34FC3AE0304CDEC19E4E",
            day,
            end,
        ),
        (
            "46-utctime-without-seconds",
            "69E5D9C16FDB23C24B7CB990305108143F2027F5",
            "1234567890ABCDEF",
            day,
            datetime!(2027-12-31 23:59 UTC),
        ),
        ("47-utctime-offset", "A06CAA5FCD5D2BB4D551AAF9C349009827F81E9F", "1234567890ABCDEF", day, end),
        (
            "48-generalizedtime-fraction",
            "9E25AF1F6FEE7D120268DD5F9A5C6DB862C34A17",
            "1234567890ABCDEF",
            datetime!(2026-01-01 00:00:00.1 UTC),
            end,
        ),
        (
            "49-no-expiry-9999",
            "6891EA0D2EEDAF7878719B8D11B0C62B4DDFA31A",
            "1234567890ABCDEF",
            day,
            datetime!(9999-12-31 23:59:59 UTC),
        ),
        (
            "50-date-2050",
            "0CC1E36E5A871D2622AD96DAF851552483EF258D",
            "1234567890ABCDEF",
            day,
            datetime!(2056-05-07 00:00 UTC),
        ),
    ] {
        let facts = facts(case);
        assert_eq!((facts.sha1.hex().as_str(), facts.serial.as_str()), (sha1, serial), "{case}");
        assert_eq!((facts.not_before, facts.not_after), (from, to), "{case}");
        assert_eq!(facts.public_key, PublicKey::Rsa { bits: 2048 }, "{case}");
        assert!(assess(&facts, NOW).usable(), "{case}");
    }
    assert_eq!(assess(&facts("49-no-expiry-9999"), NOW).warnings, [Warning::LongLived { days: 2_912_442 }]);
}

#[test]
fn keys_are_named_and_judged() {
    for (case, file, key, sha1, refused) in [
        (
            "51-rsa-pss-key",
            "input.cer",
            PublicKey::Rsa { bits: 2048 },
            "2683E3FED4710C75D09F14F84B731B269BB43E4E",
            false,
        ),
        (
            "52-v1-pss-e17",
            "input.cer",
            PublicKey::Rsa { bits: 3072 },
            "C61D8DDC8FE0A0403E2F7DA8EEA0C5E111D00E64",
            false,
        ),
        (
            "59-ml-dsa-65",
            "input.cer",
            PublicKey::Other { name: "ML-DSA-65".into() },
            "575916884F0556379D15ED556D7BF78077E0E0CE",
            true,
        ),
        (
            "60-dsa-key",
            "input.pem",
            PublicKey::Other { name: "DSA".into() },
            "3EC84B0CEBD4E94E4FDF031B175A9B32F6ED0F15",
            true,
        ),
        (
            "61-rsa-16384",
            "input.cer",
            PublicKey::Rsa { bits: 16384 },
            "9CD4AE60DBB199298E22DED3D52A60A32F878B8E",
            false,
        ),
    ] {
        let facts = certificate(case, file).facts().clone();
        assert_eq!((&facts.public_key, facts.sha1.hex().as_str()), (&key, sha1), "{case}");
        let expected = if refused { vec![UnfitReason::NotRsa { key }] } else { vec![] };
        assert_eq!(assess(&facts, NOW).refusals, expected, "{case}");
    }
    let refusal = assess(&facts("59-ml-dsa-65"), NOW).refusals[0].title();
    assert_eq!(refusal, "Entra cannot use its key (ML-DSA-65) for an app's sign-in");
    assert_eq!(facts("59-ml-dsa-65").signature_algorithm, "ML-DSA-65");
    // The key is bound to PSS in the one, only the issuer's signature is PSS in the other.
    let bound = assess(&facts("51-rsa-pss-key"), NOW);
    assert_eq!(bound.warnings, [Warning::PssOnly]);
    assert_eq!(bound.warnings[0].title(), "Its RSA key is bound to PSS: it cannot sign RS256");
    assert_eq!(assess(&facts("52-v1-pss-e17"), NOW), Assessment::default());
}

#[test]
fn a_name_is_readable_and_never_empty() {
    let long = "CN=payroll+Email=pki@contoso.example, 1.3.6.1.4.1.99999.7.1=unit 7, OU=OU xxxxxxxxxxxxxxxx";
    for (case, subject, name, display) in [
        ("53-empty-subject", Some(""), "payroll.contoso.example", "payroll.contoso.example"),
        (
            "54-t61-bmp-universal",
            Some("C=CH, L=Zürich, O=Größe AG, CN=日程-batch"),
            "日程-batch",
            "C=CH, L=Zürich, O=Größe AG, CN=日程-batch",
        ),
        ("55-t61-holding-utf8", Some("L=Zürich, CN=admin"), "admin", "L=Zürich, CN=admin"),
        ("56-multi-rdn-unknown-oid-long", None, "payroll", long),
    ] {
        let certificate = certificate(case, "input.cer");
        if let Some(subject) = subject {
            assert_eq!(certificate.facts().subject, subject, "{case}");
        }
        assert_eq!(certificate.facts().short_name(), name, "{case}");
        assert_eq!(display_name(&certificate), display, "{case}");
    }
}

#[test]
fn no_extension_is_lost_and_none_is_feared() {
    let twice = facts("57-duplicate-extension");
    assert!(twice.is_ca);
    let assessment = assess(&twice, NOW);
    assert_eq!((assessment.warnings, assessment.notes), (vec![Warning::DuplicateExtension], vec![Note::MarkedAsCa]));
    let server = facts("58-unknown-critical-ext-serverauth");
    assert_eq!(server.purposes, Some(vec!["server authentication".to_owned()]));
    let assessment = assess(&server, NOW);
    assert!(assessment.usable());
    assert_eq!(assessment.notes, [Note::MarkedAsCa, Note::NotForClientAuth]);
    // Without the extension there is nothing to fear, and nothing is said.
    assert_eq!(assess(&facts("44-negative-serial"), NOW).notes, []);
}
