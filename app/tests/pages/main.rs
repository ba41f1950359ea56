//! Every page, rendered through the same router as in the server, over a desk with sample data: what a browser without
//! scripts gets. Each page is also left in the target's tmp folder, to look at.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod desk;

use app::desk::{Desk, PortalRole};
use app::now::ServerNow;
use app::route::Route;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, REFERER};
use axum::http::{Request, StatusCode};
use axum::routing::any;
use desk::{NEW, NOW, REPLACING, SampleDesk, id};
use domain::ids::ObjectId;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list, handle_server_fns_with_context};
use std::sync::{Arc, LazyLock};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// One runtime for all tests, as a server has one: what a page spawns must not outlive the runtime of another test.
fn run(test: impl Future<Output = ()>) {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
    RUNTIME.block_on(test);
}

/// Listed once, before anything is rendered: listing stops resources from loading, in every thread.
static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(app::App));

fn portal(desk: SampleDesk) -> Router {
    let desk: Arc<dyn Desk> = Arc::new(desk);
    let context = move || {
        provide_context(desk.clone());
        provide_context(ServerNow(NOW));
    };
    let options = LeptosOptions::builder().output_name("thumbprint").build();
    let shell = {
        let options = options.clone();
        move || app::shell(options.clone())
    };
    let for_api = context.clone();
    Router::new()
        .route("/api/{*function}", any(move |request| handle_server_fns_with_context(for_api.clone(), request)))
        .leptos_routes_with_context(&options, ROUTES.clone(), context.clone(), shell.clone())
        .fallback(leptos_axum::render_app_async_with_context(context, shell))
        .with_state(options)
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
    ask(portal(desk), Request::get(path).body(Body::empty()).unwrap()).await
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
}

#[test]
fn every_page_is_complete_without_scripts() {
    run(async {
        let sha256 = desk::new_certificate().sha256();
        let choose = Route::ChooseApps(sha256).to_string();
        let app = Route::App(ObjectId::new(id(1))).to_string();
        let pages = [
            ("home", "/".to_owned(), "Recent pushes"),
            ("upload", format!("/certificates/new?app={}", id(40)), "For Order intake"),
            ("certificate", Route::Certificate(sha256).to_string(), "payroll-2027</h1>"),
            ("choose", format!("{choose}?app%5B%5D={}&app%5B%5D={}", id(1), id(40)), "Chosen, not in view"),
            ("choose-none", format!("{choose}?q=nothing"), "No app matches"),
            ("plan", Route::Plan(id(70)).to_string(), "Push to 1 app"),
            ("plan-replace", Route::Plan(id(REPLACING)).to_string(), "Remove 1 entry from 1 app"),
            ("receipt", Route::Receipt(id(80)).to_string(), "Verified on 1 app"),
            ("receipt-mixed", Route::Receipt(id(81)).to_string(), "Verified on 1 of 2 apps"),
            ("apps", "/apps?page=2".to_owned(), "26 to 32 of 61"),
            ("apps-none", "/apps?q=nothing&scope=mine".to_owned(), "None of your apps matches “nothing”"),
            ("app", app, "registers no certificate here"),
            ("audit", "/audit?outcome=refused".to_owned(), "Request-id"),
            ("proof", Route::Proof(ObjectId::new(id(1))).to_string(), "Registered and in force"),
            ("doctor", "/doctor".to_owned(), "This page needs WebAssembly"),
            ("search", "/search?q=0011".to_owned(), "Service principal"),
            ("search-none", "/search?q=nothing".to_owned(), "No app holds “nothing”"),
            ("search-empty", "/search".to_owned(), "Nothing searched yet"),
            ("vaults", "/vaults?vault=contoso".to_owned(), "1 with an older version on an app"),
            ("make", Route::MakeCertificate.to_string(), "Without WebAssembly, make one with openssl"),
            ("vaults-none", "/vaults".to_owned(), "No vault named yet"),
            ("vaults-refused", "/vaults?vault=closed".to_owned(), "You may not list certificates there."),
            ("signed-out", "/signed-out".to_owned(), "You are signed out"),
        ];
        for (name, path, words) in pages {
            let answer = get(admin(), &path).await;
            check(name, &answer.html);
            assert_eq!(answer.status, StatusCode::OK, "{name}");
            // Leptos' marks between nodes are no words.
            assert!(answer.html.replace("<!>", "").contains(words), "{name} says “{words}”");
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
            let answer = get(SampleDesk { viewer: None }, path).await;
            check("sign-in", &answer.html);
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(answer.html.contains("/sign-in?return=%2F"), "{path}: one comes back");
            let answer = get(SampleDesk::of(&[]), path).await;
            check("no-access", &answer.html);
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
        for (path, status) in [("/search?q=a", 401), ("/vaults?vault=a", 401), ("/doctor", 200)] {
            let answer = get(SampleDesk { viewer: None }, path).await;
            check("stranger", &answer.html);
            assert_eq!(answer.status, status, "{path}");
        }
        let landing = get(SampleDesk { viewer: None }, "/").await;
        check("landing", &landing.html);
        assert_eq!(landing.status, StatusCode::OK);
    });
}

#[test]
fn who_only_reads_is_not_offered_to_write() {
    run(async {
        let sha256 = desk::new_certificate().sha256();
        for path in [
            Route::Home,
            Route::Upload,
            Route::Certificate(sha256),
            Route::ChooseApps(sha256),
            Route::Plan(id(70)),
            Route::Receipt(id(81)),
            Route::App(ObjectId::new(id(1))),
        ] {
            let answer = get(SampleDesk::of(&[PortalRole::Auditor]), &path.to_string()).await;
            check("auditor", &answer.html);
            for offer in [
                "action=\"/api/push\"",
                "/api/draft-plan",
                "Upload a certificate</span>",
                "class=\"drop\"",
                "<span>Choose apps</span>",
                "Preview 1 app again",
            ] {
                assert!(!answer.html.contains(offer), "{path}: {offer}");
            }
        }
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

async fn post(path: &str, form: &str, from: &str) -> Answer {
    let request = Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("accept", "text/html")
        .header(REFERER, format!("http://localhost{from}"))
        .body(Body::from(form.to_owned()))
        .unwrap();
    ask(portal(admin()), request).await
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
            "scope=all&sort=&q=&mode=replace&display_name=&app%5B%5D={}&app%5B%5D={}&certificate={certificate}",
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

        let pushed = post("/api/push", &format!("plan={}", id(70)), &Route::Plan(id(70)).to_string()).await;
        assert_eq!(pushed.location, Some(Route::Receipt(id(80)).to_string()));
    });
}

#[test]
fn a_plain_form_that_is_refused_comes_back_with_the_reason() {
    run(async {
        let sha256 = desk::new_certificate().sha256();
        let path = Route::ChooseApps(sha256).to_string();
        let refused = post("/api/draft-plan", &format!("q=&mode=append&certificate={}", sha256.hex()), &path).await;
        let back = refused.location.unwrap();
        assert!(back.contains(&path), "{back}");
        let page = get(admin(), back.trim_start_matches("http://localhost")).await;
        check("refused", &page.html);
        assert!(page.html.contains("No app was chosen"));
    });
}
