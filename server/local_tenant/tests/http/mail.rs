//! `sendMail`: who may, and where it goes.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local_tenant::{MailContent, TenantOptions};
use serde_json::{Value, json};

use crate::support::*;

fn message(to: &str) -> Value {
    json!({"message": {"subject": "Ends soon", "body": {"contentType": "Text", "content": "In 7 days."},
        "toRecipients": [{"emailAddress": {"address": to}}]}, "saveToSentItems": false})
}

#[tokio::test]
async fn mail_goes_into_the_control_apis_box() {
    let control = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    let tenant = local_tenant::start(TenantOptions { control, ..TenantOptions::default() }).await.unwrap();
    let owen = Graph::with_token(&tenant, tenant.graph_token_with_scopes(OWEN, &["Mail.Send"]).unwrap());
    let sent = owen.post("/me/sendMail", message(SOFIA)).await;
    assert_eq!((sent.status, sent.text.as_str()), (202, ""), "{sent:?}");
    let url = format!("{}/mail", tenant.control_url().unwrap());
    let listed = Reply::of(CLIENT.get(&url)).await.json();
    assert_eq!((&listed[0]["mailbox"], &listed[0]["message"]["subject"]), (&json!(OWEN), &json!("Ends soon")));
    assert_eq!(tenant.mail().len(), 1);
    assert_eq!(Reply::of(CLIENT.delete(&url)).await.status, 204);
    assert_eq!(Reply::of(CLIENT.get(&url)).await.json(), json!([]));

    let mime = STANDARD.encode("From: a@b.example\r\nSubject: x\r\n\r\nBody");
    let request = CLIENT.post(format!("{}/v1.0/me/sendMail", tenant.base_url()));
    let token = tenant.graph_token_with_scopes(OWEN, &["Mail.Send"]).unwrap();
    let reply = Reply::of(request.bearer_auth(token).header("content-type", "text/plain").body(mime)).await;
    assert_eq!(reply.status, 202, "{reply:?}");
    assert_eq!(tenant.mail()[0].content, MailContent::Mime("From: a@b.example\r\nSubject: x\r\n\r\nBody".into()));
}

#[tokio::test]
async fn people_send_from_their_own_box_and_apps_from_any_with_the_permission() {
    let tenant = demo().await;
    let person =
        |name: &str, scopes: &[&str]| Graph::with_token(&tenant, tenant.graph_token_with_scopes(name, scopes).unwrap());
    let denied = |reply: Reply| assert_eq!(reply.graph_error().1, "ErrorAccessDenied");
    denied(person(OWEN, &["User.Read"]).post("/me/sendMail", message(SOFIA)).await);
    denied(person(OWEN, &["Mail.Send"]).post(&format!("/users/{SOFIA}/sendMail"), message(OWEN)).await);
    let app = Graph::with_token(&tenant, app_token(&tenant, "payroll-batch").await);
    denied(app.post(&format!("/users/{SOFIA}/sendMail"), message(OWEN)).await);
    assert!(tenant.grant_graph_permissions(application(&tenant, "payroll-batch").app_id, &["Mail.Send"]));
    let app = Graph::with_token(&tenant, app_token(&tenant, "payroll-batch").await);
    let nobody = app.post("/users/nobody@contoso.onmicrosoft.com/sendMail", message(OWEN)).await.graph_error();
    assert_eq!((nobody.0, nobody.1.as_str()), (404, "ErrorInvalidUser"));
    for bad in [json!({}), json!({"message": {"subject": "x"}}), message("nobody"), message("a b@c.example")] {
        assert_eq!(app.post(&format!("/users/{SOFIA}/sendMail"), bad.clone()).await.status, 400, "{bad}");
    }
    assert_eq!(tenant.mail(), []);
    assert_eq!(app.post(&format!("/users/{SOFIA}/sendMail"), message(OWEN)).await.status, 202);
    assert_eq!(tenant.mail()[0].mailbox, SOFIA);
}
