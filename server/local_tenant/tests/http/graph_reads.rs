//! Reading applications, people and the organization: shapes, query options, paging, errors.

use std::collections::HashSet;

use local_tenant::{Seed, TenantOptions};
use serde_json::{Value, json};

use crate::support::*;

const ALL_OF_A_KEY: [&str; 8] =
    ["customKeyIdentifier", "displayName", "endDateTime", "key", "keyId", "startDateTime", "type", "usage"];

fn names(reply: &Reply) -> Vec<String> {
    let body = reply.json();
    let rows = body["value"].as_array().unwrap_or_else(|| panic!("no collection: {reply:?}"));
    rows.iter().map(|row| row["displayName"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_certificate_itself_is_shown_only_to_a_select_on_one_application() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, OWEN);
    let app = application(&tenant, "payroll-batch");
    let one = async |query: &str| graph.get(&format!("/applications(appId='{}'){query}", app.app_id)).await;
    let selected = one("?$select=id,keyCredentials").await.json();
    assert!(selected["keyCredentials"][0]["key"].as_str().unwrap().starts_with("MII"));
    let members: Vec<&String> = selected["keyCredentials"][0].as_object().unwrap().keys().collect();
    assert_eq!(members, ALL_OF_A_KEY);
    assert_eq!(selected["displayName"], Value::Null);
    assert_eq!(
        selected["@odata.context"],
        format!("{}/v1.0/$metadata#applications(id,keyCredentials)/$entity", tenant.base_url())
    );
    assert_eq!(one("").await.json()["keyCredentials"][0]["key"], Value::Null);
    assert_eq!(one("?$select=displayName").await.json()["keyCredentials"], Value::Null);
    // Never in lists, whatever is selected.
    for path in ["/applications", "/me/ownedObjects/microsoft.graph.application"] {
        let rows = graph.get(&format!("{path}?$select=displayName,keyCredentials")).await.json();
        let keys: Vec<&Value> = rows["value"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|row| row["keyCredentials"].as_array().unwrap())
            .collect();
        assert!(keys.len() > 5 && keys.iter().all(|key| key["key"].is_null()), "{path}");
    }
}

#[tokio::test]
async fn answers_carry_the_recorded_headers() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, OWEN);
    let reply = graph.get("/applications?$top=1").await;
    for (name, value) in [
        (
            "content-type",
            "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
        ),
        ("odata-version", "4.0"),
        ("cache-control", "no-cache"),
        ("x-ms-resource-unit", "1"),
    ] {
        assert_eq!(reply.header(name), Some(value), "{name}");
    }
    assert_eq!(reply.header("request-id"), reply.header("client-request-id"));
    assert_eq!(graph.get("/applications").await.header("x-ms-resource-unit"), Some("2"));
}

#[tokio::test]
async fn next_links_lead_through_everything_once() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, OWEN);
    let expected: Vec<String> = tenant.applications().into_iter().map(|app| app.id.to_string()).collect();
    for (first, eventual) in [
        ("/applications?$select=id,displayName&$top=7", false),
        ("/applications?$top=7&$orderby=displayName&$count=true", true),
        ("/applications?$top=7&$orderby=displayName desc&$count=true", true),
    ] {
        let (mut next, mut ids, mut ordered, mut pages) = (Some(first.to_owned()), vec![], vec![], 0);
        while let Some(link) = next {
            let reply = if eventual { graph.get_eventual(&link).await } else { graph.get(&link).await };
            let body = reply.json();
            ordered.extend(names(&reply));
            ids.extend(body["value"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            assert_eq!(body["@odata.count"], if eventual { json!(expected.len()) } else { Value::Null });
            next = body["@odata.nextLink"].as_str().map(str::to_owned);
            pages += 1;
        }
        assert_eq!(pages, expected.len().div_ceil(7));
        assert_eq!(ids.len(), expected.len(), "{first}");
        assert_eq!(ids.iter().collect::<HashSet<_>>(), expected.iter().collect::<HashSet<_>>());
        let mut sorted = ordered.clone();
        sorted.sort();
        match first {
            first if first.contains("desc") => assert!(ordered.iter().rev().eq(&sorted)),
            first if first.contains("orderby") => assert_eq!(ordered, sorted),
            _ => assert_eq!(ids, expected),
        }
    }
}

#[tokio::test]
async fn a_page_has_a_hundred_rows_unless_said_otherwise() {
    let tenant = local_tenant::start(TenantOptions { seed: Seed::Empty, ..TenantOptions::default() }).await.unwrap();
    let graph = Graph::of(&tenant, MARA);
    let empty = graph.get("/applications").await;
    assert_eq!(
        empty.text,
        format!("{{\"@odata.context\":\"{}/v1.0/$metadata#applications\",\"value\":[]}}", tenant.base_url())
    );
    for number in 0..101 {
        graph.post("/applications", json!({"displayName": format!("app-{number}")})).await;
    }
    let page = graph.get("/applications").await;
    assert_eq!(names(&page).len(), 100);
    let next = page.json()["@odata.nextLink"].as_str().unwrap().to_owned();
    assert!(next.contains("?$skiptoken=RFNwdAoAAQ"), "{next}");
    assert_eq!(names(&graph.get(&next).await), ["app-100"]);
    assert_eq!(names(&graph.get("/applications?$top=999").await).len(), 101);
    let (status, code, message) = graph.get("/applications?$top=1000").await.graph_error();
    assert_eq!((status, code.as_str()), (400, "Request_UnsupportedQuery"));
    assert_eq!(message, "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive.");
    assert_eq!(graph.get("/applications?$skiptoken=abc").await.graph_error().1, "Directory_ExpiredPageToken");
}

#[tokio::test]
async fn filters() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, OWEN);
    let app = application(&tenant, "payroll-batch");
    for (filter, expected) in [
        (format!("appId eq '{}'", app.app_id), vec!["payroll-batch"]),
        ("displayName eq 'Payroll-Batch'".into(), vec!["payroll-batch"]),
        ("startswith(displayName,'payroll')".into(), vec!["payroll-batch", "payroll-export"]),
        (format!("id in ('{}')", app.id), vec!["payroll-batch"]),
        ("startswith(displayName,'pay') and startswith(displayName,'pays')".into(), vec!["payslip-mailer"]),
        (format!("identifierUris/any(u:u eq 'api://{}')", app.app_id), vec!["payroll-batch"]),
        ("displayName eq 'nobody'".into(), vec![]),
    ] {
        let reply = graph.get(&format!("/applications?$filter={filter}")).await;
        assert_eq!(names(&reply), expected, "{filter}");
    }
    for refused in ["keyCredentials eq 'x'", "displayName ne 'x'", "endswith(displayName,'batch')"] {
        let error = graph.get(&format!("/applications?$filter={refused}")).await.graph_error();
        assert_eq!((error.0, error.1.as_str()), (400, "Request_UnsupportedQuery"), "{refused}");
    }
    let other = application(&tenant, "payroll-export");
    let both = format!("/applications?$filter=id in ('{}','{}','{}','none')&$top=15", other.id, app.id, app.id);
    let reply = graph.get(&both).await;
    assert_eq!(names(&reply), ["payroll-batch", "payroll-export"], "in the directory's order, each once");
    assert_eq!(reply.header("x-ms-resource-unit"), Some("1"), "a list costs 2, and 1 with a small $top");
    let of = |amount| vec![format!("'{}'", app.id); amount].join(",");
    assert_eq!(names(&graph.get(&format!("/applications?$filter=id in ({})", of(15))).await), ["payroll-batch"]);
    let (status, code, message) = graph.get(&format!("/applications?$filter=id in ({})", of(16))).await.graph_error();
    assert_eq!((status, code.as_str()), (400, "Request_UnsupportedQuery"));
    assert!(message.ends_with("'OR' operators: 16. Max allowed: 15"), "{message}");
    let advanced = graph.get_eventual("/applications?$count=true&$filter=endswith(displayName,'-batch')").await;
    assert_eq!(names(&advanced), ["payroll-batch"]);
    assert_eq!(advanced.json()["@odata.count"], 1);
    assert_eq!(graph.get("/applications?$filter=displayName eq").await.graph_error().1, "BadRequest");
}

#[tokio::test]
async fn searching_needs_the_consistency_header() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, OWEN);
    let path = "/applications?$search=\"displayName:customer\"";
    let (status, code, message) = graph.get(path).await.graph_error();
    assert_eq!((status, code.as_str()), (400, "Request_UnsupportedQuery"));
    assert!(message.contains("'ConsistencyLevel: eventual'"), "{message}");
    assert_eq!(names(&graph.get_eventual(path).await), ["customer-portal", "customer-portal-staging"]);
    let counted = graph.get_eventual(&format!("{path}&$count=true&$top=1")).await;
    assert_eq!((names(&counted).len(), &counted.json()["@odata.count"]), (1, &json!(2)));
    assert_eq!(
        graph.get("/applications?$orderby=displayName").await.graph_error().2,
        "Sorting not supported for current query."
    );
    assert_eq!(graph.get("/applications/$count").await.graph_error().0, 400);
    assert_eq!(graph.get_eventual("/applications/$count").await.text, tenant.applications().len().to_string());
}

#[tokio::test]
async fn what_is_not_there_and_what_cannot_be_done() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, OWEN);
    let app = application(&tenant, "payroll-batch");
    // The client id where the object id belongs.
    let reply = graph.get(&format!("/applications/{}", app.app_id)).await;
    let message = format!(
        "Resource '{}' does not exist or one of its queried reference-property objects are not present.",
        app.app_id
    );
    assert_eq!(reply.graph_error(), (404, "Request_ResourceNotFound".into(), message));
    let inner = &reply.json()["error"]["innerError"];
    assert_eq!(inner["date"].as_str().unwrap().len(), "2025-02-20T10:52:24".len());
    assert_eq!(inner["request-id"].as_str(), reply.header("request-id"));
    let reply = graph.post(&format!("/applications/{}", app.id), json!({})).await;
    assert_eq!(
        reply.graph_error(),
        (405, "Request_BadRequest".into(), "Specified HTTP method is not allowed for the request target.".into())
    );
    assert_eq!(graph.get("/grups").await.graph_error().2, "Resource not found for the segment 'grups'.");
    let error = graph.get("/applications?$select=colour").await.graph_error();
    assert_eq!(
        error.2,
        "Parsing OData Select and Expand failed: Could not find a property named 'colour' on type 'microsoft.graph.application'."
    );
}

#[tokio::test]
async fn trusted_certificate_subjects_are_seen_in_beta_only() {
    let tenant = demo().await;
    let app = application(&tenant, "fabric-workspace-agent");
    let path = format!("/applications/{}", app.id);
    let stable = Graph::of(&tenant, OWEN);
    assert!(!stable.get(&path).await.text.contains("trustedCertificateSubjects"));
    assert_eq!(stable.get(&format!("{path}?$select=trustedCertificateSubjects")).await.status, 400);
    let beta = Graph::of(&tenant, OWEN).beta();
    for query in ["", "?$select=trustedCertificateSubjects"] {
        let body = beta.get(&format!("{path}{query}")).await.json();
        assert_eq!(body["trustedCertificateSubjects"][0]["subjectName"], "fabric-workspace-agent.contoso.example");
        assert!(body["@odata.context"].as_str().unwrap().contains("/beta/$metadata"));
    }
}

#[tokio::test]
async fn me_and_mine() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, OWEN);
    let owen = tenant.people().into_iter().find(|person| person.user_principal_name == OWEN).unwrap();
    let me = graph.get("/me").await.json();
    assert_eq!((&me["id"], &me["displayName"]), (&json!(owen.id), &json!("Owen Carter")));
    assert_eq!(me["@odata.context"], format!("{}/v1.0/$metadata#users/$entity", tenant.base_url()));
    assert_eq!(me["accountEnabled"], Value::Null);
    assert_eq!(graph.get("/me?$select=accountEnabled").await.json()["accountEnabled"], true);

    let mine = graph.get("/me/ownedObjects/microsoft.graph.application?$select=id,displayName").await;
    assert_eq!(names(&mine), owen.owned_applications);
    assert!(owen.owned_applications.contains(&"payroll-batch".to_owned()));
    let paged = graph.get("/me/ownedObjects/microsoft.graph.application?$top=2").await;
    assert_eq!(names(&paged), owen.owned_applications[..2]);
    let rest = graph.get(paged.json()["@odata.nextLink"].as_str().unwrap()).await;
    assert_eq!(names(&rest), owen.owned_applications[2..4]);
    let uncast = graph.get("/me/ownedObjects").await;
    assert_eq!(uncast.json()["value"][0]["@odata.type"], "#microsoft.graph.application");
    assert_eq!(names(&uncast), owen.owned_applications);
    let roles = Graph::of(&tenant, MARA).get("/me/memberOf").await;
    assert_eq!(names(&roles), ["Application Administrator"]);
}

#[tokio::test]
async fn people_owners_services_and_the_organization() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, OWEN);
    assert_eq!(names(&graph.get("/users").await).len(), 8);
    assert_eq!(names(&graph.get(&format!("/users?$filter=userPrincipalName eq '{MARA}'")).await), ["Mara Lindqvist"]);
    assert_eq!(graph.get(&format!("/users/{MARA}")).await.json()["jobTitle"], "Identity platform lead");
    assert_eq!(graph.get("/users/nobody@example").await.graph_error().0, 404);

    let app = application(&tenant, "release-automation");
    let owners = graph.get(&format!("/applications/{}/owners", app.id)).await.json();
    let kinds: Vec<&Value> = owners["value"].as_array().unwrap().iter().map(|owner| &owner["@odata.type"]).collect();
    assert_eq!(kinds, ["#microsoft.graph.user", "#microsoft.graph.servicePrincipal"]);
    assert_eq!(owners["value"][0]["displayName"], "Tobias Renner");

    let service = graph.get(&format!("/servicePrincipals(appId='{}')", app.app_id)).await.json();
    assert_eq!(owners["value"][1]["id"], service["id"]);
    assert_eq!(service["keyCredentials"], json!([]), "it does not show the application's");
    let listed =
        graph.get(&format!("/servicePrincipals?$filter=appId eq '{}'&$select=id,displayName", app.app_id)).await;
    assert_eq!(names(&listed), ["release-automation"]);

    let organization = graph.get("/organization").await.json();
    assert_eq!(organization["value"][0]["id"], tenant.tenant_id().to_string());
    assert_eq!(organization["value"][0]["verifiedDomains"][0]["name"], tenant.domain());
}
