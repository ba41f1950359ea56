//! Who sees what, by every address that the portal has: each row of the table of routes and each form is asked for by each
//! person, for what is another's. A route or a form that is new has to be said here what it is asked for, or this does not
//! compile.

use crate::certificates::TestCertificate;
use crate::support::{Browser, LONG, TestPortal, query};
use app::route::{Address, Form, Route};
use domain::credentials::SubjectKind;
use domain::ids::{KeyId, ObjectId};
use domain::notices::CalendarKey;
use domain::thumbprint::Sha256Thumbprint;
use local_tenant::{FaultKind, FaultRule};
use reqwest::{Method, StatusCode};
use serde_json::json;
use server::config::InventoryRead;
use std::time::Duration;
use uuid::Uuid;

/// Of team A, whose member asks. Their owner is Sofia.
const APP: &str = "invoice-sync";
const MEMBER_OF_A: &str = "owen.carter";
const MEMBER_OF_B: &str = "leila.haddad";
const OWNER: &str = "sofia.marchetti";
const ADMIN: &str = "mara.lindqvist";
const AUDITOR: &str = "priya.raman";
/// With the role of a user, and neither team nor such an app.
const USER: &str = "kenji.watanabe";
const NOBODY: &str = "daniel.novak";

/// What nobody may read who has no business with it. None of it stands in an address.
const REASON: &str = "the ledger closes on friday";
const COMMENT: &str = "please before noon";
const REASON_OF_OPEN: &str = "the second one is for the spare host";
const REASON_OF_REMOVAL: &str = "nobody has had the old host since spring";
const REASON_OF_ASKED: &str = "the ledger has its certificate since monday";
const SECRET: &str = "nightly ledger";
const MARKS: [&str; 7] = [APP, REASON, COMMENT, REASON_OF_OPEN, REASON_OF_REMOVAL, REASON_OF_ASKED, SECRET];

/// Settings that the administrator keeps.
const KEPT_CHANNEL: &str = "kept-by-the-admin";
const KEPT_RULE: &str = "kept by the admin";

/// What is another's.
struct Foreign {
    app: ObjectId,
    app_id: Uuid,
    certificate: Sha256Thumbprint,
    plan: Uuid,
    /// Open.
    request: Uuid,
    /// Open, for the removal of `secret`.
    asked_removal: Uuid,
    /// Carried out.
    done: Uuid,
    receipt: Uuid,
    /// Of a secret that the app has.
    secret: KeyId,
    /// Of one that was removed, and why.
    removed: KeyId,
}

/// Each way to ask for it at this row. Empty: the row shows no app, request or receipt to anybody, and why.
fn addresses(address: Address, of: &Foreign) -> Vec<String> {
    let (app, app_id) = (of.app, of.app_id);
    let path = |route: Route| vec![route.to_string()];
    let with = |route: Route, queries: &[String]| queries.iter().map(|query| format!("{route}{query}")).collect();
    let lists = |queries: &[&str]| queries.iter().map(|query| (*query).to_owned()).collect::<Vec<_>>();
    match address {
        Address::Home => path(Route::Home),
        Address::Apps => with(Route::Apps, &[String::new(), "?scope=all".into(), format!("?scope=all&q={app_id}")]),
        Address::AppsCsv => with(Route::AppsCsv, &[String::new(), "?scope=all".into(), format!("?scope=all&q={app}")]),
        Address::Inventory => {
            let picked = format!("?view=objects&q=nothing-is-called-so&pick%5B%5D=app.{app}");
            let elsewhere = format!("?view=objects&sort=name-desc&pick%5B%5D=app.{app}");
            let lists = lists(&[
                "",
                "?q=holder%3Aapp",
                "?view=objects",
                "?page=2",
                "?group=owner",
                "?view=objects&group=owner",
                "?group=certificate",
                "?group=issuer",
            ]);
            with(Route::Inventory, &[lists, vec![picked, elsewhere]].concat())
        }
        Address::InventoryCharts => path(Route::InventoryCharts),
        Address::LastUse => with(Route::LastUse, &lists(&["", "?import=1"])),
        Address::InventoryObject => {
            [SubjectKind::Application, SubjectKind::ServicePrincipal, SubjectKind::AgentBlueprint]
                .into_iter()
                .flat_map(|kind| path(Route::InventoryObject(kind, app)))
                .collect()
        }
        Address::InventoryCsv => {
            let picked = format!("?view=objects&pick%5B%5D=app.{app}");
            with(Route::InventoryCsv, &[String::new(), "?view=objects".into(), picked])
        }
        Address::InventoryXlsx => with(Route::InventoryXlsx, &lists(&["", "?view=objects"])),
        Address::InventorySelection => with(
            Route::InventorySelection,
            &[
                "?all=on".into(),
                "?view=objects&all=on".into(),
                format!("?view=objects&pick%5B%5D=app.{app}"),
                format!("?pick%5B%5D=app.{app}.certificate.{}", Uuid::from_u128(1)),
            ],
        ),
        Address::InventoryJson => with(Route::InventoryJson, &lists(&["", "?view=objects"])),
        Address::Requests => with(Route::Requests, &lists(&["", "?show=mine", "?show=decided"])),
        Address::Request => {
            [of.request, of.asked_removal, of.done].into_iter().flat_map(|id| path(Route::Request(id))).collect()
        }
        Address::Receipt => path(Route::Receipt(of.receipt)),
        Address::AppReceipt => path(Route::AppReceipt(of.receipt, app)),
        Address::ReceiptPrint => path(Route::ReceiptPrint(of.receipt)),
        Address::ReceiptFile => path(Route::ReceiptFile(of.receipt)),
        Address::ReceiptEvents => path(Route::ReceiptEvents(of.receipt)),
        Address::App => {
            let by_client_id = Route::App(ObjectId::new(app_id));
            [Route::App(app), by_client_id].into_iter().flat_map(path).collect()
        }
        Address::Secret => [of.secret, of.removed].into_iter().flat_map(|key| path(Route::Secret(app, key))).collect(),
        Address::Proof => path(Route::Proof(app)),
        Address::History => with(Route::History(app), &lists(&["", "?older=1", "?older=1&newer=2"])),
        Address::Copy => path(Route::Copy(app)),
        Address::Plan => path(Route::Plan(of.plan)),
        Address::Certificate => path(Route::Certificate(of.certificate)),
        Address::ChooseApps => with(Route::ChooseApps(of.certificate), &[format!("?app={app}"), "?scope=all".into()]),
        Address::Upload => with(Route::Upload, &[format!("?app={app}")]),
        Address::MakeCertificate => with(Route::MakeCertificate, &[format!("?app={app}")]),
        Address::Search => with(Route::Search, &[format!("?q={app_id}"), format!("?q={app}"), "?q=sync".into()]),
        Address::Palette => with(Route::Palette, &[format!("?q={app_id}"), "?q=sync".into()]),
        Address::Audit => with(Route::Audit, &lists(&["", "?q=sync", "?outcome=verified"])),
        Address::Retirements => path(Route::Retirements),
        Address::Rules => {
            with(Route::Rules, &[String::new(), format!("?app={app_id}"), format!("?app={app}&kind=retire")])
        }
        Address::Teams => path(Route::Teams),
        Address::Notices => path(Route::Notices),
        Address::OwnNotices => with(Route::OwnNotices, &lists(&["", "?page=2"])),
        // Of a key that is nobody's: what one that is somebody's opens has a test of its own.
        Address::Calendar => path(Route::Calendar(CalendarKey::new([7; 32]))),
        Address::Vaults => path(Route::Vaults),
        Address::Table => path(Route::Table),
        Address::Doctor => path(Route::Doctor),
        Address::Runbook => path(Route::Runbook),
        Address::Preferences => path(Route::Preferences),
        Address::Sessions => path(Route::Sessions),
        Address::About => path(Route::About),
        Address::SignedOut => path(Route::SignedOut),
        // A text of the program's own for each cause; and what leads to Entra and away, which has tests of its own.
        Address::RunbookPage | Address::SignIn | Address::SignInCallback | Address::SignOut => vec![],
    }
}

/// What is sent with a form in order to get at it.
fn fields(form: Form, of: &Foreign) -> Vec<(&'static str, String)> {
    let (app, request, plan) = (of.app.to_string(), of.request.to_string(), of.plan.to_string());
    let (receipt, certificate) = (of.receipt.to_string(), of.certificate.hex());
    let key = Uuid::from_u128(1).to_string();
    match form {
        Form::ReviewRequest => vec![
            ("request", request),
            ("revision", "1".into()),
            ("verdict", "approve".into()),
            ("reason", "so that it goes on".into()),
        ],
        Form::WithdrawRequest => vec![("request", request)],
        Form::CommentRequest => vec![("request", request), ("words", "a word from outside".into())],
        Form::ExecuteRequest => vec![("request", request), ("typed", String::new())],
        Form::AskForRemoval => {
            vec![("app", app), ("key_id", of.secret.to_string()), ("reason", "it is mine now".into())]
        }
        Form::AskForApproval => vec![("plan", plan), ("reason", "mine now".into()), ("instead", request)],
        Form::Push => vec![("plan", plan)],
        Form::PushPastRules => vec![("plan", plan), ("reason", "now".into())],
        Form::Steer => vec![("receipt", receipt), ("steer", "cancel".into())],
        Form::DraftAgain => vec![("receipt", receipt)],
        Form::DraftPlan => vec![("certificate[]", certificate), ("app[]", app), ("mode", "append".into())],
        Form::DraftTable => vec![("csv", format!("app,action,key_id\r\n{app},retire,{key}\r\n"))],
        Form::DraftRetire => vec![("app", app), ("key_id[]", key)],
        Form::DraftRetireCertificate => vec![("app[]", app), ("thumbprint", "A".repeat(40))],
        Form::DraftRetireSelected => vec![("view", "objects".into()), ("pick[]", format!("app.{app}"))],
        Form::SaveView => vec![("name", "mine".into()), ("view", "objects".into()), ("q", String::new())],
        Form::RenameView => vec![("saved", key), ("name", "mine now".into())],
        Form::RemoveView => vec![("saved", key)],
        Form::DraftCopy => vec![("from", app.clone()), ("key_id[]", key), ("app[]", app)],
        Form::DraftRestore => vec![("app", app), ("state", "1".into())],
        Form::Register => vec![("app", app), ("certificate", certificate)],
        Form::KeepCertificate | Form::UploadCertificate => vec![("app", app), ("text", "nothing".into())],
        Form::KeepCertificates => vec![("app", app), ("certificate[]", "nothing".into())],
        Form::ProveWithVault => vec![("app", of.app_id.to_string()), ("vault", "x".into()), ("name", "y".into())],
        Form::ImportFromVault => vec![("vault", "x".into()), ("name", "y".into())],
        Form::RemoveSecret => removal(of.app, of.secret, "it is mine now"),
        Form::TestChannel | Form::FreeChannel => vec![("channel", "mail".into())],
        Form::KeepChannel => vec![
            ("name", "mine".into()),
            ("version", "0".into()),
            ("kind", "slack".into()),
            ("url", "https://hooks.example.com/mine".into()),
            ("tells[]", "admins".into()),
        ],
        Form::SwitchChannel | Form::RemoveChannel => vec![("channel", KEPT_CHANNEL.into()), ("version", "1".into())],
        Form::KeepRule => vec![("name", "mine".into()), ("version", "0".into()), ("own", "on".into())],
        Form::SwitchRule | Form::RemoveRule => vec![("rule", KEPT_RULE.into()), ("version", "1".into())],
        Form::ReplayNotice => vec![("notice", Uuid::from_u128(2).to_string()), ("channel", "mail".into())],
        Form::AcknowledgeEnd | Form::RemindAgain => vec![
            ("kind", SubjectKind::Application.to_string()),
            ("object", app),
            ("ends", "2099-01-01T00:00:00Z".into()),
            ("reason", "it is mine now".into()),
        ],
        Form::PreviewGivenApps | Form::GiveApps => vec![("csv", format!("app,team\r\n{app},Team B\r\n"))],
        // In parts, with a file, where somebody may: who may not is refused before anything is read.
        Form::ImportSignIns => vec![("file", "[]".into())],
        Form::SetNoticeHours => vec![("zone", "Europe/Berlin".into()), ("morning", "07:00".into())],
        Form::AssignItem | Form::SnoozeItem | Form::AcceptItem | Form::ReopenItem => vec![
            ("kind", SubjectKind::Application.to_string()),
            ("object", app),
            ("needs", "no-owner".into()),
            ("person", key),
            ("until", "2099-01-01".into()),
            ("reason", "it is mine now".into()),
        ],
        Form::AcknowledgeChanges => vec![
            ("kind", SubjectKind::Application.to_string()),
            ("object", app),
            ("change[]", "1".into()),
            ("reason", "it is mine now".into()),
        ],
        Form::EndSession => vec![("session", "0".repeat(64))],
        Form::EndOtherSessions | Form::LendReading | Form::EndLending | Form::MakeCalendar | Form::RevokeCalendar => {
            vec![]
        }
        Form::SetTheme => vec![("theme", "dark".into()), ("back", format!("/apps/{app}"))],
        Form::SetZone => vec![("zone", "Europe/Berlin".into())],
    }
}

/// The same for the request for a removal; what names no request is sent once more.
fn of_asked_removal(form: Form, of: &Foreign) -> Vec<(&'static str, String)> {
    let mut fields = fields(form, of);
    for (name, value) in &mut fields {
        match *name {
            "request" => *value = of.asked_removal.to_string(),
            "typed" => *value = domain::secret_removal::words_to_type(of.secret),
            _ => {}
        }
    }
    fields
}

async fn sent(browser: &mut Browser, form: Form, fields: &[(&str, String)]) -> crate::support::Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.submit(form.path(), &fields).await
}

/// The id at the end of the path that a form led to.
fn led_to(page: &crate::support::Page, folder: &str) -> Uuid {
    let path = page.url.path();
    let id = path.strip_prefix(folder).unwrap_or_else(|| panic!("{path}: {}", page.body));
    id.split('/').next().unwrap().parse().unwrap()
}

/// By what teams have their apps.
#[derive(Clone, Copy)]
enum Lines {
    Names,
    Departments,
}

async fn portal(lines: Lines) -> TestPortal {
    let line = |names: &str, department: &str| match lines {
        Lines::Names => json!({"names": [names]}),
        Lines::Departments => json!({"owner_department": department}),
    };
    let team = |name: &str, member: Uuid, mut lines: serde_json::Value| {
        lines["name"] = json!(name);
        lines["members"] = json!([member]);
        lines
    };
    let teams = |portal: &TestPortal| {
        let id = |name: &str| portal.person(name).id;
        json!([
            team("Team A", id(MEMBER_OF_A), line("invoice-*", "Finance")),
            team("Team B", id(MEMBER_OF_B), line("customer-*", "Digital")),
        ])
    };
    // People have the same ids in each local tenant.
    let teams = teams(&TestPortal::start().await);
    TestPortal::start_with(|config| {
        config.inventory.read = InventoryRead::Application;
        config.inventory.owner_departments = matches!(lines, Lines::Departments);
        let policy = std::mem::take(&mut config.requests);
        config.requests = policy.with_teams(serde_json::from_value(teams).unwrap()).unwrap();
    })
    .await
}

/// A member of team A asks twice; the first is approved and carried out.
async fn seed(portal: &TestPortal) -> Foreign {
    let info = portal.tenant.applications().into_iter().find(|app| app.display_name == APP).unwrap();
    let (app, app_id) = (ObjectId::new(info.id), info.app_id);
    let mut admin = portal.signed_in(ADMIN).await;
    keep_settings(&mut admin).await;
    portal.until_directory_is_read().await;
    let mut member = portal.signed_in(MEMBER_OF_A).await;
    let mut ask = async |reason: &str| {
        let made = TestCertificate::new("law four");
        let kept = sent(&mut member, Form::KeepCertificate, &[("text", made.pem)]).await;
        let certificate: Sha256Thumbprint = kept.url.path().split('/').nth(2).unwrap().parse().unwrap();
        let chosen = [("certificate[]", certificate.hex()), ("app[]", app.to_string()), ("mode", "append".to_owned())];
        let plan = led_to(&sent(&mut member, Form::DraftPlan, &chosen).await, "/plans/");
        let asked = [("plan", plan.to_string()), ("reason", reason.to_owned())];
        let request = led_to(&sent(&mut member, Form::AskForApproval, &asked).await, "/requests/");
        (certificate, plan, request)
    };
    let (_, _, done) = ask(REASON).await;
    let said = [("request", done.to_string()), ("words", COMMENT.to_owned())];
    sent(&mut admin, Form::CommentRequest, &said).await;
    let yes = [("request", done.to_string()), ("revision", "1".into()), ("verdict", "approve".into())];
    sent(&mut admin, Form::ReviewRequest, &yes).await;
    let mut owner = portal.signed_in(OWNER).await;
    let carried_out = sent(&mut owner, Form::ExecuteRequest, &[("request", done.to_string())]).await;
    let receipt = led_to(&carried_out, "/receipts/");
    let file = Route::ReceiptFile(receipt).to_string();
    let over = async {
        while owner.get(&file).await.body.contains("\"finished_at\": null") {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(LONG, over).await.expect("a push that ends");
    let (certificate, plan, request) = ask(REASON_OF_OPEN).await;
    let [secret, removed] = [add_secret(portal, app, SECRET).await, add_secret(portal, app, "spare").await];
    let fields = removal(app, removed, REASON_OF_REMOVAL);
    let gone = sent(&mut owner, Form::RemoveSecret, &fields).await;
    assert!(gone.body.contains(REASON_OF_REMOVAL) && gone.body.contains("The secret is gone"), "{}", gone.body);
    let wanted = [("app", app.to_string()), ("key_id", secret.to_string()), ("reason", REASON_OF_ASKED.to_owned())];
    let asked_removal = led_to(&sent(&mut member, Form::AskForRemoval, &wanted).await, "/requests/");
    Foreign { app, app_id, certificate, plan, request, asked_removal, done, receipt, secret, removed }
}

/// Past the portal.
async fn add_secret(portal: &TestPortal, app: ObjectId, name: &str) -> KeyId {
    let admin = portal.person(ADMIN).user_principal_name;
    let token = portal.tenant.graph_token_with_scopes(&admin, &["Application.ReadWrite.All"]).unwrap();
    let url = format!("{}/v1.0/applications/{app}/addPassword", portal.tenant.base_url());
    let body = json!({"passwordCredential": {"displayName": name}});
    let made = reqwest::Client::new().post(url).bearer_auth(token).json(&body).send().await.unwrap();
    let made: serde_json::Value = made.json().await.unwrap();
    made["keyId"].as_str().unwrap().parse().unwrap()
}

fn removal(app: ObjectId, key: KeyId, reason: &str) -> Vec<(&'static str, String)> {
    let typed = domain::secret_removal::words_to_type(key);
    vec![("app", app.to_string()), ("key_id", key.to_string()), ("typed", typed), ("reason", reason.to_owned())]
}

/// A channel, and a rule that is about nothing here.
async fn keep_settings(admin: &mut Browser) {
    let url = "https://hooks.example.com/s3cret-of-the-admin";
    let channel = [("name", KEPT_CHANNEL), ("kind", "slack"), ("url", url), ("tells[]", "unowned")];
    let page = admin.submit(Form::KeepChannel.path(), &channel).await;
    assert!(page.body.contains(KEPT_CHANNEL) && !page.body.contains("s3cret-of"), "{}", page.body);
    let page = admin.submit(Form::KeepRule.path(), &[("name", KEPT_RULE), ("names", "nothing-is-called-so")]).await;
    assert!(page.body.contains(KEPT_RULE), "{}", page.body);
}

/// As they were kept, and nothing beside them: each switch is a change.
async fn settings_are_as_kept(portal: &TestPortal) {
    let mut admin = portal.signed_in(ADMIN).await;
    for (path, name) in [(Route::Notices, KEPT_CHANNEL), (Route::Rules, KEPT_RULE)] {
        let page = admin.get(&path.to_string()).await.body;
        let forms = page.matches("name=\"version\" value=\"1\"").count();
        assert!(page.contains(name) && !page.contains(">mine<") && forms == 2, "{page}");
    }
}

fn marks(body: &str) -> Vec<&'static str> {
    MARKS.into_iter().filter(|mark| body.contains(mark)).collect()
}

/// Entra shows nobody an app that is not their own, as some directories have it.
fn entra_shows_only_own_apps(portal: &TestPortal) {
    for path in ["*/applications/*", "*/applications?*", "*/servicePrincipals*", "*/$batch*", "*/directoryObjects*"] {
        let denied = FaultKind::Status { status: 403, code: None, message: None, retry_after: None };
        portal.tenant.add_fault(FaultRule { path: path.into(), ..FaultRule::new(denied) });
    }
}

#[tokio::test]
async fn nothing_of_anothers_is_shown_by_any_address() {
    nothing_of_anothers(Lines::Names).await;
}

#[tokio::test]
async fn nothing_of_anothers_is_shown_where_teams_have_apps_by_departments() {
    nothing_of_anothers(Lines::Departments).await;
}

async fn nothing_of_anothers(lines: Lines) {
    let portal = portal(lines).await;
    let of = seed(&portal).await;
    // The marks are there to be found: whoever may see them does, or nothing below would show anything.
    for (name, request, receipt) in
        [(MEMBER_OF_A, 200, 200), (OWNER, 200, 200), (ADMIN, 200, 200), (AUDITOR, 200, 200), (USER, 404, 404)]
    {
        let mut browser = portal.signed_in(name).await;
        for (route, expected, mark) in [
            (Route::Request(of.done), request, REASON),
            (Route::Request(of.request), request, REASON_OF_OPEN),
            (Route::Request(of.asked_removal), request, REASON_OF_ASKED),
            (Route::Receipt(of.receipt), receipt, APP),
            (Route::ReceiptFile(of.receipt), receipt, APP),
            // What Entra shows is Entra's to show; what is kept here is not for everybody.
            (Route::Secret(of.app, of.secret), 200, SECRET),
            (Route::Secret(of.app, of.removed), receipt, REASON_OF_REMOVAL),
        ] {
            let page = browser.get(&route.to_string()).await;
            assert_eq!((page.status.as_u16(), page.body.contains(mark)), (expected, expected == 200), "{name} {route}");
        }
        let grid = browser.get("/inventory.csv?view=objects").await.body;
        assert_eq!(grid.contains(APP), name != USER, "{name}: the inventory");
    }

    let mut strangers = vec![("nobody is signed in", portal.browser())];
    for name in [MEMBER_OF_B, USER] {
        strangers.push((name, portal.signed_in(name).await));
    }
    let mut without_role = portal.browser();
    assert_eq!(portal.sign_in(&mut without_role, NOBODY, "/apps").await.status, StatusCode::FORBIDDEN);
    strangers.push((NOBODY, without_role));
    entra_shows_only_own_apps(&portal);
    let is_write = |method: &str, path: &str| method == "PATCH" || path.ends_with("/removePassword");
    let writes = || portal.tenant.requests().iter().filter(|request| is_write(&request.method, &request.path)).count();
    let before = writes();
    let mut asked = 0;
    for (name, browser) in &mut strangers {
        for address in Address::ALL {
            for path in addresses(*address, &of) {
                let page = browser.get(&path).await;
                assert_eq!(marks(&page.body), [""; 0], "{name} {path} ({})", page.status);
                asked += 1;
            }
        }
        for form in Form::ALL {
            for fields in [fields(*form, &of), of_asked_removal(*form, &of)] {
                let page = sent(browser, *form, &fields).await;
                assert_eq!(marks(&page.body), [""; 0], "{name} {} ({})", form.path(), page.status);
                asked += 1;
            }
        }
    }
    assert!(asked > 4 * Form::ALL.len(), "{asked}");
    assert_eq!(writes(), before, "nothing was written");
    portal.tenant.clear_faults();
    settings_are_as_kept(&portal).await;

    // And nothing came of all that.
    let mut member = portal.signed_in(MEMBER_OF_A).await;
    for request in [of.request, of.asked_removal] {
        let open = member.get(&Route::Request(request).to_string()).await.body;
        assert!(open.contains("It waits for approval") && !open.contains("a word from outside"), "{open}");
    }
}

#[tokio::test]
async fn who_may_see_may_not_all_do() {
    let portal = portal(Lines::Names).await;
    let of = seed(&portal).await;
    for name in [MEMBER_OF_A, OWNER, AUDITOR] {
        let mut browser = portal.signed_in(name).await;
        for review in [fields(Form::ReviewRequest, &of), of_asked_removal(Form::ReviewRequest, &of)] {
            let page = browser.get(&format!("/requests/{}", review[0].1)).await.body;
            assert!(!page.contains("data-pending=\"Reading the apps\""), "{name} is offered no approval");
            let form: Vec<(&str, &str)> = review.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let headers = [
                ("accept", "application/json"),
                ("sec-fetch-site", "same-origin"),
                ("content-type", "application/x-www-form-urlencoded"),
            ];
            let refused = browser.send(Method::POST, Form::ReviewRequest.path(), Some(query(&form)), &headers).await;
            let why = if name == MEMBER_OF_A { "own-request" } else { "not-a-reviewer" };
            assert!(refused.status == StatusCode::FORBIDDEN && refused.body.contains(why), "{name}: {}", refused.body);
        }
    }
    let mut member = portal.signed_in(MEMBER_OF_A).await;
    let page = member.get(&Route::Request(of.done).to_string()).await.body;
    assert!(!page.contains("data-pending=\"Carrying it out\""));
}
