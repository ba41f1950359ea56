//! Sign-in as older libraries and pages in a browser ask for it.

use serde_json::json;

use crate::support::*;

const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// Enters a device's code and picks an account.
async fn enter(tenant: &local_tenant::RunningTenant, code: &str) {
    let person = tenant.people().into_iter().find(|one| one.user_principal_name == OWEN).unwrap();
    let url = format!("{}/devicelogin?otc={code}", tenant.base_url());
    let done = post_form(&url, &[("account", &person.id.to_string())]).await;
    assert!(done.text.contains("You have signed in to"), "{done:?}");
}

#[tokio::test]
async fn msal_js_calls_the_device_grant_by_its_short_name() {
    let tenant = empty().await;
    let begin = format!("{}/organizations/oauth2/v2.0/devicecode", tenant.base_url());
    let flow = post_form(&begin, &[("client_id", AZURE_CLI), ("scope", "openid offline_access")]).await.json();
    let code = text(&flow, "device_code");
    let fields = [("grant_type", "device_code"), ("client_id", AZURE_CLI), ("device_code", code.as_str())];
    assert_eq!(post_form(&token_url(&tenant), &fields).await.json()["error"], "authorization_pending");
    enter(&tenant, &text(&flow, "user_code")).await;
    assert_eq!(post_form(&token_url(&tenant), &fields).await.status, 200);
}

#[tokio::test]
async fn adal_gets_tokens_for_a_resource_at_the_v1_endpoints() {
    let tenant = empty().await;
    let root = format!("{}/{}/oauth2", tenant.base_url(), tenant.tenant_id());
    let resource = "https://graph.microsoft.com";
    let flow =
        post_form(&format!("{root}/devicecode"), &[("client_id", AZURE_CLI), ("resource", resource)]).await.json();
    assert_eq!((&flow["expires_in"], &flow["interval"]), (&json!("900"), &json!("5")), "{flow}");
    assert_eq!(flow["verification_url"], format!("{}/devicelogin", tenant.base_url()));
    enter(&tenant, &text(&flow, "user_code")).await;
    let code = text(&flow, "device_code");
    let fields =
        [("grant_type", "device_code"), ("client_id", AZURE_CLI), ("resource", resource), ("code", code.as_str())];
    let answer = post_form(&format!("{root}/token"), &fields).await.json();
    assert_eq!((&answer["resource"], answer["expires_on"].is_string()), (&json!(resource), true), "{answer}");
    assert_eq!(payload(answer["access_token"].as_str().unwrap())["aud"], resource);
    // A refresh token is good for another resource.
    let refresh = text(&answer, "refresh_token");
    let vault = "https://vault.azure.net";
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", AZURE_CLI),
        ("resource", vault),
        ("refresh_token", refresh.as_str()),
    ];
    let answer = post_form(&format!("{root}/token"), &fields).await.json();
    assert_eq!(payload(answer["access_token"].as_str().unwrap())["aud"], vault);
}

#[tokio::test]
async fn a_get_at_the_token_endpoint_is_told_so() {
    let tenant = empty().await;
    let reply = Reply::of(CLIENT.get(token_url(&tenant))).await;
    assert_eq!((reply.status, &reply.json()["error_codes"]), (400, &json!([900_561])));
    let said = reply.json()["error_description"].as_str().unwrap().to_owned();
    assert!(
        said.starts_with("AADSTS900561: The endpoint only accepts POST requests. Received a GET request."),
        "{said}"
    );
}

#[tokio::test]
async fn a_page_gets_its_code_in_the_fragment_and_reads_answers_from_elsewhere() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, MARA);
    let app = create(&graph, json!({"displayName": "spa", "spa": {"redirectUris": ["http://localhost:4000/"]}})).await;
    let query = format!(
        "client_id={}&response_type=code&response_mode=fragment&redirect_uri=http%3A%2F%2Flocalhost%3A4000%2F&scope=openid&state=s%26t&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
        text(&app, "appId")
    );
    let person = tenant.people().into_iter().find(|one| one.user_principal_name == OWEN).unwrap();
    let url = format!("{}/{}/oauth2/v2.0/authorize?{query}", tenant.base_url(), tenant.tenant_id());
    let sent = post_form(&url, &[("account", &person.id.to_string())]).await;
    let location = sent.header("location").unwrap_or_else(|| panic!("{sent:?}"));
    let (page, fragment) = location.split_once('#').unwrap();
    assert_eq!(page, "http://localhost:4000/");
    assert!(fragment.contains("code=1.") && fragment.contains("state=s%26t"), "{fragment}");
    let discovery = format!("{}/common/v2.0/.well-known/openid-configuration", tenant.base_url());
    let read = Reply::of(CLIENT.get(discovery).header("origin", "http://localhost:4000")).await;
    assert_eq!(read.header("access-control-allow-origin"), Some("*"));
}
