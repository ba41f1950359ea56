//! What a caller sees less of, or later: by settings.

use local_tenant::RunningTenant;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::support::*;

fn reader(tenant: &RunningTenant, scopes: &[&str]) -> Graph {
    let scopes: Vec<&str> = scopes.iter().copied().chain(["Application.Read.All"]).collect();
    Graph::with_token(tenant, tenant.graph_token_with_scopes(SOFIA, &scopes).unwrap())
}

#[tokio::test]
async fn owners_without_a_permission_for_people_are_type_and_id() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let list = format!("/applications/{}/owners?$select=id,displayName", app.id);
    let object = format!("/applications/{}?$expand=owners($select=id,displayName)", app.id);
    let names = async |graph: &Graph| {
        let listed = graph.get(&list).await.json()["value"][0].clone();
        let expanded = graph.get(&object).await.json()["owners"][0].clone();
        assert_eq!(listed, expanded);
        assert!(listed["id"].is_string() && listed["@odata.type"] == "#microsoft.graph.user", "{listed}");
        listed["displayName"].clone()
    };
    assert_eq!(names(&reader(&tenant, &[])).await, "Owen Carter");
    tenant.set_behaviour(|behaviour| behaviour.limited_owners = true);
    assert_eq!(names(&reader(&tenant, &[])).await, Value::Null);
    assert_eq!(names(&reader(&tenant, &["User.ReadBasic.All"])).await, "Owen Carter");
}

#[tokio::test]
async fn expanded_lists_have_100_rows_and_no_advanced_query() {
    let seed = local_tenant::Seed::Applications(150);
    let tenant = local_tenant::start(local_tenant::TenantOptions { seed, ..Default::default() }).await.unwrap();
    let graph = reader(&tenant, &[]);
    let path = "/applications?$expand=owners&$top=999";
    let rows = async |path: &str| graph.get(path).await.json()["value"].as_array().unwrap().len();
    assert_eq!(rows(path).await, 150);
    assert_eq!(graph.get_eventual(&format!("{path}&$count=true")).await.status, 200);
    tenant.set_behaviour(|behaviour| behaviour.strict_expand = true);
    assert_eq!(rows(path).await, 100);
    let next = text(&graph.get(path).await.json(), "@odata.nextLink");
    assert_eq!(rows(&next).await, 50);
    assert_eq!(rows("/applications?$top=999").await, 150);
    let refused = graph.get_eventual(&format!("{path}&$count=true")).await.graph_error();
    assert_eq!((refused.0, refused.1.as_str()), (400, "Request_UnsupportedQuery"));
}

#[tokio::test]
async fn audits_come_late() {
    let tenant = demo().await;
    tenant.set_behaviour(|behaviour| behaviour.audit_delay = Duration::minutes(5));
    create(&Graph::of(&tenant, MARA), json!({"displayName": "new"})).await;
    let seen = async || {
        let token = tenant.graph_token_with_scopes(MARA, &["AuditLog.Read.All"]).unwrap();
        let log = Graph::with_token(&tenant, token).get("/auditLogs/directoryAudits").await.json();
        log["value"].as_array().unwrap().len()
    };
    assert_eq!(seen().await, 0);
    tenant.move_clock(Duration::minutes(5));
    assert_eq!(seen().await, 1);
}

#[tokio::test]
async fn the_report_of_last_sign_ins_follows_the_log_or_stands_still() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let identity = Identity::new("payroll");
    let owner = Graph::of(&tenant, OWEN);
    assert_eq!(owner.patch_keys(&app, [identity.credential()]).await.status, 204);
    let key_id = text(&owner.keys(&app).await[0], "keyId");
    let token = tenant.graph_token_with_scopes(MARA, &["AuditLog.Read.All"]).unwrap();
    let log = Graph::with_token(&tenant, token).beta();
    let path = format!("/reports/appCredentialSignInActivities?$filter=keyId eq '{key_id}'");
    assert_eq!(log.get(&path).await.json()["value"], json!([]));
    let wrong = identity.assertion(&with(claims(&tenant, app.app_id, OffsetDateTime::now_utc()), json!({"sub": "x"})));
    assert_ne!(client_credentials(&tenant, app.app_id, &wrong).await.status, 200);
    assert_eq!(log.get(&path).await.json()["value"], json!([]), "an attempt is no use");
    let good = identity.assertion(&claims(&tenant, app.app_id, OffsetDateTime::now_utc()));
    assert_eq!(client_credentials(&tenant, app.app_id, &good).await.status, 200);
    let row = log.get(&path).await.json()["value"][0].clone();
    assert_eq!(
        (&row["keyType"], &row["credentialOrigin"], &row["appId"]),
        (&json!("certificate"), &json!("application"), &json!(app.app_id))
    );
    assert!(row["signInActivity"]["lastSignInDateTime"].is_string(), "{row}");
    let before = OffsetDateTime::now_utc() - Duration::days(210);
    tenant.set_behaviour(|behaviour| behaviour.activity_report_until = Some(before));
    assert_eq!(log.get(&path).await.json()["value"], json!([]), "it stands still");
    let without =
        Graph::with_token(&tenant, tenant.graph_token_with_scopes(OWEN, &["AuditLog.Read.All"]).unwrap()).beta();
    assert_eq!(without.get(&path).await.status, 403);
}

#[tokio::test]
async fn delta_can_be_silent_about_credentials() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, MARA);
    let app = application(&tenant, "payroll-batch");
    let path = format!("/applications/{}", app.id);
    let latest = graph.get("/applications/delta?$deltatoken=latest").await.json();
    let changed = async || {
        let reply = graph.get(latest["@odata.deltaLink"].as_str().unwrap()).await.json();
        reply["value"].as_array().unwrap().len()
    };
    tenant.set_behaviour(|behaviour| behaviour.delta_without_credentials = true);
    assert_eq!(graph.patch_keys(&app, [Identity::new("new").credential()]).await.status, 204);
    assert_eq!(graph.post(&format!("{path}/addPassword"), json!({"passwordCredential": {}})).await.status, 200);
    assert_eq!(changed().await, 0);
    let both = json!({"keyCredentials": [], "notes": "moved"});
    assert_eq!(graph.patch(&path, both).await.status, 204);
    assert_eq!(changed().await, 1);
    tenant.set_behaviour(|behaviour| behaviour.delta_without_credentials = false);
    let other = application(&tenant, "dns-updater");
    assert_eq!(graph.patch_keys(&other, [Identity::new("new").credential()]).await.status, 204);
    assert_eq!(changed().await, 2);
}

#[tokio::test]
async fn a_department_takes_more_than_the_basic_profile() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let paths = [
        format!("/applications/{}?$expand=owners($select=id,displayName,accountEnabled,department)", app.id),
        format!("/applications/{}/owners?$select=id,department", app.id),
        format!("/users/{OWEN}?$select=id,department"),
    ];
    let read = async |scopes: &[&str]| {
        let graph = reader(&tenant, scopes);
        let mut found = vec![];
        for path in &paths {
            let answer = graph.get(path).await.json();
            let owner = [&answer["owners"][0], &answer["value"][0], &answer]
                .into_iter()
                .find(|one| one.get("department").is_some())
                .unwrap_or_else(|| panic!("{answer}"));
            assert!(owner["id"].is_string(), "{owner}");
            found.push(owner["department"].clone());
        }
        found
    };
    assert_eq!(read(&[]).await, [Value::Null, Value::Null, Value::Null]);
    assert_eq!(read(&["User.ReadBasic.All"]).await, [Value::Null, Value::Null, Value::Null]);
    for permission in ["User.Read.All", "Directory.Read.All"] {
        assert_eq!(
            read(&[permission]).await,
            ["Human Resources", "Human Resources", "Human Resources"],
            "{permission}"
        );
    }
    let own = Graph::with_token(&tenant, tenant.graph_token_with_scopes(SOFIA, &["User.Read"]).unwrap());
    assert_eq!(own.get("/me?$select=department").await.json()["department"], "Finance");
}
