//! Certificates of a vault: made, renewed, imported, changed, deleted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, Pkcs12Archive, PrivateKey, PrivateKeyChain};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use reqwest::Method;
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use serde_json::{Value, json};
use time::Duration;
use x509_parser::prelude::FromDer as _;

use crate::keyvault::{APPS, FINANCE, Vault, refusal, versioned};
use crate::support::*;

async fn modulus(vault: &Vault, bundle: &Value) -> String {
    let kid = bundle["kid"].as_str().unwrap();
    vault.get(kid.strip_prefix(&vault.url).unwrap()).await.json()["key"]["n"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_certificate_is_pending_and_then_it_is_there() {
    let tenant = demo().await;
    tenant.set_behaviour(|behaviour| behaviour.certificate_issuance = Duration::seconds(7));
    let mara = Vault::of(&tenant, APPS, MARA);
    let policy = json!({
        "key_props": {"kty": "RSA", "key_size": 3072, "exportable": false, "reuse_key": true},
        "secret_props": {"contentType": "application/x-pkcs12"},
        "x509_props": {"subject": "CN=fresh, O=\"Contoso, Ltd\"", "validity_months": 6, "ekus": ["1.3.6.1.5.5.7.3.2"]},
        "issuer": {"name": "Self"},
    });
    let body = json!({"policy": policy, "tags": {"for": "test"}});
    let reply = mara.post("/certificates/fresh/create", body.clone()).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    let operation = reply.json();
    assert_eq!(operation["status"], "inProgress");
    assert_eq!(operation["id"], format!("{}/certificates/fresh/pending", mara.url));
    let request_id = operation["request_id"].as_str().unwrap();
    let location = format!("{}/certificates/fresh/pending?api-version=7.4&request_id={request_id}", mara.url);
    assert_eq!(reply.header("location"), Some(location.as_str()));
    let csr = STANDARD.decode(operation["csr"].as_str().unwrap()).unwrap();
    let (_, csr) = x509_parser::certification_request::X509CertificationRequest::from_der(&csr).unwrap();
    assert_eq!(csr.certification_request_info.subject.to_string(), "CN=fresh, O=Contoso, Ltd");

    // Nothing yet, and no second one at a time.
    assert_eq!(refusal(&mara.get("/certificates/fresh").await).1, "CertificateNotFound");
    assert_eq!(refusal(&mara.post("/certificates/fresh/create", body).await).0, 409);
    let count = async |path: &str| mara.get(path).await.json()["value"].as_array().unwrap().len();
    assert_eq!((count("/certificates").await, count("/certificates?includePending=true").await), (7, 8));
    assert_eq!(mara.send(Method::GET, &location, None).await.json()["status"], "inProgress");

    tenant.move_clock(Duration::seconds(7));
    let operation = mara.send(Method::GET, &location, None).await.json();
    assert_eq!(
        (&operation["status"], &operation["target"]),
        (&json!("completed"), &json!(format!("{}/certificates/fresh", mara.url)))
    );
    let bundle = mara.certificate("fresh").await;
    assert_eq!(bundle["tags"], json!({"for": "test"}));
    assert_eq!(bundle["policy"]["key_props"], policy["key_props"]);
    let (nbf, created) =
        (bundle["attributes"]["nbf"].as_i64().unwrap(), bundle["attributes"]["created"].as_i64().unwrap());
    assert_eq!(created - nbf, 600, "backdated by ten minutes");
    let der = STANDARD.decode(bundle["cer"].as_str().unwrap()).unwrap();
    let (_, parsed) = x509_parser::parse_x509_certificate(&der).unwrap();
    assert_eq!(parsed.subject().to_string(), "CN=fresh, O=Contoso, Ltd");
    assert!(parsed.verify_signature(None).is_ok());
    let usage = parsed.extended_key_usage().unwrap().unwrap().value;
    assert!(usage.client_auth && !usage.server_auth);

    // The next version, with nothing but the stored policy: the same key, another certificate.
    tenant.set_behaviour(|behaviour| behaviour.certificate_issuance = Duration::ZERO);
    assert_eq!(mara.post("/certificates/fresh/create", json!({})).await.status, 202);
    let renewed = mara.certificate("fresh").await;
    assert_ne!(renewed["x5t"], bundle["x5t"]);
    assert_eq!(modulus(&mara, &renewed).await, modulus(&mara, &bundle).await);
    assert_eq!(count("/certificates/fresh/versions").await, 2);
}

#[tokio::test]
async fn a_policy_decides_whether_a_renewal_has_the_old_key() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    for (name, same) in [("payroll-batch", true), ("backup-agent", false)] {
        let before = mara.certificate(name).await;
        let version = tenant.renew_certificate(APPS, name).unwrap();
        let after = mara.certificate(name).await;
        assert!(after["id"].as_str().unwrap().ends_with(&version.simple().to_string()));
        assert_ne!(after["x5t"], before["x5t"]);
        assert_eq!(modulus(&mara, &before).await == modulus(&mara, &after).await, same, "{name}");
    }
    assert_eq!(tenant.renew_certificate(APPS, "nobody"), None);
}

#[tokio::test]
async fn a_bad_policy_and_a_missing_role_make_nothing() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    for policy in [
        json!({}),
        json!({"x509_props": {"subject": "no name"}}),
        json!({"x509_props": {"subject": "CN=a"}, "key_props": {"key_size": 512}}),
        json!({"x509_props": {"subject": "CN=a"}, "issuer": {"name": "DigiCert"}}),
    ] {
        let reply = mara.post("/certificates/odd/create", json!({"policy": policy})).await;
        assert_eq!(refusal(&reply).1, "BadParameter", "{policy}");
    }
    let owen = Vault::of(&tenant, APPS, OWEN);
    let body = json!({"policy": {"x509_props": {"subject": "CN=a"}}});
    let reply = owen.post("/certificates/odd/create", body).await;
    assert!(refusal(&reply).2.contains("Action: 'Microsoft.KeyVault/vaults/certificates/create/action'"));
    assert_eq!(mara.get("/certificates/odd").await.status, 404);
    assert_eq!(mara.get("/certificates/payroll-batch/pending").await.status, 404);
}

/// A key in PKCS#8 and its certificate, both in DER.
fn pair(common_name: &str) -> (rsa::PrivateKey, Vec<u8>, Vec<u8>) {
    let key = local_tenant::rsa_key(2048).unwrap();
    let pkcs8 = key.to_pkcs8_der().unwrap().as_bytes().to_vec();
    let pair = KeyPair::try_from(&pkcs8[..]).unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    let der = params.self_signed(&pair).unwrap().der().to_vec();
    (key, pkcs8, der)
}

fn pfx(pkcs8: &[u8], der: &[u8], password: &str) -> String {
    let chain =
        PrivateKeyChain::new(vec![1], PrivateKey::from_der(pkcs8).unwrap(), [Certificate::from_der(der).unwrap()]);
    let mut store = KeyStore::new();
    store.add_entry("one", KeyStoreEntry::PrivateKeyChain(chain));
    STANDARD.encode(store.writer(password).write().unwrap())
}

#[tokio::test]
async fn a_pfx_and_a_pem_come_in_and_out_again() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, FINANCE, MARA);
    let (key, pkcs8, der) = pair("imported");
    let value = pfx(&pkcs8, &der, "hunter2");
    let wrong = mara.post("/certificates/imported/import", json!({"value": value, "pwd": "wrong"})).await;
    assert_eq!(refusal(&wrong).1, "BadParameter");
    let reply = mara.post("/certificates/imported/import", json!({"value": value, "pwd": "hunter2"})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.json()["cer"], STANDARD.encode(&der));
    let secret = mara.get("/secrets/imported").await.json();
    let out = Pkcs12Archive::from_pkcs12(&STANDARD.decode(secret["value"].as_str().unwrap()).unwrap(), "").unwrap();
    assert_eq!(out.keys[0].key.as_der(), pkcs8);
    assert_eq!(out.certs[0].cert.as_der(), der);

    let certificate = pem::encode_config(&der);
    let pem = format!("{}{certificate}", &*key.to_pkcs8_pem(LineEnding::LF).unwrap());
    let body = json!({"value": pem, "policy": {"key_props": {"exportable": false}, "secret_props": {"contentType": "application/x-pem-file"}}});
    let reply = mara.post("/certificates/from-pem/import", body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let secret = mara.get("/secrets/from-pem").await.json();
    assert_eq!(secret["contentType"], "application/x-pem-file");
    assert_eq!(secret["value"].as_str().unwrap(), certificate, "not exportable: no key");
    // Key and certificate must belong together.
    let (_, _, other) = pair("other");
    let reply = mara.post("/certificates/odd/import", json!({"value": pfx(&pkcs8, &other, "")})).await;
    assert_eq!(refusal(&reply).1, "BadParameter");
    assert_eq!(mara.post("/certificates/odd/import", json!({"value": "AAAA"})).await.status, 400);
}

/// PEM as the tenant writes it.
mod pem {
    use base64::Engine as _;

    pub fn encode_config(der: &[u8]) -> String {
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }
}

#[tokio::test]
async fn tags_and_attributes_change() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    let patch = async |path: &str, body: Value| mara.send(Method::PATCH, &versioned(path), Some(body)).await;
    let before = mara.certificate("payroll-batch").await;
    let reply =
        patch("/certificates/payroll-batch", json!({"tags": {"owner": "owen"}, "attributes": {"enabled": false}}))
            .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let after = mara.certificate("payroll-batch").await;
    assert_eq!(reply.json(), after);
    assert_eq!(after["tags"], json!({"owner": "owen"}));
    assert_eq!(after["attributes"]["enabled"], false);
    assert_eq!(after["x5t"], before["x5t"]);
    assert_eq!(patch("/certificates/payroll-batch", json!({"tags": {"a": 1}})).await.status, 400);
    assert_eq!(patch("/certificates/nobody", json!({})).await.status, 404);
    let reply = patch("/certificates/payroll-batch/policy", json!({"key_props": {"reuse_key": false}})).await;
    assert_eq!(reply.json()["key_props"]["reuse_key"], false);
    let reader = Vault::of(&tenant, APPS, PRIYA);
    let reply = reader.send(Method::PATCH, &versioned("/certificates/payroll-batch"), Some(json!({}))).await;
    assert_eq!(reply.status, 403);
}

#[tokio::test]
async fn a_deleted_certificate_can_be_recovered_until_it_is_purged() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    let delete = async |path: &str| mara.send(Method::DELETE, &versioned(path), None).await;
    let before = mara.certificate("backup-agent").await;
    let reply = delete("/certificates/backup-agent").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let gone = reply.json();
    assert_eq!(gone["recoveryId"], format!("{}/deletedcertificates/backup-agent", mara.url));
    assert_eq!(gone["scheduledPurgeDate"].as_i64().unwrap() - gone["deletedDate"].as_i64().unwrap(), 90 * 86400);
    assert_eq!(gone["x5t"], before["x5t"]);
    assert_eq!(mara.get("/certificates/backup-agent").await.status, 404);
    assert_eq!(mara.get("/keys/backup-agent").await.status, 404);
    assert_eq!(mara.get("/deletedcertificates").await.json()["value"].as_array().unwrap().len(), 1);
    assert_eq!(mara.get("/deletedcertificates/backup-agent").await.json(), gone);
    let body = json!({"policy": {"x509_props": {"subject": "CN=a"}}});
    let reply = mara.post("/certificates/backup-agent/create", body).await;
    assert_eq!(reply.json()["error"]["innererror"]["code"], "ObjectIsDeletedButRecoverable");
    assert_eq!(mara.post("/deletedcertificates/backup-agent/recover", json!({})).await.status, 200);
    assert_eq!(mara.certificate("backup-agent").await, before);

    delete("/certificates/backup-agent").await;
    assert_eq!(delete("/deletedcertificates/backup-agent").await.status, 204);
    assert_eq!(mara.get("/deletedcertificates/backup-agent").await.status, 404);
    // What nobody purges goes by itself.
    delete("/certificates/legacy-batch").await;
    tenant.move_clock(Duration::days(90));
    let later = Vault::of(&tenant, APPS, MARA);
    assert_eq!(later.get("/deletedcertificates/legacy-batch").await.status, 404);
}
