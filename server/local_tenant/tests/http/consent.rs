//! What service principals and clients are granted, and what that makes of their tokens.

use local_tenant::RunningTenant;
use reqwest::Method;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::device_code::signed_in_by_device;
use crate::support::*;

const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
const READ_ALL: &str = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30";

fn admin(tenant: &RunningTenant) -> Graph {
    let scopes = [
        "Application.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
        "DelegatedPermissionGrant.ReadWrite.All",
        "Group.ReadWrite.All",
    ];
    Graph::with_token(tenant, tenant.graph_token_with_scopes(MARA, &scopes).unwrap())
}

/// Of the service principal with that client id.
async fn service(graph: &Graph, app_id: &str) -> String {
    id(&graph.get(&format!("/servicePrincipals(appId='{app_id}')")).await.json())
}

async fn roles(tenant: &RunningTenant, app_id: &str, identity: &Identity) -> Value {
    let assertion = identity.assertion(&claims(tenant, app_id, OffsetDateTime::now_utc()));
    let reply = client_credentials(tenant, app_id, &assertion).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    payload(reply.json()["access_token"].as_str().unwrap())["roles"].clone()
}

#[tokio::test]
async fn microsofts_own_service_principals_have_their_real_permissions() {
    let tenant = demo().await;
    let graph = admin(&tenant);
    let found = graph.get(&format!("/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '{GRAPH}')")).await;
    let one = found.json()["value"][0].clone();
    assert_eq!((&one["displayName"], &one["appId"]), (&json!("Microsoft Graph"), &json!(GRAPH)));
    assert_eq!(one["appOwnerOrganizationId"], "f8cdef31-a31e-4b4a-93e4-5f571e91255a");
    let role = one["appRoles"].as_array().unwrap().iter().find(|role| role["value"] == "Application.Read.All").unwrap();
    assert_eq!((&role["id"], &role["allowedMemberTypes"]), (&json!(READ_ALL), &json!(["Application"])));
    for app_id in ["797f4846-ba00-4fd7-ba43-dac1f8f63013", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"] {
        let shown = graph.get(&format!("/servicePrincipals(appId='{app_id}')")).await.json();
        assert_eq!(shown["oauth2PermissionScopes"][0]["value"], "user_impersonation", "{shown}");
    }
    // A plain list has what the seed says, unless it is told to have all.
    let count = async || graph.get_eventual("/servicePrincipals/$count").await.text.parse::<usize>().unwrap();
    let before = count().await;
    tenant.set_behaviour(|behaviour| behaviour.list_microsoft_service_principals = true);
    assert_eq!(count().await, before + 3);
    let path = format!("/servicePrincipals/{}", id(&one));
    for reply in [graph.patch(&path, json!({"tags": ["x"]})).await, graph.request(Method::DELETE, &path).await] {
        assert_eq!((reply.status, reply.graph_error().1.as_str()), (501, "NotSimulated"));
    }
}

#[tokio::test]
async fn an_assigned_app_role_is_in_the_next_token_and_gone_after() {
    let tenant = demo().await;
    let graph = admin(&tenant);
    let app = application(&tenant, "payroll-batch");
    let (client, identity) = (app.app_id.to_string(), Identity::new("payroll"));
    assert_eq!(graph.patch_keys(&app, [identity.credential()]).await.status, 204);
    let before = roles(&tenant, &client, &identity).await;
    let (principal, resource) = (service(&graph, &client).await, service(&graph, GRAPH).await);
    let path = format!("/servicePrincipals/{principal}/appRoleAssignments");
    let body = json!({"principalId": principal, "resourceId": resource, "appRoleId": READ_ALL});
    let reply = graph.post(&path, body.clone()).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let one = reply.json();
    assert_eq!(
        (&one["principalType"], &one["resourceDisplayName"]),
        (&json!("ServicePrincipal"), &json!("Microsoft Graph"))
    );
    assert_eq!(one["principalDisplayName"], "payroll-batch");
    let again = graph.post(&path, body.clone()).await.graph_error();
    assert_eq!(again.2, "Permission being assigned already exists on the object");
    let held = roles(&tenant, &client, &identity).await;
    assert!(held.as_array().unwrap().contains(&json!("Application.Read.All")), "{held}");
    // The same from the other side.
    let given = graph.get(&format!("/servicePrincipals/{resource}/appRoleAssignedTo")).await.json();
    assert!(given["value"].as_array().unwrap().iter().any(|other| other["id"] == one["id"]), "{given}");
    let unknown = with(body.clone(), json!({"appRoleId": "765eb0e3-acb3-475d-9a98-ee6892f081c8"}));
    let unknown = graph.post(&path, unknown).await.graph_error();
    assert_eq!(unknown.2, "Permission being assigned was not found on application");
    assert_eq!(graph.post(&path, with(body.clone(), json!({"principalId": resource}))).await.status, 400);
    assert_eq!(graph.post(&path, json!({"principalId": 7})).await.status, 400);
    for (name, scope) in [(OWEN, "AppRoleAssignment.ReadWrite.All"), (MARA, "Application.ReadWrite.All")] {
        let other = Graph::with_token(&tenant, tenant.graph_token_with_scopes(name, &[scope]).unwrap());
        assert_eq!(other.post(&path, body.clone()).await.status, 403, "{name}");
    }
    let gone = graph.request(Method::DELETE, &format!("{path}/{}", id(&one))).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    assert_eq!(graph.get(&format!("{path}/{}", id(&one))).await.status, 404);
    assert_eq!(roles(&tenant, &client, &identity).await, before);
}

#[tokio::test]
async fn a_role_of_an_application_reaches_people_by_their_group() {
    let tenant = demo().await;
    let graph = admin(&tenant);
    let role = "11111111-2222-4333-8444-555555555555";
    let roles = json!([{"id": role, "value": "Desk.Read", "displayName": "Read", "description": "Reads", "isEnabled": true, "allowedMemberTypes": ["User"]}]);
    let app = create(&graph, json!({"displayName": "desk", "isFallbackPublicClient": true, "appRoles": roles})).await;
    let made = graph.post("/servicePrincipals", json!({"appId": app["appId"]})).await.json();
    let owen = id(&graph.get(&format!("/users/{OWEN}")).await.json());
    let bind = format!("{}/v1.0/users/{owen}", tenant.base_url());
    let group = json!({"displayName": "desk", "mailNickname": "desk", "mailEnabled": false, "securityEnabled": true, "members@odata.bind": [bind]});
    let group = id(&graph.post("/groups", group).await.json());
    let path = format!("/servicePrincipals/{}/appRoleAssignedTo", id(&made));
    let body = json!({"principalId": group, "resourceId": made["id"], "appRoleId": role});
    let reply = graph.post(&path, body).await;
    assert_eq!((reply.status, &reply.json()["principalType"]), (201, &json!("Group")));
    let token = signed_in_by_device(&tenant, &text(&app, "appId"), OWEN).await;
    assert_eq!(payload(token["id_token"].as_str().unwrap())["roles"], json!(["Desk.Read"]));
    let assigned = reply.json();
    assert_eq!(graph.request(Method::DELETE, &format!("{path}/{}", id(&assigned))).await.status, 204);
    let token = signed_in_by_device(&tenant, &text(&app, "appId"), OWEN).await;
    assert_eq!(payload(token["id_token"].as_str().unwrap())["roles"], Value::Null);
}

#[tokio::test]
async fn a_permission_grant_decides_the_scopes_of_tokens() {
    let tenant = demo().await;
    let graph = admin(&tenant);
    let app = create(&graph, json!({"displayName": "desk", "isFallbackPublicClient": true})).await;
    let client = text(&app, "appId");
    let made = graph.post("/servicePrincipals", json!({"appId": client})).await.json();
    let resource = service(&graph, GRAPH).await;
    let grant = json!({"clientId": made["id"], "consentType": "AllPrincipals", "resourceId": resource, "scope": "User.Read Group.Read.All"});
    let reply = graph.post("/oauth2PermissionGrants", grant.clone()).await;
    assert_eq!((reply.status, &reply.json()["principalId"]), (201, &Value::Null), "{reply:?}");
    let path = format!("/oauth2PermissionGrants/{}", id(&reply.json()));
    assert_eq!(
        graph.post("/oauth2PermissionGrants", grant.clone()).await.graph_error().2,
        "Permission entry already exists."
    );
    for (name, value) in [("consentType", json!("Everybody")), ("scope", json!(7)), ("principalId", json!("x"))] {
        assert_eq!(
            graph.post("/oauth2PermissionGrants", with(grant.clone(), json!({name: value}))).await.status,
            400,
            "{name}"
        );
    }
    let of_client = graph.get(&format!("/servicePrincipals/{}/oauth2PermissionGrants", id(&made))).await.json();
    assert_eq!(of_client["value"][0]["id"], reply.json()["id"]);
    let filtered = graph.get(&format!("/oauth2PermissionGrants?$filter=clientId eq '{}'", id(&made))).await.json();
    assert_eq!(filtered["value"].as_array().unwrap().len(), 1);
    let scp = async |scope: &str| {
        let token = signed_in_for(&tenant, &client, scope).await;
        token["access_token"].as_str().map(|token| payload(token)["scp"].clone()).ok_or(token)
    };
    assert_eq!(scp("https://graph.microsoft.com/.default").await.unwrap(), "User.Read Group.Read.All");
    assert_eq!(scp("User.Read").await.unwrap(), "User.Read");
    let refused = scp("User.Read Application.ReadWrite.All").await.unwrap_err();
    assert_eq!((&refused["error"], &refused["error_codes"]), (&json!("invalid_grant"), &json!([65001])));
    let words = format!(
        "AADSTS65001: The user or administrator has not consented to use the application with ID '{client}' named 'desk'."
    );
    assert!(refused["error_description"].as_str().unwrap().starts_with(&words), "{refused}");
    assert_eq!(graph.patch(&path, json!({"scope": "Application.ReadWrite.All User.Read"})).await.status, 204);
    assert_eq!(scp("User.Read Application.ReadWrite.All").await.unwrap(), "User.Read Application.ReadWrite.All");
    assert_eq!(graph.request(Method::DELETE, &path).await.status, 204);
    // Without any grant it is as before, unless consent is required.
    assert_eq!(scp("User.Read").await.unwrap(), "User.Read");
    tenant.set_behaviour(|behaviour| behaviour.consent_required = true);
    assert_eq!(scp("User.Read").await.unwrap_err()["error_codes"], json!([65001]));
    let owen = id(&graph.get(&format!("/users/{OWEN}")).await.json());
    let personal = with(grant, json!({"consentType": "Principal", "principalId": owen, "scope": "User.Read"}));
    assert_eq!(graph.post("/oauth2PermissionGrants", personal).await.status, 201);
    assert_eq!(scp("User.Read").await.unwrap(), "User.Read");
}

/// A device's tokens for a scope, or the refusal.
async fn signed_in_for(tenant: &RunningTenant, client: &str, scope: &str) -> Value {
    let code = crate::device_code::accepted(tenant, client, OWEN, scope).await;
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", client),
        ("device_code", code.as_str()),
    ];
    post_form(&token_url(tenant), &fields).await.json()
}
