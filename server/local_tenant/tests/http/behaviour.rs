//! What a test can make the tenant do: delays, faults, its log, its clock, https.

use local_tenant::{Fault, HttpsOptions, Seed, TenantOptions};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use crate::support::*;

#[tokio::test]
async fn the_token_endpoint_sees_a_write_late() {
    let tenant = demo().await;
    tenant.set_behaviour(|behaviour| behaviour.propagation_delay = Duration::minutes(2));
    let app = application(&tenant, "payroll-batch");
    let identity = Identity::new("payroll");
    let graph = Graph::of(&tenant, OWEN);
    let mut keys = graph.keys_without_material(&app).await;
    keys.push(identity.credential());
    assert_eq!(graph.patch_keys(&app, keys).await.status, 204);
    assert_eq!(graph.keys(&app).await.len(), 3, "Graph shows it at once");
    let present = || async {
        let assertion = identity.assertion(&claims(&tenant, app.app_id, OffsetDateTime::now_utc()));
        client_credentials(&tenant, app.app_id, &assertion).await
    };
    assert_eq!(present().await.json()["error_codes"], json!([700_027]));
    tenant.move_clock(Duration::seconds(119));
    tenant.move_clock(Duration::seconds(2));
    assert_eq!(present().await.status, 200);
}

#[tokio::test]
async fn graph_reads_lag_behind_a_write() {
    let tenant = demo().await;
    tenant.set_behaviour(|behaviour| behaviour.stale_reads = Duration::seconds(30));
    let app = application(&tenant, "payroll-batch");
    let graph = Graph::of(&tenant, OWEN);
    let before = graph.keys(&app).await;
    let rename = json!({"displayName": "renamed", "keyCredentials": []});
    assert_eq!(graph.patch(&format!("/applications/{}", app.id), rename).await.status, 204);
    let listed = || graph.get("/applications?$filter=displayName eq 'renamed'");
    assert_eq!(graph.keys(&app).await, before);
    assert_eq!(listed().await.json()["value"], json!([]));
    // The write itself is done: what it removed cannot be referred to any more.
    assert_eq!(graph.patch_keys(&app, graph.keys_without_material(&app).await).await.status, 400);
    tenant.move_clock(Duration::seconds(31));
    assert_eq!(graph.keys(&app).await.len(), 0);
    assert_eq!(listed().await.json()["value"][0]["id"], app.id.to_string());
}

#[tokio::test]
async fn two_writes_in_a_row_are_seen_one_after_the_other() {
    let tenant = demo().await;
    tenant.set_behaviour(|behaviour| behaviour.stale_reads = Duration::seconds(30));
    let app = application(&tenant, "payroll-batch");
    let graph = Graph::of(&tenant, OWEN);
    let path = format!("/applications/{}", app.id);
    let name = || async { graph.get(&path).await.json()["displayName"].as_str().unwrap().to_owned() };
    graph.patch(&path, json!({"displayName": "second"})).await;
    tenant.move_clock(Duration::seconds(20));
    graph.patch(&path, json!({"displayName": "third"})).await;
    assert_eq!(name().await, "payroll-batch");
    tenant.move_clock(Duration::seconds(15));
    assert_eq!(name().await, "second");
    tenant.move_clock(Duration::seconds(20));
    assert_eq!(name().await, "third");
}

#[tokio::test]
async fn an_ordered_fault_strikes_once_and_nothing_is_written() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let graph = Graph::of(&tenant, OWEN);
    let before = graph.keys(&app).await;
    let fault = |method: &str, status, code: &str, retry_after| Fault {
        method: method.into(),
        path_contains: app.id.to_string(),
        status,
        code: code.into(),
        retry_after,
    };
    tenant.set_behaviour(|behaviour| {
        behaviour.fail_next = vec![
            fault("PATCH", 409, "Directory_ConcurrencyViolation", None),
            fault("PATCH", 429, "TooManyRequests", Some(10)),
        ];
    });
    assert_eq!(graph.get("/applications").await.status, 200);
    assert_eq!(graph.keys(&app).await, before);
    let reply = graph.patch_keys(&app, json!([])).await;
    assert_eq!(
        reply.graph_error(),
        (
            409,
            "Directory_ConcurrencyViolation".into(),
            "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.".into()
        )
    );
    assert_eq!(reply.header("retry-after"), None);
    let reply = graph.patch_keys(&app, json!([])).await;
    assert_eq!(reply.graph_error(), (429, "TooManyRequests".into(), "Too many requests".into()));
    assert_eq!(reply.header("retry-after"), Some("10"));
    assert_eq!(reply.header("x-ms-throttle-information"), Some("ResourceUnitLimitExceeded"));
    assert_eq!(
        reply.header("x-ms-throttle-scope"),
        Some(
            format!("Tenant_Application/ReadWrite/14d82eec-204b-4c2f-b7e8-296a70dab67e/{}", tenant.tenant_id())
                .as_str()
        )
    );
    assert_eq!(graph.keys(&app).await, before);
    assert_eq!(graph.patch_keys(&app, json!([])).await.status, 204);
}

#[tokio::test]
async fn requests_are_logged_with_who_sent_them() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let graph = Graph::of(&tenant, OWEN);
    graph.keys(&app).await;
    graph.patch_keys(&app, json!("wrong")).await;
    Graph::with_token(&tenant, "nonsense".into()).get("/me").await;
    let owen = tenant.people().into_iter().find(|person| person.user_principal_name == OWEN).unwrap().id;
    let log = tenant.requests();
    let seen: Vec<_> =
        log.iter().map(|one| (one.method.as_str(), one.path.as_str(), one.status, one.authenticated_as)).collect();
    assert_eq!(
        seen,
        [
            ("GET", format!("/v1.0/applications/{}?$select=keyCredentials", app.id).as_str(), 200, Some(owen)),
            ("PATCH", format!("/v1.0/applications/{}", app.id).as_str(), 400, Some(owen)),
            ("GET", "/v1.0/me", 401, None),
        ]
    );
    assert!(log[0].at <= OffsetDateTime::now_utc());
}

#[tokio::test]
async fn a_strict_audience_is_the_tenants_own() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let identity = Identity::new("payroll");
    Graph::of(&tenant, OWEN).patch_keys(&app, [identity.credential()]).await;
    let common = format!("{}/common/oauth2/v2.0/token", tenant.base_url());
    let assertion =
        identity.assertion(&with(claims(&tenant, app.app_id, OffsetDateTime::now_utc()), json!({"aud": common})));
    assert_eq!(client_credentials(&tenant, app.app_id, &assertion).await.status, 200);
    tenant.set_behaviour(|behaviour| behaviour.aud_strict = true);
    assert_eq!(client_credentials(&tenant, app.app_id, &assertion).await.json()["error_codes"], json!([700_023]));
}

#[tokio::test]
async fn token_lifetimes_can_be_set() {
    let tenant = demo().await;
    tenant.set_behaviour(|behaviour| behaviour.token_lifetime = Some(Duration::seconds(30)));
    let claims = payload(&tenant.graph_token(OWEN).unwrap());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 30);
}

#[tokio::test]
async fn https_is_trusted_by_its_ca_and_by_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let options = TenantOptions {
        seed: Seed::Empty,
        https: Some(HttpsOptions { ca_dir: Some(folder.path().into()), names: vec![] }),
        ..TenantOptions::default()
    };
    let tenant = local_tenant::start(options).await.unwrap();
    let ca = std::fs::read(folder.path().join("ca.pem")).unwrap();
    assert_eq!(tenant.ca_pem().unwrap().as_bytes(), ca);
    assert!(tenant.base_url().starts_with("https://localhost:"));
    let url = format!("{}/{}/v2.0/.well-known/openid-configuration", tenant.base_url(), tenant.tenant_id());
    assert!(CLIENT.get(&url).send().await.is_err(), "the system does not know this CA");
    let trusting =
        reqwest::Client::builder().tls_certs_only([reqwest::Certificate::from_pem(&ca).unwrap()]).build().unwrap();
    let body = Reply::of(trusting.get(&url)).await.json();
    assert_eq!(body["issuer"], format!("{}/{}/v2.0", tenant.base_url(), tenant.tenant_id()));
}

#[tokio::test]
async fn one_tenant_serves_http_and_https_and_each_names_itself() {
    let tenant = local_tenant::start(TenantOptions {
        also_https: Some(("127.0.0.1:0".parse().unwrap(), HttpsOptions::default())),
        ..TenantOptions::default()
    })
    .await
    .unwrap();
    let app = application(&tenant, "payroll-batch");
    let identity = Identity::new("both");
    let graph = Graph::of(&tenant, MARA);
    let mut keys = graph.keys_without_material(&app).await;
    keys.push(identity.credential());
    assert_eq!(graph.patch_keys(&app, keys).await.status, 204);
    let secure = tenant.https_url().unwrap().to_owned();
    let ca = reqwest::Certificate::from_pem(tenant.ca_pem().unwrap().as_bytes()).unwrap();
    let trusting = reqwest::Client::builder().tls_certs_only([ca]).build().unwrap();
    let id = tenant.tenant_id();
    for base in [tenant.base_url(), secure.as_str()] {
        let url = format!("{base}/{id}/v2.0/.well-known/openid-configuration");
        let document = Reply::of(trusting.get(&url)).await.json();
        assert_eq!(document["issuer"], format!("{base}/{id}/v2.0"));
        assert_eq!(document["token_endpoint"], format!("{base}/{id}/oauth2/v2.0/token"));
    }

    // An assertion for the one gets a token at the other, and the token is good at both.
    let mut claims = claims(&tenant, app.app_id, OffsetDateTime::now_utc());
    claims["aud"] = json!(format!("{secure}/{id}/oauth2/v2.0/token"));
    let token = client_credentials(&tenant, app.app_id, &identity.assertion(&claims)).await;
    let token = token.json()["access_token"].as_str().unwrap().to_owned();
    for base in [tenant.base_url(), secure.as_str()] {
        let answer = Reply::of(trusting.get(format!("{base}/v1.0/organization")).bearer_auth(&token)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.text.contains(&format!("{base}/v1.0/$metadata#organization")), "{answer:?}");
    }
    claims["aud"] = json!(format!("https://localhost:1/{id}/oauth2/v2.0/token"));
    assert_eq!(client_credentials(&tenant, app.app_id, &identity.assertion(&claims)).await.status, 401);
}

#[tokio::test]
async fn a_tenant_that_was_shut_down_or_dropped_is_gone() {
    for wait in [true, false] {
        let tenant = demo().await;
        let url = format!("{}/v1.0/me", tenant.base_url());
        assert_eq!(CLIENT.get(&url).send().await.unwrap().status(), 401);
        let address = tenant.base_url().trim_start_matches("http://").to_owned();
        if wait {
            tenant.shutdown().await;
        } else {
            drop(tenant);
            // It stops on its own task, which must get its turn first.
            while tokio::net::TcpStream::connect(&address).await.is_ok() {
                tokio::task::yield_now().await;
            }
        }
        assert!(tokio::net::TcpStream::connect(&address).await.is_err());
    }
}

#[tokio::test]
async fn an_address_in_use_is_an_error_that_names_it() {
    let tenant = demo().await;
    let address = tenant.base_url().trim_start_matches("http://").parse().unwrap();
    let error = local_tenant::start(TenantOptions { address, ..TenantOptions::default() }).await.err().unwrap();
    assert!(error.to_string().starts_with(&format!("the tenant cannot listen on {address}: ")), "{error}");
}
