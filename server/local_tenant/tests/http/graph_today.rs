//! Graph as it is today: queries by certificates' dates, property paths, casts, what may be written.

use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn applications_are_found_by_their_certificates_dates_and_ids() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, MARA);
    let all = graph.get("/applications?$top=999&$select=id,keyCredentials").await.json();
    let soon = "2027-06-01T00:00:00Z";
    let has = |app: &Value| {
        let keys = app["keyCredentials"].as_array().unwrap();
        keys.iter().any(|key| key["endDateTime"].as_str().unwrap() <= soon)
    };
    let mut expected: Vec<String> = all["value"].as_array().unwrap().iter().filter(|app| has(app)).map(id).collect();
    let query =
        format!("/applications?$filter=keyCredentials/any(k:k/endDateTime le {soon})&$count=true&$top=999&$select=id");
    let found = graph.get_eventual(&query).await.json();
    let mut ids: Vec<String> = found["value"].as_array().unwrap().iter().map(id).collect();
    expected.sort();
    ids.sort();
    assert_eq!(ids, expected);
    assert!(!ids.is_empty() && found["@odata.count"] == ids.len(), "{found}");

    let app = application(&tenant, "payroll-batch");
    let key = graph.keys(&app).await[0]["keyId"].as_str().unwrap().to_owned();
    let query = format!("/applications?$filter=keyCredentials/any(k:k/keyId eq {key})&$count=true");
    assert_eq!(graph.get_eventual(&query).await.json()["value"][0]["id"], app.id.to_string());
    // It is an advanced query, and of no other collection or member.
    assert_eq!(graph.get(&query).await.graph_error().1, "Request_UnsupportedQuery");
    for other in [
        "passwordCredentials/any(p:p/endDateTime le 2030-01-01T00:00:00Z)",
        "keyCredentials/any(k:k/displayName eq 'x')",
    ] {
        let refused = graph.get_eventual(&format!("/applications?$filter={other}&$count=true")).await.graph_error();
        assert_eq!((refused.0, refused.1.as_str()), (400, "Request_UnsupportedQuery"), "{other}");
    }
}

#[tokio::test]
async fn owners_are_counted_referred_to_cast_and_expanded_by_name() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, MARA);
    let app = application(&tenant, "payroll-batch");
    let path = format!("/applications/{}/owners", app.id);
    let owners = graph.get(&path).await.json()["value"].as_array().unwrap().clone();
    assert_eq!(graph.get_eventual(&format!("{path}/$count")).await.text, owners.len().to_string());
    assert_eq!(graph.get(&format!("{path}/$count")).await.graph_error().2, "$count is not currently supported.");
    let references = graph.get(&format!("{path}/$ref")).await.json();
    assert_eq!(references["value"].as_array().unwrap().len(), owners.len());
    assert!(references["value"][0]["@odata.id"].as_str().unwrap().contains(&id(&owners[0])), "{references}");
    let people = graph.get(&format!("{path}/microsoft.graph.user")).await.json();
    assert!(
        people["value"].as_array().unwrap().iter().all(|one| one["@odata.type"] == "#microsoft.graph.user"),
        "{people}"
    );
    assert_eq!(graph.get(&format!("{path}/microsoft.graph.servicePrincipal")).await.json()["value"], json!([]));
    let expanded = graph.get(&format!("/applications/{}?$expand=owners($select=id,displayName)", app.id)).await.json();
    let first = expanded["owners"][0].as_object().unwrap();
    assert_eq!(first.keys().map(String::as_str).collect::<Vec<_>>(), ["@odata.type", "displayName", "id"]);
}

#[tokio::test]
async fn properties_have_paths_and_myorganization_is_this_one() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, MARA);
    let app = application(&tenant, "payroll-batch");
    let root = format!("{}/v1.0/$metadata#applications('{}')", tenant.base_url(), app.id);
    let name = graph.get(&format!("/applications/{}/displayName", app.id)).await.json();
    assert_eq!(name, json!({"@odata.context": format!("{root}/displayName"), "value": "payroll-batch"}));
    let web = graph.get(&format!("/myorganization/applications(appId='{}')/web", app.app_id)).await.json();
    assert_eq!((&web["@odata.context"], &web["redirectUriSettings"]), (&json!(format!("{root}/web")), &json!([])));
    let keys = graph.get(&format!("/applications/{}/keyCredentials", app.id)).await.json();
    assert_eq!((keys["value"].as_array().unwrap().len(), &keys["value"][0]["key"]), (2, &Value::Null));
    let page = graph.get("/myorganization/applications?$top=1").await.json();
    assert!(page["@odata.nextLink"].as_str().unwrap().contains("/v1.0/myorganization/applications?"), "{page}");
}

#[tokio::test]
async fn lists_sort_by_creation_and_show_keys_where_that_is_set() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, MARA);
    let sorted = graph.get_eventual("/applications?$orderby=createdDateTime desc&$count=true&$top=5").await.json();
    let dates: Vec<&str> =
        sorted["value"].as_array().unwrap().iter().map(|app| app["createdDateTime"].as_str().unwrap()).collect();
    assert!(dates.len() == 5 && dates.is_sorted_by(|a, b| a >= b), "{dates:?}");
    let next = graph.get_eventual(sorted["@odata.nextLink"].as_str().unwrap()).await.json();
    assert!(next["value"][0]["createdDateTime"].as_str().unwrap() <= dates[4], "{next}");
    assert_eq!(graph.get("/applications?$orderby=createdDateTime").await.graph_error().1, "Request_UnsupportedQuery");

    let shown = async || {
        let filter = format!(
            "/applications?$filter=id eq '{}'&$select=keyCredentials",
            application(&tenant, "payroll-batch").id
        );
        graph.get(&filter).await.json()["value"][0]["keyCredentials"][0]["key"].clone()
    };
    assert_eq!(shown().await, Value::Null);
    tenant.set_behaviour(|behaviour| behaviour.keys_in_lists = true);
    assert!(shown().await.as_str().unwrap().starts_with("MII"));
    let delta = graph.get("/applications/delta?$select=displayName").await.json();
    assert!(delta["value"][0]["id"].is_string() && delta["value"][0]["displayName"].is_string(), "{delta}");
}

#[tokio::test]
async fn pages_of_other_origins_read_answers_and_answers_are_compressed_or_bare_on_request() {
    let tenant = demo().await;
    let url = format!("{}/v1.0/applications?$top=5", tenant.base_url());
    let preflight = CLIENT
        .request(reqwest::Method::OPTIONS, &url)
        .header("origin", "https://spa.example")
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "authorization");
    let preflight = Reply::of(preflight).await;
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (200, Some("*")));
    assert_eq!(preflight.header("access-control-allow-methods"), Some("PATCH"));
    assert_eq!(preflight.header("access-control-allow-headers"), Some("authorization"));
    let token = tenant.graph_token(MARA).unwrap();
    let ask = |name: &str, value: &str| CLIENT.get(&url).bearer_auth(&token).header(name, value);
    let read = Reply::of(ask("origin", "https://spa.example")).await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, Some("*")));
    assert!(read.header("access-control-expose-headers").unwrap().contains("request-id"));
    let zipped = ask("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(zipped.headers()["content-encoding"], "gzip");
    assert!(zipped.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]));
    let bare = Reply::of(ask("accept", "application/json;odata.metadata=none")).await;
    assert!(bare.header("content-type").unwrap().contains("odata.metadata=none"), "{bare:?}");
    assert_eq!(bare.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["@odata.nextLink", "value"]);
    assert_eq!(Reply::of(CLIENT.get(&url).bearer_auth(&token)).await.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn what_is_written_must_be_of_the_declared_types() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, MARA);
    let app = application(&tenant, "payroll-batch");
    let path = format!("/applications/{}", app.id);
    for (name, value) in [
        ("isFallbackPublicClient", json!("yes")),
        ("signInAudience", json!("Everybody")),
        ("tags", Value::Null),
        ("web", json!({"redirectUris": ["http://contoso.example/callback"]})),
        ("spa", json!({"redirectUris": ["https://contoso.example/#x"]})),
        ("api", json!({"requestedAccessTokenVersion": "2"})),
        ("nativeAuthenticationApisEnabled", json!("some")),
    ] {
        let refused = graph.patch(&path, json!({name: value})).await.graph_error();
        let words = format!("Invalid value specified for property '{name}' of resource 'Application'.");
        assert_eq!(refused, (400, "Request_BadRequest".into(), words));
    }
    let foreign = graph.patch(&path, json!({"identifierUris": ["https://example.org/x"]})).await.graph_error();
    assert_eq!(foreign.1, "HostNameNotOnVerifiedDomain");
    let free = graph.patch(&path, json!({"identifierUris": ["api://payroll-of-mine"]})).await.graph_error();
    assert!(
        free.2.starts_with("Failed to add identifier URI api://payroll-of-mine. All newly added URIs must contain"),
        "{free:?}"
    );
    for good in [
        json!({"identifierUris": [format!("api://{}", app.app_id), "https://payroll.contoso.onmicrosoft.com/api"]}),
        json!({"web": {"redirectUris": ["https://contoso.example/callback", "http://localhost:3000"]}}),
        json!({"nativeAuthenticationApisEnabled": "all", "isFallbackPublicClient": null}),
    ] {
        assert_eq!(graph.patch(&path, good.clone()).await.status, 204, "{good}");
    }
    let service = tenant.applications().len();
    assert!(service > 0);
    let service = graph.get(&format!("/servicePrincipals(appId='{}')", app.app_id)).await.json();
    let refused = graph.patch(&format!("/servicePrincipals/{}", id(&service)), json!({"accountEnabled": "no"})).await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn secrets_and_service_principals_are_as_recorded_in_2025() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, MARA);
    let made = create(&graph, json!({"displayName": "today"})).await;
    assert_eq!(made["api"]["requestedAccessTokenVersion"], Value::Null);
    let consumer = json!({"displayName": "both", "signInAudience": "AzureADandPersonalMicrosoftAccount"});
    assert_eq!(create(&graph, consumer).await["api"]["requestedAccessTokenVersion"], 2);
    let path = format!("/applications/{}", id(&made));
    for name in ["first", "second"] {
        let added =
            graph.post(&format!("{path}/addPassword"), json!({"passwordCredential": {"displayName": name}})).await;
        assert_eq!((added.status, added.header("location")), (200, Some(tenant.base_url())));
    }
    let names: Vec<Value> = graph.get(&path).await.json()["passwordCredentials"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["displayName"].clone())
        .collect();
    assert_eq!(names, ["second", "first"]);

    let uri = format!("api://{}", text(&made, "appId"));
    assert_eq!(graph.patch(&path, json!({"identifierUris": [uri]})).await.status, 204);
    tenant.set_behaviour(|behaviour| behaviour.unowned_service_principals = true);
    let reply = graph.post("/servicePrincipals", json!({"appId": made["appId"]})).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let service = reply.json();
    assert_eq!(service["servicePrincipalNames"], json!([made["appId"], uri]));
    assert_eq!(
        (&service["samlSingleSignOnSettings"], &service["resourceSpecificApplicationPermissions"]),
        (&Value::Null, &json!([]))
    );
    let read = graph.get(&format!("/servicePrincipals/{}", id(&service))).await.json();
    assert_eq!(read["servicePrincipalNames"], json!([uri, made["appId"]]));
    let owners = graph.get(&format!("/servicePrincipals/{}/owners", id(&service))).await;
    assert_eq!((owners.json()["value"].as_array().unwrap().len(), owners.header("x-ms-resource-unit")), (0, Some("1")));
    assert_eq!(graph.get("/servicePrincipals").await.header("x-ms-resource-unit"), Some("1"));
}

#[tokio::test]
async fn the_number_of_certificates_can_be_limited() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let graph = Graph::of(&tenant, MARA);
    tenant.set_behaviour(|behaviour| behaviour.most_key_credentials = Some(2));
    let mut keys = graph.keys_without_material(&app).await;
    assert_eq!(keys.len(), 2);
    keys.push(Identity::new("third").credential());
    let refused = graph.patch_keys(&app, keys.clone()).await.graph_error();
    assert_eq!((refused.0, refused.1.as_str()), (403, "Directory_ResourceSizeExceeded"));
    keys.remove(0);
    assert_eq!(graph.patch_keys(&app, keys).await.status, 204, "one for another");
}

#[tokio::test]
async fn the_entries_of_all_collections_can_be_limited() {
    let tenant = empty().await;
    let graph = Graph::of(&tenant, MARA);
    tenant.set_behaviour(|behaviour| behaviour.most_entries = Some(3));
    let many = json!({"displayName": "many", "tags": ["a", "b"], "web": {"redirectUris": ["https://a.example", "https://b.example"]}});
    assert_eq!(graph.post("/applications", many).await.graph_error().1, "Directory_ResourceSizeExceeded");
    let app = create(&graph, json!({"displayName": "few", "tags": ["a", "b"]})).await;
    let path = format!("/applications/{}", id(&app));
    let key = Identity::new("a").credential();
    assert_eq!(graph.patch(&path, json!({"keyCredentials": [key]})).await.status, 204);
    let refused = graph.post(&format!("{path}/addPassword"), json!({"passwordCredential": {}})).await.graph_error();
    assert_eq!((refused.0, refused.1.as_str()), (403, "Directory_ResourceSizeExceeded"));
    // What is too much already may become less.
    tenant.set_behaviour(|behaviour| behaviour.most_entries = Some(1));
    assert_eq!(graph.patch(&path, json!({"tags": ["a"]})).await.status, 204);
    assert_eq!(graph.patch(&path, json!({"tags": ["a", "c"]})).await.status, 403);
}
