//! Who may change what: permission of the client and right of the person, both.

use serde_json::{Value, json};
use time::Duration;

use crate::support::*;

const DENIED: (u16, &str, &str) =
    (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.");

#[track_caller]
fn denied(reply: &Reply) {
    let (status, code, message) = reply.graph_error();
    assert_eq!((status, code.as_str(), message.as_str()), DENIED);
}

#[tokio::test]
async fn owners_and_application_administrators_change_an_application_and_nobody_else() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let before = Graph::of(&tenant, MARA).keys(&app).await;
    for (name, may) in [(OWEN, true), (MARA, true), (TOBIAS, true), (SOFIA, false), (PRIYA, false)] {
        let graph = Graph::of(&tenant, name);
        // Everybody reads, with the certificates.
        assert_eq!(graph.keys(&app).await, before, "{name}");
        let reply = graph.patch_keys(&app, graph.keys_without_material(&app).await).await;
        if may {
            assert_eq!(reply.status, 204, "{name}: {reply:?}");
        } else {
            denied(&reply);
            denied(&graph.patch_keys(&app, json!([])).await);
        }
        assert_eq!(graph.keys(&app).await, before, "{name}");
    }
}

#[tokio::test]
async fn a_refusal_is_written_as_recorded() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let reply = Graph::of(&tenant, SOFIA).patch_keys(&app, json!([])).await;
    let inner = reply.json()["error"]["innerError"].clone();
    let text = |name: &str| inner[name].as_str().unwrap().to_owned();
    let (date, id) = (text("date"), text("request-id"));
    let recorded = "{\"error\":{\"code\":\"Authorization_RequestDenied\",\"message\":\"Insufficient privileges to complete the operation.\",\"innerError\":{\"date\":\"DATE\",\"request-id\":\"ID\",\"client-request-id\":\"ID\"}}}";
    assert_eq!(reply.text, recorded.replace("DATE", &date).replace("ID", &id));
    assert_eq!(date.len(), "2025-02-20T10:52:24".len(), "no zone");
    assert_eq!(reply.header("x-ms-resource-unit"), Some("1"));
}

#[tokio::test]
async fn the_right_is_worth_nothing_without_the_clients_permission() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    for name in [OWEN, MARA] {
        let reader = tenant.graph_token_with_scopes(name, &["Application.Read.All", "User.Read"]).unwrap();
        let reader = Graph::with_token(&tenant, reader);
        assert_eq!(reader.keys(&app).await.len(), 2);
        denied(&reader.patch_keys(&app, reader.keys_without_material(&app).await).await);
        denied(&reader.post("/applications", json!({"displayName": "x"})).await);
        let profile = Graph::with_token(&tenant, tenant.graph_token_with_scopes(name, &["User.Read"]).unwrap());
        assert_eq!(profile.get("/me").await.status, 200);
        denied(&profile.get("/applications").await);
        denied(&profile.get("/me/ownedObjects").await);
    }
}

#[tokio::test]
async fn an_app_with_owned_by_changes_what_its_service_principal_owns() {
    let tenant = demo().await;
    let graph = Graph::with_token(&tenant, app_token(&tenant, "release-automation").await);
    for (name, may) in [("dns-updater", true), ("release-automation", true), ("payroll-batch", false)] {
        let app = application(&tenant, name);
        let before = graph.keys(&app).await;
        let reply = graph.patch_keys(&app, graph.keys_without_material(&app).await).await;
        if may {
            assert_eq!(reply.status, 204, "{name}");
        } else {
            denied(&reply);
        }
        assert_eq!(graph.keys(&app).await, before);
    }
    assert_eq!(graph.get("/me").await.graph_error().2, "/me request is only valid with delegated authentication flow.");
}

#[tokio::test]
async fn an_app_does_what_its_own_permissions_say() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let writer = Graph::with_token(&tenant, app_token(&tenant, "terraform-runner").await);
    assert_eq!(writer.patch_keys(&app, writer.keys_without_material(&app).await).await.status, 204);
    let reader = Graph::with_token(&tenant, app_token(&tenant, "certificate-inventory").await);
    assert_eq!(reader.keys(&app).await.len(), 2);
    denied(&reader.patch_keys(&app, json!([])).await);
    // A token without any role proves the certificate, and opens nothing.
    let nothing = Graph::with_token(&tenant, app_token(&tenant, "payroll-batch").await);
    denied(&nothing.get("/applications").await);
}

#[tokio::test]
async fn a_new_owner_may_change_the_application() {
    let tenant = demo().await;
    let app = application(&tenant, "payroll-batch");
    let sofia = Graph::of(&tenant, SOFIA);
    let id = sofia.get("/me").await.json()["id"].as_str().unwrap().to_owned();
    let body = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{id}")});
    let path = format!("/applications/{}/owners/$ref", app.id);
    denied(&sofia.post(&path, body.clone()).await);
    let owen = Graph::of(&tenant, OWEN);
    assert_eq!(owen.post(&path, body.clone()).await.status, 204);
    assert_eq!(owen.post(&path, body).await.graph_error().0, 400);
    assert_eq!(sofia.patch_keys(&app, sofia.keys_without_material(&app).await).await.status, 204);
}

#[tokio::test]
async fn only_a_good_token_is_let_in() {
    let tenant = demo().await;
    let other = demo().await;
    let good = tenant.graph_token(OWEN).unwrap();
    assert_eq!(Graph::with_token(&tenant, good.clone()).get("/me").await.status, 200);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let altered = format!("{message}A.{signature}");
    for token in [String::new(), "abc".into(), altered, other.graph_token(OWEN).unwrap()] {
        let reply = Graph::with_token(&tenant, token.clone()).get("/me").await;
        assert_eq!(reply.graph_error().1, "InvalidAuthenticationToken", "{token}");
        assert_eq!(reply.status, 401);
        assert!(reply.header("www-authenticate").unwrap().starts_with("Bearer "));
    }
    // A token of the tenant's for another resource.
    let vault = tenant.graph_token_with_scopes(OWEN, &["https://vault.azure.net/user_impersonation"]).unwrap();
    let (_, _, message) = Graph::with_token(&tenant, vault).get("/me").await.graph_error();
    assert_eq!(message, "Access token validation failure. Invalid audience.");
    assert_eq!(tenant.graph_token("nobody@example"), None);
    tenant.move_clock(Duration::hours(2));
    let (status, _, message) = Graph::with_token(&tenant, good).get("/me").await.graph_error();
    assert_eq!((status, message.as_str()), (401, "Lifetime validation failed, the token is expired."));
    let claims: Value = payload(&tenant.graph_token(OWEN).unwrap());
    assert!(claims["exp"].as_i64() > claims["nbf"].as_i64());
}
