//! Policies, logs and limits.

use local_tenant::{PolicyInheritance, RunningTenant, Throttle};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::support::*;

const POLICIES: [&str; 3] = [
    "Application.ReadWrite.All",
    "Policy.ReadWrite.ApplicationConfiguration",
    "AppCertTrustConfiguration.ReadWrite.All",
];

/// A person who may write policies and change applications.
fn administrator(tenant: &RunningTenant) -> Graph {
    assert!(tenant.give_directory_role(MARA, "Security Administrator"));
    Graph::with_token(tenant, tenant.graph_token_with_scopes(MARA, &POLICIES).unwrap())
}

const EVERYBODY: &str = "0001-01-01T00:00:00Z";

fn lifetime(most: &str) -> Value {
    json!({"restrictionType": "asymmetricKeyLifetime", "state": "enabled", "maxLifetime": most,
        "restrictForAppsCreatedAfterDateTime": EVERYBODY})
}

fn no_secrets(state: &str) -> Value {
    json!({"restrictionType": "passwordAddition", "state": state, "maxLifetime": null,
        "restrictForAppsCreatedAfterDateTime": EVERYBODY})
}

#[tokio::test]
async fn the_tenants_policy_refuses_new_credentials_and_leaves_old_ones() {
    let tenant = empty().await;
    let admin = administrator(&tenant);
    let owner = Graph::of(&tenant, OWEN);
    let old = Identity::new("old");
    let app = create(&owner, json!({"displayName": "app", "keyCredentials": [old.credential()]})).await;
    let path = format!("/applications/{}", id(&app));
    let policy = "/policies/defaultAppManagementPolicy";
    assert_eq!(admin.get(policy).await.json()["isEnabled"], false);
    let restrictions = json!({"keyCredentials": [lifetime("P180D")], "passwordCredentials": [no_secrets("enabled")]});
    let change = json!({"isEnabled": true, "applicationRestrictions": restrictions});
    assert_eq!(owner.patch(policy, change.clone()).await.graph_error().0, 403);
    assert_eq!(admin.patch(policy, change).await.status, 204);
    let shown = admin.get(policy).await.json();
    assert_eq!(shown["applicationRestrictions"]["keyCredentials"][0]["maxLifetime"], "P180D");
    assert_eq!(shown["displayName"], "Default app management tenant policy");

    let new = Identity::new("new");
    let mut keys = app["keyCredentials"].as_array().unwrap().clone();
    keys.push(new.credential());
    let reply = owner.patch(&path, json!({"keyCredentials": keys})).await;
    let message = "Credential lifetime exceeds the max value allowed as per assigned policy 'Default app management tenant policy'.";
    assert_eq!(reply.graph_error(), (400, "CredentialInvalidLifetimeAsPerAppPolicy".into(), message.into()));
    let details = json!([{"code": "InvalidKeyEndDate", "message": message, "target": "EndDate"}]);
    assert_eq!(reply.json()["error"]["details"], details);
    let created = owner.post("/applications", json!({"displayName": "x", "keyCredentials": [new.credential()]})).await;
    assert_eq!(created.graph_error().1, "CredentialInvalidLifetimeAsPerAppPolicy");
    let secret = owner.post(&format!("{path}/addPassword"), json!({})).await;
    assert_eq!(secret.graph_error().1, "CredentialTypeNotAllowedAsPerAppPolicy");
    // What is there stays, however long; a shorter new one is taken.
    assert_eq!(owner.patch(&path, json!({"keyCredentials": app["keyCredentials"]})).await.status, 204);
    let end = date(new.not_before + Duration::days(179));
    *keys.last_mut().unwrap() = new.credential_with(json!({"endDateTime": end}));
    assert_eq!(owner.patch(&path, json!({"keyCredentials": keys})).await.status, 204);
    // It is about applications, and about those created since.
    let service = owner.post("/servicePrincipals", json!({"appId": app["appId"]})).await.json();
    assert_eq!(owner.post(&format!("/servicePrincipals/{}/addPassword", id(&service)), json!({})).await.status, 200);
    let later = json!({"restrictForAppsCreatedAfterDateTime": date(OffsetDateTime::now_utc() + Duration::days(1))});
    let restrictions = json!({"passwordCredentials": [with(no_secrets("enabled"), later)]});
    assert_eq!(admin.patch(policy, json!({"applicationRestrictions": restrictions})).await.status, 204);
    assert_eq!(owner.post(&format!("{path}/addPassword"), json!({})).await.status, 200);
}

#[tokio::test]
async fn an_assigned_policy_overrides_the_tenants_for_what_it_names() {
    let tenant = empty().await;
    let admin = administrator(&tenant);
    let app = create(&admin, json!({"displayName": "app"})).await;
    let path = format!("/applications/{}", id(&app));
    let restrictions = json!({"keyCredentials": [lifetime("P30D")], "passwordCredentials": [no_secrets("enabled")]});
    let change = json!({"isEnabled": true, "applicationRestrictions": restrictions});
    assert_eq!(admin.patch("/policies/defaultAppManagementPolicy", change).await.status, 204);
    let body = json!({"displayName": "Exempt", "isEnabled": true,
        "restrictions": {"passwordCredentials": [no_secrets("disabled")]}});
    let made = admin.post("/policies/appManagementPolicies", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let policy = format!("/policies/appManagementPolicies/{}", id(&made.json()));
    let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0{policy}")});
    let assign = format!("{path}/appManagementPolicies/$ref");
    let add_secret = format!("{path}/addPassword");
    assert_eq!(admin.post(&add_secret, json!({})).await.status, 400);
    assert_eq!(admin.post(&assign, reference.clone()).await.status, 204);
    assert_eq!(admin.post(&assign, reference).await.status, 400, "one at most");
    assert_eq!(admin.post(&add_secret, json!({})).await.status, 200);
    let applies = admin.get(&format!("{policy}/appliesTo")).await.json();
    assert_eq!((&applies["value"][0]["id"], applies["value"].as_array().unwrap().len()), (&app["id"], 1));
    assert_eq!(admin.get(&format!("{path}/appManagementPolicies")).await.json()["value"][0]["displayName"], "Exempt");
    // It says nothing about certificates: the tenant's rule counts, or none, as the tenant is told.
    let identity = Identity::new("year");
    let keys = json!({"keyCredentials": [identity.credential()]});
    assert_eq!(admin.patch(&path, keys.clone()).await.status, 400);
    tenant.set_behaviour(|behaviour| behaviour.policy_inheritance = PolicyInheritance::Replaces);
    assert_eq!(admin.patch(&path, keys).await.status, 204);
    let own = json!({"restrictions": {"passwordCredentials": [no_secrets("enabled")]}});
    assert_eq!(admin.patch(&policy, own).await.status, 204);
    let refused = admin.post(&add_secret, json!({})).await.graph_error();
    assert_eq!(refused.2, "Credential type not allowed as per assigned policy 'Exempt'.");
    let unassign = format!("{path}/appManagementPolicies/{}/$ref", id(&made.json()));
    assert_eq!(admin.request(reqwest::Method::DELETE, &unassign).await.status, 204);
    assert_eq!(admin.request(reqwest::Method::DELETE, &unassign).await.status, 404);
    assert_eq!(admin.request(reqwest::Method::DELETE, &policy).await.status, 204);
    assert_eq!(admin.get(&policy).await.status, 404);
}

#[tokio::test]
async fn only_certificates_of_trusted_authorities_are_taken() {
    use base64::Engine as _;
    let tenant = empty().await;
    let admin = administrator(&tenant);
    let beta = administrator(&tenant).beta();
    let app = create(&admin, json!({"displayName": "app"})).await;
    // Self-signed: each is its own issuer.
    let (trusted, other) = (Identity::new("Contoso CA"), Identity::new("Somebody"));
    let certificate = base64::engine::general_purpose::STANDARD.encode(&trusted.der);
    let body = json!({"displayName": "ours",
        "trustedCertificateAuthorities": [{"isRootAuthority": true, "certificate": certificate}]});
    let set = "/directory/certificateAuthorities/certificateBasedApplicationConfigurations";
    assert_eq!(admin.post(set, body.clone()).await.status, 405, "beta only");
    let made = beta.post(set, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let restriction = json!({"restrictionType": "trustedCertificateAuthority", "state": "enabled",
        "restrictForAppsCreatedAfterDateTime": EVERYBODY,
        "certificateBasedApplicationConfigurationIds": [id(&made.json())]});
    let change = json!({"isEnabled": true, "applicationRestrictions": {"keyCredentials": [restriction]}});
    assert_eq!(beta.patch("/policies/defaultAppManagementPolicy", change).await.status, 204);
    let path = format!("/applications/{}", id(&app));
    let keys = |identity: &Identity| json!({"keyCredentials": [identity.credential()]});
    let error = admin.patch(&path, keys(&other)).await.graph_error();
    assert_eq!((error.0, error.1.as_str()), (400, "CredentialIssuerNotTrustedAsPerAppPolicy"));
    tenant.set_behaviour(|behaviour| behaviour.untrusted_authority_code = Some("Whatever".into()));
    assert_eq!(admin.patch(&path, keys(&other)).await.graph_error().1, "Whatever");
    assert_eq!(admin.patch(&path, keys(&trusted)).await.status, 204);
}

#[tokio::test]
async fn writes_and_sign_ins_are_logged() {
    let tenant = empty().await;
    let owner = Graph::of(&tenant, OWEN);
    let identity = Identity::new("logged");
    let app = create(&owner, json!({"displayName": "logged"})).await;
    owner.post("/servicePrincipals", json!({"appId": app["appId"]})).await;
    let path = format!("/applications/{}", id(&app));
    owner.patch(&path, json!({"keyCredentials": [identity.credential()], "notes": "n"})).await;
    let key_id = text(&owner.get(&path).await.json()["keyCredentials"][0], "keyId");
    let token = |name: &str| tenant.graph_token_with_scopes(name, &["AuditLog.Read.All"]).unwrap();
    assert_eq!(owner.get("/auditLogs/directoryAudits").await.graph_error().0, 403);
    assert_eq!(Graph::with_token(&tenant, token(OWEN)).get("/auditLogs/directoryAudits").await.status, 403);
    let reader = Graph::with_token(&tenant, token(PRIYA));
    let audits = reader.get("/auditLogs/directoryAudits").await.json();
    let activities: Vec<String> =
        audits["value"].as_array().unwrap().iter().map(|one| text(one, "activityDisplayName")).collect();
    assert_eq!(
        activities,
        [
            "Update application",
            "Update application – Certificates and secrets management ",
            "Add service principal",
            "Add application"
        ]
    );
    let entry = &audits["value"][1];
    assert_eq!(entry["initiatedBy"]["user"]["userPrincipalName"], OWEN);
    assert_eq!(entry["targetResources"][0]["id"], app["id"]);
    let modified = &entry["targetResources"][0]["modifiedProperties"];
    let new =
        format!("[\"[KeyIdentifier={key_id},KeyType=AsymmetricX509Cert,KeyUsage=Verify,DisplayName=CN=logged]\"]");
    assert_eq!(modified[0], json!({"displayName": "KeyDescription", "oldValue": "[]", "newValue": new}));
    let filter = format!("/auditLogs/directoryAudits?$top=1&$filter=targetResources/any(t:t/id eq '{}')", id(&app));
    let first = reader.get(&filter).await.json();
    assert_eq!(first["value"][0]["activityDisplayName"], "Update application");
    let second = reader.get(&text(&first, "@odata.nextLink")).await.json();
    assert_eq!(second["value"][0]["id"], entry["id"]);

    let stranger = Identity::new("stranger");
    for (who, status) in [(&identity, 200), (&stranger, 401)] {
        let assertion = who.assertion(&claims(&tenant, text(&app, "appId"), OffsetDateTime::now_utc()));
        assert_eq!(client_credentials(&tenant, text(&app, "appId"), &assertion).await.status, status);
    }
    let reader = reader.beta();
    assert_eq!(reader.get("/auditLogs/signIns").await.json()["value"], json!([]));
    let query = "/auditLogs/signIns?$filter=signInEventTypes/any(t:t eq 'servicePrincipal')";
    let sign_ins = reader.get(query).await.json()["value"].clone();
    assert_eq!(sign_ins[0]["status"]["errorCode"], 700_027);
    assert_eq!(sign_ins[0]["servicePrincipalCredentialThumbprint"], stranger.thumbprint());
    assert_eq!(sign_ins[0]["servicePrincipalCredentialKeyId"], Value::Null);
    assert_eq!(sign_ins[1]["status"]["errorCode"], 0);
    assert_eq!(sign_ins[1]["servicePrincipalCredentialThumbprint"], identity.thumbprint());
    assert_eq!(sign_ins[1]["servicePrincipalCredentialKeyId"], key_id);
    let one = reader.get(&format!("{query} and servicePrincipalCredentialKeyId eq '{key_id}'")).await.json();
    assert_eq!(one["value"].as_array().unwrap().len(), 1);
    let good = reader.get(&format!("{query} and status/errorCode eq 0&$orderby=createdDateTime desc")).await.json();
    assert_eq!(good["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn limits_hold_until_the_clock_moves_on() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let app = create(&graph, json!({"displayName": "app"})).await;
    let path = format!("/applications/{}", id(&app));
    // 10 resource units in 10 seconds, 9 writes in 150; the certificates' 150 become 1, as do the logs' 5.
    tenant.set_behaviour(|behaviour| behaviour.throttle = Throttle::Scaled(10.0 / 3500.0));
    let mut last = None;
    for _ in 0..10 {
        let reply = graph.get("/me").await;
        assert_eq!(reply.status, 200);
        last = reply.header("x-ms-throttle-limit-percentage").map(str::to_owned);
    }
    assert_eq!(last.as_deref(), Some("1.00"));
    let reply = graph.get("/me").await;
    assert_eq!(reply.graph_error(), (429, "TooManyRequests".into(), "Too many requests".into()));
    let seconds: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&seconds), "{seconds}");
    assert_eq!(reply.header("x-ms-throttle-information"), Some("ResourceUnitLimitExceeded"));
    assert!(reply.header("x-ms-throttle-scope").unwrap().starts_with("Tenant_Application/ReadWrite/"));
    tenant.set_behaviour(|behaviour| behaviour.throttle_without_retry_after = true);
    assert_eq!(graph.get("/me").await.header("retry-after"), None);
    tenant.move_clock(Duration::seconds(10));
    let fresh = graph.get("/me").await;
    assert_eq!((fresh.status, fresh.header("x-ms-throttle-limit-percentage")), (200, None));

    let keys = format!("{path}?$select=keyCredentials");
    assert_eq!(graph.get(&keys).await.status, 200);
    assert_eq!(graph.get(&keys).await.header("x-ms-throttle-scope").unwrap().split('/').next(), Some("Tenant"));
    tenant.move_clock(Duration::seconds(61));
    assert_eq!(graph.get(&keys).await.status, 200);

    for number in 0..9 {
        tenant.move_clock(Duration::seconds(10));
        let reply = graph.patch(&path, json!({"notes": number.to_string()})).await;
        assert_eq!(reply.status, 204, "{number}");
    }
    tenant.move_clock(Duration::seconds(10));
    let reply = graph.patch(&path, json!({"notes": "too much"})).await;
    assert_eq!((reply.status, reply.header("x-ms-throttle-information")), (429, Some("WriteLimitExceeded")));
    assert_eq!(graph.get(&path).await.json()["notes"], "8", "it was not carried out");
    let inner = json!({"id": "1", "method": "DELETE", "url": path});
    let batch = graph.post("/$batch", json!({"requests": [inner]})).await;
    assert_eq!((batch.status, &batch.json()["responses"][0]["status"]), (200, &json!(429)));
    tenant.set_behaviour(|behaviour| behaviour.throttle = Throttle::Off);
    assert_eq!(graph.patch(&path, json!({"notes": "free"})).await.status, 204);
}
