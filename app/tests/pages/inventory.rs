//! The inventory's grid: both views, its filter, and what it says of its age.

use crate::desk::NOW;
use crate::desk::SampleDesk;
use crate::{admin, check, get, run};
use app::contract::overview::DirectoryReading;
use app::contract::people::PortalRole;
use axum::http::StatusCode;
use time::Duration;

async fn shown(name: &str, desk: SampleDesk, query: &str) -> String {
    let answer = get(desk, &format!("/inventory{query}")).await;
    check(name, &answer.html);
    assert_eq!(answer.status, StatusCode::OK, "{name}");
    answer.html
}

#[test]
fn each_credential_says_what_it_is_and_when_it_ends() {
    run(async {
        let html = shown("inventory", admin().with_inventory(), "").await;
        assert!(html.contains("61 credentials. Read <time") && html.contains(">3 hours ago</time>"), "its age");
        for words in [
            "Certificate · CN=payroll-2025",
            "9F2C",
            "Expired 12 days ago",
            "Certificate that signs SAML responses · CN=saml",
            "Password of a private key",
            "Certificate of a use that is not known · odd",
            "Thumbprint not known",
            "End not known",
            "Federated · ci",
            "repo:contoso/payroll:ref:refs/heads/main",
            "Whoever gets the repository’s name can sign in",
            "Never ends",
            "&lt;b&gt;old&lt;/b&gt;",
            "Service principal, disabled",
            "1 to 6 of 61",
        ] {
            assert!(html.contains(words), "{words}");
        }
        assert!(html.contains(&format!("href=\"/apps/{}\"", crate::id(1))), "an app has a page here");
        for of_no_page in [2, 3] {
            assert!(!html.contains(&format!("/apps/{}", crate::id(of_no_page))), "it has no page here");
        }
        assert!(html.contains("href=\"/inventory.csv\"") && html.contains("href=\"/inventory.json\""));
    });
}

#[test]
fn each_object_says_what_it_holds_and_needs() {
    run(async {
        let html = shown("inventory-objects", admin().with_inventory(), "?view=objects&q=needs%3Aweak&page=2").await;
        for words in [
            "2 certificates, 1 secret<",
            "2 certificates, 1 secret, federated credentials not read",
            "Not read<",
            "Expired, and nothing in its place",
            "61 objects. Read",
            "No name",
        ] {
            assert!(html.contains(words), "{words}");
        }
        assert!(
            html.contains("href=\"/inventory?view=objects&amp;q=needs%3Aweak&amp;sort=name-desc\""),
            "the other way"
        );
        assert!(html.contains("href=\"/inventory?q=needs%3Aweak\""), "the same filter of credentials");
        assert!(html.contains("href=\"/inventory.csv?view=objects&amp;q=needs%3Aweak\""), "and no page of a file");
    });
}

#[test]
fn choices_become_words_and_words_choices() {
    run(async {
        let html =
            shown("inventory-chosen", admin().with_inventory(), "?q=payroll&kind=secret&ends=%3C45d&owner=").await;
        assert!(html.contains("value=\"payroll kind:secret ends:&lt;45d\""), "in the search box");
        assert!(html.contains("<option value=\"secret\" selected>Secrets</option>"));
        assert!(html.contains("<option value=\"&lt;45d\" selected>ends:&lt;45d</option>"), "an end of their own");
        assert!(html.contains("<input type=\"hidden\" name=\"q\" value=\"payroll\">"), "the rest of the words");
        let none = shown("inventory-none", admin().with_inventory(), "?q=nothing").await;
        assert!(none.contains("Nothing matches") && none.contains("Clear the filter"));
        let beyond = shown("inventory-beyond", admin().with_inventory(), "?page=9").await;
        assert!(beyond.contains("Nothing on this page") && beyond.contains("Go to the first page"));
    });
}

#[test]
fn what_is_not_understood_is_named_and_comes_back() {
    run(async {
        let answer = get(admin().with_inventory(), "/inventory?q=payroll+polcy%3Aviolates").await;
        check("inventory-wrong", &answer.html);
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.html.contains("“polcy:violates” is not understood: there is name, kind, ends"));
        assert!(answer.html.contains("value=\"payroll polcy:violates\"") && !answer.html.contains("<table"));
    });
}

#[test]
fn half_a_reading_says_so_and_without_one_the_page_says_why() {
    run(async {
        let first =
            SampleDesk { reading: Some(DirectoryReading::First { begun: NOW - Duration::minutes(3) }), ..admin() };
        let html = shown("inventory-first", first, "").await;
        assert!(html.contains("So far 61 credentials: the directory is being read, and counts are not complete."));
        let not_yet = SampleDesk { reading: Some(DirectoryReading::NotYet), ..admin() };
        let html = shown("inventory-not-yet", not_yet, "?q=nothing").await;
        assert!(html.contains("The directory is not read yet.") && html.contains("not all of it"));
        let html = shown("inventory-off", admin(), "").await;
        assert!(html.contains("The directory is not read here") && !html.contains("/inventory.csv"));
        let owner = shown("inventory-owner", SampleDesk::of(&[PortalRole::User]).with_inventory(), "").await;
        assert!(owner.contains("What you look after in the directory") && owner.contains("20 owners"));
    });
}
