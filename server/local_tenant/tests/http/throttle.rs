//! Each documented limit, with Graph's own figures or the same scaled down.

use local_tenant::{RunningTenant, Throttle};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::support::{Graph, Identity, MARA, OWEN, Reply, claims, client_credentials, create, empty, id, text};

fn scaled(tenant: &RunningTenant, throttle: Throttle) {
    tenant.set_behaviour(|behaviour| behaviour.throttle = throttle);
}

/// Scope without its ids, and what was too much.
#[track_caller]
fn limit(reply: &Reply) -> (String, String) {
    assert_eq!((reply.status, reply.json()["error"]["code"].as_str()), (429, Some("TooManyRequests")), "{reply:?}");
    assert!(reply.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    let scope = reply.header("x-ms-throttle-scope").unwrap();
    let parts: Vec<&str> = scope.split('/').collect();
    assert_eq!(parts.len(), 4, "{scope}");
    (parts[..2].join("/"), reply.header("x-ms-throttle-information").unwrap().to_owned())
}

async fn rename(graph: &Graph, app: &Value) -> Reply {
    graph.patch(&format!("/applications/{}", id(app)), json!({"notes": "n"})).await
}

#[tokio::test]
async fn the_logs_take_five_reads_in_ten_seconds() {
    let tenant = empty().await;
    let graph = Graph::with_token(&tenant, tenant.graph_token_with_scopes(MARA, &["AuditLog.Read.All"]).unwrap());
    scaled(&tenant, Throttle::Real);
    for path in ["/auditLogs/directoryAudits", "/auditLogs/signIns"].iter().cycle().take(5) {
        assert_eq!(graph.get(path).await.status, 200);
    }
    let reply = graph.get("/auditLogs/directoryAudits").await;
    assert_eq!(limit(&reply), ("Tenant_Application/Read".into(), "ResourceUnitLimitExceeded".into()));
    assert_eq!(graph.get("/me").await.status, 200, "other reads go on");
    tenant.move_clock(Duration::seconds(10));
    assert_eq!(graph.get("/auditLogs/directoryAudits").await.status, 200);
}

#[tokio::test]
async fn certificates_are_selected_150_times_a_minute_in_the_whole_tenant() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let app = create(&graph, json!({"displayName": "app"})).await;
    let path = format!("/applications/{}?$select=id,keyCredentials", id(&app));
    scaled(&tenant, Throttle::Real);
    for _ in 0..150 {
        assert_eq!(graph.get(&path).await.status, 200);
    }
    let somebody_else = Graph::of(&tenant, MARA);
    assert_eq!(limit(&somebody_else.get(&path).await), ("Tenant/Read".into(), "ResourceUnitLimitExceeded".into()));
    assert_eq!(graph.get(&format!("/applications/{}?$select=id", id(&app))).await.status, 200);
    tenant.move_clock(Duration::minutes(1));
    assert_eq!(graph.get(&path).await.status, 200);
}

#[tokio::test]
async fn resource_units_go_by_what_a_request_costs() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    // Eight people: 3,500 units in ten seconds, a tenth of them here. A list costs two.
    scaled(&tenant, Throttle::Scaled(0.1));
    let mut lists = 0;
    let reply = loop {
        let reply = graph.get("/applications").await;
        if reply.status != 200 {
            break reply;
        }
        lists += 1;
    };
    assert_eq!(limit(&reply), ("Tenant_Application/ReadWrite".into(), "ResourceUnitLimitExceeded".into()));
    assert_eq!(lists, 175);
}

#[tokio::test]
async fn applications_for_personal_accounts_take_60_writes_a_minute() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let audience = json!({"displayName": "personal", "signInAudience": "AzureADandPersonalMicrosoftAccount"});
    let (personal, own) = (create(&graph, audience.clone()).await, create(&graph, json!({"displayName": "own"})).await);
    scaled(&tenant, Throttle::Real);
    for _ in 0..60 {
        assert_eq!(rename(&graph, &personal).await.status, 204);
    }
    let write_limit = || ("Tenant_Application/Write".to_owned(), "WriteLimitExceeded".to_owned());
    assert_eq!(limit(&rename(&graph, &personal).await), write_limit());
    assert_eq!(limit(&graph.post("/applications", audience).await), write_limit());
    assert_eq!(rename(&graph, &own).await.status, 204, "other applications are not among them");
    tenant.move_clock(Duration::minutes(1));
    assert_eq!(rename(&graph, &personal).await.status, 204);
}

#[tokio::test]
async fn writes_are_limited_by_application_and_by_tenant() {
    let tenant = empty().await;
    let admin = Graph::of(&tenant, MARA);
    let identity = Identity::new("writer");
    let mut writers = vec![];
    for number in 0..7 {
        let name = format!("writer-{number}");
        let app = create(&admin, json!({"displayName": name, "keyCredentials": [identity.credential()]})).await;
        let client = text(&app, "appId");
        assert_eq!(admin.post("/servicePrincipals", json!({"appId": client})).await.status, 201);
        assert!(tenant.grant_graph_permissions(client.parse().unwrap(), &["Application.ReadWrite.All"]));
        let assertion = identity.assertion(&claims(&tenant, &client, OffsetDateTime::now_utc()));
        let token = client_credentials(&tenant, &client, &assertion).await.json();
        writers.push((Graph::with_token(&tenant, text(&token, "access_token")), app));
    }
    // 3 writes of an application in 150 seconds, 18 of the tenant in 300.
    scaled(&tenant, Throttle::Scaled(0.001));
    for (graph, app) in &writers[..6] {
        for _ in 0..3 {
            assert_eq!(rename(graph, app).await.status, 204);
        }
    }
    let (graph, app) = &writers[0];
    assert_eq!(limit(&rename(graph, app).await), ("Tenant_Application/Write".into(), "WriteLimitExceeded".into()));
    let (graph, app) = &writers[6];
    assert_eq!(limit(&rename(graph, app).await), ("Tenant/Write".into(), "WriteLimitExceeded".into()));
    tenant.move_clock(Duration::seconds(150));
    let (graph, app) = &writers[0];
    assert_eq!(limit(&rename(graph, app).await).0, "Tenant/Write", "the tenant's window is twice as long");
    tenant.move_clock(Duration::seconds(150));
    assert_eq!(rename(graph, app).await.status, 204);
}
