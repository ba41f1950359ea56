//! Sign-in with code and PKCE, refresh, sign-out.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use local_tenant::{PersonInfo, PortalIds, PortalRegistration, RunningTenant};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use url::Url;

use crate::support::*;

const REDIRECT: &str = "http://127.0.0.1:3000/auth/callback";
const SIGNED_OUT: &str = "http://127.0.0.1:3000/signed-out";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

struct Portal {
    tenant: RunningTenant,
    identity: Identity,
    ids: PortalIds,
}

impl Portal {
    async fn new() -> Self {
        let tenant = demo().await;
        let identity = Identity::new("portal");
        let ids = tenant.register_portal(PortalRegistration {
            display_name: "Thumbprint".into(),
            redirect_uri: REDIRECT.into(),
            logout_uri: SIGNED_OUT.into(),
            certificate_der: identity.der.clone(),
        });
        Self { tenant, identity, ids }
    }

    fn person(&self, name: &str) -> PersonInfo {
        self.tenant.people().into_iter().find(|person| person.user_principal_name == name).unwrap()
    }

    fn endpoint(&self, name: &str) -> String {
        format!("{}/{}/oauth2/v2.0/{name}", self.tenant.base_url(), self.tenant.tenant_id())
    }

    fn authorize_url(&self, more: &[(&str, &str)]) -> Url {
        let mut fields: HashMap<&str, String> = HashMap::from([
            ("client_id", self.ids.app_id.to_string()),
            ("response_type", "code".into()),
            ("redirect_uri", REDIRECT.into()),
            ("scope", format!("openid profile offline_access {}/Application.ReadWrite.All", self.tenant.base_url())),
            ("state", "the-state".into()),
            ("nonce", "the-nonce".into()),
            ("code_challenge", URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))),
            ("code_challenge_method", "S256".into()),
        ]);
        fields.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        Url::parse_with_params(&self.endpoint("authorize"), fields).unwrap()
    }

    /// The picker's page, and where its form leads.
    async fn picker(&self, url: Url) -> (Reply, Url) {
        let page = Reply::of(CLIENT.get(url.clone())).await;
        assert_eq!(page.status, 200, "{page:?}");
        let action = between(&page.text, "action=\"", "\"").replace("&amp;", "&");
        let target = url.join(&action).unwrap();
        (page, target)
    }

    /// Signs the person in through the page; the code and the session cookie.
    async fn code_for(&self, name: &str) -> (String, String) {
        let (page, target) = self.picker(self.authorize_url(&[])).await;
        let button = button_of(&page.text, &self.person(name).display_name);
        let reply = Reply::of(CLIENT.post(target).form(&[("account", button)])).await;
        let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let answer = redirected(&reply);
        assert_eq!(answer["state"], "the-state");
        (answer["code"].clone(), cookie)
    }

    fn assertion(&self) -> String {
        self.identity.assertion(&claims(&self.tenant, self.ids.app_id, OffsetDateTime::now_utc()))
    }

    async fn token(&self, fields: &[(&str, &str)]) -> Reply {
        let assertion = self.assertion();
        let client = self.ids.app_id.to_string();
        let own = [
            ("client_id", client.as_str()),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion),
        ];
        post_form(&self.endpoint("token"), &[&own[..], fields].concat()).await
    }

    async fn redeem(&self, code: &str, verifier: Option<&str>) -> Reply {
        let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", REDIRECT)];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        self.token(&fields).await
    }

    /// Checks the ID token as OpenID Connect wants it checked, with the published keys; its claims.
    async fn verified(&self, id_token: &str) -> Value {
        let authority = format!("{}/{}/v2.0", self.tenant.base_url(), self.tenant.tenant_id());
        let discovery = Reply::of(CLIENT.get(format!("{authority}/.well-known/openid-configuration"))).await.json();
        assert_eq!(discovery["issuer"], authority);
        assert_eq!(discovery["token_endpoint"], self.endpoint("token"));
        assert_eq!(discovery["authorization_endpoint"], self.endpoint("authorize"));
        assert_eq!(discovery["end_session_endpoint"], self.endpoint("logout"));
        let keys = Reply::of(CLIENT.get(discovery["jwks_uri"].as_str().unwrap())).await.json();
        let kid = jsonwebtoken::decode_header(id_token).unwrap().kid.unwrap();
        let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == *kid).unwrap();
        let decoding =
            DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[self.ids.app_id]);
        validation.set_issuer(&[&authority]);
        jsonwebtoken::decode::<Value>(id_token, &decoding, &validation).unwrap().claims
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).unwrap_or_else(|| panic!("{before} is not in {text}")).1.split_once(after).unwrap().0
}

/// The value of the button whose text contains the name.
fn button_of(page: &str, display_name: &str) -> String {
    let buttons = page.split("<button").skip(1).map(|rest| rest.split_once("</button>").unwrap().0);
    let button = buttons.into_iter().find(|button| button.contains(display_name)).unwrap();
    between(button, "value=\"", "\"").to_owned()
}

/// The parameters of a redirect to the portal.
#[track_caller]
fn redirected(reply: &Reply) -> HashMap<String, String> {
    assert_eq!(reply.status, 302, "{reply:?}");
    let target = Url::parse(reply.header("location").unwrap()).unwrap();
    assert!(target.as_str().starts_with(REDIRECT), "{target}");
    target.query_pairs().into_owned().collect()
}

#[track_caller]
fn refused(reply: &Reply, status: u16, error: &str, code: u32) {
    let body = reply.json();
    assert_eq!((reply.status, &body["error"], &body["error_codes"]), (status, &json!(error), &json!([code])), "{body}");
    assert!(body["error_description"].as_str().unwrap().starts_with(&format!("AADSTS{code}: ")), "{body}");
}

#[tokio::test]
async fn a_person_signs_in_with_code_and_pkce_and_the_portal_with_its_certificate() {
    let portal = Portal::new().await;
    let owen = portal.person(OWEN);
    let (code, _) = portal.code_for(OWEN).await;
    let reply = portal.redeem(&code, Some(VERIFIER)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("cache-control"), Some("no-store, no-cache"));
    let tokens = reply.json();
    assert_eq!(tokens["token_type"], "Bearer");
    let scope = format!("openid profile {}/Application.ReadWrite.All", portal.tenant.base_url());
    assert_eq!(tokens["scope"], scope);
    let lifetime = tokens["expires_in"].as_i64().unwrap();
    assert!((3600..5400).contains(&lifetime), "{lifetime}");

    let id = portal.verified(tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(id["nonce"], "the-nonce");
    assert_eq!(id["oid"], owen.id.to_string());
    assert_eq!(id["tid"], portal.tenant.tenant_id().to_string());
    assert_eq!(id["name"], "Owen Carter");
    assert_eq!(id["preferred_username"], OWEN);
    assert_eq!(id["roles"], json!(["Thumbprint.User"]));

    let me = Graph::with_token(&portal.tenant, tokens["access_token"].as_str().unwrap().to_owned()).get("/me").await;
    assert_eq!(me.json()["userPrincipalName"], OWEN, "{me:?}");

    // Its answer to a sign-in is in the past: a refreshed ID token has no nonce.
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let refreshed = portal.token(&fields).await.json();
    let id = portal.verified(refreshed["id_token"].as_str().unwrap()).await;
    assert_eq!((&id["oid"], &id["nonce"]), (&json!(owen.id), &Value::Null));
    assert!(refreshed["refresh_token"].as_str().is_some_and(|new| new != refresh));
    // Entra does not revoke the one before.
    assert_eq!(portal.token(&fields).await.status, 200);
    portal.tenant.move_clock(Duration::days(91));
    refused(&portal.token(&fields).await, 401, "invalid_client", 700_024);
}

#[tokio::test]
async fn the_page_has_a_button_for_everybody_and_no_script() {
    let portal = Portal::new().await;
    let (page, _) = portal.picker(portal.authorize_url(&[])).await;
    for person in portal.tenant.people() {
        assert_eq!(button_of(&page.text, &person.display_name), person.id.to_string());
    }
    assert!(page.text.contains("to continue to Thumbprint"));
    assert!(!page.text.contains("<script"));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
}

#[tokio::test]
async fn roles_are_those_of_the_registration() {
    let portal = Portal::new().await;
    for (name, roles) in [
        (MARA, json!(["Thumbprint.Admin"])),
        (PRIYA, json!(["Thumbprint.Auditor"])),
        ("daniel.novak@contoso.onmicrosoft.com", Value::Null),
    ] {
        let (code, _) = portal.code_for(name).await;
        let tokens = portal.redeem(&code, Some(VERIFIER)).await.json();
        assert_eq!(payload(tokens["id_token"].as_str().unwrap())["roles"], roles, "{name}");
    }
}

#[tokio::test]
async fn a_code_needs_its_verifier_and_is_good_once() {
    let portal = Portal::new().await;
    let (code, _) = portal.code_for(OWEN).await;
    refused(&portal.redeem(&code, Some("another-verifier")).await, 400, "invalid_grant", 501_481);
    refused(&portal.redeem(&code, None).await, 400, "invalid_grant", 50148);
    refused(&portal.redeem("1.made-up", Some(VERIFIER)).await, 400, "invalid_grant", 70000);
    let other = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", SIGNED_OUT),
        ("code_verifier", VERIFIER),
    ];
    refused(&portal.token(&other).await, 400, "invalid_grant", 500_112);
    assert_eq!(portal.redeem(&code, Some(VERIFIER)).await.status, 200);
    refused(&portal.redeem(&code, Some(VERIFIER)).await, 400, "invalid_grant", 54005);
}

#[tokio::test]
async fn a_code_is_worth_nothing_without_the_client_certificate() {
    let portal = Portal::new().await;
    let (code, _) = portal.code_for(OWEN).await;
    let client = portal.ids.app_id.to_string();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", client.as_str()),
        ("code", &code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    refused(&post_form(&portal.endpoint("token"), &fields).await, 401, "invalid_client", 7_000_218);
    let stranger = Identity::new("stranger").assertion(&claims(&portal.tenant, &client, OffsetDateTime::now_utc()));
    let forged = [("client_assertion_type", ASSERTION_TYPE), ("client_assertion", stranger.as_str())];
    refused(
        &post_form(&portal.endpoint("token"), &[&fields[..], &forged].concat()).await,
        401,
        "invalid_client",
        700_027,
    );
    assert_eq!(portal.redeem(&code, Some(VERIFIER)).await.status, 200);
}

#[tokio::test]
async fn a_code_dies_after_ten_minutes() {
    let portal = Portal::new().await;
    let (code, _) = portal.code_for(OWEN).await;
    assert_eq!(portal.tenant.move_clock(Duration::minutes(11)), Duration::minutes(11));
    let now = OffsetDateTime::now_utc() + Duration::minutes(11);
    let assertion = portal.identity.assertion(&claims(&portal.tenant, portal.ids.app_id, now));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &assertion),
    ];
    refused(&post_form(&portal.endpoint("token"), &fields).await, 400, "invalid_grant", 70008);
}

#[tokio::test]
async fn an_error_goes_to_the_redirect_uri_only_when_that_is_known_to_be_the_clients() {
    let portal = Portal::new().await;
    let page = Reply::of(CLIENT.get(portal.authorize_url(&[("redirect_uri", "https://evil.example/")]))).await;
    assert_eq!((page.status, page.header("location")), (400, None));
    assert!(page.text.contains("AADSTS50011: The redirect URI &#39;https://evil.example/&#39;"), "{page:?}");
    let page =
        Reply::of(CLIENT.get(portal.authorize_url(&[("client_id", "00000000-0000-0000-0000-00000000abcd")]))).await;
    assert!(page.status == 400 && page.text.contains("AADSTS700016"), "{page:?}");
    let answer = redirected(&Reply::of(CLIENT.get(portal.authorize_url(&[("response_type", "token")]))).await);
    assert_eq!((answer["error"].as_str(), answer["state"].as_str()), ("unsupported_response_type", "the-state"));
}

#[tokio::test]
async fn cancelling_is_access_denied() {
    let portal = Portal::new().await;
    let (_, target) = portal.picker(portal.authorize_url(&[])).await;
    let answer = redirected(&Reply::of(CLIENT.post(target).form(&[("cancel", "1")])).await);
    assert_eq!(answer["error"], "access_denied");
    assert!(!answer.contains_key("code"));
}

#[tokio::test]
async fn form_post_sends_the_code_in_a_form() {
    let portal = Portal::new().await;
    let (page, target) = portal.picker(portal.authorize_url(&[("response_mode", "form_post")])).await;
    let button = button_of(&page.text, "Owen Carter");
    let form = Reply::of(CLIENT.post(target).form(&[("account", button)])).await;
    assert_eq!(form.status, 200);
    assert_eq!(between(&form.text, "action=\"", "\""), REDIRECT);
    let code = between(&form.text, "name=\"code\" value=\"", "\"");
    assert_eq!(portal.redeem(code, Some(VERIFIER)).await.status, 200);
}

#[tokio::test]
async fn who_is_signed_in_is_not_asked_again_until_signed_out() {
    let portal = Portal::new().await;
    let answer = redirected(&Reply::of(CLIENT.get(portal.authorize_url(&[("prompt", "none")]))).await);
    assert_eq!(answer["error"], "login_required");

    let (_, cookie) = portal.code_for(OWEN).await;
    let again = |more: &[(&str, &str)]| Reply::of(CLIENT.get(portal.authorize_url(more)).header("cookie", &cookie));
    assert!(redirected(&again(&[]).await).contains_key("code"));
    assert!(redirected(&again(&[("prompt", "none")]).await).contains_key("code"));
    assert_eq!(again(&[("prompt", "select_account")]).await.status, 200);
    assert_eq!(again(&[("login_hint", SOFIA)]).await.status, 200);

    let logout = |target: &str| {
        let url = Url::parse_with_params(
            &portal.endpoint("logout"),
            [("post_logout_redirect_uri", target), ("state", "bye")],
        );
        Reply::of(CLIENT.get(url.unwrap()).header("cookie", &cookie))
    };
    // No open redirect.
    let page = logout("https://evil.example/").await;
    assert_eq!((page.status, page.header("location")), (200, None));
    assert!(page.text.contains("You signed out of your account"));
    let reply = logout(SIGNED_OUT).await;
    assert_eq!((reply.status, reply.header("location")), (302, Some(format!("{SIGNED_OUT}?state=bye").as_str())));
    assert!(reply.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(redirected(&again(&[("prompt", "none")]).await)["error"], "login_required");
}
