//! What is no part of the tenant never passes for Microsoft's own answer.

use std::net::SocketAddr;

use local_tenant::TenantOptions;
use serde_json::{Value, json};

use crate::keyvault::{APPS, Vault};
use crate::support::*;

const HEADER: &str = "x-thumbprint-not-simulated";

#[track_caller]
fn is_marked(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert!(reply.header(HEADER).is_some(), "{reply:?}");
    assert!(reply.text.contains("Thumbprint's local tenant does not simulate"), "{reply:?}");
}

#[tokio::test]
async fn graph_says_so_of_what_the_real_one_has_and_refuses_what_it_has_not() {
    let tenant = demo().await;
    let graph = Graph::of(&tenant, MARA);
    let app = application(&tenant, "payroll-batch").id;
    for path in ["/devices".to_owned(), format!("/applications/{app}/synchronization"), "/me/messages".to_owned()] {
        let reply = graph.get(&path).await;
        is_marked(&reply, 501);
        assert_eq!(reply.graph_error().1, "NotSimulated");
    }
    is_marked(&graph.get(&format!("/applications/{app}?$expand=extensionProperties")).await, 501);
    is_marked(&graph.post("/users", json!({"displayName": "New"})).await, 501);
    // These are Graph's own refusals.
    for path in ["/grups".to_owned(), format!("/applications/{app}/passwords")] {
        let reply = graph.get(&path).await;
        assert_eq!((reply.status, reply.header(HEADER)), (400, None), "{reply:?}");
        assert!(reply.graph_error().2.starts_with("Resource not found for the segment"), "{reply:?}");
    }
    let requests = json!({"requests": [{"id": "1", "method": "GET", "url": "/devices"}]});
    let batch = graph.post("/$batch", requests).await.json();
    assert!(batch["responses"][0]["headers"][HEADER].is_string(), "{batch}");
}

#[tokio::test]
async fn sign_in_and_vaults_say_so_too() {
    let tenant = demo().await;
    for (grant, ours) in [("urn:ietf:params:oauth:grant-type:jwt-bearer", true), ("password", true), ("magic", false)] {
        let reply = post_form(&token_url(&tenant), &[("grant_type", grant)]).await;
        if ours {
            is_marked(&reply, 501);
            assert_eq!((&reply.json()["error"], &reply.json()["error_uri"]), (&json!("not_simulated"), &Value::Null));
        } else {
            assert_eq!((reply.status, &reply.json()["error_codes"]), (400, &json!([70003])));
        }
    }
    is_marked(&Vault::of(&tenant, APPS, MARA).get("/certificates/issuers").await, 501);
    let nowhere = Reply::of(CLIENT.get(format!("{}/subscriptions/1/resourceGroups", tenant.base_url()))).await;
    is_marked(&nowhere, 404);
}

#[tokio::test]
async fn the_control_api_lists_what_was_missed() {
    let control = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    let tenant = local_tenant::start(TenantOptions { control, ..TenantOptions::default() }).await.unwrap();
    let graph = Graph::of(&tenant, MARA);
    for path in ["/devices?$top=1", "/devices", "/me/messages"] {
        graph.get(path).await;
    }
    let url = format!("{}/not-simulated", tenant.control_url().unwrap());
    let listed = Reply::of(CLIENT.get(&url)).await.json();
    let shown: Vec<_> =
        listed.as_array().unwrap().iter().map(|one| (&one["method"], &one["target"], &one["times"])).collect();
    let get = json!("GET");
    assert_eq!(shown, [(&get, &json!("/v1.0/devices"), &json!(2)), (&get, &json!("/v1.0/me/messages"), &json!(1))]);
    assert_eq!(tenant.not_simulated().len(), 2);
    assert_eq!(Reply::of(CLIENT.delete(&url)).await.status, 204);
    assert_eq!(Reply::of(CLIENT.get(&url)).await.json(), json!([]));
}
