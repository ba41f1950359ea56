//! Keys of a vault sign, and what they sign is verified: by the public key, and by the token endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use time::OffsetDateTime;

use crate::keyvault::{APPS, FINANCE, Vault, refusal};
use crate::support::*;

#[tokio::test]
async fn every_algorithm_signs_what_the_public_key_verifies() {
    let tenant = demo().await;
    let owen = Vault::of(&tenant, APPS, OWEN);
    let key = owen.get("/keys/payroll-batch").await.json()["key"].clone();
    assert_eq!(key["kty"], "RSA");
    let public = DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
    let message = b"header.payload";
    let kid = key["kid"].as_str().unwrap();
    let path = kid.strip_prefix(&owen.url).unwrap();
    for (name, algorithm, digest) in [
        ("RS256", Algorithm::RS256, Sha256::digest(message).to_vec()),
        ("RS384", Algorithm::RS384, Sha384::digest(message).to_vec()),
        ("RS512", Algorithm::RS512, Sha512::digest(message).to_vec()),
        ("PS256", Algorithm::PS256, Sha256::digest(message).to_vec()),
        ("PS384", Algorithm::PS384, Sha384::digest(message).to_vec()),
        ("PS512", Algorithm::PS512, Sha512::digest(message).to_vec()),
    ] {
        let reply = owen.sign(kid, name, &digest).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let signed = reply.json();
        assert_eq!(signed["kid"], kid);
        let signature = signed["value"].as_str().unwrap();
        let good = |message: &[u8]| jsonwebtoken::crypto::verify(signature, message, &public, algorithm).unwrap();
        assert!(good(message), "{name}");
        assert!(!good(b"header.other"), "{name}");
        let verify = async |digest: &[u8]| {
            let body = json!({"alg": name, "digest": URL_SAFE_NO_PAD.encode(digest), "value": signature});
            owen.post(&format!("{path}/verify"), body).await.json()["value"].clone()
        };
        assert_eq!(verify(&digest).await, true, "{name}");
        let mut other = digest.clone();
        other[0] ^= 1;
        assert_eq!(verify(&other).await, false, "{name}");
    }
}

#[tokio::test]
async fn what_cannot_be_signed_is_refused() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    let digest = Sha256::digest("x");
    let kid = |name: &str| format!("{}/keys/{name}", mara.url);
    let reply = mara.sign(&kid("payroll-batch"), "RS256", b"0123456789").await;
    let expected = "Invalid length of 'value': 10 bytes. RS256 requires 32 bytes, encoded with base64url.";
    assert_eq!(refusal(&reply), (400, "BadParameter".into(), expected.into()));
    assert_eq!(refusal(&mara.sign(&kid("payroll-batch"), "HS256", &digest).await).1, "BadParameter");
    let reply = mara.sign(&kid("device-attestation"), "PS256", &digest).await;
    assert!(refusal(&reply).2.starts_with("Key and signing algorithm are incompatible. Key "), "{reply:?}");
    assert_eq!(mara.get("/keys/device-attestation").await.json()["key"]["crv"], "P-256");
    let inner = |reply: &Reply| (reply.status, reply.json()["error"]["innererror"]["code"].clone());
    assert_eq!(inner(&mara.sign(&kid("legacy-batch"), "PS256", &digest).await), (403, json!("KeyExpired")));
    let finance = Vault::of(&tenant, FINANCE, MARA);
    let disabled = format!("{}/keys/tax-reporting", finance.url);
    assert_eq!(inner(&finance.sign(&disabled, "PS256", &digest).await), (403, json!("KeyDisabled")));
}

/// A client assertion whose signature the vault makes.
async fn assertion(vault: &Vault, bundle: &Value, alg: &str, claims: &Value) -> String {
    let der = STANDARD.decode(bundle["cer"].as_str().unwrap()).unwrap();
    let mut header = json!({"alg": alg, "typ": "JWT"});
    if alg == "PS256" {
        header["x5t#S256"] = URL_SAFE_NO_PAD.encode(Sha256::digest(&der)).into();
    } else {
        header["x5t"] = bundle["x5t"].clone();
    }
    let segment = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", segment(&header), segment(claims));
    let signed = vault.sign(bundle["kid"].as_str().unwrap(), alg, &Sha256::digest(&message)).await.json();
    format!("{message}.{}", signed["value"].as_str().unwrap())
}

#[tokio::test]
async fn a_key_that_never_leaves_the_vault_gets_its_application_a_token() {
    let tenant = demo().await;
    let owen = Vault::of(&tenant, APPS, OWEN);
    let app = application(&tenant, "release-automation");
    let bundle = owen.certificate("release-automation").await;
    assert_eq!(bundle["policy"]["key_props"]["exportable"], false);
    let mut token = String::new();
    for alg in ["PS256", "RS256"] {
        let claims = claims(&tenant, app.app_id, OffsetDateTime::now_utc());
        let signed = assertion(&owen, &bundle, alg, &claims).await;
        let reply = client_credentials(&tenant, app.app_id, &signed).await;
        assert_eq!(reply.status, 200, "{alg} {reply:?}");
        token = signed;
    }
    // The application signs with its own token for the vault as well.
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", &app.app_id.to_string()),
        ("scope", "https://vault.azure.net/.default"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &token),
    ];
    let token = post_form(&token_url(&tenant), &fields).await.json()["access_token"].as_str().unwrap().to_owned();
    let by_itself = Vault::with_token(&tenant, APPS, token);
    assert_eq!(by_itself.sign(bundle["kid"].as_str().unwrap(), "PS256", &Sha256::digest("x")).await.status, 200);
    // Its secret has the certificate alone.
    let secret = owen.get("/secrets/release-automation").await.json();
    let pfx = STANDARD.decode(secret["value"].as_str().unwrap()).unwrap();
    let archive = p12_keystore::Pkcs12Archive::from_pkcs12(&pfx, "").unwrap();
    assert_eq!((archive.keys.len(), archive.certs.len()), (0, 1));
}

#[tokio::test]
async fn a_certificate_renewed_under_the_same_key_is_not_registered_by_that() {
    let tenant = demo().await;
    let owen = Vault::of(&tenant, APPS, OWEN);
    let app = application(&tenant, "vault-rotator");
    let bundle = owen.certificate("vault-rotator").await;
    let attempt = async || {
        let claims = claims(&tenant, app.app_id, OffsetDateTime::now_utc());
        client_credentials(&tenant, app.app_id, &assertion(&owen, &bundle, "PS256", &claims).await).await
    };
    assert_eq!(attempt().await.json()["error_codes"], json!([700_027]));
    let graph = Graph::of(&tenant, MARA);
    let mut keys = graph.keys_without_material(&app).await;
    keys.push(json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": bundle["cer"]}));
    assert_eq!(graph.patch_keys(&app, keys).await.status, 204);
    assert_eq!(attempt().await.status, 200);
}
