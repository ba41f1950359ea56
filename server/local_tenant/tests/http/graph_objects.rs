//! Applications and service principals as objects: creation, properties, owners, deletion, delta, batch, roles.

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::graph_writes::{Setup, bad_request};
use crate::support::*;

#[tokio::test]
async fn other_properties_change_alone() {
    let s = Setup::new().await;
    let path = format!("/applications(appId='{}')", s.app.app_id);
    let before = s.graph.get(&path).await.json();
    let changes = json!({"displayName": "payroll-batch-2", "notes": "Moved.", "tags": ["a"], "web": {"redirectUris": ["https://a.example/"]}});
    assert_eq!(s.graph.patch(&path, changes).await.status, 204);
    let mut expected = with(before, json!({"displayName": "payroll-batch-2", "notes": "Moved.", "tags": ["a"]}));
    expected["web"]["redirectUris"] = json!(["https://a.example/"]);
    assert_eq!(s.graph.get(&path).await.json(), expected);
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused_and_nothing_else_is_changed_either() {
    let s = Setup::new().await;
    let path = format!("/applications/{}", s.app.id);
    let before = s.graph.get(&path).await.json();
    for (change, message) in [
        (json!({"passwordCredentials": []}), "New password credentials must be generated with service actions."),
        (
            json!({"passwordCredentials": [{"displayName": "x"}]}),
            "New password credentials must be generated with service actions.",
        ),
        (json!({"appId": Uuid::nil()}), "Property 'appId' is read-only and cannot be set."),
        (json!({"colour": "red"}), "Invalid property 'colour'."),
        (json!({"trustedCertificateSubjects": []}), "Invalid property 'trustedCertificateSubjects'."),
        (json!({"displayName": ""}), "Invalid value specified for property 'displayName' of resource 'Application'."),
    ] {
        let all = with(json!({"notes": "Changed.", "keyCredentials": []}), change.clone());
        assert_eq!(s.graph.patch(&path, all).await.graph_error(), bad_request(message), "{change}");
        assert_eq!(s.graph.get(&path).await.json(), before);
    }
}

#[tokio::test]
async fn an_application_is_created_with_its_certificate() {
    let s = Setup::new().await;
    let body = json!({"displayName": "new-one", "keyCredentials": [s.identity.credential()]});
    let reply = s.graph.post("/applications", body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let created = reply.json();
    assert_eq!(
        reply.header("location"),
        Some(format!(
            "{}/v2/{}/directoryObjects/{}/Microsoft.DirectoryServices.Application",
            s.tenant.base_url(),
            s.tenant.tenant_id(),
            created["id"].as_str().unwrap()
        ))
        .as_deref()
    );
    assert_eq!(created["keyCredentials"][0]["key"], Value::Null);
    assert_eq!(created["keyCredentials"][0]["customKeyIdentifier"], s.identity.thumbprint());
    // Seven digits at first, whole seconds later.
    assert_eq!(created["createdDateTime"].as_str().unwrap().len(), "2022-05-07T06:52:22.1959579Z".len());
    let path = format!("/applications/{}", created["id"].as_str().unwrap());
    assert_eq!(
        s.graph.get(&path).await.json()["createdDateTime"].as_str().unwrap().len(),
        "2022-05-07T06:52:22Z".len()
    );
    let owners = s.graph.get(&format!("{path}/owners?$select=userPrincipalName")).await.json();
    assert_eq!(owners["value"][0]["userPrincipalName"], OWEN);
    // It has no service principal until one is made, and gets no token until then.
    let app_id = created["appId"].as_str().unwrap();
    let assertion = s.identity.assertion(&claims(&s.tenant, app_id, OffsetDateTime::now_utc()));
    let refused = client_credentials(&s.tenant, app_id, &assertion).await;
    assert_eq!(refused.json()["error_codes"], json!([7_000_229]));
    let service = s.graph.post("/servicePrincipals", json!({"appId": app_id})).await;
    assert_eq!((service.status, &service.json()["keyCredentials"]), (201, &json!([])), "{service:?}");
    assert_eq!(client_credentials(&s.tenant, app_id, &assertion).await.status, 200);
    assert_eq!(s.graph.post("/servicePrincipals", json!({"appId": app_id})).await.status, 409);
    assert_eq!(s.graph.post("/applications", json!({})).await.graph_error().0, 400);
}

#[tokio::test]
async fn complex_properties_change_by_their_members() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let app = create(&graph, json!({"displayName": "all-of-it", "uniqueName": "one"})).await;
    let path = format!("/applications(appId='{}')", text(&app, "appId"));
    let role = json!({"id": "1b4f816e-5eaf-48b9-8613-7923830595ad", "value": "Task.Read", "displayName": "Read",
        "description": "Reads tasks.", "allowedMemberTypes": ["User", "Application"], "isEnabled": true});
    let access = json!([{"resourceAppId": "00000003-0000-0000-c000-000000000000",
        "resourceAccess": [{"id": "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "type": "Scope"}]}]);
    let lock = json!({"isEnabled": true, "allProperties": true});
    let changes = json!({
        "web": {"homePageUrl": "https://a.example", "implicitGrantSettings": {"enableIdTokenIssuance": true}},
        "spa": {"redirectUris": ["https://spa.example"]}, "publicClient": {"redirectUris": ["http://localhost"]},
        "api": {"requestedAccessTokenVersion": 1}, "appRoles": [role], "requiredResourceAccess": access,
        "tags": ["a"], "notes": "n", "servicePrincipalLockConfiguration": lock,
    });
    let reply = graph.patch(&path, changes).await;
    assert_eq!(reply.status, 204, "{reply:?}");
    assert_eq!(graph.patch(&path, json!({"web": {"redirectUris": ["https://r.example"]}})).await.status, 204);
    let shown = graph.get(&path).await.json();
    assert_eq!(shown["web"]["homePageUrl"], "https://a.example");
    assert_eq!(shown["web"]["redirectUris"], json!(["https://r.example"]));
    assert_eq!(shown["api"]["requestedAccessTokenVersion"], 1);
    assert_eq!(shown["api"]["knownClientApplications"], json!([]));
    assert_eq!(shown["appRoles"][0]["value"], "Task.Read");
    assert_eq!((&shown["requiredResourceAccess"], &shown["servicePrincipalLockConfiguration"]), (&access, &lock));
    assert_eq!((&shown["uniqueName"], &shown["notes"]), (&json!("one"), &json!("n")));
    // An enabled role is not taken away at once.
    let error = graph.patch(&path, json!({"appRoles": []})).await.graph_error();
    assert_eq!((error.0, error.1.as_str()), (400, "CannotDeleteOrUpdateEnabledEntitlement"));
    let disabled = json!({"appRoles": [with(role, json!({"isEnabled": false}))]});
    assert_eq!(graph.patch(&path, disabled).await.status, 204);
    assert_eq!(graph.patch(&path, json!({"appRoles": []})).await.status, 204);
    for wrong in [json!({"api": {"colour": 1}}), json!({"web": 1}), json!({"requiredResourceAccess": [{}]})] {
        assert_eq!(graph.patch(&path, wrong.clone()).await.status, 400, "{wrong}");
    }
    let taken = graph.post("/applications", json!({"displayName": "x", "uniqueName": "one"})).await;
    assert_eq!(taken.graph_error().0, 400);
}

#[tokio::test]
async fn what_is_deleted_is_gone_and_comes_back() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let app = create(&graph, json!({"displayName": "short-lived"})).await;
    let service = graph.post("/servicePrincipals", json!({"appId": app["appId"]})).await.json();
    let path = format!("/applications/{}", id(&app));
    assert_eq!(Graph::of(&tenant, SOFIA).request(reqwest::Method::DELETE, &path).await.graph_error().0, 403);
    assert_eq!(graph.request(reqwest::Method::DELETE, &path).await.status, 204);
    for gone in [path.clone(), format!("/servicePrincipals/{}", id(&service))] {
        assert_eq!(graph.get(&gone).await.graph_error().1, "Request_ResourceNotFound");
        assert_eq!(graph.request(reqwest::Method::DELETE, &gone).await.status, 404);
    }
    let bin = graph.get("/directory/deletedItems/microsoft.graph.application").await.json();
    assert_eq!(bin["value"][0]["id"], app["id"]);
    let item = format!("/directory/deletedItems/{}", id(&app));
    assert_eq!(graph.post(&format!("{item}/restore"), json!({})).await.status, 200);
    assert_eq!(graph.get(&path).await.json()["displayName"], "short-lived");
    assert_eq!(graph.request(reqwest::Method::DELETE, &path).await.status, 204);
    assert_eq!(graph.request(reqwest::Method::DELETE, &item).await.status, 204);
    assert_eq!(graph.get(&item).await.status, 404);
}

#[tokio::test]
async fn owners_come_and_go() {
    let tenant = empty().await;
    let (owen, sofia) = (Graph::of(&tenant, OWEN), Graph::of(&tenant, SOFIA));
    let app = create(&owen, json!({"displayName": "shared"})).await;
    let service = owen.post("/servicePrincipals", json!({"appId": app["appId"]})).await.json();
    let her = text(&sofia.get("/me").await.json(), "id");
    for path in [format!("/applications/{}", id(&app)), format!("/servicePrincipals/{}", id(&service))] {
        let reference = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{her}")});
        assert_eq!(owen.post(&format!("{path}/owners/$ref"), reference).await.status, 204);
        let expanded = owen.get(&format!("{path}?$expand=owners")).await.json();
        assert_eq!(expanded["owners"][1]["id"], her);
        assert_eq!(sofia.patch(&path, json!({"notes": "hers too"})).await.status, 204);
        let remove = format!("{path}/owners/{her}/$ref");
        assert_eq!(owen.request(reqwest::Method::DELETE, &remove).await.status, 204);
        assert_eq!(owen.request(reqwest::Method::DELETE, &remove).await.status, 404);
        assert_eq!(sofia.patch(&path, json!({"notes": "no more"})).await.status, 403);
        assert_eq!(owen.get(&format!("{path}/owners")).await.json()["value"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn delta_gives_everything_and_then_what_changed() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let mut apps = vec![];
    for number in 0..5 {
        apps.push(create(&graph, json!({"displayName": format!("app-{number}")})).await);
    }
    let mut url = "/applications/delta?$select=displayName&$top=2".to_owned();
    let mut seen = vec![];
    let link = loop {
        let page = graph.get(&url).await.json();
        seen.extend(page["value"].as_array().unwrap().iter().map(|app| text(app, "displayName")));
        match page["@odata.nextLink"].as_str() {
            Some(next) => url = next.to_owned(),
            None => break text(&page, "@odata.deltaLink"),
        }
    };
    assert_eq!(seen, ["app-0", "app-1", "app-2", "app-3", "app-4"]);
    let quiet = graph.get(&link).await.json();
    assert_eq!(quiet["value"], json!([]));
    let new = create(&graph, json!({"displayName": "new"})).await;
    let renamed = format!("/applications/{}", id(&apps[1]));
    assert_eq!(graph.patch(&renamed, json!({"displayName": "renamed"})).await.status, 204);
    let deleted = format!("/applications/{}", id(&apps[2]));
    assert_eq!(graph.request(reqwest::Method::DELETE, &deleted).await.status, 204);
    let first = graph.get(&text(&quiet, "@odata.deltaLink")).await.json();
    let second = graph.get(&text(&first, "@odata.nextLink")).await.json();
    let both = json!([{"displayName": "new", "id": new["id"]}, {"displayName": "renamed", "id": apps[1]["id"]}]);
    assert_eq!(first["value"], both);
    assert_eq!(second["value"], json!([{"id": id(&apps[2]), "@removed": {"reason": "changed"}}]));
    assert_eq!(graph.get(&text(&second, "@odata.deltaLink")).await.json()["value"], json!([]));
    let latest = graph.get("/applications/delta?$deltatoken=latest").await.json();
    assert_eq!(latest["value"], json!([]));
    let identity = Identity::new("new");
    let path = format!("/applications/{}", id(&new));
    graph.patch(&path, json!({"keyCredentials": [identity.credential()]})).await;
    let after = graph.get(&text(&latest, "@odata.deltaLink")).await.json();
    assert_eq!(after["value"][0]["keyCredentials"][0]["customKeyIdentifier"], identity.thumbprint());
    assert_eq!(graph.get("/applications/delta?$deltatoken=x").await.graph_error().0, 400);
    assert_eq!(graph.get("/applications/delta?$filter=id eq 'x'").await.graph_error().0, 400);
}

#[tokio::test]
async fn a_batch_answers_each_request_on_its_own() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, OWEN);
    let body = json!({"requests": [
        {"id": "3", "method": "GET", "url": "/applications?$filter=displayName eq 'batched'", "dependsOn": ["1"]},
        {"id": "1", "method": "POST", "url": "/applications", "body": {"displayName": "batched"},
         "headers": {"Content-Type": "application/json"}},
        {"id": "2", "method": "GET", "url": "applications/00000000-0000-0000-0000-000000000000"},
        {"id": "4", "method": "GET", "url": "/me", "dependsOn": ["2"]},
        {"id": "5", "method": "GET", "url": "/me", "headers": {"Authorization": "Bearer nonsense"}},
        {"id": "6", "method": "GET", "url": "/applications/$count", "headers": {"ConsistencyLevel": "eventual"}},
    ]});
    let reply = graph.post("/$batch", body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let answers = reply.json()["responses"].as_array().unwrap().clone();
    let of = |id: &str| answers.iter().find(|one| one["id"] == id).unwrap();
    let statuses: Vec<_> = ["1", "2", "3", "4", "5", "6"].iter().map(|id| of(id)["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 404, 200, 424, 200, 200]);
    assert_eq!(of("3")["body"]["value"][0]["displayName"], "batched");
    assert_eq!(of("2")["body"]["error"]["code"], "Request_ResourceNotFound");
    assert_eq!(of("1")["headers"]["x-ms-resource-unit"], "1");
    let item = |id: &str| json!({"id": id, "method": "GET", "url": "/me"});
    let many: Vec<Value> = (0..21).map(|number| item(&number.to_string())).collect();
    assert_eq!(graph.post("/$batch", json!({"requests": many[..20]})).await.status, 200);
    let circle = json!([with(item("a"), json!({"dependsOn": ["b"]})), with(item("b"), json!({"dependsOn": ["a"]}))]);
    for wrong in [
        json!(many),
        json!([item("a"), item("A")]),
        json!([]),
        circle,
        json!([with(item("a"), json!({"dependsOn": ["c"]}))]),
        json!([with(item("a"), json!({"url": "https://graph.microsoft.com/v1.0/me"}))]),
        json!([{"id": "1", "method": "POST", "url": "/applications", "body": {"displayName": "x"}}]),
        json!([{"method": "GET", "url": "/me"}]),
    ] {
        assert_eq!(graph.post("/$batch", json!({"requests": wrong})).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn directory_roles_are_seen_from_both_sides() {
    let tenant = empty().await;
    let mara = Graph::of(&tenant, MARA);
    let mine = mara.get("/me/transitiveMemberOf/microsoft.graph.directoryRole").await.json();
    assert_eq!(mine["value"][0]["displayName"], "Application Administrator");
    let roles = mara.get("/directoryRoles").await.json();
    let named: Vec<String> = roles["value"].as_array().unwrap().iter().map(|role| text(role, "displayName")).collect();
    assert_eq!(named, ["Application Administrator", "Cloud Application Administrator", "Global Reader"]);
    let template = text(&mine["value"][0], "roleTemplateId");
    let members = mara.get(&format!("/directoryRoles(roleTemplateId='{template}')/members")).await.json();
    assert_eq!(members["value"][0]["displayName"], "Mara Lindqvist");
    let me = text(&mara.get("/me").await.json(), "id");
    let filter = format!("/roleManagement/directory/roleAssignments?$filter=principalId eq '{me}'");
    let assignments = mara.get(&filter).await.json();
    assert_eq!(assignments["value"].as_array().unwrap().len(), 1);
    assert_eq!(assignments["value"][0]["roleDefinitionId"], template);
    assert_eq!(Graph::of(&tenant, OWEN).get("/me/memberOf").await.json()["value"], json!([]));
    assert_eq!(mara.get_eventual("/servicePrincipals/$count").await.text, "0");
    assert_eq!(mara.get("/servicePrincipals/$count").await.graph_error().1, "Request_BadRequest");
}
