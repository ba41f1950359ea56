//! Microsoft's own library, unmodified, against the tenant over https: refused before its certificate is in
//! `keyCredentials`, served after.
//!
//! Needs a Python with MSAL: `.ci/python-clients.sh` makes one, `THUMBPRINT_PYTHON` names it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local_tenant::{HttpsOptions, RunningTenant, TenantOptions};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256};
use rsa::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

const OWNER: &str = "owen.carter@contoso.onmicrosoft.com";

/// What MSAL says, in the interpreter that has it.
async fn msal(folder: &Path, tenant: &RunningTenant, client_id: String, thumbprint: &'static str) -> Value {
    let python = std::env::var("THUMBPRINT_PYTHON").unwrap_or_else(|_| "python3".into());
    let mut command = Command::new(&python);
    command
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/msal_client.py"))
        .arg(format!("{}/{}", tenant.base_url(), tenant.tenant_id()))
        .arg(client_id)
        .args(["key.pem", "certificate.pem", thumbprint])
        // As people do it who have a CA of their own; it wins over whatever is set around this test.
        .env("REQUESTS_CA_BUNDLE", folder.join("ca.pem"))
        .current_dir(folder);
    // On another thread: this one serves the tenant.
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap_or_else(|error| panic!("{python} does not start ({error}): set THUMBPRINT_PYTHON"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_ne!(output.status.code(), Some(3), "{errors}Run .ci/python-clients.sh and set THUMBPRINT_PYTHON.");
    assert!(output.status.success(), "{python} failed: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn msal_gets_a_token_once_its_certificate_is_registered() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let tenant = local_tenant::start(TenantOptions {
        https: Some(HttpsOptions { ca_dir: Some(folder.path().into()), names: vec![] }),
        ..TenantOptions::default()
    })
    .await
    .unwrap();
    let app = tenant.applications().into_iter().find(|app| app.display_name == "payroll-batch").unwrap();

    let key = local_tenant::rsa_key(2048).unwrap();
    let pkcs8 = key.to_pkcs8_der().unwrap().as_bytes().to_vec();
    let pair = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.into(), &PKCS_RSA_SHA256).unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "payroll-msal");
    params.not_before = OffsetDateTime::now_utc() - Duration::hours(1);
    params.not_after = OffsetDateTime::now_utc() + Duration::days(90);
    let certificate = params.self_signed(&pair).unwrap();
    std::fs::write(folder.path().join("key.pem"), pair.serialize_pem()).unwrap();
    std::fs::write(folder.path().join("certificate.pem"), certificate.pem()).unwrap();

    let ask = async |thumbprint| msal(folder.path(), &tenant, app.app_id.to_string(), thumbprint).await;
    for thumbprint in ["sha256", "sha1"] {
        let said = ask(thumbprint).await;
        let answer = &said["answer"];
        assert_eq!((&answer["error"], &answer["error_codes"]), (&json!("invalid_client"), &json!([700_027])), "{said}");
        assert!(
            answer["error_description"]
                .as_str()
                .unwrap()
                .contains("[Reason - The key was not found., Thumbprint of key"),
            "{said}"
        );
    }

    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(tenant.ca_pem().unwrap().as_bytes()).unwrap()])
        .build()
        .unwrap();
    let url = format!("{}/v1.0/applications/{}", tenant.base_url(), app.id);
    let token = tenant.graph_token(OWNER).unwrap();
    let read: Value = client.get(&url).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    let mut keys = read["keyCredentials"].as_array().unwrap().clone();
    keys.push(json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(certificate.der())}));
    let patched = client.patch(&url).bearer_auth(&token).json(&json!({"keyCredentials": keys})).send().await.unwrap();
    assert_eq!(patched.status(), 204);

    for thumbprint in ["sha256", "sha1"] {
        let said = ask(thumbprint).await;
        assert_eq!(said["answer"]["token_type"], "Bearer", "{said}");
        assert!(said["answer"]["access_token"].as_str().is_some_and(|token| token.split('.').count() == 3), "{said}");
    }
}
