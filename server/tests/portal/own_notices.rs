//! A person's own notices: what ends, acknowledging it, their hours, and the calendar that a program reads.

use crate::databases::Database;
use crate::support::{Browser, LONG, Page, TestPortal, query};
use domain::notices::CalendarKey;
use reqwest::{Method, StatusCode};
use server::config::{CalendarContent, Config, InventoryRead, NoticeSettings, Rate};
use std::sync::Arc;

/// Whose owner is Sofia.
const APP: &str = "invoice-sync";

fn reading(config: &mut Config, calendar: CalendarContent) {
    config.inventory.read = InventoryRead::Application;
    config.notices = Arc::new(NoticeSettings { calendar, ..NoticeSettings::default() });
}

async fn portal(calendar: CalendarContent) -> TestPortal {
    let portal = TestPortal::start_with(|config| reading(config, calendar)).await;
    portal.until_directory_is_read().await;
    portal
}

/// A form as a program sends it, which is told in the answer why it was refused.
async fn send(browser: &mut Browser, path: &str, form: &[(&str, &str)]) -> Page {
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    browser.send(Method::POST, path, Some(query(form)), &headers).await
}

/// The path of the address on the page that shows it.
fn address(page: &Page) -> String {
    let at = page.body.find("/calendar/").unwrap_or_else(|| panic!("{}", page.body));
    page.body[at..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_calendar_shows_what_its_person_looks_after_to_whoever_has_its_address() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let portal = TestPortal::start_with(|config| {
            config.database.clone_from(&database.url);
            reading(config, CalendarContent::Names);
        })
        .await;
        portal.until_directory_is_read().await;
        calendar_of_sofia(&portal).await;
    }
}

async fn calendar_of_sofia(portal: &TestPortal) {
    let mut sofia = portal.signed_in("sofia.marchetti").await;
    let page = sofia.submit("/api/make-calendar", &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let first = address(&page);
    assert!(!sofia.get("/notices").await.body.contains(&first), "it is shown once");

    // No session is needed, and nothing of the answer is kept anywhere.
    let mut program = portal.browser();
    let feed = program.get(&first).await;
    assert_eq!(feed.status, StatusCode::OK, "{}", feed.body);
    assert_eq!(
        (feed.header("content-type"), feed.header("cache-control")),
        ("text/calendar; charset=utf-8", "no-store")
    );
    let unfolded = feed.body.replace("\r\n ", "");
    assert!(unfolded.contains("BEGIN:VEVENT") && unfolded.contains(APP), "{unfolded}");
    let mut owen = portal.signed_in("owen.carter").await;
    let other = address(&owen.submit("/api/make-calendar", &[]).await);
    assert!(!program.get(&other).await.body.replace("\r\n ", "").contains(APP), "another's app");

    // An address is one until it is taken back or made anew; what never was one gets the same answer.
    let second = address(&sofia.submit("/api/make-calendar", &[]).await);
    assert_eq!(program.get(&second).await.status, StatusCode::OK);
    let never = format!("/calendar/{}/thumbprint.ics", CalendarKey::new([7; 32]));
    let gone = program.get(&first).await;
    let unknown = program.get(&never).await;
    assert_eq!((gone.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    for odd in [
        "/calendar/x/thumbprint.ics",
        &second.to_uppercase().replace("CALENDAR", "calendar").replace("THUMBPRINT.ICS", "thumbprint.ics"),
    ] {
        assert_eq!(program.get(odd).await.status, StatusCode::NOT_FOUND, "{odd}");
    }
    sofia.submit("/api/revoke-calendar", &[]).await;
    assert_eq!(program.get(&second).await.status, StatusCode::NOT_FOUND);
    let audit = portal.signed_in("mara.lindqvist").await.get("/audit").await.body;
    assert!(audit.contains("Calendar made") && audit.contains("Calendar revoked"), "{audit}");
}

#[tokio::test]
async fn a_calendar_has_the_apps_of_a_group_where_the_background_knows_who_is_in_it() {
    let portal = portal(CalendarContent::Names).await;
    let id = portal.person("owen.carter").id;
    let admin = portal.person("mara.lindqvist").user_principal_name;
    let token = portal.tenant.graph_token_with_scopes(&admin, &["Group.ReadWrite.All"]).unwrap();
    let base = portal.tenant.base_url();
    let body = serde_json::json!({"displayName": "invoices", "mailEnabled": false, "mailNickname": "invoices",
        "securityEnabled": true, "members@odata.bind": [format!("{base}/v1.0/users/{id}")]});
    let made = reqwest::Client::new().post(format!("{base}/v1.0/groups")).bearer_auth(token).json(&body).send().await;
    let group: serde_json::Value = made.unwrap().json().await.unwrap();
    let teams = serde_json::json!([{"name": "Invoices", "group": group["id"], "names": ["invoice-*"]}]);
    let mut client = uuid::Uuid::nil();
    let portal = portal
        .again(|config| {
            client = config.entra.client_id.uuid();
            let policy = std::mem::take(&mut config.requests);
            config.requests = policy.with_teams(serde_json::from_value(teams).unwrap()).unwrap();
        })
        .await;
    let mut calendars = vec![];
    for name in ["owen.carter", "leila.haddad"] {
        calendars.push(address(&portal.signed_in(name).await.submit("/api/make-calendar", &[]).await));
    }
    let has = async |portal: &TestPortal, calendar: &str| {
        let feed = portal.browser().get(calendar).await;
        assert_eq!(feed.status, StatusCode::OK);
        feed.body.replace("\r\n ", "").contains(APP)
    };
    assert!(!has(&portal, &calendars[0]).await, "nobody knows without their sign-in");
    assert!(portal.tenant.grant_graph_permissions(client, &["GroupMember.Read.All"]));
    let portal = portal.again(|config| config.inventory.group_members = true).await;
    let known = async {
        while !has(&portal, &calendars[0]).await {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(LONG, known).await.expect("a group that is read");
    assert!(!has(&portal, &calendars[1]).await, "of nobody else");
    let page = portal.signed_in("mara.lindqvist").await.get("/settings/teams").await.body;
    assert!(page.contains("“invoices”") && page.contains("1 person"), "{page}");
}

#[tokio::test]
async fn a_calendar_names_no_app_unless_the_configuration_says_so_and_there_can_be_none() {
    let portal = portal(CalendarContent::Counts).await;
    let mut sofia = portal.signed_in("sofia.marchetti").await;
    let path = address(&sofia.submit("/api/make-calendar", &[]).await);
    let mut program = portal.browser();
    let feed = program.get(&path).await.body.replace("\r\n ", "");
    assert!(feed.contains("BEGIN:VEVENT") && !feed.contains(APP), "{feed}");
    assert!(feed.contains("certificate") || feed.contains("secret"), "{feed}");
    let portal = portal.again(|config| reading(config, CalendarContent::Off)).await;
    assert_eq!(portal.browser().get(&path).await.status, StatusCode::NOT_FOUND, "switched off");
    let refused = send(&mut portal.signed_in("sofia.marchetti").await, "/api/make-calendar", &[]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.body);
}

#[tokio::test]
async fn what_ends_is_acknowledged_and_hours_are_set_with_forms_alone() {
    let portal = portal(CalendarContent::Counts).await;
    let mut mara = portal.signed_in("mara.lindqvist").await;
    let page = mara.get("/notices").await.body;
    let field = |name: &str| {
        let at = page.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {page}"));
        page[at..].split('"').nth(3).unwrap().to_owned()
    };
    let fields = [("kind", field("kind")), ("object", field("object")), ("ends", field("ends"))];
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("reason", "<i>known</i>"));
    let done = mara.submit("/api/acknowledge-end", &fields).await;
    assert!(
        done.body.contains("&lt;i&gt;known&lt;/i&gt;") && done.body.contains("No reminders until"),
        "{}",
        done.body
    );
    // A link or an image changes nothing.
    let looked = mara.get(&format!("/api/remind-again?{}", query(&fields[..2]))).await;
    assert_eq!(looked.status, StatusCode::METHOD_NOT_ALLOWED);
    let again = mara.submit("/api/remind-again", &fields[..2]).await;
    assert!(!again.body.contains("No reminders until"), "{}", again.body);

    for (form, status) in [
        (vec![("zone", "Europe/Berlin"), ("quiet_from", "22:00")], 422),
        (vec![("zone", "Europe/Berlin"), ("quiet_from", "22:00"), ("quiet_until", "22:00")], 422),
        (vec![("zone", "Europe/Berlin"), ("morning", "25:00")], 422),
        (vec![("zone", "Europe/Atlantis")], 422),
        (vec![("zone", "Europe/Berlin"), ("quiet_from", "22:00"), ("quiet_until", "06:30"), ("morning", "07:15")], 303),
    ] {
        assert_eq!(send(&mut mara.stay(), "/api/notice-hours", &form).await.status.as_u16(), status, "{form:?}");
    }
    let page = mara.get("/notices").await.body;
    assert!(page.contains("value=\"06:30\"") && page.contains("value=\"07:15\""), "{page}");
    send(&mut mara.stay(), "/api/notice-hours", &[("zone", "")]).await;
    assert!(mara.get("/notices").await.body.contains("You have not said so yet"));
}

#[tokio::test]
async fn whoever_tries_keys_is_told_to_wait() {
    let portal = TestPortal::start_with(|config| config.limits.upload = Rate { burst: 3, per_minute: 1 }).await;
    let mut program = portal.browser();
    let mut statuses = vec![];
    for n in 0..5 {
        let path = format!("/calendar/{}/thumbprint.ics", CalendarKey::new([n; 32]));
        statuses.push(program.get(&path).await.status.as_u16());
    }
    assert_eq!(statuses, [404, 404, 404, 429, 429]);
}
