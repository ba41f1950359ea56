//! Which ID tokens count: a sign-in service that says what a test wants, and its keys.

use crate::support::{Browser, Page, TestPortal, Watch};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use reqwest::StatusCode;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use server::Surroundings;
use server::clock::Clock as _;
use std::sync::{Arc, Mutex};
use thumbprint::demo::identity::Identity;
use time::{Duration, OffsetDateTime};
use url::Url;

const OID: &str = "5f2d6a1e-1111-4222-8333-444444444444";

/// A signing key under a name.
struct Key {
    kid: &'static str,
    pair: RsaKeyPair,
}

impl Key {
    fn new(kid: &'static str) -> Self {
        let identity = Identity::make(kid, OffsetDateTime::now_utc()).unwrap();
        let PrivateKeyDer::Pkcs8(key) = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes()).unwrap() else {
            panic!("PKCS#8 was made")
        };
        Self { kid, pair: RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).unwrap() }
    }

    fn jwk(&self) -> Value {
        let parts = PublicKeyComponents::<Vec<u8>>::from(self.pair.public());
        json!({"kty": "RSA", "use": "sig", "kid": self.kid, "n": encode(&parts.n), "e": encode(&parts.e)})
    }

    fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": self.kid});
        let input = format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), input.as_bytes(), &mut signature).unwrap();
        format!("{input}.{}", encode(&signature))
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[derive(Default)]
struct Answers {
    id_token: String,
    keys: Vec<Value>,
    key_requests: usize,
    metadata_issuer: Option<String>,
}

/// The service, and a portal that goes by it.
struct Stage {
    answers: Arc<Mutex<Answers>>,
    portal: TestPortal,
    watch: Arc<Watch>,
    key: Key,
    issuer: String,
    audience: String,
}

async fn metadata(State(answers): State<Arc<Mutex<Answers>>>, headers: HeaderMap, uri: axum::http::Uri) -> Json<Value> {
    let base = format!("http://{}", headers["host"].to_str().unwrap());
    let tenant = uri.path().split('/').nth(1).unwrap().to_owned();
    let issuer = answers.lock().unwrap().metadata_issuer.clone().unwrap_or_else(|| format!("{base}/{tenant}/v2.0"));
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    }))
}

async fn keys(State(answers): State<Arc<Mutex<Answers>>>) -> Json<Value> {
    let mut answers = answers.lock().unwrap();
    answers.key_requests += 1;
    Json(json!({"keys": answers.keys}))
}

async fn token(State(answers): State<Arc<Mutex<Answers>>>) -> Json<Value> {
    let id_token = answers.lock().unwrap().id_token.clone();
    Json(
        json!({"token_type": "Bearer", "expires_in": 3600, "access_token": "access", "refresh_token": "refresh", "id_token": id_token}),
    )
}

impl Stage {
    async fn set() -> Self {
        let key = Key::new("first");
        let answers = Arc::new(Mutex::new(Answers { keys: vec![key.jwk()], ..Answers::default() }));
        let service = Router::new()
            .route("/{tenant}/v2.0/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(answers.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move { axum::serve(listener, service).await });

        let watch = Watch::new();
        let surroundings = Surroundings { clock: watch.clone(), ..Surroundings::default() };
        let (mut issuer, mut audience) = (String::new(), String::new());
        let portal = TestPortal::start_in(surroundings, |config| {
            config.entra.cloud.authority = base;
            issuer = config.entra.cloud.issuer(config.entra.tenant_id);
            audience = config.entra.client_id.to_string();
        })
        .await;
        Self { answers, portal, watch, key, issuer, audience }
    }

    /// What a right token says, for this nonce.
    fn claims(&self, nonce: &str) -> Value {
        let now = self.watch.now().unix_timestamp();
        json!({
            "iss": self.issuer, "aud": self.audience, "sub": "pairwise", "iat": now, "nbf": now, "exp": now + 3600,
            "nonce": nonce, "tid": self.issuer.split('/').nth_back(1).unwrap(), "oid": OID,
            "name": "Ada Lovelace", "preferred_username": "ada@contoso.example", "roles": ["Thumbprint.User"],
        })
    }

    /// Signs in with the token that `make` makes for the sign-in's nonce.
    async fn sign_in(&self, make: impl FnOnce(&str) -> String) -> (Browser, Page) {
        let mut browser = self.portal.browser();
        let begun = browser.stay_and_get("/sign-in?return=/signed-out").await;
        let url = Url::parse(begun.header("location")).unwrap();
        let of = |name: &str| url.query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned();
        self.answers.lock().unwrap().id_token = make(&of("nonce"));
        let page = browser.get(&format!("/sign-in/callback?code=x&state={}", of("state"))).await;
        (browser, page)
    }

    async fn refuses(&self, what: &str, make: impl FnOnce(&str) -> String) {
        let (mut browser, page) = self.sign_in(make).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{what}: {}", page.body);
        assert!(page.body.contains("could not be verified"), "{what}: {}", page.body);
        assert!(!browser.get("/").await.body.contains("Ada Lovelace"), "{what}");
    }

    /// A right token but for one claim.
    async fn refuses_claim(&self, name: &str, value: Value) {
        self.refuses(name, |nonce| {
            let mut claims = self.claims(nonce);
            claims[name] = value;
            self.key.sign(&claims)
        })
        .await;
    }
}

#[tokio::test]
async fn a_right_one_counts_and_one_with_any_wrong_claim_does_not() {
    let stage = Stage::set().await;
    let (mut browser, page) = stage.sign_in(|nonce| stage.key.sign(&stage.claims(nonce))).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(browser.get("/").await.body.contains("Ada Lovelace"));

    let other = "99999999-1111-4222-8333-444444444444";
    stage.refuses_claim("iss", json!(format!("https://login.microsoftonline.com/{other}/v2.0"))).await;
    stage.refuses_claim("aud", json!(other)).await;
    stage.refuses_claim("aud", json!([stage.audience, other])).await;
    stage.refuses_claim("nonce", json!("another")).await;
    stage.refuses_claim("nonce", Value::Null).await;
    stage.refuses_claim("exp", json!(stage.watch.now().unix_timestamp() - 1)).await;
    stage.refuses_claim("tid", json!(other)).await;
    stage.refuses_claim("oid", json!("not a guid")).await;
}

#[tokio::test]
async fn only_the_services_signature_counts() {
    let stage = Stage::set().await;
    let claims = |nonce: &str| stage.claims(nonce);
    stage.refuses("another key under the same name", |nonce| Key::new("first").sign(&claims(nonce))).await;
    stage
        .refuses("no signature", |nonce| {
            format!("{}.{}.", encode(br#"{"alg":"none","typ":"JWT"}"#), encode(claims(nonce).to_string().as_bytes()))
        })
        .await;
    stage
        .refuses("changed claims", |nonce| {
            let signed = stage.key.sign(&claims(nonce));
            let parts: Vec<&str> = signed.split('.').collect();
            let mut changed = claims(nonce);
            changed["roles"] = json!(["Thumbprint.Admin"]);
            format!("{}.{}.{}", parts[0], encode(changed.to_string().as_bytes()), parts[2])
        })
        .await;
}

#[tokio::test]
async fn new_keys_are_asked_for_when_a_token_names_one_but_not_for_every_token() {
    let stage = Stage::set().await;
    let (_, page) = stage.sign_in(|nonce| stage.key.sign(&stage.claims(nonce))).await;
    assert_eq!(page.status, StatusCode::OK);
    let asked = || stage.answers.lock().unwrap().key_requests;
    assert_eq!(asked(), 1);

    let second = Key::new("second");
    stage.refuses("a key that nobody published", |nonce| second.sign(&stage.claims(nonce))).await;
    assert_eq!(asked(), 1, "the keys are less than a minute old");

    stage.answers.lock().unwrap().keys = vec![second.jwk()];
    stage.watch.move_by(Duration::minutes(2));
    let (_, page) = stage.sign_in(|nonce| second.sign(&stage.claims(nonce))).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(asked(), 2);
}

#[tokio::test]
async fn metadata_of_another_issuer_is_not_used() {
    let stage = Stage::set().await;
    stage.answers.lock().unwrap().metadata_issuer = Some("https://login.evil.example/v2.0".into());
    let page = stage.portal.browser().get("/sign-in").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.body.contains("issuer"), "{}", page.body);
}
