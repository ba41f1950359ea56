//! Certificates that another CA signs, backups, keys without a certificate, and events.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local_tenant::{RunningTenant, TenantOptions, VaultRole};
use rcgen::{CertificateParams, CertificateSigningRequestParams, Issuer, KeyPair};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};

use crate::keyvault::{APPS, FINANCE, Vault, refusal, versioned};
use crate::support::*;

fn manual(name: &str) -> Value {
    json!({"policy": {"x509_props": {"subject": format!("CN={name}")}, "issuer": {"name": "Unknown"}}, "tags": {"for": "test"}})
}

/// What a CA makes of a request, in base64.
fn signed(csr: &str) -> String {
    let csr = STANDARD.decode(csr).unwrap();
    let mut csr = CertificateSigningRequestParams::from_der(&csr.into()).unwrap();
    let now = OffsetDateTime::now_utc();
    (csr.params.not_before, csr.params.not_after) = (now - Duration::days(1), now + Duration::days(90));
    let issuer =
        Issuer::new(CertificateParams::new(vec!["ca.contoso.example".into()]).unwrap(), KeyPair::generate().unwrap());
    STANDARD.encode(csr.signed_by(&issuer).unwrap().der())
}

#[tokio::test]
async fn another_cas_certificate_is_merged_with_the_key_that_waits_for_it() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    let made = mara.post("/certificates/outside/create", manual("outside")).await;
    assert_eq!(made.status, 202, "{made:?}");
    let operation = made.json();
    assert_eq!((&operation["issuer"]["name"], &operation["status"]), (&json!("Unknown"), &json!("inProgress")));
    assert_eq!(
        operation["status_details"],
        "Pending certificate created. Please Perform Merge to complete the request."
    );
    let pending = "/certificates/outside/pending";
    assert_eq!(mara.get(&format!("{pending}?request_id={}", text(&operation, "request_id"))).await.status, 200);
    assert_eq!(refusal(&mara.get(&format!("{pending}?request_id=0")).await).1, "PendingCertificateNotFound");
    assert_eq!(mara.post("/certificates/outside/create", manual("outside")).await.status, 409);
    tenant.move_clock(Duration::minutes(30));
    assert_eq!(mara.get("/certificates/outside").await.status, 404, "it waits as long as it takes");
    let merge = format!("{pending}/merge");
    let other = Identity::new("outside");
    let refused = refusal(&mara.post(&merge, json!({"x5c": [STANDARD.encode(&other.der)]})).await);
    assert!(refused.0 == 400 && refused.2.contains("does not match the public part"), "{refused:?}");
    for bad in [json!({}), json!({"x5c": []}), json!({"x5c": ["!"]}), json!({"x5c": ["AAAA"]})] {
        assert_eq!(mara.post(&merge, bad.clone()).await.status, 400, "{bad}");
    }
    let reader = Vault::of(&tenant, APPS, PRIYA);
    let der = signed(&text(&operation, "csr"));
    assert_eq!(reader.post(&merge, json!({"x5c": [der]})).await.status, 403);
    let merged = mara.post(&merge, json!({"x5c": [STANDARD.encode(&other.der), der]})).await;
    assert_eq!(merged.status, 201, "{merged:?}");
    let location = format!("{}/certificates/outside?api-version=7.4", mara.url);
    assert_eq!(merged.header("location"), Some(location.as_str()));
    let bundle = mara.certificate("outside").await;
    assert_eq!((&bundle["cer"], &bundle["tags"]), (&json!(der), &json!({"for": "test"})));
    assert_eq!(mara.get(pending).await.json()["status"], "completed");
    assert_eq!(refusal(&mara.post(&merge, json!({"x5c": [der]})).await).1, "PendingCertificateNotFound");
    let digest = Sha256::digest("text");
    assert_eq!(mara.sign(&text(&bundle, "kid"), "RS256", &digest).await.status, 200);
}

#[tokio::test]
async fn what_is_pending_can_be_cancelled_and_deleted() {
    let tenant = demo().await;
    tenant.set_behaviour(|behaviour| behaviour.certificate_issuance = Duration::seconds(7));
    let mara = Vault::of(&tenant, APPS, MARA);
    let own = json!({"policy": {"x509_props": {"subject": "CN=own"}, "issuer": {"name": "Self"}}});
    assert_eq!(mara.post("/certificates/own/create", own).await.status, 202);
    let refused = refusal(&mara.post("/certificates/own/pending/merge", json!({"x5c": ["MIIB"]})).await);
    assert_eq!(refused.2, "Merge is forbidden on pending object created with issuer : Self while it is in progess.");
    let patch = async |name: &str, body: Value| {
        mara.send(Method::PATCH, &versioned(&format!("/certificates/{name}/pending")), Some(body)).await
    };
    assert_eq!(patch("own", json!({"cancellation_requested": "yes"})).await.status, 400);
    let asked = patch("own", json!({"cancellation_requested": true})).await.json();
    assert_eq!((&asked["cancellation_requested"], &asked["status"]), (&json!(true), &json!("inProgress")));
    tenant.move_clock(Duration::seconds(7));
    assert_eq!(mara.get("/certificates/own/pending").await.json()["status"], "cancelled");
    assert_eq!(mara.get("/certificates/own").await.status, 404);
    assert_eq!(patch("own", json!({"cancellation_requested": true})).await.status, 400, "it is not in progress");

    assert_eq!(mara.post("/certificates/outside/create", manual("outside")).await.status, 202);
    let outside = versioned("/certificates/outside/pending");
    let gone = mara.send(Method::DELETE, &outside, None).await;
    assert_eq!((gone.status, &gone.json()["status"]), (200, &json!("inProgress")));
    assert_eq!(refusal(&mara.send(Method::DELETE, &outside, None).await).1, "PendingCertificateNotFound");
    assert_eq!(mara.post("/certificates/outside/create", manual("outside")).await.status, 202, "the name is free");
}

#[tokio::test]
async fn a_backup_brings_a_certificate_back_with_all_its_versions() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    let before = mara.get("/certificates/vault-rotator/versions").await.json();
    let backup = mara.post("/certificates/vault-rotator/backup", json!({})).await;
    assert_eq!(backup.status, 200, "{backup:?}");
    let value = json!({"value": backup.json()["value"]});
    assert_eq!(mara.post("/certificates/restore", value.clone()).await.status, 409, "it is there");
    assert_eq!(mara.post("/certificates/restore", json!({"value": "AAAA"})).await.status, 400);
    assert_eq!(Vault::of(&tenant, APPS, PRIYA).post("/certificates/vault-rotator/backup", json!({})).await.status, 403);
    let path = versioned("/certificates/vault-rotator");
    assert_eq!(mara.send(Method::DELETE, &path, None).await.status, 200);
    assert_eq!(mara.post("/certificates/restore", value.clone()).await.status, 409, "deleted, and to be recovered");
    let purge = versioned("/deletedcertificates/vault-rotator");
    assert_eq!(mara.send(Method::DELETE, &purge, None).await.status, 204);
    let restored = mara.post("/certificates/restore", value.clone()).await;
    assert_eq!(restored.status, 200, "{restored:?}");
    assert_eq!(mara.get("/certificates/vault-rotator/versions").await.json(), before);
    // Into another vault as well.
    let owen = tenant.people().into_iter().find(|person| person.user_principal_name == OWEN).unwrap().id;
    assert!(tenant.assign_vault_role(FINANCE, owen, VaultRole::Administrator));
    let other = Vault::of(&tenant, FINANCE, OWEN).post("/certificates/restore", value).await.json();
    assert!(text(&other, "id").contains("contoso-finance"), "{other}");
}

#[tokio::test]
async fn a_key_is_made_without_a_certificate_and_signs() {
    let tenant = demo().await;
    let owen = tenant.people().into_iter().find(|person| person.user_principal_name == OWEN).unwrap().id;
    assert!(tenant.assign_vault_role(APPS, owen, VaultRole::CryptoOfficer));
    let vault = Vault::of(&tenant, APPS, OWEN);
    let made = vault.post("/keys/signer/create", json!({"kty": "RSA", "tags": {"a": "b"}})).await;
    assert_eq!(made.status, 200, "{made:?}");
    let bundle = made.json();
    assert_eq!((&bundle["managed"], &bundle["tags"]), (&Value::Null, &json!({"a": "b"})));
    let kid = text(&bundle["key"], "kid");
    let digest = Sha256::digest("text");
    let signature = vault.sign(&kid, "PS256", &digest).await.json();
    assert_eq!(signature["kid"], json!(kid));
    let again = vault.post("/keys/signer/create", json!({"kty": "EC", "crv": "P-256"})).await.json();
    assert_ne!(again["key"]["kid"], bundle["key"]["kid"]);
    let versions = vault.get("/keys/signer/versions").await.json();
    assert_eq!(versions["value"].as_array().unwrap().len(), 2);
    let listed = vault.get("/keys").await.text;
    assert!(listed.contains("/keys/signer") && listed.contains("/keys/vault-rotator"), "{listed}");
    for (body, status) in [
        (json!({}), 400),
        (json!({"kty": "RSA", "key_size": 1024}), 400),
        (json!({"kty": "EC", "crv": "P-1"}), 400),
        (json!({"kty": "RSA-HSM"}), 501),
    ] {
        assert_eq!(vault.post("/keys/other/create", body.clone()).await.status, status, "{body}");
    }
    assert_eq!(vault.post("/keys/vault-rotator/create", json!({"kty": "RSA"})).await.status, 409);
    assert_eq!(Vault::of(&tenant, APPS, PRIYA).post("/keys/x/create", json!({"kty": "RSA"})).await.status, 403);
    assert_eq!(Vault::of(&tenant, APPS, MARA).post("/certificates/signer/create", manual("signer")).await.status, 409);
}

/// A webhook: what it was sent, and how it answers.
#[derive(Default)]
struct Hook {
    seen: Mutex<Vec<(String, Value)>>,
    /// Answers to events to come, before it takes them.
    refusals: Mutex<Vec<u16>>,
    by_hand: bool,
}

async fn receive(State(hook): State<Arc<Hook>>, headers: HeaderMap, body: axum::Json<Value>) -> Response {
    let kind = headers["aeg-event-type"].to_str().unwrap().to_owned();
    hook.seen.lock().unwrap().push((kind.clone(), body.0.clone()));
    if kind == "SubscriptionValidation" {
        let code = &body.0[0]["data"]["validationCode"];
        let answer = if hook.by_hand { json!({}) } else { json!({"validationResponse": code}) };
        return axum::Json(answer).into_response();
    }
    let refusal = hook.refusals.lock().unwrap().pop();
    StatusCode::from_u16(refusal.unwrap_or(200)).unwrap().into_response()
}

async fn listening(hook: Arc<Hook>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/hook", post(receive)).with_state(hook);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    format!("http://{address}/hook")
}

async fn controlled() -> RunningTenant {
    let control = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    local_tenant::start(TenantOptions { control, ..TenantOptions::default() }).await.unwrap()
}

async fn subscribe(tenant: &RunningTenant, body: Value) -> Reply {
    Reply::of(CLIENT.post(format!("{}/event-subscriptions", tenant.control_url().unwrap())).json(&body)).await
}

async fn listed(tenant: &RunningTenant) -> Value {
    Reply::of(CLIENT.get(format!("{}/event-subscriptions", tenant.control_url().unwrap()))).await.json()
}

/// Asks until a webhook has taken so many events, or half a minute is over.
async fn delivered(tenant: &RunningTenant, count: u64) -> Value {
    for _ in 0..600 {
        let all = listed(tenant).await;
        if all[0]["delivered"] == count {
            return all;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{}", listed(tenant).await)
}

#[tokio::test]
async fn a_new_version_is_told_to_a_webhook_until_it_takes_it() {
    let tenant = controlled().await;
    let hook = Arc::new(Hook { refusals: Mutex::new(vec![503, 500]), ..Hook::default() });
    let endpoint = listening(hook.clone()).await;
    let made = subscribe(&tenant, json!({"vault": APPS, "endpoint": endpoint, "wait_factor": 0.001})).await;
    assert_eq!((made.status, &made.json()["state"]), (201, &json!("Succeeded")), "{made:?}");
    let first = hook.seen.lock().unwrap()[0].1[0].clone();
    assert_eq!(first["eventType"], "Microsoft.EventGrid.SubscriptionValidationEvent");
    let version = tenant.renew_certificate(APPS, "vault-rotator").unwrap().simple().to_string();
    let all = delivered(&tenant, 1).await;
    assert_eq!((&all[0]["failed_tries"], &all[0]["waiting"]), (&json!(2), &json!(0)));
    let events: Vec<Value> = hook.seen.lock().unwrap()[1..].iter().map(|(_, body)| body.clone()).collect();
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|one| *one == events[0]), "the same event again");
    let event = &events[0][0];
    assert_eq!(event["eventType"], "Microsoft.KeyVault.CertificateNewVersionCreated");
    assert_eq!((&event["subject"], &event["data"]["Version"]), (&json!("vault-rotator"), &json!(version)));
    assert!(text(event, "topic").ends_with("/providers/Microsoft.KeyVault/vaults/contoso-apps"));
    assert!(event["data"]["EXP"].as_i64().unwrap() > event["data"]["NBF"].as_i64().unwrap());

    // What is pending is told of when it comes, though nobody asks the vault.
    tenant.set_behaviour(|behaviour| behaviour.certificate_issuance = Duration::seconds(1));
    let mara = Vault::of(&tenant, APPS, MARA);
    let own = json!({"policy": {"x509_props": {"subject": "CN=own"}, "issuer": {"name": "Self"}}});
    assert_eq!(mara.post("/certificates/own/create", own).await.status, 202);
    delivered(&tenant, 2).await;
    // Another vault's is not.
    assert!(tenant.renew_certificate(FINANCE, "invoice-sync").is_some());
    let id = text(&made.json(), "id");
    let url = format!("{}/event-subscriptions/{id}", tenant.control_url().unwrap());
    assert_eq!(Reply::of(CLIENT.delete(&url)).await.status, 204);
    assert_eq!(Reply::of(CLIENT.delete(&url)).await.status, 404);
    assert_eq!(hook.seen.lock().unwrap().len(), 5);
}

#[tokio::test]
async fn a_webhook_is_on_this_machine_and_passes_the_handshake() {
    let tenant = controlled().await;
    for endpoint in ["http://10.0.0.1/hook", "https://example.com/hook", "file:///x", "http://127.0.0.1:1/hook"] {
        assert_eq!(subscribe(&tenant, json!({"vault": APPS, "endpoint": endpoint})).await.status, 400, "{endpoint}");
    }
    let hook = Arc::new(Hook { by_hand: true, ..Hook::default() });
    let endpoint = listening(hook.clone()).await;
    assert_eq!(subscribe(&tenant, json!({"vault": "nowhere", "endpoint": endpoint})).await.status, 404);
    let made = subscribe(&tenant, json!({"vault": APPS, "endpoint": endpoint, "wait_factor": 0.001})).await;
    assert_eq!(made.json()["state"], "AwaitingManualAction");
    assert!(tenant.renew_certificate(APPS, "vault-rotator").is_some());
    let url = text(&hook.seen.lock().unwrap()[0].1[0]["data"], "validationUrl");
    assert_eq!(Reply::of(CLIENT.get(&url)).await.status, 200);
    assert_eq!(Reply::of(CLIENT.get(&url)).await.status, 404, "once");
    assert!(tenant.renew_certificate(APPS, "vault-rotator").is_some());
    delivered(&tenant, 1).await;
    assert_eq!(hook.seen.lock().unwrap().len(), 2, "nothing before the handshake");
    // Five minutes, and not longer.
    let late = Arc::new(Hook { by_hand: true, ..Hook::default() });
    let body = json!({"vault": APPS, "endpoint": listening(late.clone()).await});
    assert_eq!(subscribe(&tenant, body).await.status, 201);
    tenant.move_clock(Duration::minutes(6));
    let url = text(&late.seen.lock().unwrap()[0].1[0]["data"], "validationUrl");
    assert_eq!(Reply::of(CLIENT.get(&url)).await.status, 404);
    assert_eq!(listed(&tenant).await[1]["state"], "Failed");
}
