//! Every page, rendered through the same router as in the server, over a desk with sample data: what a browser without
//! scripts gets. Each page is also left in the target's tmp folder, to look at.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod desk;
mod forms;
mod inventory;
mod needs;
mod objects;

use app::contract::people::PortalRole;
use app::contract::problem::Problem;
use app::document::Files;
use app::route::Route;
use app::visit::{Refusals, Surroundings};
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, COOKIE, LOCATION};
use axum::http::{Request, StatusCode};
use axum::{Extension, Router};
use desk::plans::{APPENDING, COPYING, MANY, REPLACING, RESTORING, RETIRING, ROTATING, TABLE};
use desk::receipts::{CANCELLED, GOOD, MIXED, PAUSED, RUNNING, SIGNED_OUT};
use desk::{NOW, SampleDesk, id, secrets};
use domain::ids::ObjectId;
use std::sync::{Arc, LazyLock, Mutex};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use views::scene::FormRefusal;

/// One runtime for all tests, as a server has one.
fn run(test: impl Future<Output = ()>) {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
    RUNTIME.block_on(test);
}

/// What a session keeps of a refused form.
#[derive(Default)]
struct Kept(Mutex<Option<FormRefusal>>);

#[async_trait::async_trait]
impl Refusals for Kept {
    async fn keep(&self, refusal: &FormRefusal) -> Result<(), Problem> {
        *self.0.lock().unwrap() = Some(refusal.clone());
        Ok(())
    }

    async fn keep_for_return(&self, _: &FormRefusal) -> Result<(), Problem> {
        Ok(())
    }

    async fn take(&self) -> Option<FormRefusal> {
        self.0.lock().unwrap().take()
    }
}

const ORIGIN: &str = "http://localhost";

fn portal(desk: SampleDesk) -> Router {
    static FILES: LazyLock<Files> = LazyLock::new(|| Files { css: "/pkg/thumbprint.css".into(), ..Files::default() });
    let surroundings = Surroundings {
        desk: Arc::new(desk),
        refusals: Arc::<Kept>::default(),
        now: NOW,
        authority: None,
        files: &FILES,
        nonce: "bm9uY2U=".into(),
        origin: ORIGIN.into(),
    };
    app::pages().merge(app::forms()).merge(app::uploads()).merge(app::logs()).layer(Extension(surroundings))
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
    html: String,
}

async fn ask(portal: Router, request: Request<Body>) -> Answer {
    let response = portal.oneshot(request).await.unwrap();
    let status = response.status();
    let location = response.headers().get(LOCATION).map(|value| value.to_str().unwrap().to_owned());
    let html = String::from_utf8(to_bytes(response.into_body(), 8 << 20).await.unwrap().to_vec()).unwrap();
    Answer { status, location, html }
}

async fn get(desk: SampleDesk, path: &str) -> Answer {
    ask(portal(desk), Request::get(path).header(ACCEPT, "text/html").body(Body::empty()).unwrap()).await
}

fn keep(name: &str, html: &str) {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
}

fn admin() -> SampleDesk {
    SampleDesk::of(&[PortalRole::Admin])
}

/// What must hold on every page.
fn check(name: &str, html: &str) {
    keep(name, html);
    assert_eq!(html.matches("<h1").count(), 1, "{name}: one h1");
    assert!(html.contains("· Thumbprint</title>") || html.contains("<title>Thumbprint</title>"), "{name}: a title");
    assert!(html.contains("id=\"main\""), "{name}: a main part");
    // The content security policy allows neither.
    assert!(!html.contains(" style=\""), "{name}: no inline style");
    assert!(!html.contains(" onclick="), "{name}: no inline handler");
    let ids: Vec<_> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "{name}: no id twice in {ids:?}");
    for labelled in ["aria-labelledby=\"", "aria-describedby=\"", " for=\""] {
        for id in html.split(labelled).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(&id), "{name}: {labelled}{id}\" names something");
        }
    }
}

#[test]
fn every_page_is_complete_without_scripts() {
    run(async {
        let sha256 = desk::new_certificate().sha256();
        let choose = Route::ChooseApps(sha256).to_string();
        let app = Route::App(ObjectId::new(id(1))).to_string();
        let secret = |n| Route::Secret(ObjectId::new(id(1)), secrets::key(n)).to_string();
        let pages = [
            ("home", "/".to_owned(), "Recent pushes"),
            ("home-due", "/".to_owned(), "2 old certificates are due for removal"),
            ("upload", format!("/certificates/new?app={}", id(40)), "For Order intake"),
            ("certificate", Route::Certificate(sha256).to_string(), "payroll-2027</h1>"),
            ("choose", format!("{choose}?app%5B%5D={}&app%5B%5D={}", id(1), id(40)), "Chosen, not in view"),
            ("choose-none", format!("{choose}?q=nothing"), "No app matches"),
            ("choose-all", format!("{choose}?all=on&mode=rotate"), "All 61 apps that the search finds"),
            ("plan", Route::Plan(id(APPENDING)).to_string(), "Push to 1 app"),
            ("plan-replace", Route::Plan(id(REPLACING)).to_string(), "1 entry will be removed from 1 app"),
            ("plan-many", format!("{}?page=2", Route::Plan(id(MANY))), "26 to 50 of 61"),
            ("plan-retire", Route::Plan(id(RETIRING)).to_string(), "Remove from 1 app"),
            ("plan-restore", Route::Plan(id(RESTORING)).to_string(), "Undoes what came since"),
            ("plan-copy", Route::Plan(id(COPYING)).to_string(), "Adds certificates that another app has"),
            ("plan-rotate", Route::Plan(id(ROTATING)).to_string(), "Overlap of 14 days"),
            ("plan-table", Route::Plan(id(TABLE)).to_string(), "Adds what a table lists"),
            ("receipt", Route::Receipt(id(GOOD)).to_string(), "Verified on 1 app"),
            ("receipt-mixed", Route::Receipt(id(MIXED)).to_string(), "Verified on 1 of 2 apps"),
            ("receipt-running", Route::Receipt(id(RUNNING)).to_string(), "94 apps a minute · about 8 minutes left"),
            ("receipt-paused", Route::Receipt(id(PAUSED)).to_string(), "Too many apps did not end well"),
            ("receipt-signed-out", Route::Receipt(id(SIGNED_OUT)).to_string(), "Sign in again, then resume"),
            ("receipt-cancelled", Route::Receipt(id(CANCELLED)).to_string(), "Preview 822 apps again"),
            (
                "receipt-of-app",
                Route::AppReceipt(id(GOOD), ObjectId::new(id(1))).to_string(),
                "What a push did to Payroll",
            ),
            ("runbook", "/runbook".to_owned(), "The certificate is not registered on the app"),
            ("runbook-page", "/runbook/not-registered".to_owned(), "Try again after half a minute"),
            ("preferences", "/preferences".to_owned(), "Europe/Berlin"),
            ("sessions", "/sessions".to_owned(), "Firefox on Windows"),
            ("sessions-lent", "/sessions".to_owned(), "&lt;b&gt;Mara&lt;/b&gt;, since "),
            ("about", "/about".to_owned(), env!("CARGO_PKG_VERSION")),
            ("receipt-print", Route::ReceiptPrint(id(MIXED)).to_string(), "Printed by"),
            ("apps", "/apps?page=2".to_owned(), "26 to 32 of 61"),
            ("apps-none", "/apps?q=nothing&scope=mine".to_owned(), "None of your apps matches “nothing”"),
            ("inventory-switched-off", "/inventory".to_owned(), "The directory is not read here"),
            ("charts-switched-off", "/inventory/charts".to_owned(), "Charts need the inventory"),
            ("last-use-switched-off", Route::LastUse.to_string(), "needs the inventory, which is off"),
            ("app", app.clone(), "registers no certificate here"),
            ("app-moving", app.clone(), "Prove the certificate"),
            ("secret", secret(secrets::UNKNOWN), "Whether it is still used is not known"),
            ("secret-last", secret(secrets::LAST), "This is the last credential of an app that is in use"),
            ("secret-unused", secret(secrets::UNUSED), "You cannot change this app"),
            ("secret-ruled", secret(secrets::RULED), "Ask for its removal"),
            ("secret-asked", secret(secrets::LAST), "Its removal is asked for"),
            ("secret-gone", secret(secrets::GONE), "the job signs in with its &lt;certificate"),
            ("secret-doubtful", secret(secrets::DOUBTFUL), "Also missing in the last read"),
            ("history", format!("{app}/history"), "key of 2 not known"),
            ("history-compared", format!("{app}/history?older=1&newer=&page=2"), "Preview the exact state"),
            ("history-altered", format!("{app}/history?older=1&newer=2"), "What was altered: "),
            ("history-none", format!("{}/history", Route::App(ObjectId::new(id(2)))), "Nothing was seen yet"),
            ("copy", format!("{app}/copy?key_id%5B%5D={}", id(10)), "Copy certificates of Payroll export"),
            ("table", "/table".to_owned(), "CSV with a header line"),
            ("retirements", "/retirements".to_owned(), "Preview the removal"),
            ("retirements-none", "/retirements?page=2".to_owned(), "Rotated by"),
            ("requests", "/requests".to_owned(), "Waits for you"),
            ("requests-none", "/requests?show=mine".to_owned(), "You have asked for nothing"),
            ("requests-decided", "/requests?show=decided".to_owned(), "Void"),
            ("request", Route::Request(id(desk::requests::OPEN)).to_string(), "1 approval is missing"),
            ("request-approved", Route::Request(id(desk::requests::APPROVED)).to_string(), "Execute"),
            ("request-secret", Route::Request(id(desk::requests::SECRET)).to_string(), "There is no undo"),
            (
                "request-secret-approved",
                Route::Request(id(desk::requests::SECRET_APPROVED)).to_string(),
                "The secret will be removed with your sign-in",
            ),
            (
                "request-secret-gone",
                Route::Request(id(desk::requests::SECRET_GONE)).to_string(),
                "The secret is gone, and that was read back",
            ),
            ("requests-secret", "/requests".to_owned(), "Remove a client secret: “ci &lt;b&gt;”"),
            ("request-void", Route::Request(id(desk::requests::VOID)).to_string(), "An app no longer has what it had"),
            ("plan-with-rules", Route::Plan(id(RESTORING)).to_string(), "Push past the rules"),
            ("audit", "/audit?outcome=refused".to_owned(), "Request-id"),
            ("notices", Route::Notices.to_string(), "&lt;b&gt;later&lt;/b&gt;"),
            ("notices-change", format!("{}?change=oncall", Route::Notices), "Change the channel oncall"),
            ("rules", Route::Rules.to_string(), "Set in the configuration: it cannot be changed here"),
            ("rules-change", format!("{}?change=renewals", Route::Rules), "&lt;/textarea&gt;&lt;b&gt;"),
            ("notices-quiet", Route::Notices.to_string(), "Waits for the end of their quiet hours"),
            ("own-notices", Route::OwnNotices.to_string(), "retired in &lt;b&gt;May&lt;/b&gt;"),
            ("proof", Route::Proof(ObjectId::new(id(1))).to_string(), "Registered and in force"),
            ("doctor", "/doctor".to_owned(), "The doctor needs JavaScript and WebAssembly"),
            ("search", "/search?q=0011".to_owned(), "Service principal"),
            ("search-retire", "/search?q=0011".to_owned(), "Remove it from the selected"),
            ("search-none", "/search?q=nothing".to_owned(), "No app holds “nothing”"),
            ("search-bare", "/search?q=bare".to_owned(), "Apps without a certificate"),
            ("search-empty", "/search".to_owned(), "Nothing searched yet"),
            ("vaults", "/vaults?vault=contoso".to_owned(), "1 with an older version on an app"),
            ("make", Route::MakeCertificate.to_string(), "This page needs JavaScript and WebAssembly"),
            ("vaults-none", "/vaults".to_owned(), "No vault named yet"),
            ("vaults-refused", "/vaults?vault=closed".to_owned(), "You may not list certificates there."),
            ("signed-out", "/signed-out".to_owned(), "You are signed out"),
        ];
        for (name, path, words) in pages {
            let answer = get(admin(), &path).await;
            check(name, &answer.html);
            assert_eq!(answer.status, StatusCode::OK, "{name}");
            assert!(answer.html.contains(words), "{name} says “{words}”");
        }
    });
}

#[test]
fn what_is_not_there_is_a_404_and_who_is_not_let_in_reads_why() {
    run(async {
        for path in ["/no/such/page", "/apps/nonsense", "/certificates/00", "/plans/1", "/receipts/x"] {
            let answer = get(admin(), path).await;
            check("not-found", &answer.html);
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/apps", "/audit", "/certificates/new", &Route::Plan(id(70)).to_string()] {
            let answer = get(SampleDesk::stranger(), path).await;
            check("sign-in", &answer.html);
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(answer.html.contains("/sign-in?return=%2F"), "{path}: one comes back");
            let answer = get(SampleDesk::of(&[]), path).await;
            check("no-access", &answer.html);
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
        for (path, status) in [
            ("/search?q=a", 401),
            ("/vaults?vault=a", 401),
            ("/doctor", 200),
            ("/runbook", 200),
            ("/about", 200),
            ("/preferences", 200),
        ] {
            let answer = get(SampleDesk::stranger(), path).await;
            check("stranger", &answer.html);
            assert_eq!(answer.status, status, "{path}");
        }
        let landing = get(SampleDesk::stranger(), "/").await;
        check("landing", &landing.html);
        assert_eq!(landing.status, StatusCode::OK);
    });
}

#[test]
fn who_only_reads_is_not_offered_to_write() {
    run(async {
        let sha256 = desk::new_certificate().sha256();
        let paths = [
            Route::Home,
            Route::Upload,
            Route::Certificate(sha256),
            Route::ChooseApps(sha256),
            Route::Plan(id(APPENDING)),
            Route::Receipt(id(MIXED)),
            Route::Receipt(id(RUNNING)),
            Route::Receipt(id(GOOD)),
            Route::App(ObjectId::new(id(1))),
            Route::History(ObjectId::new(id(1))),
            Route::Copy(ObjectId::new(id(1))),
            Route::Secret(ObjectId::new(id(1)), secrets::key(secrets::UNKNOWN)),
            Route::Table,
            Route::Retirements,
        ];
        for path in paths.iter().map(ToString::to_string).chain(["/search?q=0011".to_owned()]) {
            let answer = get(SampleDesk::of(&[PortalRole::Auditor]), &path).await;
            check("auditor", &answer.html);
            for offer in [
                "action=\"/api/push\"",
                "Upload a certificate</span>",
                "class=\"drop\"",
                "<span>Choose apps</span>",
                "/api/draft-",
                "/api/steer",
                "/api/remove-secret",
                "Preview the removal",
            ] {
                assert!(!answer.html.contains(offer), "{path}: {offer}");
            }
        }
    });
}

#[test]
fn a_client_id_leads_to_its_app() {
    run(async {
        let app = desk::app_row();
        let found = get(admin(), &Route::App(ObjectId::new(app.app_id.uuid())).to_string()).await;
        let to = Route::App(app.object_id).to_string();
        assert_eq!((found.status, found.location), (StatusCode::SEE_OTHER, Some(to)));
        let nothing = get(admin(), &Route::App(ObjectId::new(id(999_999))).to_string()).await;
        assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    });
}

/// `22 hours left` comes before the date, and the shell knows what to put into the person's zone.
#[test]
fn an_app_leads_into_the_admin_center() {
    run(async {
        let page = get(admin(), &Route::App(ObjectId::new(id(1))).to_string()).await.html;
        for (url, words) in [
            ("https://entra.microsoft.com/", "The app"),
            ("https://entra.microsoft.com/#credentials", "Its certificates and secrets"),
        ] {
            let link = page.split("<a ").find(|it| it.contains(&format!("href=\"{url}\""))).unwrap_or_default();
            assert!(link.contains(words) && link.contains("rel=\"noopener noreferrer\""), "{link}");
        }
    });
}

#[test]
fn times_say_what_is_left_and_are_in_utc() {
    run(async {
        let certificate = get(admin(), &Route::Certificate(desk::new_certificate().sha256()).to_string()).await.html;
        let end = certificate.split("<time").find(|tag| tag.contains("data-until")).unwrap();
        assert!(end.contains(r#"data-local="day""#) && end.contains(" UTC\""), "{end}");
        let (_, after) = end.split_once(" left</span>").unwrap();
        let (day, _) = after.split_once("</time>").unwrap();
        assert_eq!(day.split(' ').count(), 3, "a day: {day}");
        let audit = get(admin(), "/audit").await.html;
        assert!(audit.contains(r#"data-local="minute""#) && audit.contains("25 Nov 2026, 11:00 UTC"), "{audit}");
    });
}

#[test]
fn the_theme_is_rendered_as_the_cookie_says() {
    run(async {
        for (cookie, attribute) in [
            ("thumbprint-theme=dark", Some("dark")),
            ("a=b; thumbprint-theme=light", Some("light")),
            ("thumbprint-theme=\"><script>", None),
        ] {
            let answer =
                ask(portal(admin()), Request::get("/").header(COOKIE, cookie).body(Body::empty()).unwrap()).await;
            let found = answer.html.split("data-theme=\"").nth(1).and_then(|rest| rest.split('"').next());
            assert_eq!(found, attribute, "{cookie}");
        }
    });
}

/// What a browser without scripts needs of a push under way.
#[test]
fn a_push_under_way_reloads_itself_and_takes_orders_as_plain_forms() {
    run(async {
        let page = |receipt: u128| async move { get(admin(), &Route::Receipt(id(receipt)).to_string()).await.html };
        let running = page(RUNNING).await;
        assert!(running.contains(r#"<noscript><meta http-equiv="refresh" content="5"></noscript>"#));
        assert!(running.contains(r#"max="1200""#) && running.contains(r#"value="381""#), "a native progress bar");
        assert!(
            running.contains(r#"name="steer" value="pause""#) && running.contains(r#"name="steer" value="cancel""#)
        );
        assert!(running.contains("Wave 3 of 3 runs, 25 % done"), "milestones are said");
        for receipt in [PAUSED, SIGNED_OUT] {
            let waiting = page(receipt).await;
            assert!(!waiting.contains("http-equiv"), "nothing changes by itself");
            assert!(waiting.contains(r#"name="steer" value="resume""#));
        }
        let back = format!("/sign-in?return=%2Freceipts%2F{}", id(SIGNED_OUT));
        assert!(page(SIGNED_OUT).await.contains(&back));
        let of_another =
            get(SampleDesk::of(&[PortalRole::Auditor]), &Route::Receipt(id(SIGNED_OUT)).to_string()).await.html;
        assert!(of_another.contains("Who began it has to sign in again") && !of_another.contains(&back));
        assert!(!of_another.contains(r#"name="steer""#));
        for receipt in [GOOD, MIXED, CANCELLED] {
            let over = page(receipt).await;
            assert!(!over.contains("/api/steer") && !over.contains("http-equiv"), "it is over");
        }
    });
}

#[test]
fn what_was_written_can_be_undone_from_its_receipt() {
    run(async {
        let undo = |html: &str| html.matches("action=\"/api/draft-restore\"").count();
        let one = get(admin(), &Route::Receipt(id(GOOD)).to_string()).await.html;
        assert_eq!(undo(&one), 1, "on top, where there is one app");
        let mixed = get(admin(), &Route::Receipt(id(MIXED)).to_string()).await.html;
        assert_eq!(undo(&mixed), 1, "only of the app that was written");
        let filtered = get(admin(), &format!("{}?outcome=refused", Route::Receipt(id(CANCELLED)))).await.html;
        assert_eq!(undo(&filtered), 0);
        assert!(filtered.contains("Batch worker 04") && !filtered.contains("Batch worker 05"));
    });
}

#[test]
fn a_receipt_is_kept_whole_with_whose_it_is() {
    run(async {
        let answer = get(admin(), &Route::ReceiptFile(id(CANCELLED)).to_string()).await;
        let file: serde_json::Value = serde_json::from_str(&answer.html).unwrap();
        assert_eq!((&file["product"], &file["tenant"]), (&"Thumbprint".into(), &id(901).to_string().into()));
        assert_eq!(file["receipt"]["apps"]["items"].as_array().map(Vec::len), Some(1_200), "of every page");
        assert_eq!(file["downloaded_by"][1], "mara@contoso.example");
        let page = get(admin(), &Route::Receipt(id(CANCELLED)).to_string()).await.html;
        assert!(page.contains(&format!("href=\"{}\"", Route::ReceiptFile(id(CANCELLED)))));
        // To paper as well, however many pages it has on the screen.
        let printed = get(admin(), &Route::ReceiptPrint(id(CANCELLED)).to_string()).await.html;
        assert_eq!(printed.matches("<tr").count(), 1_200 + 1, "each app, and the headings");
        let stranger = get(SampleDesk::stranger(), &Route::ReceiptFile(id(GOOD)).to_string()).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn many_apps_are_offered_in_waves_and_removals_want_words() {
    run(async {
        let many = get(admin(), &Route::Plan(id(MANY)).to_string()).await.html;
        assert!(many.contains("5 apps first, then 10 %, then the rest"));
        assert!(many.contains("The tenant’s policy allows 180 days"));
        assert!(many.contains("href=\"#canary\"") && many.contains("id=\"canary\""));
        let one = get(admin(), &Route::Plan(id(APPENDING)).to_string()).await.html;
        assert!(!one.contains("name=\"canary\""), "one app has no waves");
        let removing = get(admin(), &Route::Plan(id(RETIRING)).to_string()).await.html;
        let field = removing.split("<input").find(|tag| tag.contains("name=\"typed\"")).unwrap();
        assert!(field.contains("required") && field.contains(r#"pattern="\s*remove 1\s*""#), "{field}");
    });
}
