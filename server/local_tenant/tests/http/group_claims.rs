//! Groups in tokens, as a registration's `groupMembershipClaims` and `optionalClaims` ask for them.

use std::sync::Arc;

use local_tenant::{RunningTenant, Seed, TenantOptions};
use serde_json::{Value, json};

use crate::device_code::{accepted, signed_in_by_device};
use crate::support::*;

const ADA: &str = "ada@f.example";

/// One person, and groups by a seed file.
async fn start(groups: Value) -> RunningTenant {
    let file = json!({
        "tenant": {"display_name": "F", "domain": "f.example"},
        "people": [{"user_principal_name": ADA, "display_name": "Ada Berg", "directory_roles": ["Application Administrator"]}],
        "groups": groups,
    });
    let seed = Seed::Described(Arc::new(serde_json::from_value(file).unwrap()));
    local_tenant::start(TenantOptions { seed, ..TenantOptions::default() }).await.unwrap()
}

fn admin(tenant: &RunningTenant) -> Graph {
    let scopes = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "Group.Read.All"];
    Graph::with_token(tenant, tenant.graph_token_with_scopes(ADA, &scopes).unwrap())
}

/// The claims of the ID token that a person gets for this client.
async fn id_token(tenant: &RunningTenant, app: &Value) -> Value {
    let token = signed_in_by_device(tenant, &text(app, "appId"), ADA).await;
    payload(token["id_token"].as_str().unwrap())
}

async fn group(graph: &Graph, name: &str) -> Value {
    graph.get(&format!("/groups?$filter=displayName eq '{name}'")).await.json()["value"][0]["id"].clone()
}

#[tokio::test]
async fn the_registration_says_which_groups_a_token_tells() {
    let tenant = start(json!([
        {"display_name": "outer", "members": ["inner"]},
        {"display_name": "inner", "members": [ADA]},
        {"display_name": "mail", "kind": "microsoft365", "members": [ADA]},
    ]))
    .await;
    let graph = admin(&tenant);
    let role = "11111111-2222-4333-8444-555555555555";
    let body = json!({"displayName": "desk", "isFallbackPublicClient": true, "appRoles": [{"id": role,
        "value": "Desk.Read", "displayName": "Read", "description": "Reads", "isEnabled": true, "allowedMemberTypes": ["User"]}]});
    let app = create(&graph, body).await;
    let (outer, inner, mail) =
        (group(&graph, "outer").await, group(&graph, "inner").await, group(&graph, "mail").await);
    let with_claims = async |claims: Value| {
        let path = format!("/applications/{}", id(&app));
        assert_eq!(graph.patch(&path, json!({"groupMembershipClaims": claims})).await.status, 204);
        let told = id_token(&tenant, &app).await;
        (told["groups"].clone(), told["wids"].is_array())
    };
    assert_eq!(with_claims(Value::Null).await, (Value::Null, false));
    assert_eq!(with_claims(json!("DirectoryRole")).await, (Value::Null, true));
    assert_eq!(with_claims(json!("SecurityGroup")).await, (json!([inner, outer]), false));
    assert_eq!(with_claims(json!("All")).await, (json!([inner, mail, outer]), true));

    // Of an application's own groups those that are assigned to it: not those within them, nor those around them.
    assert_eq!(with_claims(json!("ApplicationGroup")).await, (Value::Null, false));
    let service = graph.post("/servicePrincipals", json!({"appId": app["appId"]})).await.json();
    let path = format!("/servicePrincipals/{}/appRoleAssignedTo", id(&service));
    for principal in [&mail, &outer] {
        let body = json!({"principalId": principal, "resourceId": service["id"], "appRoleId": role});
        assert_eq!(graph.post(&path, body).await.status, 201);
    }
    assert_eq!(with_claims(json!("ApplicationGroup")).await, (json!([mail]), false));
    let optional = |properties: Value| json!({"optionalClaims": {"idToken": [{"name": "groups", "additionalProperties": properties}]}});
    let path = format!("/applications/{}", id(&app));
    assert_eq!(id_token(&tenant, &app).await["roles"], json!(["Desk.Read"]));
    assert_eq!(graph.patch(&path, optional(json!(["cloud_displayname", "emit_as_roles"]))).await.status, 204);
    let told = id_token(&tenant, &app).await;
    assert_eq!((&told["roles"], &told["groups"]), (&json!(["mail"]), &Value::Null));
    // Names are for assigned groups alone.
    assert_eq!(graph.patch(&path, optional(json!(["cloud_displayname"]))).await.status, 204);
    assert_eq!(with_claims(json!("SecurityGroup")).await.0, json!([inner, outer]));
}

#[tokio::test]
async fn an_access_token_goes_by_its_resource() {
    let tenant = start(json!([{"display_name": "team", "members": [ADA]}])).await;
    let graph = admin(&tenant);
    let claims = json!({"groupMembershipClaims": "SecurityGroup", "isFallbackPublicClient": true});
    let client = create(&graph, with(json!({"displayName": "client"}), claims)).await;
    let api = create(&graph, json!({"displayName": "api"})).await;
    let access = async |scope: &str| {
        let code = accepted(&tenant, &text(&client, "appId"), ADA, scope).await;
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", &text(&client, "appId")),
            ("device_code", code.as_str()),
        ];
        let reply = post_form(&token_url(&tenant), &fields).await.json();
        payload(reply["access_token"].as_str().unwrap_or_else(|| panic!("{reply}")))
    };
    let scope = format!("{}/Read", text(&api, "appId"));
    assert_eq!((&access(&scope).await["groups"], &access("User.Read").await["groups"]), (&Value::Null, &Value::Null));
    let path = format!("/applications/{}", id(&api));
    assert_eq!(graph.patch(&path, json!({"groupMembershipClaims": "SecurityGroup"})).await.status, 204);
    assert_eq!(access(&scope).await["groups"], json!([group(&graph, "team").await]));
}

#[tokio::test]
async fn more_than_200_groups_are_asked_for_elsewhere() {
    let groups: Vec<Value> =
        (0..201).map(|number| json!({"display_name": format!("g{number}"), "members": [ADA]})).collect();
    let tenant = start(json!(groups)).await;
    let graph = admin(&tenant);
    let body = json!({"displayName": "desk", "isFallbackPublicClient": true, "groupMembershipClaims": "SecurityGroup"});
    let app = create(&graph, body).await;
    let told = id_token(&tenant, &app).await;
    assert_eq!((&told["groups"], &told["_claim_names"]), (&Value::Null, &json!({"groups": "src1"})));
    let url = format!(
        "https://graph.windows.net/{}/users/{}/getMemberObjects",
        tenant.tenant_id(),
        told["oid"].as_str().unwrap()
    );
    assert_eq!(told["_claim_sources"], json!({"src1": {"endpoint": url}}));
    let all = graph.post("/me/getMemberGroups", json!({"securityEnabledOnly": true})).await.json();
    let last = all["value"].as_array().unwrap().last().unwrap().as_str().unwrap().to_owned();
    assert!(tenant.give_directory_role(ADA, "Groups Administrator"));
    let groups = Graph::with_token(&tenant, tenant.graph_token_with_scopes(ADA, &["Group.ReadWrite.All"]).unwrap());
    assert_eq!(groups.request(reqwest::Method::DELETE, &format!("/groups/{last}")).await.status, 204);
    assert_eq!(id_token(&tenant, &app).await["groups"].as_array().map(Vec::len), Some(200));
}
