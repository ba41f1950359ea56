//! A person's own notices: what ends of what they see, acknowledging it, their hours, and their calendar.

use crate::databases::Database;
use crate::needs::{inventory, until_read};
use crate::people::SOFIA;
use crate::world::{MARA, OWEN, PRIYA, TOBIAS, World};
use app::contract::own_notices::{AcknowledgeAsk, EndingView};
use app::contract::ports::*;
use domain::audit::AuditAction;
use domain::notices::{DayTime, NoticeHours, QuietHours};
use server::store::AuditFilter;
use std::collections::HashSet;
use time::{Duration, OffsetDateTime};

/// All pages of what ends.
async fn ends(world: &World, upn: &str) -> Vec<EndingView> {
    let mut all = vec![];
    for number in 1.. {
        let page = world.desk(upn).own_notices(number).await.unwrap().endings.unwrap().page;
        all.extend(page.items);
        if !page.has_next {
            assert_eq!(page.total, Some(all.len() as u64));
            break;
        }
    }
    all
}

/// One that has not ended yet.
fn open(ends: &[EndingView]) -> &EndingView {
    let now = OffsetDateTime::now_utc();
    ends.iter().find(|one| one.app.ends_at > now + Duration::days(2)).expect("something that ends soon")
}

#[tokio::test]
async fn what_somebody_acknowledges_is_known_to_everybody_who_sees_it_and_to_nobody_else() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        until_read(&world).await;
        let all = ends(&world, MARA).await;
        let names = |ends: &[EndingView]| ends.iter().map(|one| one.app.name.clone()).collect::<HashSet<_>>();
        let (people, mut owner) = ([OWEN, SOFIA, TOBIAS], None);
        for upn in people {
            let theirs = ends(&world, upn).await;
            assert!(names(&theirs).is_subset(&names(&all)) && theirs.len() < all.len(), "{upn}");
            if owner.is_none()
                && theirs.iter().any(|one| one.app.ends_at > OffsetDateTime::now_utc() + Duration::days(2))
            {
                owner = Some((upn, theirs));
            }
        }
        let (upn, theirs) = owner.expect("somebody who owns something that ends soon");
        let app = open(&theirs).app.clone();
        let ask = |until, reason: &str| AcknowledgeAsk {
            subject: app.subject,
            ends_at: app.ends_at,
            until,
            reason: reason.into(),
        };
        let stranger = people.into_iter().find(|other| *other != upn).unwrap();
        for (other, status) in [(PRIYA, 403), (stranger, 404)] {
            let refused = world.desk(other).acknowledge_end(&ask(None, "mine")).await;
            assert_eq!(refused.unwrap_err().status, status, "{other}");
            assert_eq!(world.desk(other).remind_again(app.subject).await.unwrap_err().status, status, "{other}");
        }
        let yesterday = (OffsetDateTime::now_utc() - Duration::DAY).date();
        let earlier = AcknowledgeAsk { ends_at: app.ends_at - Duration::days(1), ..ask(None, "") };
        for (ask, status) in [(ask(Some(yesterday), ""), 422), (ask(None, &"x".repeat(501)), 422), (earlier, 409)] {
            assert_eq!(world.desk(upn).acknowledge_end(&ask).await.unwrap_err().status, status, "{ask:?}");
        }
        assert!(ends(&world, MARA).await.iter().all(|one| one.known.is_none()), "nothing was changed");

        let tomorrow = (OffsetDateTime::now_utc() + Duration::DAY).date();
        world.desk(upn).acknowledge_end(&ask(Some(tomorrow), "it is being retired")).await.unwrap();
        for other in [upn, MARA, PRIYA] {
            let seen = ends(&world, other).await;
            let known = seen.into_iter().find(|one| one.app.subject == app.subject).unwrap().known.unwrap();
            assert_eq!((known.until, known.who), (tomorrow.midnight().assume_utc(), world.viewer(upn).name), "{other}");
        }
        world.desk(MARA).remind_again(app.subject).await.unwrap();
        world.desk(MARA).remind_again(app.subject).await.unwrap();
        assert!(ends(&world, upn).await.iter().all(|one| one.known.is_none()));
        let rows = inventory(&world).audit_page(None, &AuditFilter::default(), 0, 30).await.unwrap().items;
        let of = |action: AuditAction| rows.iter().filter(|row| row.action == action).collect::<Vec<_>>();
        let said = of(AuditAction::EndAcknowledged);
        assert_eq!((said.len(), of(AuditAction::EndRemindedAgain).len()), (1, 1));
        assert!(said[0].detail.ends_with(&format!("until {tomorrow}, it is being retired")), "{}", said[0].detail);
    }
}

#[tokio::test]
async fn everybody_has_hours_and_a_calendar_of_their_own() {
    let world = World::with_inventory(Database::sqlite()).await;
    until_read(&world).await;
    let owen = world.desk(OWEN);
    let view = owen.own_notices(1).await.unwrap();
    assert_eq!((view.hours, view.calendar.unwrap().made), (None, None));
    let quiet = QuietHours::new("22:00".parse().unwrap(), "07:00".parse().unwrap()).ok();
    let hours = |zone: &str| NoticeHours { zone: zone.parse().unwrap(), quiet, morning: DayTime::SEVEN };
    assert_eq!(owen.set_notice_hours(Some(&hours("Europe/Atlantis"))).await.unwrap_err().status, 422);
    owen.set_notice_hours(Some(&hours("Europe/Berlin"))).await.unwrap();
    assert_eq!(owen.own_notices(1).await.unwrap().hours, Some(hours("Europe/Berlin")));
    assert_eq!(world.desk(MARA).own_notices(1).await.unwrap().hours, None);
    let (first, second) = (owen.make_calendar().await.unwrap(), owen.make_calendar().await.unwrap());
    assert_ne!(first, second);
    let made = owen.own_notices(1).await.unwrap().calendar.unwrap().made.unwrap();
    assert_eq!((made.expires_at - made.at, made.fetched_at), (Duration::days(90), None));
    assert_eq!(world.desk(MARA).own_notices(1).await.unwrap().calendar.unwrap().made, None);
    owen.revoke_calendar().await.unwrap();
    assert_eq!(owen.own_notices(1).await.unwrap().calendar.unwrap().made, None);
}

#[tokio::test]
async fn without_an_inventory_nothing_is_known_and_there_are_no_calendars() {
    let world = World::start().await;
    let view = world.desk(OWEN).own_notices(1).await.unwrap();
    assert_eq!((view.endings, view.calendar), (None, None));
    assert_eq!(world.desk(OWEN).make_calendar().await.unwrap_err().status, 404);
}
