//! One object of the inventory: what it needs, what was decided, what changed of it elsewhere; and the forms for that.

use crate::desk::{SampleDesk, id};
use crate::{Answer, admin, ask, check, get, portal, run};
use app::contract::people::PortalRole;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, REFERER};
use axum::http::{Request, StatusCode};

fn object(kind: &str) -> String {
    format!("/inventory/{kind}/{}", id(2))
}

async fn shown(name: &str, desk: SampleDesk, path: &str) -> String {
    let answer = get(desk, path).await;
    check(name, &answer.html);
    assert_eq!(answer.status, StatusCode::OK, "{name}");
    answer.html
}

async fn post(path: &str, fields: &str, from: &str) -> Answer {
    let request = Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header(REFERER, format!("http://localhost{from}"));
    ask(portal(admin()), request.body(Body::from(fields.to_owned())).unwrap()).await
}

#[test]
fn each_item_says_what_was_decided_and_can_be_decided_about() {
    run(async {
        let html = shown("object", admin().with_inventory(), &object("service-principal")).await;
        for words in [
            "Changed elsewhere",
            "Owen Carter looks after it",
            "Snoozed until ",
            "Accepted for as long as it is so",
            "“Switched off in &lt;March&gt;”",
            "Decided by Mara Lindqvist, ",
            "Thumbprint reads service principals and cannot change them.",
            "2 certificates, 1 secret",
            "CN=in-use",
            "Signed in on ",
            "A sign-in was tried on ",
            "whether it succeeded is not told",
            "Last use unknown: Microsoft's report of sign-ins stands still",
            ", by an imported log of ",
            "Whether it was used since is unknown: the directory has no licence",
            " and failed, by an imported log of ",
            "https://entra.example/#2",
        ] {
            assert!(html.contains(words), "{words}");
        }
        for (form, count) in [("assign", 3), ("snooze", 3), ("accept", 3), ("reopen", 2)] {
            assert_eq!(html.matches(&format!("action=\"/api/{form}-item\"")).count(), count, "{form}");
        }
        assert!(html.contains("(you)</option>") && html.contains("Owen Carter</option>"));
        let app = shown("object-app", admin().with_inventory(), &object("application")).await;
        assert!(app.contains(&format!("href=\"/apps/{}\"", id(2))) && !app.contains("cannot change them"));
    });
}

#[test]
fn who_reads_only_decides_nothing() {
    run(async {
        let auditor = SampleDesk::of(&[PortalRole::Auditor]).with_inventory();
        let html = shown("object-auditor", auditor, &object("application")).await;
        assert!(html.contains("Snoozed until ") && html.contains("Changes made elsewhere"));
        assert!(!html.contains("action=\"/api/assign-item") && !html.contains("/api/acknowledge-changes"));
    });
}

#[test]
fn a_change_says_what_it_was_and_who_did_it_as_far_as_that_is_known() {
    run(async {
        let html = shown("app-changes", admin().with_inventory(), &format!("/apps/{}", id(1))).await;
        for words in [
            "Changes made elsewhere",
            "3 open changes",
            "Certificate CN=&lt;b&gt;az&lt;/b&gt;",
            "By <strong>mara@contoso.example</strong>",
            "unknown until the directory’s audit log has the record",
            "may not read the directory’s audit log (AuditLog.Read.All)",
            "It was gone before the next reading of the directory",
            "That was us, by &lt;az&gt;",
            "All 3 are known",
        ] {
            assert!(html.contains(words), "{words}");
        }
        assert_eq!(html.matches("name=\"change[]\"").count(), 3, "what is known is not asked about");
        assert!(
            html.contains(&format!(
                "href=\"{}\"",
                object("application").replace(&id(2).to_string(), &id(1).to_string())
            ))
        );
        let off = shown("app-no-changes", admin(), &format!("/apps/{}", id(1))).await;
        assert!(!off.contains("Changes made elsewhere") && !off.contains("/inventory/application"));
    });
}

#[test]
fn each_decision_leads_back_to_its_object() {
    run(async {
        let from = object("service-principal");
        let item = format!("kind=service-principal&object={}&needs=no-owner", id(2));
        for (path, fields) in [
            ("/api/assign-item", format!("{item}&person={}", id(7))),
            ("/api/snooze-item", format!("{item}&until=2026-12-24&reason=")),
            ("/api/accept-item", format!("{item}&reason=it+stays")),
            ("/api/reopen-item", item.clone()),
            ("/api/acknowledge-changes", format!("{item}&change%5B%5D=4&change%5B%5D=3&reason=az")),
        ] {
            assert_eq!(post(path, &fields, &from).await.location.as_deref(), Some(from.as_str()), "{path}");
        }
        let app = format!("kind=application&object={}&change%5B%5D=4&reason=az", id(1));
        let led = post("/api/acknowledge-changes", &app, &from).await.location;
        assert_eq!(led, Some(format!("/apps/{}", id(1))), "an app has a page of its own");
        for (path, fields) in [
            ("/api/accept-item", format!("{item}&reason=")),
            ("/api/snooze-item", format!("{item}&until=soon")),
            ("/api/assign-item", format!("{item}&person=Owen")),
            ("/api/assign-item", format!("kind=group&object={}&needs=no-owner&person={}", id(2), id(7))),
            ("/api/acknowledge-changes", format!("{item}&reason=az")),
        ] {
            let refused = post(path, &fields, &from).await.location;
            assert_eq!(refused, Some(format!("{from}#refused")), "{path} {fields}");
        }
    });
}
