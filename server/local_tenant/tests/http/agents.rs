//! Agent identity blueprints, their principals, and agent identities.

use local_tenant::RunningTenant;
use reqwest::Method;
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::support::*;

const CAST: &str = "microsoft.graph.agentIdentityBlueprint";
const BLUEPRINTS: &str = "/applications/microsoft.graph.agentIdentityBlueprint";
const PRINCIPALS: &str = "/servicePrincipals/microsoft.graph.agentIdentityBlueprintPrincipal";
const IDENTITIES: &str = "/servicePrincipals/microsoft.graph.agentIdentity";

fn person(tenant: &RunningTenant, name: &str, scopes: &[&str]) -> Graph {
    let scopes: Vec<&str> = scopes.iter().copied().chain(["Application.Read.All", "User.ReadBasic.All"]).collect();
    Graph::with_token(tenant, tenant.graph_token_with_scopes(name, &scopes).unwrap())
}

fn sponsor(tenant: &RunningTenant, name: &str) -> Value {
    let id = tenant.people().into_iter().find(|person| person.user_principal_name == name).unwrap().id;
    json!([format!("{}/v1.0/users/{id}", tenant.base_url())])
}

/// Sofia administers agents, Kenji and Owen develop them.
async fn prepared() -> RunningTenant {
    let tenant = demo().await;
    assert!(tenant.give_directory_role(SOFIA, "Agent ID Administrator"));
    assert!(tenant.give_directory_role(OWEN, "Agent ID Developer"));
    tenant
}

async fn blueprint(tenant: &RunningTenant, name: &str) -> Value {
    let body = json!({"displayName": "helper", "sponsors@odata.bind": sponsor(tenant, OWEN)});
    let reply = person(tenant, name, &["AgentIdentityBlueprint.Create"]).post(BLUEPRINTS, body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()
}

fn code(reply: &Reply) -> (u16, String) {
    let (status, code, _) = reply.graph_error();
    (status, code)
}

#[tokio::test]
async fn a_blueprint_looks_as_recorded_and_only_its_own_route_leads_to_it() {
    let tenant = prepared().await;
    let made = blueprint(&tenant, OWEN).await;
    assert_eq!(made["@odata.context"], format!("{}/v1.0/$metadata#applications/{CAST}/$entity", tenant.base_url()));
    let reader = person(&tenant, SOFIA, &[]);
    let listed = reader.get(BLUEPRINTS).await.json();
    assert_eq!(listed["@odata.context"], format!("{}/v1.0/$metadata#applications/{CAST}", tenant.base_url()));
    // The members of the recorded one, 2026-07-28.
    let recorded = json!({
        "createdByAppId": null, "createdDateTime": null, "defaultRedirectUri": null, "description": null,
        "disabledByMicrosoftStatus": null, "displayName": "helper", "groupMembershipClaims": null, "identifierUris": [],
        "managerApplications": [], "publisherDomain": "contoso.onmicrosoft.com", "serviceManagementReference": null,
        "signInAudience": "AzureADMyOrg", "tags": [], "tokenEncryptionKeyId": null, "uniqueName": null,
        "certification": null, "optionalClaims": null,
        "api": {"acceptMappedClaims": null, "knownClientApplications": [], "requestedAccessTokenVersion": 2,
            "oauth2PermissionScopes": [], "preAuthorizedApplications": []},
        "appRoles": [],
        "info": {"logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null, "termsOfServiceUrl": null},
        "keyCredentials": [], "passwordCredentials": [], "requiredResourceAccess": [],
        "verifiedPublisher": {"displayName": null, "verifiedPublisherId": null, "addedDateTime": null},
        "web": {"homePageUrl": null, "logoutUrl": null, "redirectUris": [],
            "implicitGrantSettings": {"enableAccessTokenIssuance": false, "enableIdTokenIssuance": false}, "redirectUriSettings": []},
        "id": made["id"], "appId": made["id"],
    });
    let shown = with(listed["value"][0].clone(), json!({"createdByAppId": null, "createdDateTime": null}));
    assert_eq!(shown, recorded);

    let plain = format!("/applications/{}", id(&made));
    let cast = format!("{plain}/{CAST}");
    assert_eq!(reader.get(&cast).await.json()["id"], made["id"]);
    assert_eq!(reader.get(&plain).await.status, 404);
    assert_eq!(reader.get(&format!("{plain}/owners")).await.status, 404);
    let filter = format!("/applications?$filter=id eq '{}'", id(&made));
    assert_eq!(reader.get(&filter).await.json()["value"], json!([]));
    let other = application(&tenant, "payroll-batch").id;
    assert_eq!(reader.get(&format!("/applications/{other}/{CAST}")).await.status, 404);
    let delta = reader.get("/applications/delta?$select=id&$top=999").await;
    assert!(!delta.text.contains(&id(&made)), "{delta:?}");

    tenant.set_behaviour(|behaviour| behaviour.plain_blueprint_routes = true);
    let found = reader.get(&filter).await.json()["value"][0].clone();
    assert_eq!(found["@odata.type"], "#microsoft.graph.agentIdentityBlueprint");
    assert_eq!(reader.get(&plain).await.status, 200);
    let writer = person(&tenant, SOFIA, &["AgentIdentityBlueprint.UpdateBranding.All"]);
    assert_eq!(writer.patch(&plain, json!({"displayName": "x"})).await.status, 204);
}

#[tokio::test]
async fn permissions_and_roles_of_blueprints() {
    let tenant = prepared().await;
    let body = json!({"displayName": "helper", "sponsors@odata.bind": sponsor(&tenant, OWEN)});
    for (name, scopes) in [
        // No role, the wrong role, no permission, and one that has the others ignored.
        (TOBIAS, &["AgentIdentityBlueprint.Create"][..]),
        (MARA, &["AgentIdentityBlueprint.Create"]),
        (OWEN, &["Application.ReadWrite.All"]),
        (OWEN, &["AgentIdentityBlueprint.Create", "Directory.ReadWrite.All"]),
        (OWEN, &["AgentIdentityBlueprint.Create", "Directory.AccessAsUser.All"]),
    ] {
        let reply = person(&tenant, name, scopes).post(BLUEPRINTS, body.clone()).await;
        assert_eq!(code(&reply), (403, "Authorization_RequestDenied".into()), "{name} {scopes:?}");
    }
    let made = blueprint(&tenant, OWEN).await;
    let path = format!("/applications/{}/{CAST}", id(&made));
    let identity = Identity::new("helper");
    let keys = json!({"keyCredentials": [identity.credential()]});
    let names = json!({"displayName": "helper 2", "description": "Helps"});
    let creds = "AgentIdentityBlueprint.AddRemoveCreds.All";
    let branding = "AgentIdentityBlueprint.UpdateBranding.All";
    let all = "AgentIdentityBlueprint.ReadWrite.All";
    for (name, scope, body, status) in [
        (SOFIA, creds, keys.clone(), 204),
        (SOFIA, creds, names.clone(), 403),
        (SOFIA, branding, names.clone(), 204),
        (SOFIA, branding, keys.clone(), 403),
        (SOFIA, creds, with(keys.clone(), names.clone()), 403),
        (SOFIA, all, with(keys.clone(), names.clone()), 204),
        (SOFIA, "Application.ReadWrite.All", names.clone(), 403),
        // An owner names it and gives it no certificate.
        (OWEN, all, names.clone(), 204),
        (OWEN, all, keys.clone(), 403),
        (MARA, all, names.clone(), 403),
    ] {
        let reply = person(&tenant, name, &[scope]).patch(&path, body.clone()).await;
        assert_eq!(reply.status, status, "{name} {scope} {body} {reply:?}");
    }
    let owner = person(&tenant, OWEN, &[creds]);
    let trust = json!({"name": "main", "issuer": "https://issuer.example", "subject": "s", "audiences": ["api://AzureADTokenExchange"]});
    assert_eq!(owner.post(&format!("{path}/federatedIdentityCredentials"), trust).await.status, 201);
    let admin = person(&tenant, SOFIA, &[all]);
    assert_eq!(admin.post(&format!("{path}/addPassword"), json!({})).await.status, 200);
    let refused = admin.patch(&path, json!({"spa": {"redirectUris": []}})).await;
    assert_eq!(code(&refused), (400, "AgentBlueprint_IncompatibleProperty".into()));
    let without = person(&tenant, SOFIA, &[all]).post(BLUEPRINTS, json!({"displayName": "x"})).await;
    assert_eq!(without.status, 400, "a sponsor is needed");
    let sponsors = admin.get(&format!("{path}/sponsors")).await.json();
    assert_eq!(sponsors["value"][0]["userPrincipalName"], OWEN);
    let last = text(&sponsors["value"][0], "id");
    assert_eq!(
        admin.request(Method::DELETE, &format!("{path}/sponsors/{last}/$ref")).await.status,
        400,
        "the last one"
    );
    tenant.set_behaviour(|behaviour| behaviour.most_agent_blueprints = Some(1));
    let body = json!({"displayName": "second", "sponsors@odata.bind": sponsor(&tenant, OWEN)});
    assert_eq!(code(&admin.post(BLUEPRINTS, body).await), (403, "AgentBlueprint_LimitExceeded".into()));
    assert_eq!(admin.request(Method::DELETE, &path).await.status, 204);
    assert_eq!(admin.get(BLUEPRINTS).await.json()["value"], json!([]));
}

#[tokio::test]
async fn agent_identities_hold_no_credentials_and_their_blueprint_gets_tokens() {
    let tenant = prepared().await;
    let made = blueprint(&tenant, OWEN).await;
    let app_id = text(&made, "appId");
    let admin = person(
        &tenant,
        SOFIA,
        &[
            "AgentIdentityBlueprint.ReadWrite.All",
            "AgentIdentityBlueprintPrincipal.Create",
            "AgentIdentityBlueprintPrincipal.ReadWrite.All",
            "AgentIdentity.Create.All",
            "AgentIdentity.ReadWrite.All",
        ],
    );
    let body = |blueprint: &str| json!({"displayName": "agent 7", "agentIdentityBlueprintId": blueprint, "sponsors@odata.bind": sponsor(&tenant, OWEN)});
    let other = application(&tenant, "payroll-batch").app_id.to_string();
    let refused = admin.post(IDENTITIES, body(&other)).await;
    assert_eq!(code(&refused), (400, "AgentIdentity_IncompatibleParentType".into()));
    let refused = admin.post(IDENTITIES, body(&app_id)).await;
    assert_eq!(code(&refused), (400, "AgentIdentity_AgentBlueprintPrincipalDoesNotExist".into()));
    let refused = admin.post(PRINCIPALS, json!({"appId": other})).await;
    assert_eq!(code(&refused), (400, "AgentBlueprintPrincipal_RequireAgentBlueprint".into()));
    let principal = admin.post(PRINCIPALS, json!({"appId": app_id})).await;
    assert_eq!(
        (principal.status, &principal.json()["@odata.type"]),
        (201, &json!("#microsoft.graph.agentIdentityBlueprintPrincipal"))
    );
    let agent = admin.post(IDENTITIES, body(&app_id)).await;
    assert_eq!(agent.status, 201, "{agent:?}");
    let agent = agent.json();
    assert_eq!(agent["@odata.context"], format!("{}/v1.0/$metadata#servicePrincipals/$entity", tenant.base_url()));
    assert_eq!(
        (&agent["@odata.type"], &agent["servicePrincipalType"], &agent["agentIdentityBlueprintId"]),
        (&json!("#microsoft.graph.agentIdentity"), &json!("ServiceIdentity"), &json!(app_id))
    );
    for (path, kind) in [(IDENTITIES, "agentIdentity"), (PRINCIPALS, "agentIdentityBlueprintPrincipal")] {
        let listed = admin.get(path).await.json();
        assert_eq!(listed["value"].as_array().unwrap().len(), 1);
        assert_eq!(listed["value"][0]["@odata.type"], format!("#microsoft.graph.{kind}"));
    }

    let identity = Identity::new("agent");
    let keys = json!({"keyCredentials": [identity.credential()]});
    for path in [
        format!("/servicePrincipals/{}", id(&agent)),
        format!("/servicePrincipals/{}/microsoft.graph.agentIdentity", id(&agent)),
    ] {
        for reply in
            [admin.patch(&path, keys.clone()).await, admin.post(&format!("{path}/addPassword"), json!({})).await]
        {
            assert_eq!(code(&reply), (400, "AgentIdentity_CredentialsNotSupported".into()), "{path}");
        }
        assert_eq!(admin.patch(&path, json!({"tags": ["x"]})).await.status, 204, "{path}");
    }
    let of_principal = format!("/servicePrincipals/{}", id(&principal.json()));
    assert_eq!(
        code(&admin.patch(&of_principal, keys.clone()).await),
        (400, "AgentBlueprintPrincipal_IncompatibleProperty".into())
    );
    assert_eq!(Graph::of(&tenant, MARA).patch(&of_principal, json!({"tags": ["x"]})).await.status, 403);

    // The certificate is the blueprint's, and a client like any other.
    let path = format!("/applications/{app_id}/{CAST}");
    assert_eq!(admin.patch(&path, keys).await.status, 204);
    let assertion = identity.assertion(&claims(&tenant, &app_id, OffsetDateTime::now_utc()));
    let token = client_credentials(&tenant, &app_id, &assertion).await;
    assert_eq!(token.status, 200, "{token:?}");
    assert_eq!(payload(token.json()["access_token"].as_str().unwrap())["oid"], principal.json()["id"]);
    // With a permission of its own it makes agents under itself, and no others.
    assert!(tenant.grant_graph_permissions(app_id.parse().unwrap(), &["AgentIdentity.CreateAsManager"]));
    let assertion = identity.assertion(&claims(&tenant, &app_id, OffsetDateTime::now_utc()));
    let token = client_credentials(&tenant, &app_id, &assertion).await.json();
    let own = Graph::with_token(&tenant, text(&token, "access_token"));
    assert_eq!(own.post(IDENTITIES, body(&app_id)).await.status, 201);
    let second = blueprint(&tenant, OWEN).await;
    assert_eq!(admin.post(PRINCIPALS, json!({"appId": second["appId"]})).await.status, 201);
    let refused = own.post(IDENTITIES, body(&text(&second, "appId"))).await;
    assert_eq!(code(&refused), (400, "Error_AgentBlueprintCannotCreateAssociatedIdentity".into()));
}
