//! Federated credentials: other issuers' tokens in place of a certificate.

use local_tenant::{RunningTenant, TenantOptions};
use serde_json::{Value, json};
use time::Duration;

use crate::support::*;

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const MAIN: &str = "repo:contoso/app:ref:refs/heads/main";

fn credential(name: &str, subject: &str) -> Value {
    json!({"name": name, "issuer": GITHUB, "subject": subject, "audiences": ["api://AzureADTokenExchange"]})
}

/// A client credentials request with such a token.
async fn exchange(tenant: &RunningTenant, client: impl ToString, token: &str) -> Reply {
    client_credentials(tenant, client, token).await
}

#[tokio::test]
async fn they_are_made_shown_changed_and_removed_as_recorded() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let graph = Graph::of(&tenant, MARA);
    let path = format!("/applications/{}/federatedIdentityCredentials", app.id);
    let made = graph.post(&path, credential("main", MAIN)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let one = made.json();
    let root = format!("{}/v1.0/$metadata#applications('{}')/federatedIdentityCredentials", tenant.base_url(), app.id);
    assert_eq!(one["@odata.context"], format!("{root}/$entity"));
    let location = made.header("location").unwrap();
    assert!(
        location.ends_with(&format!("/{}/federatedIdentityCredentials/{}", tenant.tenant_id(), id(&one))),
        "{location}"
    );
    let listed = graph.get(&path).await.json();
    assert_eq!(listed["@odata.context"], root);
    assert_eq!(
        listed["value"],
        json!([{"id": one["id"], "name": "main", "issuer": GITHUB, "subject": MAIN, "description": null, "audiences": ["api://AzureADTokenExchange"]}])
    );
    // By id and by name.
    let change = json!({"subject": "repo:contoso/app:environment:Production", "description": "deployment"});
    assert_eq!(graph.patch(&format!("{path}/{}", id(&one)), change).await.status, 204);
    let shown = graph.get(&format!("{path}(name='main')")).await.json();
    assert_eq!(
        (&shown["subject"], &shown["description"]),
        (&json!("repo:contoso/app:environment:Production"), &json!("deployment"))
    );
    assert_eq!(graph.get(&format!("{path}/main")).await.json()["id"], one["id"]);

    let refused = async |body: Value| graph.post(&path, body).await.status;
    assert_eq!(refused(credential("main", MAIN)).await, 409, "the name is taken");
    assert_eq!(refused(credential("other", "repo:contoso/app:environment:Production")).await, 409, "the subject is");
    for (name, value) in [
        ("name", json!("a b")),
        ("issuer", Value::Null),
        ("audiences", json!([])),
        ("audiences", json!(["a", "b"])),
        ("subject", Value::Null),
        ("nonsense", json!(1)),
    ] {
        assert_eq!(refused(with(credential("new", MAIN), json!({name: value}))).await, 400, "{name}");
    }
    assert_eq!(graph.patch(&format!("{path}/main"), json!({"name": "new"})).await.status, 400);
    assert_eq!(Graph::of(&tenant, SOFIA).post(&path, credential("new", MAIN)).await.status, 403);
    assert_eq!(graph.request(reqwest::Method::DELETE, &format!("{path}/main")).await.status, 204);
    assert_eq!(graph.request(reqwest::Method::DELETE, &format!("{path}/main")).await.status, 404);
}

#[tokio::test]
async fn twenty_at_most() {
    let tenant = demo().await;
    let path = format!("/applications/{}/federatedIdentityCredentials", application(&tenant, "payroll-batch").id);
    let graph = Graph::of(&tenant, MARA);
    for number in 0..20 {
        assert_eq!(graph.post(&path, credential(&format!("n{number:02}"), &format!("s{number}"))).await.status, 201);
    }
    let refused = graph.post(&path, credential("n20", "s20")).await.graph_error();
    assert_eq!((refused.0, refused.1.as_str()), (403, "Directory_ResourceSizeExceeded"));
}

#[tokio::test]
async fn a_token_that_fits_gets_one_of_ours_and_others_hear_why_not() {
    let tenant = demo().await;
    let app = application(&tenant, "release-automation");
    let graph = Graph::of(&tenant, MARA);
    let token = |issuer: &str, subject: &str| tenant.foreign_token(issuer, subject).unwrap();
    let said = async |token: &str| {
        let reply = exchange(&tenant, app.app_id, token).await;
        (
            reply.status,
            reply.json()["error_codes"][0].as_u64().unwrap_or_default(),
            reply.json()["error_description"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(said(&token(GITHUB, MAIN)).await.1, 700_211);
    let path = format!("/applications/{}/federatedIdentityCredentials", app.id);
    assert_eq!(graph.post(&path, credential("main", MAIN)).await.status, 201);
    let answer = exchange(&tenant, app.app_id, &token(GITHUB, MAIN)).await;
    let claims = payload(answer.json()["access_token"].as_str().unwrap_or_else(|| panic!("{answer:?}")));
    assert_eq!((&claims["appid"], &claims["appidacr"]), (&json!(app.app_id), &json!("2")));

    let (_, code, text) = said(&token(&format!("{GITHUB}/"), MAIN)).await;
    assert_eq!(code, 700_211);
    assert!(text.starts_with("AADSTS700211: No matching federated identity record found for presented assertion issuer 'https://token.actions.githubusercontent.com/'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion."), "{text}");
    assert_eq!(said(&token(GITHUB, "repo:contoso/app:pull_request")).await.1, 700_213);
    tenant.set_behaviour(|behaviour| behaviour.plain_federation_errors = true);
    let (_, code, text) = said(&token(GITHUB, "repo:contoso/app:pull_request")).await;
    assert_eq!(code, 70021);
    let words = format!(
        "AADSTS70021: No matching federated identity record found for presented assertion. Assertion Issuer: '{GITHUB}'. Assertion Subject: 'repo:contoso/app:pull_request'. Assertion Audience: 'api://AzureADTokenExchange'."
    );
    assert!(text.starts_with(&words), "{text}");
    tenant.set_behaviour(|behaviour| behaviour.plain_federation_errors = false);
    assert_eq!(said(&token(GITHUB, "repo:Contoso/app:ref:refs/heads/main")).await.1, 7_002_138);
    let audience = json!({"audiences": ["api://else"]});
    assert_eq!(graph.patch(&format!("{path}/main"), audience).await.status, 204);
    assert_eq!(said(&token(GITHUB, MAIN)).await.1, 700_212);
    assert_eq!(
        graph.patch(&format!("{path}/main"), json!({"audiences": ["api://AzureADTokenExchange"]})).await.status,
        204
    );
    // Somebody else's signature, and one that is too old.
    let good = token(GITHUB, MAIN);
    let (head, _) = good.rsplit_once('.').unwrap();
    let forged = Identity::new("forger").sign_message(head, jsonwebtoken::Algorithm::RS256);
    assert_eq!(said(&forged).await.1, 50013);
    tenant.move_clock(Duration::minutes(11));
    assert_eq!(said(&good).await.1, 700_024);
}

#[tokio::test]
async fn a_pattern_stands_for_many_subjects_in_beta() {
    let tenant = demo().await;
    let app = application(&tenant, "release-automation");
    let path = format!("/applications/{}/federatedIdentityCredentials", app.id);
    let pattern = json!({"value": "claims['sub'] matches 'repo:contoso/*:ref:refs/heads/*'", "languageVersion": 1});
    let flexible = json!({"name": "any", "issuer": GITHUB, "audiences": ["api://AzureADTokenExchange"], "claimsMatchingExpression": pattern});
    assert_eq!(Graph::of(&tenant, MARA).post(&path, flexible.clone()).await.status, 400, "not in v1.0");
    let beta = Graph::of(&tenant, MARA).beta();
    let made = beta.post(&path, flexible).await;
    assert_eq!((made.status, &made.json()["claimsMatchingExpression"]), (201, &pattern), "{made:?}");
    let token = |subject: &str| tenant.foreign_token(GITHUB, subject).unwrap();
    assert_eq!(exchange(&tenant, app.app_id, &token("repo:contoso/web:ref:refs/heads/next")).await.status, 200);
    let other = exchange(&tenant, app.app_id, &token("repo:fabrikam/web:ref:refs/heads/next")).await;
    assert_eq!(other.json()["error_codes"], json!([700_213]));
}

#[tokio::test]
async fn the_control_api_mints_tokens() {
    let control = Some("127.0.0.1:0".parse().unwrap());
    let tenant = local_tenant::start(TenantOptions { control, ..TenantOptions::default() }).await.unwrap();
    let url = format!("{}/issuer/tokens", tenant.control_url().unwrap());
    let body = json!({"issuer": GITHUB, "subject": MAIN, "lifetime_seconds": 60, "claims": {"actor": "owen"}});
    let minted = Reply::of(CLIENT.post(&url).json(&body)).await;
    assert_eq!(minted.status, 201);
    let claims = payload(minted.json()["token"].as_str().unwrap());
    assert_eq!((&claims["iss"], &claims["actor"]), (&json!(GITHUB), &json!("owen")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
    assert_eq!(Reply::of(CLIENT.post(&url).json(&json!({"issuer": GITHUB}))).await.status, 400);
}
