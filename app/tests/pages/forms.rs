//! Each plain form, as its page sends it, and where it leads.

use super::{Answer, admin, ask, check, portal, run};
use crate::desk::plans::{APPENDING, COPYING, MANY, REPLACING, RESTORING, RETIRING, ROTATING, TABLE};
use crate::desk::proofs::{FRESH, UNKNOWN};
use crate::desk::receipts::{GOOD, MIXED, RUNNING};
use crate::desk::requests::{OPEN, VOID};
use crate::desk::{self, NEW, id};
use app::route::{Form, Route};
use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, REFERER};
use domain::ids::ObjectId;
use views::data::proofs::ProofAttempt;

fn form(path: &str, form: &str, from: &str) -> Request<Body> {
    Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header(REFERER, format!("http://localhost{from}"))
        .body(Body::from(form.to_owned()))
        .unwrap()
}

async fn post(path: &str, fields: &str, from: &str) -> Answer {
    ask(portal(admin()), form(path, fields, from)).await
}

/// Sends a form, and loads the page that it leads back to.
async fn refused(path: &str, fields: &str, from: &str) -> Answer {
    refused_by(admin(), path, fields, from).await
}

async fn refused_by(desk: desk::SampleDesk, path: &str, fields: &str, from: &str) -> Answer {
    let portal = portal(desk);
    let back = ask(portal.clone(), form(path, fields, from)).await.location.unwrap();
    assert_eq!(back, format!("{from}#refused"));
    let request = Request::get(from).header("accept", "text/html").body(Body::empty()).unwrap();
    let page = ask(portal.clone(), request).await;
    let request = Request::get(from).header("accept", "text/html").body(Body::empty()).unwrap();
    assert!(!ask(portal, request).await.html.contains("id=\"refused\""), "it is said once");
    page
}

#[test]
fn plain_forms_lead_from_step_to_step() {
    run(async {
        let sha256 = desk::new_certificate().sha256();
        let certificate = sha256.hex();
        let text: String = form_urlencoded::byte_serialize(NEW.as_bytes()).collect();
        let kept = post("/api/keep-certificate", &format!("text={text}&app={}", id(40)), "/certificates/new").await;
        assert_eq!(kept.location, Some(format!("{}?app={}", Route::Certificate(sha256), id(40))));

        // Just what the form of the choosing page sends, with all of its other fields.
        let chosen = format!(
            "scope=all&sort=&q=&mode=replace&display_name=&app%5B%5D={}&app%5B%5D={}&certificate%5B%5D={certificate}",
            id(1),
            id(40)
        );
        let drafted = post("/api/draft-plan", &chosen, &Route::ChooseApps(sha256).to_string()).await;
        assert_eq!(drafted.location, Some(Route::Plan(id(REPLACING)).to_string()));

        let text: String = form_urlencoded::byte_serialize(NEW.as_bytes()).collect();
        for known in [format!("text={text}"), format!("text=&certificate={certificate}")] {
            let drafted = post("/api/register", &format!("app={}&{known}", id(1)), "/doctor").await;
            assert_eq!(drafted.location, Some(Route::Plan(id(70)).to_string()));
        }
        let imported = post("/api/import-from-vault", "vault=contoso&name=payroll&version=1", "/vaults").await;
        assert_eq!(imported.location, Some(Route::Certificate(sha256).to_string()));

        let notices = Route::Notices.to_string();
        let replay = format!("notice={}&channel=ops", id(701));
        for (path, fields) in [
            ("/api/test-channel", "channel=ops"),
            ("/api/free-channel", "channel=old"),
            ("/api/replay-notice", replay.as_str()),
        ] {
            assert_eq!(post(path, fields, &notices).await.location.as_ref(), Some(&notices), "{path}");
        }

        for (path, fields) in [
            ("/api/keep-channel", "name=ops&kind=slack&url=https%3A%2F%2Fhooks.slack.com%2Fx&tells%5B%5D=admins"),
            ("/api/switch-channel", "channel=quiet&version=3&on=on"),
            ("/api/remove-channel", "channel=quiet&version=3"),
        ] {
            assert_eq!(post(path, fields, &notices).await.location.as_ref(), Some(&notices), "{path}");
        }
        let changing = format!("{notices}?change=oncall");
        let again =
            refused("/api/keep-channel", "name=oncall&version=3&kind=slack&url=s3cret&to=a%40b.c", &changing).await;
        assert!(again.html.contains("Nothing would be told there") && again.html.contains("type them again"));
        assert!(!again.html.contains("s3cret") && !again.html.contains("a@b.c"), "{}", again.html);
        check("notices-refused", &again.html);
        let again = refused("/api/remove-channel", "channel=quiet&version=2", &notices).await;
        assert!(again.html.contains("Somebody else changed it"));
        let at = again.html.find("Somebody else changed it").unwrap();
        let unfolded = again.html[..at].rfind("<details").unwrap();
        assert!(again.html[unfolded..at].starts_with("<details open class=\"help\">"), "what it says is in view");

        let rules = Route::Rules.to_string();
        for (path, fields) in [
            ("/api/keep-rule", "name=all&version=0&approvers=admins&own=on"),
            ("/api/switch-rule", "rule=renewals&version=3&on=off"),
            ("/api/remove-rule", "rule=renewals&version=3"),
        ] {
            assert_eq!(post(path, fields, &rules).await.location.as_ref(), Some(&rules), "{path}");
        }
        let long = "n".repeat(250);
        let wrong = format!("name=all&version=0&names={long}&approvers=root&kinds%5B%5D=append&proven=on&days=30");
        let again = refused("/api/keep-rule", &wrong, &rules).await;
        assert!(again.html.contains("Who approves, line 1") && again.html.contains(&format!(">{long}</textarea>")));
        assert!(again.html.contains("value=\"30\""), "{}", again.html);
        check("rules-refused", &again.html);

        let own = Route::OwnNotices.to_string();
        let app = format!("kind=application&object={}", id(1));
        let known = format!("{app}&ends=2026-11-23T12%3A00%3A00Z&until=2026-12-01&reason=known");
        let hours = "zone=Europe%2FBerlin&morning=07%3A15&quiet_from=22%3A00&quiet_until=06%3A30";
        for (path, fields) in [
            ("/api/acknowledge-end", known.as_str()),
            ("/api/remind-again", &app),
            ("/api/notice-hours", hours),
            ("/api/notice-hours", "zone="),
            ("/api/revoke-calendar", ""),
        ] {
            assert_eq!(post(path, fields, &own).await.location.as_ref(), Some(&own), "{path} {fields}");
        }
        // The secret address is on the answer, and nowhere else.
        let made = post("/api/make-calendar", "", &own).await;
        check("calendar-address", &made.html);
        let address = format!("http://localhost/calendar/{}/thumbprint.ics", "07".repeat(32));
        assert!(made.html.contains(&format!("value=\"{address}\"")), "{}", made.html);
        for (path, fields, why) in [
            ("/api/acknowledge-end", format!("{app}&ends=2026-12-23T12%3A00%3A00Z"), "That is not so any more"),
            ("/api/acknowledge-end", format!("{app}&ends=tomorrow"), "That is not a time"),
            ("/api/notice-hours", "zone=Europe%2FBerlin&quiet_from=22%3A00".into(), "have a beginning and an end"),
            ("/api/notice-hours", "zone=Europe%2FAtlantis".into(), "There is no such time zone"),
        ] {
            let page = refused(path, &fields, &own).await;
            assert!(page.html.contains(why), "{path} {fields}");
            check("own-notices-refused", &page.html);
        }

        let teams = Route::Teams.to_string();
        let table = format!("csv=app%2Cteam%0A{}%2CPayroll", id(2));
        let preview = post("/api/preview-given-apps", &table, &teams).await;
        check("teams-preview", &preview.html);
        assert!(preview.html.contains("payroll &lt;b&gt;export") && preview.html.contains("Taken back: 1 app"));
        let seen = format!("{table}&seen={}", "0".repeat(64));
        let kept = post("/api/give-apps", &seen, "/api/preview-given-apps").await;
        assert_eq!(kept.location.as_ref(), Some(&teams));
        let again = refused("/api/preview-given-apps", "csv=x%2Cy", &teams).await;
        assert!(again.html.contains("no column “app”") && again.html.contains(">x,y</textarea>"), "{}", again.html);
        check("teams-refused", &again.html);
        // The preview has no address: who is refused there comes back to the table.
        let back = post("/api/give-apps", &table, "/api/preview-given-apps").await;
        assert_eq!(back.location, Some(format!("{teams}#refused")));

        let plan = Route::Plan(id(APPENDING)).to_string();
        let pace = "canary=5&second=10&ask_between=on&halt_at=20";
        let pushed = post("/api/push", &format!("plan={}&{pace}", id(APPENDING)), &plan).await;
        assert_eq!(pushed.location, Some(Route::Receipt(id(GOOD)).to_string()));
    });
}

/// Each form as the page sends it leads to the preview of what it asks for.
#[test]
fn plain_forms_of_every_kind_of_push_lead_to_its_preview() {
    run(async {
        let sha256 = desk::new_certificate().sha256();
        let certificate = sha256.hex();
        let (app, key) = (id(1), id(10));
        let choose = Route::ChooseApps(sha256).to_string();
        let posts = [
            (
                "draft-plan",
                format!(
                    "scope=all&search=pay&q=pay&all=on&mode=append&overlap_days=14&certificate%5B%5D={certificate}"
                ),
                &choose,
                MANY,
            ),
            (
                "draft-plan",
                format!("app%5B%5D={app}&mode=rotate&overlap_days=14&certificate%5B%5D={certificate}"),
                &choose,
                ROTATING,
            ),
            ("draft-retire", format!("app={app}&key_id%5B%5D={key}"), &Route::Retirements.to_string(), RETIRING),
            (
                "draft-retire-certificate",
                format!("thumbprint={}&app%5B%5D={app}", desk::new_certificate().sha1().hex()),
                &"/search?q=0011".to_owned(),
                RETIRING,
            ),
            (
                "draft-retire-selected",
                format!("of=inventory&view=&q=&sort=&pick%5B%5D=app.{}.certificate.{key}", id(1)),
                &"/inventory/selection".to_owned(),
                RETIRING,
            ),
            (
                "draft-plan",
                format!(
                    "of=inventory&view=objects&q=pay&all=on&mode=append&overlap_days=14&certificate%5B%5D={certificate}"
                ),
                &"/inventory/selection".to_owned(),
                MANY,
            ),
            (
                "draft-copy",
                format!("scope=all&search=&q=&key_id%5B%5D={key}&app%5B%5D={}&from={app}", id(2)),
                &Route::Copy(ObjectId::new(app)).to_string(),
                COPYING,
            ),
            (
                "draft-restore",
                format!("app={app}&state=4&exactly=on"),
                &Route::Receipt(id(GOOD)).to_string(),
                RESTORING,
            ),
            ("draft-again", format!("receipt={}", id(MIXED)), &Route::Receipt(id(MIXED)).to_string(), APPENDING),
            ("draft-table", "csv=app%2Ccertificate%0APayroll%2C00".to_owned(), &Route::Table.to_string(), TABLE),
        ];
        for (endpoint, form, from, plan) in posts {
            let drafted = post(&format!("/api/{endpoint}"), &form, from).await;
            assert_eq!(drafted.location, Some(Route::Plan(id(plan)).to_string()), "{endpoint} {form}");
        }
        let (plan, open) = (Route::Plan(id(APPENDING)).to_string(), Route::Request(id(OPEN)).to_string());
        for (endpoint, form, from, to) in [
            ("ask", format!("plan={}&reason=why&wanted_on=2026-12-24&instead=", id(APPENDING)), &plan, &open),
            ("review-request", format!("request={}&revision=1&verdict=approve&reason=", id(OPEN)), &open, &open),
            ("withdraw-request", format!("request={}", id(OPEN)), &open, &open),
            ("comment-request", format!("request={}&words=hello", id(OPEN)), &open, &open),
            ("execute-request", format!("request={}", id(OPEN)), &open, &Route::Receipt(id(GOOD)).to_string()),
            (
                "push-past-rules",
                format!("plan={}&reason=why", id(APPENDING)),
                &plan,
                &Route::Receipt(id(GOOD)).to_string(),
            ),
        ] {
            let sent = post(&format!("/api/{endpoint}"), &form, from).await;
            assert_eq!(sent.location.as_ref(), Some(to), "{endpoint}");
        }
        let asked = Route::Request(id(desk::requests::SECRET)).to_string();
        let ruled = Route::Secret(ObjectId::new(id(1)), desk::secrets::key(desk::secrets::RULED)).to_string();
        let ask_for = format!("app={}&key_id={}&reason=moved&wanted_on=2026-12-24", id(1), id(desk::secrets::RULED));
        let sent = post("/api/ask-removal", &ask_for, &ruled).await;
        assert_eq!(sent.location.as_ref(), Some(&asked));
        let approved = Route::Request(id(desk::requests::SECRET_APPROVED)).to_string();
        let fields = format!("request={}&typed=remove", id(desk::requests::SECRET_APPROVED));
        let executed = post("/api/execute-request", &fields, &approved).await;
        assert_eq!(executed.location.as_ref(), Some(&approved), "its page says what came of it");
        let secret = Route::Secret(ObjectId::new(id(1)), desk::secrets::key(desk::secrets::UNKNOWN)).to_string();
        let typed = domain::secret_removal::words_to_type(desk::secrets::key(desk::secrets::UNKNOWN));
        let fields = format!("app={}&key_id={}&typed={}", id(1), id(desk::secrets::UNKNOWN), typed.replace(' ', "+"));
        let removed = post("/api/remove-secret", &format!("{fields}&reason=moved"), &secret).await;
        assert_eq!(removed.location.as_ref(), Some(&secret), "its page says what came of it");
        let refused = refused("/api/remove-secret", &format!("{fields}x&reason=moved+to+a+key"), &secret).await;
        check("secret-refused", &refused.html);
        assert!(refused.html.contains("value=\"moved to a key\""), "{}", refused.html);
        let grid = "/inventory?view=objects&q=owner%3Anone".to_owned();
        let saved = post("/api/save-view", "view=objects&q=owner%3Anone&sort=&name=mine", &grid).await;
        assert_eq!(saved.location.as_ref(), Some(&grid), "what was saved is what is shown");
        for (path, fields) in [("/api/rename-view", "&name=other"), ("/api/remove-view", "")] {
            let sent = post(path, &format!("saved={}{fields}", id(802)), &grid).await;
            assert_eq!(sent.location, Some(Route::Inventory.to_string()), "{path}");
        }
        let running = Route::Receipt(id(RUNNING)).to_string();
        for order in ["pause", "resume", "cancel"] {
            let steered = post("/api/steer", &format!("receipt={}&steer={order}", id(RUNNING)), &running).await;
            assert_eq!(steered.location.as_ref(), Some(&running), "{order}");
        }
    });
}

#[test]
fn a_plain_form_that_is_refused_comes_back_with_the_reason() {
    run(async {
        let sha256 = desk::new_certificate().sha256();
        let path = Route::ChooseApps(sha256).to_string();
        let page =
            refused("/api/draft-plan", &format!("q=&mode=append&certificate%5B%5D={}", sha256.hex()), &path).await;
        check("refused", &page.html);
        assert!(page.html.contains("No app was chosen"));

        let app = ObjectId::new(id(1));
        let refusals = [
            ("draft-retire", format!("app={app}"), Route::App(app), "No entry was chosen"),
            ("draft-copy", format!("from={app}"), Route::Copy(app), "No app was chosen"),
            ("draft-table", "csv=nonsense".to_owned(), Route::Table, "<li>Line 4: that is not a thumbprint.</li>"),
            (
                "review-request",
                format!("request={}&revision=1&verdict=reject&reason=", id(OPEN)),
                Route::Request(id(OPEN)),
                "A few words are needed.",
            ),
            (
                "push",
                format!("plan={}&typed=remove+2", id(REPLACING)),
                Route::Plan(id(REPLACING)),
                "It asks for “remove 1”.",
            ),
        ];
        for (endpoint, form, from, words) in refusals {
            let page = refused(&format!("/api/{endpoint}"), &form, &from.to_string()).await;
            assert!(page.html.contains("id=\"refused\""), "{endpoint}: in its place");
            check(&format!("refused-{endpoint}"), &page.html);
            assert!(page.html.contains(words), "{endpoint}: {words}");
        }
    });
}

#[test]
fn what_has_no_place_on_the_page_is_said_on_top_of_it_once() {
    run(async {
        let mut count = 0;
        for form_of in Form::ALL {
            let portal = portal(admin());
            let sent =
                "reason=because+%3Cb%3E&words=because+%3Cb%3E&name=because+%3Cb%3E&needs=no-owner&until=soon&app=x";
            let back = ask(portal.clone(), form(form_of.path(), sent, "/receipts/nowhere")).await.location;
            if back.is_none_or(|back| !back.ends_with("#refused")) {
                continue;
            }
            count += 1;
            // Of some the overview has the form itself; every other one says it on top.
            let request = Request::get("/").header("accept", "text/html").body(Body::empty()).unwrap();
            let page = ask(portal.clone(), request).await.html;
            check(&format!("refused-on-top-{}", form_of.path().replace('/', "-")), &page);
            assert!(page.contains("id=\"refused\""), "{}", form_of.path());
            let request = Request::get("/").header("accept", "text/html").body(Body::empty()).unwrap();
            assert!(!ask(portal, request).await.html.contains("id=\"refused\""), "{}: it is said once", form_of.path());
        }
        assert!(count > 30, "{count} forms were refused");
    });
}

#[test]
fn what_was_written_for_a_form_that_is_gone_can_be_copied() {
    run(async {
        let over = Route::Request(id(VOID)).to_string();
        let nowhere = Route::Request(id(7)).to_string();
        let (object, grid) = (format!("/inventory/application/{}", id(2)), "/inventory".to_owned());
        let review = format!("request={}&revision=1&verdict=perhaps&reason=not+%3Cb%3E", id(VOID));
        for (path, fields, from, written) in [
            ("/api/review-request", review.as_str(), &over, "not &lt;b&gt;"),
            ("/api/review-request", &review, &nowhere, "not &lt;b&gt;"),
            ("/api/comment-request", "request=x&words=say+%26", &over, "say &amp;"),
            (
                "/api/snooze-item",
                "kind=application&object=x&needs=nothing&until=soon&reason=in+March",
                &object,
                "in March",
            ),
            ("/api/accept-item", "kind=application&object=x&needs=nothing&reason=off", &object, "off"),
            ("/api/rename-view", "saved=x&name=taken", &grid, "taken"),
        ] {
            let page = refused_by(admin().with_inventory(), path, fields, from).await;
            check("refused-gone", &page.html);
            assert_eq!(page.html.matches("id=\"refused\"").count(), 1, "{path} on {from}");
            let on_top = page.html.find("id=\"refused\"") < page.html.find("<h1");
            assert!(on_top, "{path} on {from}");
            assert!(
                page.html.contains(&format!("<blockquote class=\"written__words\">{written}</blockquote>")),
                "{path} on {from}: {}",
                page.html
            );
        }
        for (path, fields, from) in [
            ("/api/withdraw-request", format!("request=x{}", id(VOID)), &over),
            ("/api/execute-request", format!("request=x{}", id(VOID)), &over),
            ("/api/assign-item", "kind=application&object=x&needs=nothing&person=x".to_owned(), &object),
            ("/api/end-session", "session=x".to_owned(), &Route::Sessions.to_string()),
            ("/api/remove-view", "saved=x".to_owned(), &grid),
        ] {
            let page = refused_by(admin().with_inventory(), path, &fields, from).await.html;
            let on_top = page.find("id=\"refused\"") < page.find("<h1");
            assert!(page.contains("id=\"refused\"") && on_top && !page.contains("written__words"), "{path}");
        }
    });
}

#[test]
fn what_was_typed_stands_in_its_field_again() {
    run(async {
        let open = Route::Request(id(OPEN)).to_string();
        let plan = Route::Plan(id(RESTORING)).to_string();
        let ruled = Route::Secret(ObjectId::new(id(1)), desk::secrets::key(desk::secrets::RULED)).to_string();
        let (object, grid) =
            (format!("/inventory/application/{}", id(2)), "/inventory?view=objects&q=owner%3Anone".to_owned());
        let item = format!("kind=application&object={}&needs=no-owner", id(2));
        let saved = format!("saved={}&name=taken", id(802));
        for (path, fields, from, fields_again) in [
            (
                "/api/review-request",
                "request=x&revision=1&verdict=reject&reason=%3C%2Ftextarea%3E%26amp%3B",
                &open,
                &[">&lt;/textarea&gt;&amp;amp;</textarea>"][..],
            ),
            ("/api/comment-request", "request=x&words=say+it", &open, &["value=\"say it\""]),
            (
                "/api/ask",
                "plan=x&reason=soon&wanted_on=2020-01-01&instead=abc",
                &plan,
                &["value=\"soon\"", "value=\"2020-01-01\"", "value=\"abc\""],
            ),
            (
                "/api/ask-removal",
                "app=x&key_id=x&reason=soon&wanted_on=2020-01-01",
                &ruled,
                &["value=\"soon\"", "value=\"2020-01-01\""],
            ),
            (
                "/api/snooze-item",
                &format!("{item}&until=2020-01-02x&reason=in+March"),
                &object,
                &["value=\"2020-01-02x\"", "value=\"in March\"", "<details open class=\"help\">"],
            ),
            (
                "/api/accept-item",
                &format!("{}&reason=off", item.replace("application", "group")),
                &object,
                &["value=\"off\"", "<details open class=\"help\">"],
            ),
            ("/api/acknowledge-changes", &format!("{item}&reason=by+az"), &object, &["value=\"by az\""]),
            (
                "/api/save-view",
                "view=objects&q=owner%3Anone&sort=&name=taken&shared=on",
                &grid,
                &["value=\"taken\"", "id=\"saved-views\" open", "value=\"on\" checked"],
            ),
            ("/api/rename-view", &saved, &grid, &["value=\"taken\"", "id=\"saved-views\" open"]),
            (
                "/api/upload-certificate",
                "text=no+%3Ccertificate%3E",
                &"/certificates/new".to_owned(),
                &[">no &lt;certificate&gt;</textarea>", "<details open class=\"drop__text\">"],
            ),
        ] {
            let page = refused_by(admin().with_inventory(), path, fields, from).await.html;
            check("refused-typed", &page);
            assert_eq!(page.matches("id=\"refused\"").count(), 1, "{path}");
            assert!(page.find("id=\"refused\"") > page.find("<h1"), "{path}: beside its button");
            for field in fields_again {
                assert!(page.contains(field), "{path}: {field} in {page}");
            }
        }
    });
}

#[test]
fn a_refused_table_comes_back_as_it_was_typed_unless_it_holds_a_private_key() {
    run(async {
        let table = format!("app,certificate\n{}", "Payroll export,nonsense\n".repeat(20));
        let sent = |table: &str| format!("csv={}", table.replace('\n', "%0A").replace(' ', "+"));
        let from = Route::Table.to_string();
        let page = refused("/api/draft-table", &sent(&table), &from).await;
        assert!(page.html.contains(&table), "{}", page.html);
        let with_key = format!("{table}-----BEGIN RSA private key-----\n");
        let page = refused("/api/draft-table", &sent(&with_key), &from).await;
        assert!(!page.html.contains("Payroll export,nonsense"), "{}", page.html);
        // What stands in a text field is not escaped by Leptos.
        let page = refused("/api/draft-table", "csv=nonsense%3C%2Ftextarea%3E%3Cb%3E%26amp%3B", &from).await;
        assert!(page.html.contains(">nonsense&lt;/textarea&gt;&lt;b&gt;&amp;amp;</textarea>"), "{}", page.html);
    });
}

#[test]
fn a_proof_is_judged_here_and_waited_for_only_where_it_can_help() {
    run(async {
        let attempt = async |app: u128, assertion: &str, attempt: u32| {
            let fields = format!("app={}&assertion={assertion}&attempt={attempt}", id(app));
            let request = Request::post("/api/prove")
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header("accept", "application/json")
                .body(Body::from(fields));
            let answer = ask(portal(admin()), request.unwrap()).await;
            serde_json::from_str::<ProofAttempt>(&answer.html).unwrap()
        };
        let over = |attempt: ProofAttempt| match attempt {
            ProofAttempt::Over { html } => html,
            ProofAttempt::Wait { answer } => panic!("it is over: {answer}"),
        };
        let issued = over(attempt(FRESH, "a.b.c", 1).await);
        assert!(
            issued.contains("Token issued: Payroll export can sign in") && !issued.contains("attempts"),
            "{issued}"
        );
        assert!(over(attempt(FRESH, "a.b.c", 3).await).contains("It took 3 attempts."));

        let ProofAttempt::Wait { answer } = attempt(FRESH, UNKNOWN, 24).await else { panic!("it may be on its way") };
        assert!(answer.starts_with("AADSTS700027"));
        let late = over(attempt(FRESH, UNKNOWN, 25).await);
        assert!(late.contains("Entra issued no token") && late.contains("It was asked 25 times"), "{late}");
        // Nothing was written lately: a verdict at once.
        let refused = over(attempt(1, UNKNOWN, 1).await);
        assert!(refused.contains("Most likely cause") && refused.contains("Open the doctor"), "{refused}");
        assert!(!refused.contains("on its way") && !refused.contains("<html"), "{refused}");
    });
}

/// As a browser sends a form with a file.
fn with_file(name: &str, file: &str, from: &str) -> Request<Body> {
    let body = format!(
        "--x\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"signins.json\"\r\n\r\n{file}\r\n--x--\r\n"
    );
    Request::post("/api/import-sign-ins")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header("accept", "text/html")
        .header(REFERER, format!("http://localhost{from}"))
        .body(Body::from(body))
        .unwrap()
}

#[test]
fn a_log_leads_to_what_was_in_it_and_one_that_cannot_be_used_back() {
    run(async {
        let from = Route::LastUse.to_string();
        let send = async |request| ask(portal(admin().with_inventory()), request).await.location;
        // Longer than any other form may be.
        let long = "x".repeat(3 * 1024 * 1024);
        assert_eq!(send(with_file("file", &long, &from)).await, Some(format!("{from}?import=7")));
        for request in [
            with_file("file", "[", &from),
            with_file("other", &long, &from),
            form("/api/import-sign-ins", "file=x", &from),
        ] {
            assert_eq!(send(request).await, Some(format!("{from}#refused")));
        }
    });
}
