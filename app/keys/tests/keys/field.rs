//! Field cases: what people really have, rebuilt from public reports; the files are those of `domain`.

use domain::upload::ReadError;
use keys::{KeyError, open_pkcs12_with_key, read_pkcs12, read_with_key};

const LEAF: &str = "2AFC1F88F9C7C752113ABA1F4A61D6D1E11976A0";
const ALONE: &str = "1C2FA93ECE3B02A0F04D957671B5EA4C9C08F55B";
const KEYTOOL: &str = "E4BC3E67BB6FC46486AAABB7434E72685B687CB8";

fn bytes(case: &str, file: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/tests/field").join(case).join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_private_key_beside_its_certificate_is_read_for_signing() {
    for (case, file) in [("08-k8s-secret-yaml-with-key", "input.yaml"), ("18-service-connection-one-line", "input.txt")]
    {
        let bytes = bytes(case, file);
        let upload = keys::read(&bytes).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(domain::upload::read(&bytes).as_ref(), Ok(&upload), "{case}");
        assert!(read_with_key(&bytes).expect(case).key.belongs_to(&upload.leaf), "{case}");
    }
}

#[test]
fn every_program_s_pfx_opens_with_its_password_only() {
    // (case, file, password, SHA-1, other certificates, a key is in it, a wrong password can be told)
    for (case, file, password, sha1, others, key, proves) in [
        ("22-kv-secret-base64-pfx", "input.txt", "", ALONE, 0, true, true),
        ("23-kv-pfx-null-password", "input.pfx", "", ALONE, 0, true, true),
        ("24-pfx-certificate-only", "input.pfx", "secret", ALONE, 0, false, true),
        ("25-pfx-no-localkeyid", "input.pfx", "secret", ALONE, 0, true, true),
        ("27-pfx-passwordless-no-mac", "input.pfx", "", ALONE, 0, true, false),
        ("28-pfx-no-mac-3des-key", "input.pfx", "secret", ALONE, 0, true, false),
        ("29-pfx-ber-indefinite", "input.pfx", "secret", ALONE, 0, true, true),
        ("31-pfx-password-zolw", "input.pfx", "żółw", ALONE, 0, true, true),
        ("32-pfx-password-euro", "input.pfx", "Op€nwal£", ALONE, 0, true, true),
        ("33-pfx-password-emoji", "input.pfx", "p🔑ss", ALONE, 0, true, true),
        ("34-pfx-rc2-40", "input.pfx", "secret", ALONE, 0, true, true),
        ("35-pfx-rc2-128", "input.pfx", "secret", ALONE, 0, true, true),
        ("36-pfx-pbmac1", "input.pfx", "secret", ALONE, 0, true, true),
        ("38-pfx-pem-armour", "input.p12", "secret", ALONE, 0, true, true),
        ("39-pfx-chain", "input.pfx", "secret", LEAF, 2, true, true),
        ("42-java-truststore-p12", "input.p12", "changeit", ALONE, 0, false, true),
        ("43-java-keytool-p12", "input.p12", "changeit", KEYTOOL, 0, true, true),
    ] {
        let bytes = bytes(case, file);
        let upload = read_pkcs12(&bytes, password).unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(upload.leaf.sha1().hex(), sha1, "{case}");
        assert_eq!((upload.others.len(), upload.private_key_left_out), (others, key), "{case}");
        let opened = open_pkcs12_with_key(&bytes, password);
        if key {
            let opened = opened.unwrap_or_else(|error| panic!("{case}: {error}"));
            assert!(opened.key.belongs_to(&upload.leaf), "{case}");
            assert_eq!(opened.certificates[0], upload.leaf, "{case}");
        } else {
            assert_eq!(opened.expect_err(case), KeyError::NoKey, "{case}");
        }
        for wrong in ["wrong", "Secret", "żółw ", "🔑"] {
            let answer = read_pkcs12(&bytes, wrong).map(|upload| upload.leaf.sha1().hex());
            let expected = if proves { Err(ReadError::WrongPassword) } else { Ok(sha1.to_owned()) };
            assert_eq!(answer, expected, "{case}");
        }
    }
}
