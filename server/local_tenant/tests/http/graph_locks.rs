//! What keeps credentials from being changed or added: property locks, and who is exempt from a policy; and the unique
//! name by which an application is found.

use local_tenant::{PropertyLock, RunningTenant};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::support::{Graph, Identity, MARA, OWEN, Reply, claims, client_credentials, create, date, empty, id, text};

/// An application with a lock, and its service principal's path.
async fn locked(graph: &Graph, audience: &str, lock: Value) -> (Value, String) {
    let body = json!({"displayName": "app", "signInAudience": audience, "servicePrincipalLockConfiguration": lock});
    let app = create(graph, body).await;
    let made = graph.post("/servicePrincipals", json!({"appId": text(&app, "appId")})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let path = format!("/servicePrincipals/{}", id(&made.json()));
    (app, path)
}

#[track_caller]
fn is_locked(reply: &Reply, property: &str) {
    let code = "CannotUpdateLockedServicePrincipalProperty".to_owned();
    assert_eq!(reply.graph_error(), (400, code, format!("Property {property} is invalid.")));
}

#[tokio::test]
async fn a_lock_keeps_credentials_of_a_multi_tenant_application_s_service_principal() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let identity = Identity::new("locked");
    let keys = json!({"keyCredentials": [identity.credential()]});
    let all = json!({"isEnabled": true, "allProperties": true});
    let (app, service) = locked(&graph, "AzureADMultipleOrgs", all.clone()).await;
    is_locked(&graph.patch(&service, keys.clone()).await, "keyCredentials");
    is_locked(&graph.post(&format!("{service}/addPassword"), json!({})).await, "passwordCredentials");
    let encryption = json!({"tokenEncryptionKeyId": "11111111-2222-3333-4444-555555555555"});
    is_locked(&graph.patch(&service, encryption.clone()).await, "tokenEncryptionKeyId");
    assert_eq!(graph.patch(&service, json!({"notes": "n"})).await.status, 204, "what is not sensitive");
    let registration = format!("/applications/{}", id(&app));
    assert_eq!(graph.patch(&registration, keys.clone()).await.status, 204, "certificates go to the application");
    let off = json!({"servicePrincipalLockConfiguration": {"isEnabled": false, "allProperties": true}});
    assert_eq!(graph.patch(&registration, off).await.status, 204);
    assert_eq!(graph.patch(&service, keys.clone()).await.status, 204);

    let verify = json!({"isEnabled": true, "credentialsWithUsageVerify": true});
    let (_, service) = locked(&graph, "AzureADMultipleOrgs", verify).await;
    is_locked(&graph.patch(&service, keys.clone()).await, "keyCredentials");
    assert_eq!(graph.patch(&service, encryption).await.status, 204);
    let signing = identity.credential_with(json!({"type": "X509CertAndPassword", "usage": "Sign"}));
    assert_eq!(graph.patch(&service, json!({"keyCredentials": [signing]})).await.status, 204);

    let (_, service) = locked(&graph, "AzureADMyOrg", all).await;
    tenant.set_behaviour(|behaviour| behaviour.property_lock = PropertyLock::SingleTenantToo);
    is_locked(&graph.patch(&service, keys.clone()).await, "keyCredentials");
    tenant.set_behaviour(|behaviour| behaviour.property_lock = PropertyLock::MultiTenant);
    assert_eq!(graph.patch(&service, keys).await.status, 204);
}

fn with_scopes(tenant: &RunningTenant, name: &str, scopes: &[&str]) -> Graph {
    Graph::with_token(tenant, tenant.graph_token_with_scopes(name, scopes).unwrap())
}

#[tokio::test]
async fn a_policy_exempts_whoever_has_the_attribute() {
    let tenant = empty().await;
    tenant.give_directory_role(MARA, "Security Administrator");
    let policies = with_scopes(&tenant, MARA, &["Policy.ReadWrite.ApplicationConfiguration"]);
    let exemption = json!({
        "@odata.type": "#microsoft.graph.customSecurityAttributeStringValueExemption",
        "id": "PolicyExemptions_AppManagementExemption", "operator": "equals", "value": "Exempt",
    });
    let restriction = |exempt: Value| {
        json!({"isEnabled": true, "applicationRestrictions": {"keyCredentials": [{
            "restrictionType": "asymmetricKeyLifetime", "maxLifetime": "P90D",
            "restrictForAppsCreatedAfterDateTime": "2015-01-01T00:00:00Z", "excludeActors": exempt,
        }]}})
    };
    let policy = "/policies/defaultAppManagementPolicy";
    let wanted = json!({"customSecurityAttributes": [exemption]});
    assert_eq!(policies.patch(policy, restriction(wanted.clone())).await.status, 204);
    let shown = policies.get(policy).await.json();
    assert_eq!(shown["applicationRestrictions"]["keyCredentials"][0]["excludeActors"], wanted);
    for wrong in [
        json!({"customSecurityAttributes": [{"id": "a_b", "operator": "contains", "value": "x"}]}),
        json!({"customSecurityAttributes": vec![exemption.clone(); 6]}),
        json!([]),
    ] {
        assert_eq!(policies.patch(policy, restriction(wrong)).await.graph_error().0, 400);
    }

    let identity = Identity::valid(
        "year",
        OffsetDateTime::now_utc() - Duration::hours(1),
        OffsetDateTime::now_utc() + Duration::days(365),
    );
    let graph = Graph::of(&tenant, OWEN);
    let body = |name: &str| json!({"displayName": name, "keyCredentials": [identity.credential()]});
    let refused = graph.post("/applications", body("too long")).await;
    assert_eq!(refused.graph_error().1, "CredentialInvalidLifetimeAsPerAppPolicy");

    let user = format!("/users/{OWEN}");
    let attributes = |value: Value| {
        json!({"customSecurityAttributes": {"PolicyExemptions": {
            "@odata.type": "#Microsoft.DirectoryServices.CustomSecurityAttributeValue", "AppManagementExemption": value,
        }}})
    };
    assert_eq!(graph.patch(&user, attributes(json!("Exempt"))).await.graph_error().0, 403);
    let assigner = with_scopes(&tenant, MARA, &["CustomSecAttributeAssignment.ReadWrite.All", "Application.Read.All"]);
    assert_eq!(assigner.patch(&user, attributes(json!("exempt"))).await.status, 204);
    assert_eq!(graph.post("/applications", body("other case")).await.status, 400);
    assert_eq!(assigner.patch(&user, attributes(json!("Exempt"))).await.status, 204);
    let select = format!("{user}?$select=customSecurityAttributes");
    assert_eq!(graph.get(&select).await.status, 403);
    let shown = assigner.get(&select).await.json();
    assert_eq!(shown["customSecurityAttributes"], attributes(json!("Exempt"))["customSecurityAttributes"]);
    let app = create(&graph, body("exempt")).await;
    let colleague = Graph::of(&tenant, MARA);
    assert_eq!(colleague.post("/applications", body("not exempt")).await.status, 400, "whoever else");
    assert_eq!(assigner.patch(&user, attributes(Value::Null)).await.status, 204);
    assert_eq!(graph.post("/applications", body("no longer")).await.status, 400);

    // An application by itself is exempt by its service principal.
    let client = text(&app, "appId");
    let service = graph.post("/servicePrincipals", json!({"appId": client})).await.json();
    assert!(tenant.grant_graph_permissions(client.parse().unwrap(), &["Application.ReadWrite.All"]));
    let assertion = identity.assertion(&claims(&tenant, &client, OffsetDateTime::now_utc()));
    let token = text(&client_credentials(&tenant, &client, &assertion).await.json(), "access_token");
    let itself = Graph::with_token(&tenant, token);
    let long = json!({"endDateTime": date(OffsetDateTime::now_utc() + Duration::days(200))});
    let more = json!({"displayName": "more", "keyCredentials": [identity.credential_with(long)]});
    assert_eq!(itself.post("/applications", more.clone()).await.status, 400);
    let path = format!("/servicePrincipals/{}", id(&service));
    assert_eq!(assigner.patch(&path, attributes(json!("Exempt"))).await.status, 204);
    assert_eq!(itself.post("/applications", more).await.status, 201);
    let both = json!({"customSecurityAttributes": {}, "notes": "n"});
    assert_eq!(assigner.patch(&path, both).await.graph_error().0, 403, "what is not an attribute needs its own right");
}

#[tokio::test]
async fn an_application_is_found_by_its_unique_name() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let app = create(&graph, json!({"displayName": "app", "uniqueName": "owen's app"})).await;
    let path = "/applications(uniqueName='owen''s%20app')";
    assert_eq!(id(&graph.get(path).await.json()), id(&app));
    assert_eq!(graph.patch(path, json!({"notes": "n"})).await.status, 204);
    assert_eq!(graph.get(&format!("{path}/owners")).await.json()["value"].as_array().unwrap().len(), 1);
    assert_eq!(graph.post(&format!("{path}/addPassword"), json!({})).await.status, 200);
    let inner = json!({"id": "1", "method": "GET", "url": path});
    let batch = graph.post("/$batch", json!({"requests": [inner]})).await.json();
    assert_eq!(batch["responses"][0]["body"]["notes"], "n", "{batch}");
    let nobody = graph.patch("/applications(uniqueName='nobody')", json!({"displayName": "made?"})).await;
    assert_eq!(nobody.graph_error().0, 404);
    assert_eq!(graph.get("/servicePrincipals(uniqueName='x')").await.graph_error().0, 400);
}
