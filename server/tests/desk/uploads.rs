//! Uploads: what is kept, and what is not.

use crate::world::{MARA, OWEN, PRIYA, TestCertificate, World};
use app::contract::ports::*;
use base64::Engine as _;
use time::{Duration, OffsetDateTime};

#[tokio::test]
async fn keeps_a_certificate_for_everybody_of_the_directory() {
    let world = World::start().await;
    let certificate = TestCertificate::new("kept");
    let sha256 = world.upload(OWEN, &certificate).await;
    let seen = world.desk(PRIYA).certificate(sha256).await.unwrap();
    assert_eq!((seen.facts.sha256, seen.uploaded_by.as_str()), (sha256, "Owen Carter"));
    assert_eq!(seen.der_base64, base64::engine::general_purpose::STANDARD.encode(&certificate.der));
    assert!(seen.assessment.usable());

    // The same certificate by somebody else is theirs as well.
    assert_eq!(world.upload(MARA, &certificate).await, sha256);
    assert_eq!(world.desk(MARA).certificate(sha256).await.unwrap().uploaded_by, "Mara Lindqvist");
    for (upn, expected) in [(OWEN, 1), (MARA, 1), (PRIYA, 0)] {
        assert_eq!(world.desk(upn).overview().await.unwrap().certificates.len(), expected, "{upn}");
    }
}

#[tokio::test]
async fn a_private_key_is_refused_and_leaves_no_trace() {
    let world = World::start().await;
    let certificate = TestCertificate::new("with a key");
    for (place, text) in [
        certificate.key_pem.clone(),
        format!("{}{}", certificate.pem, certificate.key_pem),
        format!("{}{}", certificate.key_pem, certificate.pem),
    ]
    .iter()
    .enumerate()
    {
        let problem = world.desk(OWEN).keep_certificate(text.as_bytes()).await.unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (422, "private-key"), "{place}");
        assert!(problem.title.contains("discarded"), "{problem}");
        let shown = format!("{problem:?}");
        assert!(!shown.contains(key_lines(&certificate).first().unwrap()));
    }
    // Something is kept, so that the files are not simply empty: the audit row.
    assert_eq!(world.audit(OWEN).await.iter().filter(|row| row.action.as_str() == "upload-refused").count(), 3);
    let files = world.database.contents().await;
    assert!(contains(&files, b"upload-refused"));
    for line in key_lines(&certificate) {
        assert!(!contains(&files, line.as_bytes()));
        let bytes = base64::engine::general_purpose::STANDARD.decode(&line).unwrap();
        assert!(!contains(&files, &bytes));
    }
    assert!(world.desk(OWEN).overview().await.unwrap().certificates.is_empty());
}

/// Full lines of the key's base64: 48 bytes each.
fn key_lines(certificate: &TestCertificate) -> Vec<String> {
    certificate.key_pem.lines().filter(|line| line.len() == 64).map(str::to_owned).collect()
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn refuses_what_entra_could_not_use() {
    let world = World::start().await;
    let now = OffsetDateTime::now_utc();
    let expired = TestCertificate::between("old", now - Duration::days(400), now - Duration::days(1));
    for (certificate, word) in [(expired, "expired"), (TestCertificate::elliptic(), "key")] {
        let problem = world.desk(OWEN).keep_certificate(certificate.pem.as_bytes()).await.unwrap_err();
        assert_eq!((problem.status, problem.code.as_str()), (422, "unsuitable-certificate"));
        assert!(problem.detail.contains(word), "{problem}");
        assert!(problem.advice.is_some());
    }
    for nonsense in [&b""[..], b"hello", b"\x30\x82\x01"] {
        let problem = world.desk(OWEN).keep_certificate(nonsense).await.unwrap_err();
        assert_eq!(problem.code, "unreadable-certificate");
    }
}
