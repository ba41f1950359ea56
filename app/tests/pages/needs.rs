//! What needs the person, on the first page: with all reasons, with none, half read, and where nothing is read at all.

use crate::desk::overview::{cards, complete, needs};
use crate::desk::{NOW, SampleDesk, id};
use crate::{admin, check, get, run};
use app::contract::apps::Scope;
use app::contract::overview::{DirectoryReading, Needs, PutAside, ReadBy};
use app::contract::people::PortalRole;
use app::contract::problem::Problem;
use axum::http::StatusCode;
use domain::inventory::AttentionKind;
use time::Duration;

const PROUD: &str = "Nothing needs you";

async fn home(name: &str, desk: SampleDesk) -> String {
    let answer = get(desk, "/").await;
    check(name, &answer.html);
    assert_eq!(answer.status, StatusCode::OK, "{name}");
    assert!(answer.html.contains("Recent pushes"), "{name}: what was there stays");
    answer.html
}

async fn of(name: &str, needs: Needs) -> String {
    home(name, SampleDesk { needs: Ok(Some(needs)), ..admin() }).await
}

/// The card with this title.
fn card<'h>(html: &'h str, title: &str) -> &'h str {
    let cards = html.split("aria-labelledby=\"needs-").skip(2);
    cards.map(|card| card.split("</section>").next().unwrap()).find(|card| card.contains(title)).unwrap()
}

/// A button of a card.
fn button(to: &str, words: &str) -> String {
    format!("href=\"{to}\" class=\"button button--small\">{words}<")
}

#[test]
fn each_card_has_its_number_the_worst_and_a_next_step() {
    run(async {
        let html = of("home-needs", needs(complete(), cards())).await;
        assert!(html.contains("1,204 objects in all") && html.contains(">3 hours ago</time>"));
        let upload = format!("/certificates/new?app={}", id(1));
        let soon = card(&html, "Ends within 7 days");
        assert!(soon.contains("12</span>") && soon.contains("And 9 more."), "{soon}");
        assert!(soon.contains("Certificate ends ") && soon.contains(">in 5 days</time>"), "{soon}");
        assert!(soon.contains(&button(&upload, "Renew")), "{soon}");
        assert!(soon.contains("Thumbprint reads service principals and cannot change them."), "{soon}");
        assert!(
            soon.contains("href=\"https://entra.example/#sp\"") && soon.contains("Thumbprint reads agent blueprints")
        );
        assert_eq!(soon.matches("class=\"button").count(), 1, "what cannot be written has no button: {soon}");
        for of_no_page in [id(2), id(3)] {
            assert!(!html.contains(&format!("/apps/{of_no_page}")), "it has no page here");
        }
        let expired = card(&html, "Expired, and nothing in its place");
        assert!(expired.contains("Certificate ended ") && expired.contains(&button(&upload, "Renew")), "{expired}");
        assert!(!expired.contains(" more."), "it is the only one");
        let page = format!("/apps/{}", id(1));
        for (title, words, step) in [
            ("No owner", "The accounts of its owners are disabled", "Open the app"),
            ("Not read in full", "owners is not a list", "Open the app"),
            ("Leftovers", "The same certificate is there more than once", "Choose what to remove"),
        ] {
            let card = card(&html, title);
            assert!(card.contains(words) && card.contains(&button(&page, step)), "{title}: {card}");
            assert!(!card.contains(" more."), "{title}: it is the only one");
        }
        for kind in AttentionKind::ALL {
            let list = format!("href=\"/inventory?view=objects&amp;q=needs%3A{kind}\"");
            assert_eq!(html.matches(&list).count(), 1, "{kind}: its list");
        }
        let secrets = card(&html, "Only secrets");
        assert!(secrets.contains(&button(&upload, "Add a certificate")), "{secrets}");
        assert!(!html.contains(PROUD) && !html.contains("so far"));
    });
}

#[test]
fn who_only_reads_is_sent_to_the_app_and_not_to_an_upload() {
    run(async {
        let auditor =
            SampleDesk { needs: Ok(Some(needs(complete(), cards()))), ..SampleDesk::of(&[PortalRole::Auditor]) };
        let html = home("home-needs-auditor", auditor).await;
        assert!(html.contains("Ends within 7 days") && !html.contains("/certificates/new?app="));
    });
}

#[test]
fn that_nothing_is_to_do_is_said_of_a_whole_and_recent_reading_alone() {
    run(async {
        let html = of("home-needs-nothing", needs(complete(), vec![])).await;
        assert!(html.contains(PROUD) && html.contains("1,204 objects in the directory: none has expired"));
        let mine = Needs { scope: Scope::Mine, objects: 14, ..needs(complete(), vec![]) };
        let html = of("home-needs-mine", mine.clone()).await;
        assert!(html.contains(PROUD) && html.contains("14 objects that you look after: none has expired"));
        let aside = PutAside { snoozed: 2, accepted: 1 };
        let html_of_aside = of("home-needs-aside", Needs { aside, ..mine.clone() }).await;
        assert!(
            html_of_aside.contains("Nothing else needs you") && html_of_aside.contains("but for what is put aside")
        );
        assert!(html_of_aside.contains("q=decided%3Asnoozed\">2 objects snoozed</a>, "), "{html_of_aside}");
        assert!(
            html_of_aside.contains("q=decided%3Aaccepted\">1 object accepted</a>.") && !html_of_aside.contains(PROUD)
        );
        assert!(html.contains("20 owners"), "who is missing in Graph's list is told of it");
        let owner_of_none = of("home-needs-none", Needs { objects: 0, ..mine }).await;
        assert!(owner_of_none.contains("No apps of yours were found") && !owner_of_none.contains(PROUD));
        let from = NOW - Duration::days(3);
        for (name, reading, words) in [
            ("home-needs-not-yet", DirectoryReading::NotYet, "The directory is not read yet."),
            (
                "home-needs-first",
                DirectoryReading::First { begun: from },
                "Being read, so far 1,204 objects: counts are not complete.",
            ),
            ("home-needs-late", DirectoryReading::Complete { from, late: true, unnamed: 0 }, "This is old"),
            (
                "home-needs-unnamed",
                DirectoryReading::Complete { from, late: false, unnamed: 3 },
                "3 rows of the directory",
            ),
        ] {
            let html = of(name, needs(reading, vec![])).await;
            assert!(html.contains(words) && !html.contains(PROUD), "{name}");
        }
    });
}

#[test]
fn what_ends_is_counted_by_month() {
    run(async {
        let html = of("home-endings", needs(complete(), cards())).await;
        let chart = html.split("id=\"endings-title\"").nth(1).unwrap().split("</section>").next().unwrap();
        assert_eq!(chart.matches("<th scope=\"row\">").count(), 12, "a row for each month");
        let row = |month: &str| chart.split("<tr>").find(|row| row.contains(month)).unwrap();
        let first = row("November 2026");
        assert!(first.contains(">4<span") && first.contains(">1<span"), "{first}");
        assert!(first.contains("width=\"3\"") && first.contains("x=\"3\""), "drawn beside the largest: {first}");
        let most = row("January 2027");
        assert!(most.contains(">1,200<span") && most.contains("width=\"1000\""), "{most}");
        assert!(chart.contains("31 end after these months.") && !chart.contains("Not everything"));
        let none = of("home-endings-none", Needs { objects: 0, ..needs(complete(), vec![]) }).await;
        assert!(!none.contains("endings-title"), "there is nothing that could end");
    });
}

#[test]
fn numbers_of_half_a_reading_say_so() {
    run(async {
        let html =
            of("home-needs-half", needs(DirectoryReading::First { begun: NOW - Duration::minutes(3) }, cards())).await;
        assert!(card(&html, "Ends within 7 days").contains("12 so far</span>"));
        assert!(html.contains(">3 minutes ago</time>") && !html.contains("Read <time"));
    });
}

#[test]
fn without_an_inventory_the_page_is_as_it_was_and_a_failure_takes_nothing_else_with_it() {
    run(async {
        let html = home("home-needs-off", admin()).await;
        assert!(!html.contains("What needs you"));
        let failed = Err(Problem::new(503, "storage", "The storage does not answer", "It was asked in vain."));
        let html = home("home-needs-failed", SampleDesk { needs: failed, ..admin() }).await;
        assert!(html.contains("The storage does not answer") && !html.contains(PROUD));
    });
}

#[test]
fn where_sign_ins_are_lent_it_is_said_whose_it_was_and_that_nobody_does() {
    run(async {
        let lent = |now, may| {
            let last = vec!["Mara Lindqvist".into(), "Priya Raman".into()];
            Needs { read_by: ReadBy::Lent { now, last, may }, ..needs(complete(), cards()) }
        };
        let html = of("home-needs-lent", lent(true, true)).await;
        assert!(
            html.contains(" with the sign-in of Mara Lindqvist and Priya Raman.") && !html.contains("Nobody lends"),
            "{html}"
        );
        let html = of("home-needs-nobody-lends", lent(false, true)).await;
        assert!(
            html.contains("Nobody lends a sign-in") && html.contains("href=\"/sessions\">Lend yours</a>"),
            "{html}"
        );
        let html = of("home-needs-nobody-lends-other", lent(false, false)).await;
        assert!(
            html.contains("An administrator or auditor can lend theirs.") && !html.contains("Lend yours"),
            "{html}"
        );
    });
}
