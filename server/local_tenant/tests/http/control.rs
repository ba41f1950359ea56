//! Faults, other writers, clock, reset: over the control API and from within the process.

use std::net::SocketAddr;

use local_tenant::{
    ConcurrentWriter, FaultKind, FaultMoment, FaultRule, PortalRegistration, RunningTenant, TenantError, TenantOptions,
    WriterAction, WriterTrigger,
};
use reqwest::Method;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::keyvault::{APPS, Vault};
use crate::support::*;

async fn controlled() -> RunningTenant {
    let control = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    local_tenant::start(TenantOptions { control, ..TenantOptions::default() }).await.unwrap()
}

async fn ask(tenant: &RunningTenant, method: Method, path: &str, body: Value) -> Reply {
    let request = CLIENT.request(method, format!("{}{path}", tenant.control_url().unwrap()));
    Reply::of(if body.is_null() { request } else { request.json(&body) }).await
}

/// Arms over HTTP; the id.
async fn arm(tenant: &RunningTenant, body: Value) -> u64 {
    let reply = ask(tenant, Method::POST, "/faults", body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()["id"].as_u64().unwrap()
}

fn patch_of(tenant: &RunningTenant, name: &str, keys: Value) -> reqwest::RequestBuilder {
    let url = format!("{}/v1.0/applications/{}", tenant.base_url(), application(tenant, name).id);
    CLIENT.patch(url).bearer_auth(tenant.graph_token(MARA).unwrap()).json(&json!({"keyCredentials": keys}))
}

#[tokio::test]
async fn an_ordered_error_has_the_form_of_what_was_asked() {
    let tenant = controlled().await;
    arm(&tenant, json!({"path": "/v1.0/*", "fault": {"kind": "status", "status": 429, "retry_after": 7}})).await;
    arm(&tenant, json!({"path": "*/token", "fault": {"kind": "status", "status": 503}})).await;
    arm(&tenant, json!({"path": "/_vault/*", "method": "get", "fault": {"kind": "status", "status": 500, "message": "Ordered."}})).await;
    let reply = Graph::of(&tenant, OWEN).get("/applications").await;
    assert_eq!(reply.graph_error(), (429, "TooManyRequests".into(), "Too many requests".into()));
    assert_eq!(reply.header("retry-after"), Some("7"));
    assert_eq!(reply.header("x-ms-throttle-information"), Some("ResourceUnitLimitExceeded"));
    assert!(reply.json()["error"]["innerError"]["request-id"].is_string());
    let reply = post_form(&token_url(&tenant), &[("grant_type", "client_credentials")]).await;
    assert_eq!((reply.status, &reply.json()["error"]), (503, &json!("temporarily_unavailable")));
    assert_eq!(reply.json()["error_codes"], json!([90033]));
    let vault = Vault::of(&tenant, APPS, MARA);
    assert_eq!(vault.get("/keys").await.graph_error(), (500, "InternalServerError".into(), "Ordered.".into()));
    assert_ne!(vault.post("/keys/payroll-batch/sign", json!({})).await.status, 500, "that was for GET");

    let armed = ask(&tenant, Method::GET, "/faults", Value::Null).await.json();
    let struck: Vec<_> = armed.as_array().unwrap().iter().map(|one| one["struck"].as_u64().unwrap()).collect();
    assert_eq!(struck, [1, 1, 1]);
    let id = armed[0]["id"].as_u64().unwrap();
    assert_eq!(ask(&tenant, Method::DELETE, &format!("/faults/{id}"), Value::Null).await.status, 204);
    assert_eq!(ask(&tenant, Method::DELETE, &format!("/faults/{id}"), Value::Null).await.status, 404);
    assert_eq!(Graph::of(&tenant, OWEN).get("/applications").await.status, 200);
    assert_eq!(ask(&tenant, Method::DELETE, "/faults", Value::Null).await.status, 204);
    assert_eq!(vault.get("/keys").await.status, 200);
}

#[tokio::test]
async fn a_lost_answer_is_not_a_lost_write() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let graph = Graph::of(&tenant, MARA);
    let kinds = [
        FaultKind::Reset,
        FaultKind::Timeout { milliseconds: 5 },
        FaultKind::Status { status: 504, code: None, message: None, retry_after: None },
    ];
    for kind in kinds {
        for (when, written) in [(FaultMoment::Before, false), (FaultMoment::After, true)] {
            let before = graph.keys(&app).await.len();
            let mut keys = graph.keys_without_material(&app).await;
            keys.push(Identity::new("lost").credential());
            let path = format!("/v1.0/applications/{}", app.id);
            let rule =
                FaultRule { method: Some("PATCH".into()), path, when, times: Some(1), ..FaultRule::new(kind.clone()) };
            tenant.add_fault(rule);
            match patch_of(&tenant, "payroll-batch", json!(keys)).send().await {
                Ok(answer) => assert_eq!((&kind, answer.status().as_u16()), (&kind, 504)),
                Err(error) => assert!(!matches!(kind, FaultKind::Status { .. }) && !error.is_connect(), "{error:?}"),
            }
            assert_eq!(graph.keys(&app).await.len(), before + usize::from(written), "{kind:?} {when:?}");
        }
    }
    let patches: Vec<u16> =
        tenant.requests().iter().filter(|one| one.method == "PATCH").map(|one| one.status).collect();
    assert_eq!(patches, [0, 0, 0, 0, 504, 504], "0: never answered");
}

#[tokio::test]
async fn a_slow_answer_is_the_right_one() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, OWEN);
    for when in [FaultMoment::Before, FaultMoment::After] {
        tenant.add_fault(FaultRule { when, times: Some(1), ..FaultRule::new(FaultKind::Slow { milliseconds: 60 }) });
        let begun = std::time::Instant::now();
        let reply = graph.get("/me").await;
        assert!(begun.elapsed() >= std::time::Duration::from_millis(60));
        assert_eq!(reply.json()["userPrincipalName"], OWEN);
    }
}

#[tokio::test]
async fn a_rate_strikes_the_same_requests_every_time() {
    let run = async || {
        let tenant = controlled().await;
        arm(&tenant, json!({"rate": 0.4, "seed": 42, "skip": 2, "fault": {"kind": "status", "status": 503}})).await;
        let graph = Graph::of(&tenant, OWEN);
        let mut seen = vec![];
        for _ in 0..30 {
            seen.push(graph.get("/me").await.status);
        }
        seen
    };
    let (first, second) = (run().await, run().await);
    assert_eq!(first, second);
    assert_eq!(first[..2], [200, 200]);
    let struck = first.iter().filter(|&&status| status == 503).count();
    assert!((4..=20).contains(&struck), "{first:?}");
}

fn names(keys: &[Value]) -> Vec<&str> {
    keys.iter().map(|key| key["displayName"].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn somebody_elses_blind_append_takes_the_new_certificate_away() {
    let tenant = controlled().await;
    let app = application(&tenant, "payroll-batch");
    let body =
        json!({"application": app.id, "trigger": {"on": "after_write"}, "action": {"do": "blind_append"}, "times": 1});
    assert_eq!(ask(&tenant, Method::POST, "/writers", body).await.status, 201);
    let graph = Graph::of(&tenant, OWEN);
    let mut keys = graph.keys_without_material(&app).await;
    keys.push(Identity::new("mine").credential());
    // Another application, and a write of nothing but the name, wake nobody.
    Graph::of(&tenant, MARA).patch_keys(&application(&tenant, "dns-updater"), json!([])).await;
    graph.patch(&format!("/applications/{}", app.id), json!({"displayName": "payroll-batch"})).await;
    assert_eq!(graph.keys(&app).await.len(), 2);
    assert_eq!(graph.patch_keys(&app, keys.clone()).await.status, 204);
    let after = graph.keys(&app).await;
    assert_eq!(after.len(), 3);
    assert!(names(&after).contains(&"CN=concurrent-writer-1") && !names(&after).contains(&"CN=mine"), "{after:?}");
    // That was the one time.
    assert_eq!(ask(&tenant, Method::GET, "/writers", Value::Null).await.json(), json!([]));
    let mut keys = graph.keys_without_material(&app).await;
    keys.push(Identity::new("mine").credential());
    graph.patch_keys(&app, keys).await;
    assert!(names(&graph.keys(&app).await).contains(&"CN=mine"));
}

#[tokio::test]
async fn others_write_between_a_read_and_a_write() {
    let tenant = demo().await;
    let app = application(&tenant, "hr-offboarding-worker");
    let graph = Graph::of(&tenant, OWEN);
    let count = graph.keys(&app).await.len();
    let first = graph.keys(&app).await[0]["keyId"].as_str().unwrap().parse().unwrap();
    let add = |action, times| {
        let writer =
            ConcurrentWriter { application: app.id, trigger: WriterTrigger::AfterRead, action, times: Some(times) };
        tenant.add_writer(writer).unwrap().unwrap()
    };
    add(WriterAction::Append, 1);
    assert_eq!(graph.keys(&app).await.len(), count, "the read itself is from before");
    assert_eq!(graph.keys(&app).await.len(), count + 1);
    add(WriterAction::RemoveLast, 1);
    graph.keys(&app).await;
    assert_eq!(graph.keys(&app).await.len(), count);
    add(WriterAction::Remove { key_id: first }, 1);
    graph.keys(&app).await;
    assert!(graph.keys(&app).await.iter().all(|key| key["keyId"] != first.to_string()));
    let last = add(WriterAction::ReplaceAll, 2);
    graph.keys(&app).await;
    assert_eq!(names(&graph.keys(&app).await), ["CN=concurrent-writer-1"]);
    assert!(!tenant.remove_writer(last), "it wrote twice and is gone");
    let nobody = ConcurrentWriter {
        application: uuid::Uuid::new_v4(),
        trigger: WriterTrigger::AfterRead,
        action: WriterAction::Append,
        times: None,
    };
    assert_eq!(tenant.add_writer(nobody).unwrap(), None);
}

#[tokio::test]
async fn a_periodic_writer_goes_by_the_tenants_clock() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let trigger = WriterTrigger::Every { seconds: 30 };
    let writer = ConcurrentWriter { application: app.id, trigger, action: WriterAction::Append, times: None };
    let id = tenant.add_writer(writer).unwrap().unwrap();
    let graph = Graph::of(&tenant, OWEN);
    let count = async || graph.keys(&app).await.len();
    assert_eq!(count().await, 2);
    tenant.move_clock(Duration::seconds(31));
    assert_eq!((count().await, count().await), (3, 3));
    tenant.move_clock(Duration::minutes(10));
    assert_eq!(count().await, 4, "once, however late it is");
    assert!(tenant.remove_writer(id));
    tenant.move_clock(Duration::minutes(1));
    assert_eq!(count().await, 4);
}

#[tokio::test]
async fn behaviour_is_read_and_set() {
    let tenant = controlled().await;
    let shown = ask(&tenant, Method::GET, "/behaviour", Value::Null).await.json();
    assert_eq!((&shown["propagation"], &shown["token_lifetime_seconds"]), (&json!(0.0), &Value::Null));
    let reply =
        ask(&tenant, Method::PATCH, "/behaviour", json!({"propagation": "real", "stale_reads_seconds": 9})).await;
    assert_eq!((&reply.json()["propagation"], &reply.json()["stale_reads_seconds"]), (&json!("real"), &json!(9.0)));
    for bad in [json!({"propagation": -1}), json!({"propagation": "soon"}), json!({"nonsense": 1}), json!([])] {
        let reply = ask(&tenant, Method::PATCH, "/behaviour", bad.clone()).await;
        assert_eq!((reply.status, reply.header("content-type")), (400, Some("application/problem+json")), "{bad}");
    }
    // Four seconds later nobody has seen the write yet, 18 later everybody has.
    let app = application(&tenant, "payroll-batch");
    let identity = Identity::new("late");
    let written = OffsetDateTime::now_utc();
    let mut keys = Graph::of(&tenant, MARA).keys_without_material(&app).await;
    keys.push(identity.credential());
    assert_eq!(Graph::of(&tenant, MARA).patch_keys(&app, keys).await.status, 204);
    let attempt = async || {
        let assertion = identity.assertion(&claims(&tenant, app.app_id, written));
        client_credentials(&tenant, app.app_id, &assertion).await.status
    };
    assert_eq!(attempt().await, 401);
    tenant.move_clock(Duration::seconds(18));
    assert_eq!(attempt().await, 200);
}

#[tokio::test]
async fn clock_and_log_are_shown_and_changed() {
    let tenant = controlled().await;
    let reply = ask(&tenant, Method::POST, "/clock", json!({"advance_seconds": 3600})).await;
    assert_eq!(reply.json()["offset_seconds"], 3600);
    let reply = ask(&tenant, Method::POST, "/clock", json!({"offset_seconds": -60})).await;
    assert_eq!(reply.json()["offset_seconds"], -60);
    assert_eq!(tenant.move_clock(Duration::ZERO), Duration::seconds(-60));
    assert_eq!(ask(&tenant, Method::POST, "/clock", json!({"jump": 1})).await.status, 400);
    Graph::of(&tenant, OWEN).get("/me").await;
    let log = ask(&tenant, Method::GET, "/requests", Value::Null).await.json();
    let [one] = log.as_array().unwrap().as_slice() else { panic!("{log}") };
    assert_eq!((&one["method"], &one["path"], &one["status"]), (&json!("GET"), &json!("/v1.0/me"), &json!(200)));
    assert_eq!(ask(&tenant, Method::DELETE, "/requests", Value::Null).await.status, 204);
    assert_eq!(tenant.requests(), []);
    let overview = ask(&tenant, Method::GET, "/", Value::Null).await.json();
    assert_eq!(overview["base_url"], tenant.base_url());
    assert_eq!(overview["vaults"][0]["name"], APPS);
}

#[tokio::test]
async fn a_reset_brings_the_seed_back_and_keeps_the_portal() {
    let tenant = controlled().await;
    let portal = tenant.register_portal(PortalRegistration {
        display_name: "Portal".into(),
        redirect_uri: "http://127.0.0.1:3000/callback".into(),
        logout_uri: "http://127.0.0.1:3000/".into(),
        certificate_der: Identity::new("portal").der,
    });
    let before = tenant.applications();
    let seeded = tenant.seed_report();
    let graph = Graph::of(&tenant, MARA);
    let app = application(&tenant, "payroll-batch");
    graph.patch(&format!("/applications/{}", app.id), json!({"displayName": "changed", "keyCredentials": []})).await;
    graph.post("/applications", json!({"displayName": "new"})).await;
    tenant.renew_certificate(APPS, "payroll-batch").unwrap();
    tenant.add_fault(FaultRule::new(FaultKind::Reset));
    tenant.set_behaviour(|behaviour| behaviour.aud_strict = true);
    tenant.move_clock(Duration::days(3));
    assert_eq!(ask(&tenant, Method::POST, "/reset", Value::Null).await.status, 204);
    assert_eq!(tenant.applications(), before);
    assert_eq!(tenant.seed_report(), seeded);
    assert!(tenant.applications().iter().any(|app| app.app_id == portal.app_id));
    assert_eq!(tenant.requests(), []);
    assert_eq!(tenant.move_clock(Duration::ZERO), Duration::ZERO);
    assert_eq!(ask(&tenant, Method::GET, "/behaviour", Value::Null).await.json()["aud_strict"], false);
    // The token from before is still good, and a vault's certificate is on its application as at the start.
    assert_eq!(graph.keys(&app).await.len(), 2);
    let vault = Vault::of(&tenant, APPS, MARA);
    let versions = vault.get("/certificates/payroll-batch/versions").await.json();
    assert_eq!(versions["value"].as_array().unwrap().len(), 2);
    let newest = vault.certificate("payroll-batch").await["cer"].clone();
    assert!(graph.keys(&app).await.iter().any(|key| key["key"] == newest));
}

#[tokio::test]
async fn vaults_are_made_and_roles_given() {
    let tenant = controlled().await;
    let reply = ask(&tenant, Method::POST, "/vaults", json!({"name": "contoso-more"})).await;
    assert_eq!((reply.status, &reply.json()["url"]), (201, &json!(tenant.vault_url("contoso-more").unwrap())));
    assert_eq!(ask(&tenant, Method::POST, "/vaults", json!({"name": "contoso-more"})).await.status, 409);
    assert_eq!(ask(&tenant, Method::POST, "/vaults", json!({"name": "a.b"})).await.status, 400);
    let sofia = Vault::of(&tenant, "contoso-more", SOFIA);
    let assignment = |role: &str| json!({"principal": SOFIA, "role": role});
    let path = "/vaults/contoso-more/roles";
    assert_eq!(sofia.get("/certificates").await.status, 403);
    assert_eq!(ask(&tenant, Method::POST, path, assignment("Key Vault Reader")).await.status, 204);
    assert_eq!(sofia.get("/certificates").await.json(), json!({"value": [], "nextLink": null}));
    assert_eq!(ask(&tenant, Method::DELETE, path, assignment("Reader")).await.status, 204);
    assert_eq!(sofia.get("/certificates").await.status, 403);
    assert_eq!(ask(&tenant, Method::POST, path, assignment("Owner")).await.status, 400);
    let renew = format!("/vaults/{APPS}/certificates/backup-agent/renew");
    assert_eq!(ask(&tenant, Method::POST, &renew, Value::Null).await.json()["version"].as_str().unwrap().len(), 32);
    assert_eq!(ask(&tenant, Method::POST, "/vaults/x/certificates/y/renew", Value::Null).await.status, 404);
}

#[tokio::test]
async fn nobody_gets_there_from_outside() {
    let tenant = controlled().await;
    // Not on the tenant's own port.
    for (method, path) in
        [(Method::GET, "/faults"), (Method::POST, "/reset"), (Method::GET, "/requests"), (Method::PATCH, "/behaviour")]
    {
        let reply = Reply::of(CLIENT.request(method, format!("{}{path}", tenant.base_url()))).await;
        assert_eq!(reply.status, 404, "{path}");
    }
    // Not from a page in a browser, under whatever name it has this address.
    let url = format!("{}/", tenant.control_url().unwrap());
    assert_eq!(Reply::of(CLIENT.get(&url)).await.status, 200);
    assert_eq!(Reply::of(CLIENT.get(&url).header("origin", "https://evil.example")).await.status, 403);
    assert_eq!(Reply::of(CLIENT.get(&url).header("host", "evil.example")).await.status, 403);
    assert_eq!(Reply::of(CLIENT.get(&url).header("host", "localhost:1")).await.status, 200);
    // Not on other addresses.
    let control = Some(SocketAddr::from(([0, 0, 0, 0], 0)));
    let refused = local_tenant::start(TenantOptions { control, ..TenantOptions::default() }).await.err().unwrap();
    assert!(matches!(refused, TenantError::ControlNotLoopback { .. }), "{refused}");
    // And only where it was asked for.
    assert_eq!(demo().await.control_url(), None);
    // It stops with the tenant.
    let address = tenant.control_url().unwrap().trim_start_matches("http://").to_owned();
    tenant.shutdown().await;
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
}
