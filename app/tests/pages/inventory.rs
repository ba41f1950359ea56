//! The inventory's grid: both views, its filter, and what it says of its age.

use crate::desk::plans::{REPLACING, RETIRING};
use crate::desk::{NOW, SampleDesk, id};
use crate::{admin, check, get, run};
use app::contract::overview::DirectoryReading;
use app::contract::people::PortalRole;
use app::route::Route;
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
        assert!(html.contains(&format!("href=\"/apps/{}\"", id(1))), "an app has a page here");
        for of_no_page in [2, 3] {
            assert!(!html.contains(&format!("/apps/{}", id(of_no_page))), "it has no page here");
        }
        for file in ["csv", "json", "xlsx"] {
            assert!(html.contains(&format!("href=\"/inventory.{file}\"")), "{file}");
        }
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

#[test]
fn teams_that_rest_on_what_is_not_known_say_so_and_what_is_missing() {
    run(async {
        let teams = async |name: &str, desk: SampleDesk| {
            let answer = get(desk, "/settings/teams").await;
            check(name, &answer.html);
            answer.html
        };
        let html = teams("teams-departments", admin().with_inventory()).await;
        assert!(html.contains("3 apps have an owner whose department is not known"), "{html}");
        assert!(html.contains("lacks the application permission User.Read.All"));
        assert!(
            html.contains("“Order &lt;b&gt;desk” ")
                && html.contains("12 people")
                && html.contains(">4 days ago</time>")
        );
        assert!(html.contains("Members of the group are not told"), "{html}");
        assert!(html.contains("Too old to be used") && html.contains("permission GroupMember.Read.All"), "{html}");
        assert!(html.contains("href=\"https://entra.example/#permissions\""));
        let member = teams("teams-member", SampleDesk::of(&[PortalRole::User]).with_inventory()).await;
        assert!(member.contains("department is not known") && !member.contains("#permissions"), "{member}");
    });
}

/// `pick[]` of an app.
fn pick(n: u128) -> String {
    format!("pick%5B%5D=app.{}", id(n))
}

#[test]
fn what_is_ticked_stays_ticked_from_page_to_page_and_goes_on() {
    run(async {
        let query = format!("?view=objects&q=pay&{}&{}", pick(1), pick(40));
        let html = shown("inventory-ticked", admin().with_inventory(), &query).await;
        let tick = |n: u128| format!("name=\"pick[]\" value=\"app.{}\" checked", id(n));
        assert!(html.contains(&tick(1)), "on the page");
        assert!(html.contains("Selected, not in view") && html.contains("Order &lt;intake&gt;"), "of another page");
        assert!(html.contains("2 objects selected") && html.contains("All 61 objects that the filter finds"));
        for goes_on in ["/inventory.csv", "/inventory.json", "/inventory.xlsx", "/inventory/selection"] {
            assert!(html.contains(&format!("formaction=\"{goes_on}\"")), "{goes_on}");
        }
        assert!(html.contains("name=\"page\" value=\"2\""), "paging by a button takes the ticks along");
        let sp = format!("value=\"sp.{}.secret.", id(2));
        let all = shown("inventory-all", admin().with_inventory(), "?all=on").await;
        assert!(
            all.contains("name=\"all\" value=\"on\" checked") && all.contains(&sp),
            "what is read-only can be taken"
        );
        assert!(all.contains(&format!("value=\"blueprint.{}.federated.ci\"", id(3))));
        let wrong = get(admin().with_inventory(), "/inventory?pick%5B%5D=app.7").await;
        check("inventory-no-row", &wrong.html);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.html.contains("“app.7” is no row of the inventory"));
    });
}

#[test]
fn a_selection_says_what_is_left_out_and_what_can_be_done() {
    run(async {
        let of = async |name: &str, desk: SampleDesk, query: &str| {
            let answer = get(desk, &format!("/inventory/selection{query}")).await;
            check(name, &answer.html);
            assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.html);
            answer.html
        };
        let html = of("selection", admin().with_inventory(), "?q=ends%3A%3C30d&all=on").await;
        for words in [
            "61 credentials: all that the filter finds",
            "ends:&lt;30d",
            "3 service principals: read-only here",
            "1 agent blueprint: read-only here",
            "Remove 4 certificates from 2 apps",
            "3 credentials of service principals and agent blueprints",
            "1 secret: not removed here yet",
            "Add a certificate to 2 apps",
            "action=\"/api/draft-retire-selected\"",
            "name=\"all\" value=\"on\"",
            "href=\"/inventory.xlsx?q=ends%3A%3C30d&amp;all=on\"",
        ] {
            assert!(html.contains(words), "{words}");
        }
        let query = format!("?view=objects&{}", pick(1));
        let objects = of("selection-objects", admin().with_inventory(), &query).await;
        assert!(objects.contains("1 object, one by one") && objects.contains("1 row, gone since or not yours to see"));
        assert!(objects.contains(&format!("href=\"/inventory?view=objects&amp;{}\"", pick(1))), "the way back");
        assert!(!objects.contains("/api/draft-retire-selected"), "objects are not removed");
        let auditor = SampleDesk::of(&[PortalRole::Auditor]).with_inventory();
        let read = of("selection-auditor", auditor, "?all=on").await;
        assert!(!read.contains("/api/draft-") && read.contains("href=\"/inventory.csv?all=on\""));
        let none = get(admin().with_inventory(), "/inventory/selection").await;
        check("selection-none", &none.html);
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

#[test]
fn saved_views_are_links_and_who_may_changes_them() {
    run(async {
        let html = shown("inventory-saved", admin().with_inventory(), "?q=kind%3Asecret+ends%3A%3C30d").await;
        let link = |html: &str, words: &str| {
            let chips = html.split("<a ").filter(|it| it.contains("class=\"chip\""));
            let found = chips.filter(|it| it.split("</a>").next().is_some_and(|it| it.contains(words))).last();
            found.and_then(|it| it.split('>').next()).unwrap_or_default().to_owned()
        };
        let current = link(&html, "Secrets that end");
        assert!(
            current.contains("href=\"/inventory?q=kind%3Asecret+ends%3A%3C30d\"") && current.contains("aria-current"),
            "{current}"
        );
        let other = link(&html, "Nobody &lt;owns&gt; it");
        assert!(
            other.contains("href=\"/inventory?view=objects&amp;q=owner%3Anone\"") && !other.contains("aria-current"),
            "{other}"
        );
        assert!(html.contains("name=\"shared\"") && html.contains("Remove the view Nobody &lt;owns&gt; it"));
        let owner = shown("inventory-saved-owner", SampleDesk::of(&[PortalRole::User]).with_inventory(), "").await;
        assert!(!owner.contains("name=\"shared\"") && !owner.contains("Remove the view Nobody"), "an administrator's");
        assert!(owner.contains("Remove the view Secrets that end"));
    });
}

#[test]
fn groups_lead_to_their_rows_and_what_is_not_known_is_a_group_of_its_own() {
    run(async {
        let html = shown("groups-owner", admin().with_inventory(), "?view=objects&q=pay&group=owner").await;
        for words in [
            ">Nobody who counts</a>",
            "1,204",
            "href=\"/inventory?view=objects&amp;q=owner%3Anone\"",
            "Owen &lt;b&gt;Carter",
            "name=\"group\" value=\"owner\"",
            "href=\"/inventory?view=objects&amp;q=pay&amp;group=owner&amp;page=2\"",
        ] {
            assert!(html.contains(words), "{words}");
        }
        let issuers = shown("groups-issuer", admin().with_inventory(), "?view=objects&group=issuer").await;
        assert!(issuers.contains(">Not read yet</a>") && issuers.contains("href=\"/inventory?q=issuer%3Aunread\""));
        assert!(issuers.contains("q=issuer%3A%22CN%3DContoso+Issuing+CA%22") && issuers.contains(&"x".repeat(400)));
        let certificates = shown("groups-certificate", admin().with_inventory(), "?group=certificate").await;
        assert!(certificates.contains("Thumbprint not known") && certificates.contains("Entries"));
        let off = shown("groups-off", admin(), "?group=owner").await;
        assert!(off.contains("The directory is not read here"));
    });
}

#[test]
fn columns_and_density_are_the_persons_choice_and_stay_with_every_form() {
    run(async {
        let html =
            shown("inventory-columns", admin().with_inventory(), "?q=a&columns=key-id%2Cends&density=compact").await;
        let heads = html.split("<thead>").nth(1).unwrap().split("</thead>").next().unwrap();
        let words: Vec<_> =
            ["Held by", ">Credential<", ">Ends<", ">keyId<", ">Begins<"].map(|word| heads.contains(word)).into();
        assert_eq!(words, [true, false, true, true, false], "{heads}");
        assert!(
            html.contains("table--dense")
                && html.contains("Expired 12 days ago")
                && html.contains(&id(912).to_string())
        );
        // In the forms of the words, of the choices, of the selection and of saving.
        for field in ["name=\"columns\" value=\"ends,key-id\"", "type=\"hidden\" name=\"density\" value=\"compact\""] {
            assert_eq!(html.matches(field).count(), 4, "{field}");
        }
        assert!(html.contains("sort=end-desc&amp;columns=ends%2Ckey-id&amp;density=compact"), "a new order keeps them");
        assert!(html.contains("/inventory.csv?q=a\""), "a file has everything");
        let usual = shown("inventory-usual", admin().with_inventory(), "?columns=owners").await;
        assert!(
            usual.contains(">Credential<")
                && !usual.contains("table--dense")
                && !usual.contains("type=\"hidden\" name=\"columns\"")
        );
        let objects = shown(
            "inventory-columns-objects",
            admin().with_inventory(),
            "?view=objects&columns%5B%5D=created&columns%5B%5D=client-id",
        )
        .await;
        let heads = objects.split("<thead>").nth(1).unwrap().split("</thead>").next().unwrap();
        assert!(heads.contains(">Created<") && heads.contains(">Client ID<") && !heads.contains(">Owners<"), "{heads}");
    });
}

#[test]
fn before_something_goes_its_last_use_is_told_and_beside_each_credential_too() {
    run(async {
        let plan = get(admin(), &format!("/plans/{}", id(RETIRING))).await.html;
        check("plan-last-use", &plan);
        for words in ["What goes may still be used", "Signed in on ", "No other sign-in from ", "stands still"] {
            assert!(plan.contains(words), "{words}");
        }
        let other = get(admin(), &format!("/plans/{}", id(REPLACING))).await.html;
        assert!(!other.contains("what goes"), "where the inventory does not show the app nothing is said");
        let app = get(admin().with_inventory(), &format!("/apps/{}", id(1))).await.html;
        check("app-last-use", &app);
        assert!(
            app.contains("Last use unknown: the directory has no licence")
                && app.contains("report of sign-ins stands still")
        );
        let without = get(admin(), &format!("/apps/{}", id(1))).await.html;
        assert!(!without.contains("Last use unknown: "));
    });
}

#[test]
fn a_log_that_was_brought_is_told_with_what_was_in_it_to_those_who_see_everything() {
    run(async {
        let path = Route::LastUse.to_string();
        let page = get(admin().with_inventory(), &path).await.html;
        check("last-use", &page);
        let list = ["&lt;b&gt;signins&lt;/b&gt;.json", "Priya Raman", "12,345", "2 not understood", "42 known here"];
        for words in list.into_iter().chain(["stands still", "Sign-in error code", "enctype=\"multipart/form-data\""]) {
            assert!(page.contains(words), "{words}");
        }
        assert!(!page.contains("was read</p>"), "no import was made just now");
        let made = get(SampleDesk::of(&[PortalRole::Auditor]).with_inventory(), &format!("{path}?import=7")).await.html;
        check("last-use-made", &made);
        for words in [
            "&lt;b&gt;signins&lt;/b&gt;.json was read",
            "12,345 rows were read: 12,000 with a key id, 300 without one, 43 that are no service",
            "42 credentials that it names are known here",
            "1 credential that it names is not known here",
            "row 17 (no time such as",
            "role=\"status\"",
        ] {
            assert!(made.contains(words), "{words}");
        }
        let user = get(SampleDesk::of(&[PortalRole::User]).with_inventory(), &path).await;
        assert_eq!(user.status, StatusCode::FORBIDDEN);
        assert!(!user.html.contains("signins"), "{}", user.html);
    });
}

#[test]
fn charts_have_their_numbers_and_the_history_of_all_is_for_those_who_see_all() {
    run(async {
        let of = async |name: &str, desk: SampleDesk| {
            let answer = get(desk, "/inventory/charts").await;
            check(name, &answer.html);
            assert_eq!(answer.status, StatusCode::OK, "{name}");
            answer.html
        };
        let html = of("charts", admin().with_inventory()).await;
        let row = |label: &str| html.split("<tr>").find(|row| row.contains(&format!(">{label}</th>"))).unwrap();
        let first = row("25 November 2025");
        assert!(first.contains(">67 %<span class=\"sr-only\"> certificates, 1,200</span>"), "{first}");
        assert!(first.contains("x=\"666\" width=\"333\"") && first.contains(">0 %<"), "{first}");
        let last = row("25 November 2026");
        assert!(last.contains("&gt; 99 %") && last.contains("&lt; 1 %") && last.contains("width=\"999\""), "{last}");
        let old = row("Over 30 days");
        assert!(old.contains(">0<span") && old.contains(">8<span class=\"sr-only\"> secrets"), "{old}");
        assert!(row("Up to 1 year").contains(">4<span") && html.contains("1 more is not among them: when it began"));
        assert!(html.contains("ended or not.</p>"), "of lifetimes all are known");
        let user = of("charts-mine", SampleDesk::of(&[PortalRole::User]).with_inventory()).await;
        assert!(user.contains("How old they are") && user.contains("what you look after, in numbers"));
        assert!(!user.contains("over time") && !user.contains("%<"), "{user}");
    });
}
