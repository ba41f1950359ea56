//! Nothing pasted makes the doctor fail, and no secret comes out of it.

mod doctor_samples;
mod support;

use doctor_samples::{rows, token};
use domain::doctor::diagnosis::diagnose;
use domain::doctor::evidence::Evidence;
use domain::doctor::paste::{MAX_PASTE_BYTES, masked, recognise};
use domain::encoding::base64url;
use proptest::prelude::*;
use time::macros::datetime;

/// All that a caller can see of a paste.
fn exposed(text: &str) -> String {
    let findings = recognise(text);
    let verdicts = diagnose(&findings, &Evidence::at(datetime!(2026-06-09 14:05 UTC)));
    assert!(!verdicts.is_empty());
    let json = serde_json::to_string(&(&findings, &verdicts)).expect("json");
    format!("{findings:?} {verdicts:?} {json}")
}

#[test]
fn samples_cut_off_anywhere_are_read_without_a_panic() {
    for (number, row) in rows().iter().enumerate() {
        let boundaries: Vec<usize> = row.text.char_indices().map(|(at, _)| at).collect();
        // Each sample at every third place, each at other ones.
        for at in boundaries.iter().skip(number % 3).step_by(3) {
            let (head, rest) = row.text.split_at(*at);
            let verdicts = diagnose(&recognise(head), &Evidence::at(datetime!(2026-06-09 14:05 UTC)));
            assert!(!verdicts.is_empty(), "{}", row.source);
            if at % 5 == 0 {
                let _ = recognise(rest);
            }
        }
    }
}

#[test]
fn what_is_put_aside_has_no_secret_and_the_same_verdicts() {
    let evidence = Evidence::at(datetime!(2026-06-09 14:05 UTC));
    let mut with_secrets = 0;
    for row in rows() {
        let aside = masked(&row.text);
        for secret in recognise(&row.text).secrets {
            with_secrets += 1;
            let value = &row.text[secret.span.start..secret.span.end];
            assert!(!aside.contains(value.trim()), "{}: {value}", row.source);
        }
        let ranked = |text: &str| -> Vec<_> {
            diagnose(&recognise(text), &evidence).into_iter().map(|it| (it.runbook, it.confidence)).collect()
        };
        assert_eq!(ranked(&aside), ranked(&row.text), "{}", row.source);
    }
    assert!(with_secrets > 5, "{with_secrets}");
}

#[test]
fn a_huge_paste_is_shortened_and_soon_read() {
    let text = "{\"a\":[é".repeat(MAX_PASTE_BYTES / 6);
    let findings = recognise(&text);
    assert!(findings.shortened && findings.found_nothing());
    assert!(!recognise("AADSTS700027").shortened);
}

#[test]
fn the_private_members_of_real_keys_are_masked() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = support::make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let key = made.key_pem();
    let body: Vec<&str> = key.lines().filter(|line| !line.starts_with("-----")).collect();
    for text in [
        format!("{}{}", made.pem(), key),
        format!("{key}\nAADSTS700027: oh"),
        // Cut off before its end.
        key[..key.len() / 2].to_owned(),
        format!("\"privateKey\":\"{}\"", key.replace('\n', "\\n")),
        body.join(""),
        body.join("\n"),
    ] {
        let out = exposed(&text);
        for line in &body {
            assert!(!out.contains(&line[..line.len().min(24)]), "{text}");
        }
    }
    // The certificate beside it is kept.
    assert_eq!(recognise(&format!("{}{}", key, made.pem())).certificates.len(), 1);
}

#[test]
fn a_pfx_in_key_credentials_is_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = support::make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let pfx = support::openssl(&[
        "pkcs12",
        "-export",
        "-inkey",
        support::path(&made.key),
        "-in",
        support::path(&made.certificate),
        "-passout",
        "pass:",
    ]);
    let pfx = domain::encoding::base64(&pfx);
    let text = serde_json::json!({"keyCredentials": [
        {"keyId": "5800da50-f37a-4f20-b4ac-e5fb6555f4aa", "type": "X509CertAndPassword", "usage": "Sign", "key": pfx},
    ]});
    let out = exposed(&text.to_string());
    assert!(!out.contains(&pfx[100..140]));
    assert!(out.contains("5800da50-f37a-4f20-b4ac-e5fb6555f4aa"));
}

fn carriers() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "client_id=0cf6bee1-60c1-4874-8877-b68ee6d30b94&client_secret=@@&grant_type=client_credentials",
        "{\"client_secret\":\"@@\",\"scope\":\"x\"}",
        r#"body={\"client_secret\":\"@@\"}"#,
        "AZURE_CLIENT_SECRET=@@",
        "\"ClientSecret\": \"@@\",",
        "{\"secretText\": \"@@\", \"keyId\": \"5800da50-f37a-4f20-b4ac-e5fb6555f4aa\", \"customKeyIdentifier\": null}",
        "curl -u 0cf6bee1:@@ https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token",
        "az login --service-principal -u x -p y --password @@",
        "Authorization: Bearer @@",
        "access_token=@@ refresh_token=@@",
        "{\"kty\":\"RSA\",\"n\":\"abc\",\"d\":\"@@\",\"alg\":\"RS256\",\"kid\":\"x\"}",
        "-----BEGIN PRIVATE KEY-----\n@@\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\n@@",
        "client_credential=\"@@\"",
        "Client secret: @@ (just made)",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        exposed(&text);
    }

    #[test]
    fn no_text_of_its_own_words_makes_it_panic(
        parts in prop::collection::vec(prop::sample::select(vec![
            "AADSTS", "700027", ": ", "[Reason - ", "The key was not found.", ", Thumbprint of key used by client: '",
            "Found key 'Start=", "01/23/2023 13:33:28", ", End=", "'", "]", "é", "\\u0027", "\\", "eyJ", "eyJhbGciOiJSUzI1NiJ9", ".",
            "{", "}", "\"", "keyCredentials", ":[", "-----BEGIN ", "PRIVATE KEY-----", "client_secret=", "%3D", "\r\n", "Timestamp: ",
            "https://login.microsoftonline.com/", "A538D00E8727EC5814E2FB107B3136376F22695B", "=", "MIIC", "Q~", "(", "&#39;",
            "expiry time of assertion ", "error_codes", "app Id '", "12345678-",
        ]), 0..40)
    ) {
        exposed(&parts.concat());
    }

    #[test]
    fn secrets_do_not_come_out(
        secret in "[A-Za-z0-9][A-Za-z0-9~._]{22,38}[A-Za-z0-9]",
        carrier in carriers(),
        row in 0..60_usize,
    ) {
        let sample = rows().swap_remove(row).text;
        let text = format!("{sample}\n{}\n{sample}", carrier.replace("@@", &secret));
        let out = exposed(&text);
        prop_assert!(!out.contains(&secret), "{}", carrier);
    }

    #[test]
    fn signatures_do_not_come_out(signature in prop::collection::vec(any::<u8>(), 32..256), keep in 20..400_usize) {
        let signature = base64url(&signature);
        let unsigned = token(r#"{"alg":"RS256","x5t":"pTjQDocn7FgU4vsQezE2N28iaVs"}"#, r#"{"iss":"a","sub":"a"}"#);
        let unsigned = unsigned.rsplit_once('.').map(|(head, _)| head.to_owned()).expect("dots");
        for text in [
            format!("client_assertion={unsigned}.{signature}"),
            format!("{{\"client_assertion\":\"{unsigned}.{signature}\"}}"),
            format!("{unsigned}.{}", &signature[..keep.min(signature.len())]),
        ] {
            let out = exposed(&text);
            prop_assert!(!out.contains(&signature[..20]));
            prop_assert!(out.contains("RS256"));
        }
    }
}
