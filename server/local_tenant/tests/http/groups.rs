//! Groups, who is in them, and what follows from that.

use local_tenant::RunningTenant;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::*;

const ALL: &[&str] = &["Group.ReadWrite.All", "User.ReadBasic.All", "Application.Read.All"];

fn as_groups(tenant: &RunningTenant, name: &str) -> Graph {
    Graph::with_token(tenant, tenant.graph_token_with_scopes(name, ALL).unwrap())
}

fn person(tenant: &RunningTenant, name: &str) -> String {
    tenant.people().into_iter().find(|person| person.user_principal_name == name).unwrap().id.to_string()
}

fn security(name: &str) -> Value {
    json!({"displayName": name, "mailNickname": name, "mailEnabled": false, "securityEnabled": true})
}

fn link(tenant: &RunningTenant, id: &str) -> Value {
    json!({"@odata.id": format!("{}/v1.0/directoryObjects/{id}", tenant.base_url())})
}

async fn made(graph: &Graph, body: Value) -> Value {
    let reply = graph.post("/groups", body).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.json()
}

fn ids(list: &Reply) -> Vec<String> {
    assert_eq!(list.status, 200, "{list:?}");
    list.json()["value"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_group_is_made_found_changed_and_deleted() {
    let tenant = demo().await;
    let owen = as_groups(&tenant, OWEN);
    let body = with(security("payroll-team"), json!({"description": "Payroll"}));
    let reply = owen.post("/groups", body).await;
    let group = reply.json();
    let path = format!("/groups/{}", id(&group));
    assert_eq!(group["@odata.context"], format!("{}/v1.0/$metadata#groups/$entity", tenant.base_url()));
    let end = format!("/directoryObjects/{}/Microsoft.DirectoryServices.Group", id(&group));
    assert!(reply.header("location").unwrap().ends_with(&end), "{reply:?}");
    let found = owen.get("/groups?$filter=displayName eq 'payroll-team' and mailNickname eq 'payroll-team'").await;
    assert_eq!((ids(&found), found.header("x-ms-resource-unit")), (vec![id(&group)], Some("1")));
    assert_eq!(owen.get(&format!("{path}?$select=displayName,mail")).await.json()["mail"], Value::Null);
    assert_eq!(owen.get_eventual("/groups/$count").await.text, "1");
    assert_eq!(owen.patch(&path, json!({"description": null, "displayName": "payroll"})).await.status, 204);
    let shown = owen.get(&path).await.json();
    assert_eq!((&shown["displayName"], &shown["description"]), (&json!("payroll"), &Value::Null));
    // Whoever made it owns it, and of the others a role must cover groups.
    let sofia = as_groups(&tenant, SOFIA);
    assert_eq!(sofia.patch(&path, json!({"displayName": "x"})).await.status, 403);
    assert!(tenant.give_directory_role(SOFIA, "Groups Administrator"));
    assert_eq!(as_groups(&tenant, SOFIA).patch(&path, json!({"displayName": "y"})).await.status, 204);
    assert_eq!(sofia.request(Method::DELETE, &path).await.status, 403, "her token is from before");
    assert_eq!(owen.request(Method::DELETE, &path).await.status, 204);
    assert_eq!(owen.get(&path).await.status, 404);
    let audits = Graph::with_token(&tenant, tenant.graph_token_with_scopes(MARA, &["AuditLog.Read.All"]).unwrap());
    let entries = audits.get("/auditLogs/directoryAudits").await.json();
    let seen = |place: usize| {
        (entries["value"][place]["activityDisplayName"].clone(), entries["value"][place]["category"].clone())
    };
    assert_eq!(seen(0), (json!("Delete group"), json!("GroupManagement")));
}

#[tokio::test]
async fn kinds_of_values_and_of_groups_are_checked() {
    let tenant = demo().await;
    let graph = as_groups(&tenant, MARA);
    let mut without = security("a");
    without.as_object_mut().unwrap().remove("mailNickname");
    let missing = graph.post("/groups", without).await.graph_error();
    assert_eq!(missing.2, "A value is required for property 'mailNickname' of resource 'Group'.");
    for (name, value) in [
        ("securityEnabled", json!("yes")),
        ("displayName", json!(7)),
        ("displayName", json!("x".repeat(257))),
        ("mailNickname", json!("a b")),
        ("mailEnabled", json!(true)),
        ("members@odata.bind", json!(["nobody"])),
        ("id", json!("765eb0e3-acb3-475d-9a98-ee6892f081c8")),
        ("nonsense", json!(1)),
    ] {
        let reply = graph.post("/groups", with(security("a"), json!({name: value}))).await;
        assert_eq!((reply.status, reply.graph_error().1.as_str()), (400, "Request_BadRequest"), "{name}");
    }
    let dynamic = graph.post("/groups", with(security("a"), json!({"groupTypes": ["DynamicMembership"]}))).await;
    assert_eq!(dynamic.status, 501, "{dynamic:?}");
    let unified = json!({"groupTypes": ["Unified"], "mailEnabled": true, "securityEnabled": false});
    let unified = made(&graph, with(security("library"), unified)).await;
    assert_eq!(unified["mail"], "library@contoso.onmicrosoft.com");
    assert_eq!(
        (&unified["visibility"], &unified["proxyAddresses"][0]),
        (&json!("Public"), &json!("SMTP:library@contoso.onmicrosoft.com"))
    );
    let inner = made(&graph, security("inner")).await;
    let nested = graph.post(&format!("/groups/{}/members/$ref", id(&unified)), link(&tenant, &id(&inner))).await;
    assert_eq!(nested.status, 400, "people alone");
}

#[tokio::test]
async fn members_are_direct_or_by_a_group_within_a_group() {
    let tenant = demo().await;
    let graph = as_groups(&tenant, MARA);
    let (owen, sofia) = (person(&tenant, OWEN), person(&tenant, SOFIA));
    let bind = json!({"members@odata.bind": [format!("{}/v1.0/users/{owen}", tenant.base_url())]});
    let inner = made(&graph, with(security("inner"), bind)).await;
    let outer = made(&graph, security("outer")).await;
    let members = |group: &Value| format!("/groups/{}/members", id(group));
    for one in [id(&inner), sofia.clone()] {
        assert_eq!(graph.post(&format!("{}/$ref", members(&outer)), link(&tenant, &one)).await.status, 204);
    }
    // A ring of groups comes to an end.
    assert_eq!(graph.post(&format!("{}/$ref", members(&inner)), link(&tenant, &id(&outer))).await.status, 204);
    let again = graph.post(&format!("{}/$ref", members(&outer)), link(&tenant, &sofia)).await.graph_error();
    assert_eq!(
        again.2,
        "One or more added object references already exist for the following modified properties: 'members'."
    );
    assert_eq!(ids(&graph.get(&members(&outer)).await), [id(&inner), sofia.clone()]);
    let transitive = format!("/groups/{}/transitiveMembers", id(&outer));
    assert_eq!(ids(&graph.get(&transitive).await), [id(&inner), sofia.clone(), owen.clone()]);
    assert_eq!(ids(&graph.get(&format!("{transitive}/microsoft.graph.user")).await), [sofia.clone(), owen.clone()]);
    assert_eq!(graph.get_eventual(&format!("{transitive}/$count")).await.text, "3");
    let page = graph.get(&format!("{}?$top=1", members(&outer))).await.json();
    assert_eq!(ids(&graph.get(page["@odata.nextLink"].as_str().unwrap()).await), [sofia.as_str()]);

    let me = as_groups(&tenant, OWEN);
    assert_eq!(ids(&me.get("/me/memberOf").await), [id(&inner)]);
    assert_eq!(ids(&me.get("/me/transitiveMemberOf/microsoft.graph.group").await), [id(&inner), id(&outer)]);
    let got = graph.post(&format!("/users/{owen}/getMemberGroups"), json!({"securityEnabledOnly": true})).await.json();
    assert_eq!(got["value"], json!([inner["id"], outer["id"]]));
    let check = json!({"groupIds": [outer["id"], "765eb0e3-acb3-475d-9a98-ee6892f081c8"]});
    let checked = graph.post(&format!("/directoryObjects/{owen}/checkMemberGroups"), check).await.json();
    assert_eq!(checked["value"], json!([outer["id"]]));
    let objects = graph.post(&format!("/users/{MARA}/getMemberObjects"), json!({})).await.json();
    assert_eq!(objects["value"].as_array().unwrap().len(), 1, "a directory role");
    let by_ids = json!({"ids": [owen, inner["id"], "765eb0e3-acb3-475d-9a98-ee6892f081c8"], "types": ["group"]});
    assert_eq!(ids(&graph.post("/directoryObjects/getByIds", by_ids).await), [id(&inner)]);

    let gone = graph.request(Method::DELETE, &format!("{}/{sofia}/$ref", members(&outer))).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    assert_eq!(graph.request(Method::DELETE, &format!("{}/{sofia}/$ref", members(&outer))).await.status, 404);
    assert_eq!(graph.request(Method::DELETE, &format!("/groups/{}", id(&inner))).await.status, 204);
    assert_eq!(ids(&graph.get(&members(&outer)).await), Vec::<String>::new());
}

#[tokio::test]
async fn groups_need_their_permission_and_what_may_not_be_read_is_blank() {
    let tenant = demo().await;
    let group = made(&as_groups(&tenant, MARA), security("team")).await;
    let members = format!("/groups/{}/members", id(&group));
    let owen = person(&tenant, OWEN);
    assert_eq!(as_groups(&tenant, MARA).post(&format!("{members}/$ref"), link(&tenant, &owen)).await.status, 204);
    let with_scopes =
        |scopes: &[&str]| Graph::with_token(&tenant, tenant.graph_token_with_scopes(OWEN, scopes).unwrap());
    let none = with_scopes(&["User.Read", "Application.Read.All"]);
    for path in ["/groups".to_owned(), members.clone(), format!("/groups/{}", id(&group))] {
        assert_eq!(none.get(&path).await.graph_error().1, "Authorization_RequestDenied", "{path}");
    }
    assert_eq!(none.post("/me/getMemberGroups", json!({})).await.status, 403);
    // One's own memberships come without names.
    let blank = none.get("/me/memberOf").await.json()["value"][0].clone();
    assert_eq!((&blank["@odata.type"], &blank["id"]), (&json!("#microsoft.graph.group"), &group["id"]));
    assert_eq!((&blank["displayName"], &blank["groupTypes"]), (&Value::Null, &json!([])));
    let reader = with_scopes(&["GroupMember.Read.All"]);
    assert_eq!(reader.get("/me/memberOf").await.json()["value"][0]["displayName"], "team");
    let reader = Graph::with_token(&tenant, tenant.graph_token_with_scopes(SOFIA, &["GroupMember.Read.All"]).unwrap());
    let other = reader.get(&members).await.json()["value"][0].clone();
    assert_eq!((&other["id"], &other["displayName"]), (&json!(owen), &Value::Null));
    for (method, path) in
        [(Method::POST, format!("{members}/$ref")), (Method::DELETE, format!("{members}/{owen}/$ref"))]
    {
        let reply = reader.request(method, &path).await;
        assert!(reply.status == 403 || reply.status == 400, "{reply:?}");
    }
    assert_eq!(reader.post(&format!("{members}/$ref"), link(&tenant, &owen)).await.status, 403);
    assert_eq!(reader.post("/groups", security("mine")).await.status, 403);
}
