//! Key Vault's data plane: challenge, reading, roles.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use local_tenant::{RunningTenant, VaultChallenge, VaultRole};
use reqwest::Method;
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use time::Duration;

use crate::support::*;

pub const APPS: &str = "contoso-apps";
pub const FINANCE: &str = "contoso-finance";

/// A vault as somebody, by its host name.
pub struct Vault {
    base: String,
    pub url: String,
    token: Option<String>,
}

impl Vault {
    pub fn of(tenant: &RunningTenant, vault: &str, name: &str) -> Self {
        Self { token: tenant.vault_token(name), ..Self::anonymous(tenant, vault) }
    }

    pub fn anonymous(tenant: &RunningTenant, vault: &str) -> Self {
        let url = tenant.vault_url(vault).unwrap();
        Self { base: tenant.base_url().into(), url, token: None }
    }

    pub fn with_token(tenant: &RunningTenant, vault: &str, token: String) -> Self {
        Self { token: Some(token), ..Self::anonymous(tenant, vault) }
    }

    /// `path` begins with a slash, or is a link that the vault gave. Whether this machine resolves `*.localhost` does
    /// not matter: the name goes into the Host header.
    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let path = path.strip_prefix(&self.url).unwrap_or(path);
        let (_, host) = self.url.split_once("://").unwrap();
        let mut request = CLIENT.request(method, format!("{}{path}", self.base)).header("host", host);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Reply::of(request).await
    }

    /// With the API version that the facts have examples of.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, &versioned(path), None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, &versioned(path), Some(body)).await
    }

    /// A certificate's bundle.
    pub async fn certificate(&self, name: &str) -> Value {
        let reply = self.get(&format!("/certificates/{name}")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    pub async fn sign(&self, kid: &str, alg: &str, digest: &[u8]) -> Reply {
        let path = kid.strip_prefix(&self.url).unwrap();
        self.post(&format!("{path}/sign"), json!({"alg": alg, "value": URL_SAFE_NO_PAD.encode(digest)})).await
    }
}

pub fn versioned(path: &str) -> String {
    if path.contains("api-version=") {
        return path.to_owned();
    }
    format!("{path}{}api-version=7.4", if path.contains('?') { '&' } else { '?' })
}

/// Status, code and message of an error.
#[track_caller]
pub fn refusal(reply: &Reply) -> (u16, String, String) {
    reply.graph_error()
}

fn names(list: &Value) -> Vec<&str> {
    list["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect()
}

#[tokio::test]
async fn without_a_token_there_is_a_challenge() {
    let tenant = demo().await;
    let reply = Vault::anonymous(&tenant, APPS).send(Method::GET, "/certificates", None).await;
    assert_eq!(reply.status, 401);
    let body =
        json!({"error": {"code": "Unauthorized", "message": "AKV10000: Request is missing a Bearer or PoP token."}});
    assert_eq!(reply.json(), body);
    let (base, id) = (tenant.base_url(), tenant.tenant_id());
    let challenge = format!("Bearer authorization=\"{base}/{id}\", resource=\"https://vault.azure.net\"");
    assert_eq!(reply.header("www-authenticate"), Some(challenge.as_str()));
    for (name, value) in [
        ("cache-control", "no-cache"),
        ("pragma", "no-cache"),
        ("expires", "-1"),
        ("x-ms-keyvault-service-version", "1.9.378.1"),
        ("strict-transport-security", "max-age=31536000;includeSubDomains"),
        ("content-type", "application/json; charset=utf-8"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{name}");
    }
    assert!(reply.header("x-ms-request-id").is_some());

    tenant.set_behaviour(|behaviour| behaviour.vault_challenge = VaultChallenge::Local);
    let reply = Vault::anonymous(&tenant, APPS).get("/keys").await;
    let port = base.rsplit_once(':').unwrap().1;
    let resource = format!("http://vault.localhost:{port}");
    assert!(reply.header("www-authenticate").unwrap().ends_with(&format!("resource=\"{resource}\"")));
    // A token for what the challenge names is a good one.
    let token = tenant.graph_token_with_scopes(MARA, &[&format!("{resource}/.default")]).unwrap();
    assert_eq!(payload(&token)["aud"], resource);
    assert_eq!(Vault::with_token(&tenant, APPS, token).get("/keys").await.status, 200);
}

#[tokio::test]
async fn tokens_are_for_this_resource_and_for_now() {
    let tenant = demo().await;
    let with = |token: String| Vault::with_token(&tenant, APPS, token);
    let reply = with(tenant.graph_token(MARA).unwrap()).get("/certificates").await;
    let expected = "AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://graph.microsoft.com.";
    assert_eq!(refusal(&reply), (401, "Unauthorized".into(), expected.into()));
    assert!(reply.header("www-authenticate").is_some());
    assert_eq!(with("nonsense".into()).get("/certificates").await.status, 401);
    let good = with(tenant.vault_token(MARA).unwrap());
    assert_eq!(good.get("/certificates").await.status, 200);
    // And a vault's token opens nothing at Graph.
    let graph = Graph::with_token(&tenant, tenant.vault_token(MARA).unwrap());
    assert_eq!(graph.get("/me").await.status, 401);
    tenant.move_clock(Duration::hours(2));
    assert_eq!(good.get("/certificates").await.status, 401);
}

#[tokio::test]
async fn the_api_version_is_required() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    let status = async |path: &str| mara.send(Method::GET, path, None).await.status;
    assert_eq!(status("/certificates").await, 400);
    assert_eq!(status("/certificates?api-version=9.9").await, 400);
    for version in ["7.0", "7.6", "2025-07-01"] {
        assert_eq!(status(&format!("/certificates?api-version={version}")).await, 200, "{version}");
    }
    let reply = mara.send(Method::GET, "/certificates", None).await;
    assert_eq!(refusal(&reply), (400, "BadParameter".into(), "api-version must be specified".into()));
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    let whole = mara.get("/certificates").await.json();
    assert_eq!(whole["nextLink"], Value::Null);
    let all = names(&whole);
    assert_eq!(all.len(), 7);
    let mut seen = vec![];
    let mut path = "/certificates?maxresults=3&api-version=7.4".to_owned();
    let mut pages = 0;
    loop {
        let page = mara.send(Method::GET, &path, None).await.json();
        seen.extend(names(&page).into_iter().map(str::to_owned));
        pages += 1;
        match page["nextLink"].as_str() {
            Some(link) => {
                assert!(link.starts_with(&format!("{}/certificates?", mara.url)), "{link}");
                path = link.to_owned();
            }
            None => break,
        }
    }
    assert_eq!((pages, seen), (3, all.iter().map(|&name| name.to_owned()).collect()));
    let item = &whole["value"][0];
    for absent in ["cer", "kid", "sid", "policy"] {
        assert_eq!(item[absent], Value::Null, "{absent}");
    }
    for bad in ["0", "26", "x"] {
        let reply = mara.get(&format!("/certificates?maxresults={bad}")).await;
        assert_eq!(refusal(&reply).1, "BadParameter", "{bad}");
    }
}

#[tokio::test]
async fn a_certificate_shows_itself_and_its_versions() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    let bundle = mara.certificate("vault-rotator").await;
    let versions = mara.get("/certificates/vault-rotator/versions").await.json();
    let versions = names(&versions);
    assert_eq!(versions.len(), 2);
    let version = versions[1];
    assert_eq!(version.len(), 32);
    assert_eq!(bundle["id"], format!("{}/certificates/vault-rotator/{version}", mara.url));
    assert_eq!(bundle["kid"], format!("{}/keys/vault-rotator/{version}", mara.url));
    assert_eq!(bundle["sid"], format!("{}/secrets/vault-rotator/{version}", mara.url));
    let der = STANDARD.decode(bundle["cer"].as_str().unwrap()).unwrap();
    assert_eq!(bundle["x5t"], URL_SAFE_NO_PAD.encode(Sha1::digest(&der)));
    let (_, parsed) = x509_parser::parse_x509_certificate(&der).unwrap();
    assert_eq!(bundle["attributes"]["nbf"], parsed.validity().not_before.timestamp());
    assert_eq!(bundle["attributes"]["exp"], parsed.validity().not_after.timestamp());
    assert_eq!(bundle["attributes"]["recoveryLevel"], "CustomizedRecoverable+Purgeable");
    assert_eq!(
        bundle["policy"]["key_props"],
        json!({"kty": "RSA", "key_size": 2048, "exportable": true, "reuse_key": true})
    );
    assert_eq!(bundle["policy"]["x509_props"]["subject"], "CN=vault-rotator.contoso.example");
    assert_eq!(bundle["tags"], json!({"team": "apps"}));
    // The CLI asks with an empty version; an older one is asked for by name.
    assert_eq!(mara.get("/certificates/vault-rotator/").await.json(), bundle);
    let older = mara.get(&format!("/certificates/vault-rotator/{}", versions[0])).await.json();
    assert_ne!(older["x5t"], bundle["x5t"]);
    let key = |bundle: &Value| bundle["kid"].as_str().unwrap().to_owned();
    let public = async |kid: String| mara.get(kid.strip_prefix(&mara.url).unwrap()).await.json()["key"]["n"].clone();
    assert_eq!(public(key(&bundle)).await, public(key(&older)).await, "renewed under the same key");
    assert_eq!(mara.get("/certificates/vault-rotator/policy").await.json(), bundle["policy"]);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_azures_words() {
    let tenant = demo().await;
    let mara = Vault::of(&tenant, APPS, MARA);
    let text = |noun: &str, id: &str| {
        format!(
            "A {noun} with (name/id) {id} was not found in this key vault. If you recently deleted this {noun} you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"
        )
    };
    let version = "0".repeat(32);
    for (path, code, message) in [
        ("/certificates/nobody".to_owned(), "CertificateNotFound", text("certificate", "nobody")),
        (
            format!("/certificates/payroll-batch/{version}"),
            "CertificateNotFound",
            text("certificate", &format!("payroll-batch/{version}")),
        ),
        ("/keys/nobody".to_owned(), "KeyNotFound", text("key", "nobody")),
        ("/secrets/nobody".to_owned(), "SecretNotFound", text("secret", "nobody")),
    ] {
        assert_eq!(refusal(&mara.get(&path).await), (404, code.into(), message), "{path}");
    }
    assert_eq!(tenant.vault_url("nobody"), None);
    let url = format!("{}/_vault/nobody/certificates?api-version=7.4", tenant.base_url());
    assert_eq!(Reply::of(CLIENT.get(url)).await.status, 404);
    assert_eq!(mara.send(Method::PUT, &versioned("/certificates/x"), None).await.status, 405);
}

#[tokio::test]
async fn a_vault_has_a_path_for_those_who_cannot_resolve_its_name() {
    let tenant = demo().await;
    let root = format!("{}/_vault/{APPS}", tenant.base_url());
    let token = tenant.vault_token(MARA).unwrap();
    let get = async |path: String| Reply::of(CLIENT.get(path).bearer_auth(&token)).await.json();
    let page = get(format!("{root}/certificates?maxresults=1&api-version=7.4")).await;
    assert!(page["value"][0]["id"].as_str().unwrap().starts_with(&format!("{root}/certificates/")));
    let next = page["nextLink"].as_str().unwrap();
    assert!(next.starts_with(&root));
    assert_ne!(get(next.to_owned()).await["value"], page["value"]);
    let log = tenant.requests();
    assert!(log.iter().all(|one| one.path.starts_with("/_vault/contoso-apps/certificates?")), "{log:?}");
    let mara = tenant.people().into_iter().find(|person| person.user_principal_name == MARA).unwrap().id;
    assert_eq!(log[0].authenticated_as, Some(mara));
}

#[tokio::test]
async fn roles_decide_and_the_refusal_names_everything() {
    let tenant = demo().await;
    let kid = Vault::of(&tenant, APPS, MARA).certificate("payroll-batch").await["kid"].as_str().unwrap().to_owned();
    let digest = Sha256::digest("x");
    for (person, read, keys, sign, secret) in [
        (MARA, 200, 200, 200, 200),
        (OWEN, 200, 200, 200, 200),
        (PRIYA, 200, 200, 403, 403),
        (SOFIA, 403, 403, 403, 403),
    ] {
        let vault = Vault::of(&tenant, APPS, person);
        let statuses = (
            vault.get("/certificates").await.status,
            vault.get("/keys/payroll-batch").await.status,
            vault.sign(&kid, "PS256", &digest).await.status,
            vault.get("/secrets/payroll-batch").await.status,
        );
        assert_eq!(statuses, (read, keys, sign, secret), "{person}");
    }
    let owen = tenant.people().into_iter().find(|person| person.user_principal_name == OWEN).unwrap().id;
    let vault = Vault::of(&tenant, FINANCE, OWEN);
    let reply = vault.get("/keys/invoice-sync").await;
    let error = &reply.json()["error"];
    assert_eq!(
        (reply.status, &error["code"], &error["innererror"]),
        (403, &json!("Forbidden"), &json!({"code": "ForbiddenByRbac"}))
    );
    let message = error["message"].as_str().unwrap();
    let (head, tail) = message.split_once("Resource: '/subscriptions/").unwrap();
    assert_eq!(
        head,
        format!(
            "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid=14d82eec-204b-4c2f-b7e8-296a70dab67e;oid={owen};iss=https://sts.windows.net/{}/\r\nAction: 'Microsoft.KeyVault/vaults/keys/read'\r\n",
            tenant.tenant_id()
        )
    );
    assert!(
        tail.ends_with("/resourcegroups/identity/providers/microsoft.keyvault/vaults/contoso-finance/keys/invoice-sync'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null \r\nVault: contoso-finance;location=westeurope\r\n"),
        "{tail}"
    );
    assert!(tenant.assign_vault_role(FINANCE, owen, VaultRole::CryptoUser));
    assert_eq!(vault.get("/keys/invoice-sync").await.status, 200);
    assert_eq!(vault.get("/certificates").await.status, 403, "that role reads no certificates");
    assert!(!tenant.assign_vault_role("nobody", owen, VaultRole::Reader));
}
