//! Client credentials with a certificate: what is accepted, and every refusal word by word.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use local_tenant::{ApplicationInfo, RunningTenant};
use serde_json::{Value, json};
use time::macros::format_description;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::support::*;

/// An application that has our certificate, and it alone.
pub struct Setup {
    tenant: RunningTenant,
    app: ApplicationInfo,
    pub identity: Identity,
    key_id: String,
}

impl Setup {
    pub async fn new() -> Self {
        Self::with(json!({})).await
    }

    pub async fn with(members: Value) -> Self {
        let tenant = demo().await;
        let app = application(&tenant, "payroll-batch");
        let identity = Identity::new("payroll");
        let graph = Graph::of(&tenant, OWEN);
        let reply = graph.patch_keys(&app, [identity.credential_with(members)]).await;
        assert_eq!(reply.status, 204, "{reply:?}");
        let key_id = graph.keys(&app).await[0]["keyId"].as_str().unwrap().to_owned();
        Self { tenant, app, identity, key_id }
    }

    pub fn claims(&self) -> Value {
        claims(&self.tenant, self.app.app_id, OffsetDateTime::now_utc())
    }

    pub async fn present(&self, assertion: &str) -> Reply {
        client_credentials(&self.tenant, self.app.app_id, assertion).await
    }

    /// With our key under a header of our own making.
    pub async fn present_with(&self, header: Value) -> Reply {
        self.present(&self.identity.sign(&header, &self.claims())).await
    }

    /// With payload claims replaced or, when null, taken away.
    pub async fn present_claims(&self, changed: Value) -> Reply {
        let mut claims = with(self.claims(), changed);
        claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        self.present(&self.identity.assertion(&claims)).await
    }

    pub fn tail(&self) -> String {
        let id = self.app.app_id;
        format!(
            ", Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{id}'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http to build a query request URL, such as 'https://graph.microsoft.com/beta/applications/{id}']."
        )
    }

    /// As in `Found key 'Start=…'`.
    pub async fn found_key(&self) -> String {
        let entry = &Graph::of(&self.tenant, OWEN).keys(&self.app).await[0];
        let shown = |name: &str| {
            let at =
                OffsetDateTime::parse(entry[name].as_str().unwrap(), &time::format_description::well_known::Rfc3339);
            at.unwrap().format(format_description!("[month]/[day]/[year] [hour]:[minute]:[second]")).unwrap()
        };
        format!("Found key 'Start={}, End={}'", shown("startDateTime"), shown("endDateTime"))
    }
}

const NOT_REGISTERED: &str =
    "The certificate with identifier used to sign the client assertion is not registered on application.";

/// Checks status, `error` and code; gives the description without its three trailers.
#[track_caller]
pub fn refusal(reply: &Reply, status: u16, error: &str, code: u32) -> String {
    let body = reply.json();
    assert_eq!((reply.status, &body["error"], &body["error_codes"]), (status, &json!(error), &json!([code])), "{body}");
    let description = body["error_description"].as_str().unwrap();
    let trailer = format!(
        " Trace ID: {} Correlation ID: {} Timestamp: {}",
        body["trace_id"].as_str().unwrap(),
        body["correlation_id"].as_str().unwrap(),
        body["timestamp"].as_str().unwrap()
    );
    let text = description.strip_suffix(&trailer).unwrap_or_else(|| panic!("no trailers: {description}"));
    text.strip_prefix(&format!("AADSTS{code}: ")).unwrap_or_else(|| panic!("no code: {description}")).to_owned()
}

pub fn x5t(identity: &Identity) -> String {
    URL_SAFE_NO_PAD.encode(identity.sha1())
}

fn x5t_s256(identity: &Identity) -> String {
    URL_SAFE_NO_PAD.encode(identity.sha256())
}

#[tokio::test]
async fn every_way_to_name_the_key_gets_a_token() {
    let setup = Setup::new().await;
    for header in [
        json!({"alg": "RS256", "typ": "JWT", "x5t": x5t(&setup.identity)}),
        json!({"alg": "PS256", "typ": "JWT", "x5t#S256": x5t_s256(&setup.identity)}),
        json!({"alg": "PS256", "typ": "JWT", "x5t#S256": x5t_s256(&setup.identity), "x5t": x5t(&setup.identity)}),
        // Padded, as MSAL for Python sends both.
        json!({"alg": "PS256", "x5t#S256": format!("{}=", x5t_s256(&setup.identity))}),
        json!({"alg": "RS256", "x5t": format!("{}=", x5t(&setup.identity))}),
        json!({"alg": "RS256", "kid": setup.key_id}),
        json!({"alg": "RS256", "kid": setup.identity.thumbprint()}),
        json!({"alg": "RS256", "kid": x5t(&setup.identity)}),
        json!({"alg": "RS256", "x5t": x5t(&setup.identity), "x5c": STANDARD.encode(&setup.identity.der)}),
        json!({"alg": "RS256", "x5t": x5t(&setup.identity), "x5c": [STANDARD.encode(&setup.identity.der)]}),
    ] {
        let reply = setup.present_with(header.clone()).await;
        assert_eq!(reply.status, 200, "{header}: {reply:?}");
        let body = reply.json();
        assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(3599)));
        assert_eq!(body["refresh_token"], Value::Null);
        let token = payload(body["access_token"].as_str().unwrap());
        assert_eq!((&token["appid"], &token["idtyp"]), (&json!(setup.app.app_id), &json!("app")));
        assert_eq!(token["aud"], "https://graph.microsoft.com");
    }
}

#[tokio::test]
async fn what_other_libraries_send_is_accepted_too() {
    let setup = Setup::new().await;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let issuer = format!("{}/{}/v2.0", setup.tenant.base_url(), setup.tenant.tenant_id());
    for changed in [
        // MSAL.NET writes dates as strings; MSAL Python sends no nbf, MSAL Node no iat.
        json!({"nbf": now.to_string(), "exp": (now + 600).to_string()}),
        json!({"nbf": null}),
        json!({"iat": null}),
        json!({"aud": issuer}),
        json!({"aud": format!("{}/{}/oauth2/v2.0/token", setup.tenant.base_url(), setup.tenant.domain())}),
    ] {
        let reply = setup.present_claims(changed.clone()).await;
        assert_eq!(reply.status, 200, "{changed}: {reply:?}");
    }
    // Plain base64 with padding in the first two parts.
    let header = json!({"alg": "RS256", "x5t": x5t(&setup.identity)});
    let message = [header, setup.claims()].map(|part| STANDARD.encode(part.to_string())).join(".");
    let reply = setup.present(&setup.identity.sign_message(&message, Algorithm::RS256)).await;
    assert_eq!(reply.status, 200, "{message}: {reply:?}");
    let good = setup.identity.assertion(&setup.claims());
    // Without client_id: the assertion names the client itself (RFC 7521, section 4.2).
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", good.as_str()),
    ];
    assert_eq!(post_form(&token_url(&setup.tenant), &fields).await.status, 200);
}

#[tokio::test]
async fn an_unregistered_certificate_is_not_found() {
    let setup = Setup::new().await;
    let stranger = Identity::new("stranger");
    let reply = setup.present(&stranger.assertion(&setup.claims())).await;
    let expected = format!(
        "{NOT_REGISTERED} [Reason - The key was not found., Thumbprint of key used by client: '{}'{}",
        stranger.thumbprint(),
        setup.tail()
    );
    assert_eq!(refusal(&reply, 401, "invalid_client", 700_027), expected);
    let body = reply.json();
    assert_eq!(body["error_uri"], format!("{}/error?code=700027", setup.tenant.base_url()));
    let timestamp = body["timestamp"].as_str().unwrap();
    assert!(timestamp.len() == 20 && timestamp.ends_with('Z') && timestamp.as_bytes()[10] == b' ', "{timestamp}");
    assert_eq!(reply.header("content-type"), Some("application/json; charset=utf-8"));

    // SHA-256 is shown as it was sent: 64 digits.
    let header = json!({"alg": "PS256", "x5t#S256": x5t_s256(&stranger)});
    let text = refusal(&setup.present_with(header).await, 401, "invalid_client", 700_027);
    assert!(text.contains(&format!("client: '{}'", hex::encode_upper(stranger.sha256()))), "{text}");
    // The hex text itself, encoded: 80 digits.
    let header = json!({"alg": "RS256", "x5t": URL_SAFE_NO_PAD.encode(setup.identity.thumbprint())});
    let text = refusal(&setup.present_with(header).await, 401, "invalid_client", 700_027);
    assert!(text.contains(&format!("client: '{}'", hex::encode_upper(setup.identity.thumbprint()))), "{text}");
}

#[tokio::test]
async fn a_thumbprint_that_is_not_base64url_is_no_thumbprint() {
    let setup = Setup::new().await;
    // Plain base64 with a plus sign.
    let header = json!({"alg": "PS256", "x5t#S256": STANDARD.encode([0xfb; 32])});
    let text = refusal(&setup.present_with(header).await, 401, "invalid_client", 700_027);
    assert_eq!(text, format!("{NOT_REGISTERED} [Reason - The key was not found.{}", setup.tail()));
}

#[tokio::test]
async fn an_expired_entry_is_refused_from_its_end_on() {
    let end = OffsetDateTime::now_utc() + Duration::days(1);
    let setup = Setup::with(json!({"endDateTime": date(end)})).await;
    assert_eq!(setup.present(&setup.identity.assertion(&setup.claims())).await.status, 200);
    let found = setup.found_key().await;
    setup.tenant.move_clock(Duration::days(1) + Duration::minutes(1));
    let later = claims(&setup.tenant, setup.app.app_id, end + Duration::minutes(1));
    let reply = setup.present(&setup.identity.assertion(&later)).await;
    assert_eq!(
        refusal(&reply, 401, "invalid_client", 700_027),
        format!(
            "The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key used is expired., Thumbprint of key used by client: '{}', {found}{}",
            setup.identity.thumbprint(),
            setup.tail()
        )
    );
}

#[tokio::test]
async fn an_entry_of_the_future_is_called_expired_too() {
    let start = OffsetDateTime::now_utc() + Duration::days(2);
    let setup = Setup::with(json!({"startDateTime": date(start)})).await;
    let found = setup.found_key().await;
    let reply = setup.present(&setup.identity.assertion(&setup.claims())).await;
    let text = refusal(&reply, 401, "invalid_client", 700_027);
    assert!(text.contains("[Reason - The key used is expired., Thumbprint"), "{text}");
    assert!(text.contains(&found), "{text}");
    setup.tenant.move_clock(Duration::days(2) + Duration::minutes(1));
    let later = claims(&setup.tenant, setup.app.app_id, start + Duration::minutes(1));
    assert_eq!(setup.present(&setup.identity.assertion(&later)).await.status, 200);
}

#[tokio::test]
async fn an_unknown_client_tenant_or_scope_is_refused() {
    let setup = Setup::new().await;
    let unknown = Uuid::new_v4();
    let assertion = setup.identity.assertion(&claims(&setup.tenant, unknown, OffsetDateTime::now_utc()));
    let text =
        refusal(&client_credentials(&setup.tenant, unknown, &assertion).await, 400, "unauthorized_client", 700_016);
    assert_eq!(
        text,
        format!(
            "Application with identifier '{unknown}' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
        )
    );
    let elsewhere = token_url(&setup.tenant).replace(&setup.tenant.tenant_id().to_string(), "fabrikam.example");
    let expected = "Tenant 'fabrikam.example' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.";
    let reply = post_form(&elsewhere, &[("grant_type", "client_credentials")]).await;
    assert_eq!(refusal(&reply, 400, "invalid_request", 90002), expected);
    let discovery = format!("{}/fabrikam.example/v2.0/.well-known/openid-configuration", setup.tenant.base_url());
    assert_eq!(refusal(&Reply::of(CLIENT.get(discovery)).await, 400, "invalid_tenant", 90002), expected);

    let client = setup.app.app_id.to_string();
    let good = setup.identity.assertion(&setup.claims());
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("scope", "User.Read"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &good),
    ];
    let text = refusal(&post_form(&token_url(&setup.tenant), &fields).await, 400, "invalid_scope", 1_002_012);
    assert!(text.starts_with("The provided value for scope User.Read is not valid."), "{text}");
}

#[tokio::test]
async fn secrets_and_missing_credentials() {
    let setup = Setup::new().await;
    let client = setup.app.app_id.to_string();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    assert_eq!(
        refusal(&post_form(&token_url(&setup.tenant), &fields).await, 401, "invalid_client", 7_000_218),
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    );
    let wrong = [&fields[..], &[("client_secret", "guess")]].concat();
    assert_eq!(
        refusal(&post_form(&token_url(&setup.tenant), &wrong).await, 401, "invalid_client", 7_000_215),
        format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'."
        )
    );
}

#[tokio::test]
async fn without_any_certificate_the_text_is_another() {
    let setup = Setup::new().await;
    assert_eq!(Graph::of(&setup.tenant, OWEN).patch_keys(&setup.app, json!([])).await.status, 204);
    let reply = setup.present(&setup.identity.assertion(&setup.claims())).await;
    assert_eq!(refusal(&reply, 401, "invalid_client", 700_026), "Client application has no configured keys.");
}

#[tokio::test]
async fn an_entry_that_only_encrypts_or_signs_does_not_authenticate() {
    let setup = Setup::with(json!({"usage": "Encrypt"})).await;
    let reply = setup.present(&setup.identity.assertion(&setup.claims())).await;
    refusal(&reply, 401, "invalid_client", 700_026);
}

#[tokio::test]
async fn a_certificate_stored_as_pem_verifies_as_well() {
    let identity = Identity::new("payroll");
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let entry = identity.credential_with(json!({"key": STANDARD.encode(identity.pem())}));
    assert_eq!(Graph::of(&tenant, OWEN).patch_keys(&app, [entry]).await.status, 204);
    let assertion = identity.assertion(&claims(&tenant, app.app_id, OffsetDateTime::now_utc()));
    assert_eq!(client_credentials(&tenant, app.app_id, &assertion).await.status, 200);
}

#[tokio::test]
async fn the_v1_endpoint_speaks_its_own_dialect() {
    let setup = Setup::new().await;
    let url = format!("{}/{}/oauth2/token", setup.tenant.base_url(), setup.tenant.tenant_id());
    let client = setup.app.app_id.to_string();
    let assertion = setup.identity.assertion(&setup.claims());
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
        ("resource", "https://graph.microsoft.com"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &assertion),
    ];
    let body = post_form(&url, &fields).await.json();
    assert_eq!((&body["expires_in"], &body["resource"]), (&json!("3599"), &json!("https://graph.microsoft.com")));
}
