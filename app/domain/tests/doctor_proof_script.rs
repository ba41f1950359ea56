//! The scripts that people are given, run with openssl up to the request, and their output pasted back.

mod support;

use domain::certificate::Certificate;
use domain::doctor::authority::Authority;
use domain::doctor::cloud::Cloud;
use domain::doctor::diagnosis::diagnose;
use domain::doctor::evidence::Evidence;
use domain::doctor::header::{Judgement, compare};
use domain::doctor::paste::recognise;
use domain::doctor::proof_script::ProofScript;
use domain::doctor::snippets::{Language, Target, snippet};
use domain::encoding::decode_base64;
use domain::ids::AppId;
use std::path::Path;
use std::process::Command;
use support::{Made, make, openssl_with, path};
use time::OffsetDateTime;

const APP: &str = "0cf6bee1-60c1-4874-8877-b68ee6d30b94";

fn target(certificate: &Certificate) -> Target {
    let app_id: AppId = APP.parse().expect("a GUID");
    let authority = Authority::of(Cloud::Global);
    Target::new(app_id, "contoso.onmicrosoft.com", authority, certificate.sha1(), certificate.sha256())
        .expect("a tenant")
}

fn run(folder: &Path, script: &str, arguments: &[&str], made: &Made, variables: &[(&str, &str)]) -> (bool, String) {
    let file = folder.join("script.sh");
    std::fs::write(&file, script).expect("written");
    let output = Command::new("bash")
        .arg(&file)
        .args(arguments)
        .env("CERTIFICATE", &made.certificate)
        .env("KEY", &made.key)
        .envs(variables.iter().copied())
        .output()
        .expect("bash is installed");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

/// openssl's word on a compact JWS.
fn verifies(folder: &Path, made: &Made, token: &str, padding: &[&str]) -> bool {
    let (input, signature) = token.trim().rsplit_once('.').expect("three segments");
    let signature_file = folder.join("signature");
    std::fs::write(&signature_file, decode_base64(signature).expect("base64url")).expect("written");
    let public = folder.join("public.pem");
    std::fs::write(&public, support::openssl(&["x509", "-in", path(&made.certificate), "-noout", "-pubkey"]))
        .expect("written");
    let mut arguments = vec!["dgst", "-sha256", "-verify", path(&public)];
    arguments.extend(padding);
    arguments.extend(["-signature", path(&signature_file)]);
    openssl_with(&arguments, input.as_bytes()).is_some()
}

const PSS: [&str; 4] = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"];

#[test]
fn the_bash_kit_makes_a_valid_assertion_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let certificate = Certificate::from_der(&made.der()).expect("openssl made it");
    let script = ProofScript::new(&target(&certificate));
    let token_file = folder.path().join("token");
    for (alg, padding, name) in [("PS256", &PSS[..], "x5t#S256"), ("RS256", &[][..], "x5t")] {
        let (success, output) = run(
            folder.path(),
            &script.bash,
            &["--offline"],
            &made,
            &[("ALG", alg), ("ASSERTION_FILE", path(&token_file))],
        );
        assert!(success, "{output}");
        assert!(
            output.contains("key: belongs to the certificate") && output.contains("signature: Verified OK"),
            "{output}"
        );
        let token = std::fs::read_to_string(&token_file).expect("written by the script");
        assert!(verifies(folder.path(), &made, &token, padding), "{alg}");
        let signature = token.rsplit_once('.').expect("three segments").1;
        assert!(!output.contains(&signature[..20]), "the output has the signature");

        // What was printed is what was signed, and reads as the certificate wants it.
        let found = recognise(&output);
        assert_eq!(found.certificates[0].value.certificate, certificate);
        let assertion = found.assertion().expect("an assertion");
        assert_eq!(recognise(&token).assertion().map(|whole| &whole.header), Some(&assertion.header));
        assert!(!assertion.signed);
        let comparison = compare(&certificate, &assertion.header);
        assert!(comparison.is_right(), "{comparison:?}");
        let row = comparison.rows.iter().find(|row| row.name == name).expect("a row");
        assert_eq!((row.judgement, row.sent.as_ref()), (Judgement::Equal, Some(&row.expected)));
        let claims = assertion.claims.as_ref().expect("claims");
        assert_eq!(
            claims.aud.as_deref(),
            Some("https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token")
        );
        assert_eq!((claims.iss.as_deref(), claims.sub.as_deref()), (Some(APP), Some(APP)));
        let (from, until) = (claims.nbf.as_ref().expect("nbf").at, claims.exp.as_ref().expect("exp").at);
        assert_eq!((until - from).whole_seconds(), 300);
        assert!((OffsetDateTime::now_utc() - from).whole_seconds().abs() < 120);
        assert_eq!(claims.jti.as_ref().map(String::len), Some(36));
    }
}

#[test]
fn the_kit_tells_a_key_that_does_not_belong() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let two = make(folder.path(), "two", &["rsa:2048"], &["-days", "90"]);
    let certificate = Certificate::from_der(&one.der()).expect("openssl made it");
    let mixed = Made { certificate: one.certificate.clone(), key: two.key };
    let (success, output) =
        run(folder.path(), &ProofScript::new(&target(&certificate)).bash, &["--offline"], &mixed, &[]);
    assert!(success && output.contains("Verification failure"), "{output}");
    let verdict = diagnose(&recognise(&output), &Evidence::at(OffsetDateTime::now_utc())).remove(0);
    assert_eq!(verdict.runbook, "signed-by-another-key");
}

#[test]
fn the_bash_snippet_signs_and_refuses_another_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let two = make(folder.path(), "two", &["rsa:2048"], &["-days", "90"]);
    let certificate = Certificate::from_der(&one.der()).expect("openssl made it");
    let script = snippet(Language::Bash, &target(&certificate));
    let (success, token) = run(folder.path(), &script, &["--print"], &one, &[]);
    assert!(success, "{token}");
    assert!(verifies(folder.path(), &one, &token, &PSS));
    let found = recognise(&token);
    assert!(compare(&certificate, &found.assertion().expect("an assertion").header).is_right());
    let (success, output) = run(folder.path(), &script, &["--print"], &two, &[]);
    assert!(!success && output.contains("not the registered certificate"), "{output}");
}

#[test]
fn every_snippet_is_filled() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    let certificate = Certificate::from_der(&made.der()).expect("openssl made it");
    let target = target(&certificate);
    let texts = |target: &Target| -> Vec<String> {
        let script = ProofScript::new(target);
        Language::ALL
            .map(|language| snippet(language, target))
            .into_iter()
            .chain([script.bash, script.powershell])
            .collect()
    };
    // Wherever the portal's cloud is, no text names another one.
    for (login, graph) in [
        ("https://login.microsoftonline.com", "https://graph.microsoft.com"),
        ("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
        ("https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"),
        ("https://localhost:8443", "http://127.0.0.1:3001"),
    ] {
        let there = target.clone().at(Authority::new(login, graph).expect("origins"));
        for text in texts(&there) {
            assert!(text.contains(login) && text.contains(&format!("{graph}/.default")), "{text}");
            for other in ["login.microsoftonline.com", "graph.microsoft.com"] {
                assert!(login.contains("microsoftonline.com") || !text.contains(other), "{text}");
            }
            assert!(!text.contains("not one of Microsoft's") || login.contains("localhost"), "{text}");
        }
    }
    for text in texts(&target.at(Authority::new("https://localhost:8443", "http://127.0.0.1:3001").expect("origins"))) {
        for hole in [
            "{common}",
            "{app_id}",
            "{tenant}",
            "{host}",
            "{authority}",
            "{elsewhere}",
            "{scope}",
            "{sha1}",
            "{sha256}",
        ] {
            assert!(!text.contains(hole), "{text}");
        }
        assert!(text.contains(APP) && text.contains("contoso.onmicrosoft.com"), "{text}");
        assert!(text.contains(&certificate.sha1().hex()) || text.contains(&certificate.sha256().hex()), "{text}");
    }
    // Nothing else gets into a script.
    let app: AppId = APP.parse().expect("a GUID");
    for tenant in ["", "x; rm -rf /", "$(id)", "a'b", "-x"] {
        let authority = Authority::of(Cloud::Global);
        assert!(Target::new(app, tenant, authority, certificate.sha1(), certificate.sha256()).is_err(), "{tenant}");
    }
}
