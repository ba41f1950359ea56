//! A started tenant, an HTTP client, and a certificate with its private key.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use local_tenant::{ApplicationInfo, RunningTenant, TenantOptions};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256};
use reqwest::header::HeaderMap;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

pub const MARA: &str = "mara.lindqvist@contoso.onmicrosoft.com";
pub const TOBIAS: &str = "tobias.renner@contoso.onmicrosoft.com";
pub const PRIYA: &str = "priya.raman@contoso.onmicrosoft.com";
pub const OWEN: &str = "owen.carter@contoso.onmicrosoft.com";
pub const SOFIA: &str = "sofia.marchetti@contoso.onmicrosoft.com";

/// Follows no redirects: tests look at them.
pub static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
});

/// The demo company.
pub async fn demo() -> RunningTenant {
    local_tenant::start(TenantOptions::default()).await.unwrap()
}

/// Eight people and nothing else: starts faster.
pub async fn empty() -> RunningTenant {
    local_tenant::start(TenantOptions { seed: local_tenant::Seed::Empty, ..TenantOptions::default() }).await.unwrap()
}

/// Registers an application; the answer.
pub async fn create(graph: &Graph, body: Value) -> Value {
    let reply = graph.post("/applications", body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()
}

/// The object id of something that Graph has shown.
#[track_caller]
pub fn id(object: &Value) -> String {
    text(object, "id")
}

#[track_caller]
pub fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_else(|| panic!("no {name}: {object}")).to_owned()
}

pub fn application(tenant: &RunningTenant, name: &str) -> ApplicationInfo {
    tenant.applications().into_iter().find(|app| app.display_name == name).unwrap()
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, text: response.text().await.unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status, code and message of Graph's error envelope.
    #[track_caller]
    pub fn graph_error(&self) -> (u16, String, String) {
        let error = &self.json()["error"];
        let text = |name: &str| error[name].as_str().unwrap_or_else(|| panic!("no error: {self:?}")).to_owned();
        (self.status, text("code"), text("message"))
    }
}

/// Graph v1.0 as somebody.
pub struct Graph {
    root: String,
    token: String,
}

impl Graph {
    /// As the person of that name.
    pub fn of(tenant: &RunningTenant, name: &str) -> Self {
        Self::with_token(tenant, tenant.graph_token(name).unwrap())
    }

    pub fn with_token(tenant: &RunningTenant, token: String) -> Self {
        Self { root: format!("{}/v1.0", tenant.base_url()), token }
    }

    pub fn beta(mut self) -> Self {
        self.root = self.root.replace("/v1.0", "/beta");
        self
    }

    pub async fn request(&self, method: reqwest::Method, path: &str) -> Reply {
        Reply::of(self.build(method, path)).await
    }

    fn build(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.root) };
        CLIENT.request(method, url).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Reply {
        Reply::of(self.build(reqwest::Method::GET, path)).await
    }

    /// With `ConsistencyLevel: eventual`.
    pub async fn get_eventual(&self, path: &str) -> Reply {
        Reply::of(self.build(reqwest::Method::GET, path).header("ConsistencyLevel", "eventual")).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.build(reqwest::Method::POST, path).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        Reply::of(self.build(reqwest::Method::PATCH, path).json(&body)).await
    }

    pub async fn patch_keys(&self, app: &ApplicationInfo, keys: impl Into<Value>) -> Reply {
        self.patch(&format!("/applications/{}", app.id), json!({"keyCredentials": keys.into()})).await
    }

    /// The `keyCredentials` of an application, with the certificates.
    pub async fn keys(&self, app: &ApplicationInfo) -> Vec<Value> {
        let reply = self.get(&format!("/applications/{}?$select=keyCredentials", app.id)).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["keyCredentials"].as_array().unwrap().clone()
    }

    /// The same as a client that has only a plain GET sees them: `key` is null.
    pub async fn keys_without_material(&self, app: &ApplicationInfo) -> Vec<Value> {
        self.get(&format!("/applications/{}", app.id)).await.json()["keyCredentials"].as_array().unwrap().clone()
    }
}

/// A self-signed certificate and its RSA key.
pub struct Identity {
    pub der: Vec<u8>,
    pub not_before: OffsetDateTime,
    pub not_after: OffsetDateTime,
    key: EncodingKey,
}

impl Identity {
    /// Valid from an hour ago, for a year.
    pub fn new(common_name: &str) -> Self {
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
        Self::valid(common_name, now - Duration::hours(1), now + Duration::days(365))
    }

    pub fn valid(common_name: &str, not_before: OffsetDateTime, not_after: OffsetDateTime) -> Self {
        let key = local_tenant::rsa_key(2048).unwrap();
        let pkcs8 = key.to_pkcs8_der().unwrap().as_bytes().to_vec();
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.into(), &PKCS_RSA_SHA256).unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common_name);
        (params.not_before, params.not_after) = (not_before, not_after);
        Self {
            der: params.self_signed(&pair).unwrap().der().to_vec(),
            not_before,
            not_after,
            key: EncodingKey::from_rsa_der(key.to_pkcs1_der().unwrap().as_bytes()),
        }
    }

    pub fn sha1(&self) -> Vec<u8> {
        Sha1::digest(&self.der).to_vec()
    }

    pub fn sha256(&self) -> Vec<u8> {
        Sha256::digest(&self.der).to_vec()
    }

    /// 40 upper-case hex digits.
    pub fn thumbprint(&self) -> String {
        hex::encode_upper(self.sha1())
    }

    /// A new element of `keyCredentials`, with the least that is needed.
    pub fn credential(&self) -> Value {
        json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": STANDARD.encode(&self.der)})
    }

    /// The same with some members set.
    pub fn credential_with(&self, members: Value) -> Value {
        with(self.credential(), members)
    }

    pub fn pem(&self) -> String {
        let lines: Vec<String> = STANDARD
            .encode(&self.der)
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8(line.to_vec()).unwrap())
            .collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }

    /// A JWT with this header and payload, signed with this key by the header's `alg`.
    pub fn sign(&self, header: &Value, payload: &Value) -> String {
        let algorithm = match header["alg"].as_str() {
            Some("PS256") => Algorithm::PS256,
            _ => Algorithm::RS256,
        };
        self.sign_message(&format!("{}.{}", segment(header), segment(payload)), algorithm)
    }

    /// The message and its signature, as they stand.
    pub fn sign_message(&self, message: &str, algorithm: Algorithm) -> String {
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &self.key, algorithm).unwrap();
        format!("{message}.{signature}")
    }

    /// RS256 with `x5t`.
    pub fn assertion(&self, claims: &Value) -> String {
        self.sign(&json!({"alg": "RS256", "typ": "JWT", "x5t": URL_SAFE_NO_PAD.encode(self.sha1())}), claims)
    }
}

fn segment(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

pub fn with(mut object: Value, members: Value) -> Value {
    object.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    object
}

pub fn token_url(tenant: &RunningTenant) -> String {
    format!("{}/{}/oauth2/v2.0/token", tenant.base_url(), tenant.tenant_id())
}

/// The claims of a sound assertion.
pub fn claims(tenant: &RunningTenant, client: impl ToString, now: OffsetDateTime) -> Value {
    let (client, now) = (client.to_string(), now.unix_timestamp());
    json!({
        "aud": token_url(tenant), "iss": client, "sub": client, "jti": uuid::Uuid::new_v4(),
        "nbf": now, "iat": now, "exp": now + 600,
    })
}

pub async fn post_form(url: &str, fields: &[(&str, &str)]) -> Reply {
    Reply::of(CLIENT.post(url).form(fields)).await
}

pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client credentials request for Graph.
pub async fn client_credentials(tenant: &RunningTenant, client: impl ToString, assertion: &str) -> Reply {
    post_form(
        &token_url(tenant),
        &[
            ("grant_type", "client_credentials"),
            ("client_id", &client.to_string()),
            ("scope", "https://graph.microsoft.com/.default"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ],
    )
    .await
}

/// Puts the certificate on the application beside what is there, as an administrator, and gets a token with it.
pub async fn app_token(tenant: &RunningTenant, name: &str) -> String {
    let app = application(tenant, name);
    let identity = Identity::new(name);
    let graph = Graph::of(tenant, MARA);
    let mut keys = graph.keys_without_material(&app).await;
    keys.push(identity.credential());
    assert_eq!(graph.patch_keys(&app, keys).await.status, 204);
    let assertion = identity.assertion(&claims(tenant, app.app_id, OffsetDateTime::now_utc()));
    let reply = client_credentials(tenant, app.app_id, &assertion).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

pub fn date(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap()
}

/// The payload of a JWT, unverified.
pub fn payload(jwt: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap()).unwrap()
}
