//! What people decide about items: for everybody who sees them, by nobody else, and out of the count until then.

use crate::databases::Database;
use crate::needs::{inventory, until_read};
use crate::world::{MARA, OWEN, PRIYA, TOBIAS, World};
use app::contract::inventory::{AsideView, GridQuery, GridRows, GridView, ItemAsk, ObjectView};
use app::contract::ports::*;
use domain::audit::AuditAction;
use domain::credentials::{Subject, SubjectKind};
use domain::inventory::{AttentionKind, Item, ItemAct};
use server::store::AuditFilter;
use time::{Duration, OffsetDateTime};

async fn total(world: &World, upn: &str) -> u64 {
    let needs = world.desk(upn).needs().await.unwrap().unwrap();
    needs.cards.iter().find(|card| card.kind == AttentionKind::ExpiredAlone).map_or(0, |card| card.total)
}

async fn found(world: &World, upn: &str, filter: &str) -> Vec<String> {
    let query = GridQuery { filter: filter.parse().unwrap(), ..GridQuery::of(GridView::Objects) };
    let GridRows::Objects(page) = world.desk(upn).inventory(&query).await.unwrap().unwrap().rows else { panic!() };
    assert_eq!(page.total, Some(page.items.len() as u64));
    page.items.into_iter().map(|line| line.holder.name).collect()
}

fn standing(object: &ObjectView) -> Option<(Option<AsideView>, Option<String>)> {
    let item = object.items.iter().find(|item| item.kind == AttentionKind::ExpiredAlone).unwrap();
    item.standing.as_ref().map(|standing| (standing.aside, standing.assignee.clone()))
}

#[tokio::test]
async fn what_an_owner_puts_aside_is_out_of_everybodys_count_and_found_by_who_sees_it() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        until_read(&world).await;
        let subject = Subject { kind: SubjectKind::Application, id: world.id("payroll-export") };
        let item = Item { subject, kind: AttentionKind::ExpiredAlone };
        let day = (OffsetDateTime::now_utc() + Duration::days(20)).date();
        let snooze = ItemAsk::Snooze { until: day, reason: "the team is on leave".into() };
        let before = total(&world, MARA).await;
        assert_eq!(total(&world, OWEN).await, 1);

        for (upn, status) in [(TOBIAS, 404), (PRIYA, 403)] {
            assert_eq!(world.desk(upn).decide_item(item, &snooze).await.unwrap_err().status, status, "{upn}");
            let said = world.desk(upn).acknowledge_changes(subject, &[1], "x").await;
            assert_eq!(said.unwrap_err().status, status, "{upn}");
        }
        assert_eq!(world.desk(TOBIAS).object(subject).await.unwrap_err().status, 404, "he does not own it");
        assert!(!world.desk(PRIYA).object(subject).await.unwrap().may_decide, "who only reads");
        let owen = world.desk(OWEN);
        let (yesterday, far) =
            (OffsetDateTime::now_utc() - Duration::DAY, OffsetDateTime::now_utc() + Duration::days(200));
        for (ask, status) in [
            (ItemAsk::Assign(world.viewer(TOBIAS).object_id), 422),
            (ItemAsk::Accept { reason: "  ".into() }, 422),
            (ItemAsk::Snooze { until: yesterday.date(), reason: String::new() }, 422),
            (ItemAsk::Snooze { until: far.date(), reason: String::new() }, 422),
        ] {
            assert_eq!(owen.decide_item(item, &ask).await.unwrap_err().status, status, "{ask:?}");
        }
        let other = Item { kind: AttentionKind::Weak, ..item };
        assert_eq!(owen.decide_item(other, &ItemAsk::Reopen).await.unwrap_err().status, 409, "it is not so");
        assert_eq!(owen.acknowledge_changes(subject, &[1], "us").await.unwrap_err().status, 409, "nothing changed");
        assert_eq!(total(&world, OWEN).await, 1, "nothing was decided");

        owen.decide_item(item, &ItemAsk::Assign(world.viewer(OWEN).object_id)).await.unwrap();
        owen.decide_item(item, &snooze).await.unwrap();
        assert_eq!((total(&world, OWEN).await, total(&world, MARA).await), (0, before - 1));
        let needs = world.desk(MARA).needs().await.unwrap().unwrap();
        assert_eq!((needs.aside.snoozed, needs.aside.accepted), (1, 0));
        assert_eq!(found(&world, OWEN, "needs:expired-alone").await, Vec::<String>::new());
        for (upn, filter, count) in [
            (OWEN, "needs:expired-alone decided:snoozed", 1),
            (OWEN, "decided:mine", 1),
            (MARA, "decided:snoozed", 1),
            (MARA, "decided:mine", 0),
            (MARA, "decided:accepted", 0),
            (TOBIAS, "decided:snoozed", 0),
            (TOBIAS, "decided:assigned", 0),
        ] {
            assert_eq!(found(&world, upn, filter).await.len(), count, "{upn} {filter}");
        }
        let object = world.desk(PRIYA).object(subject).await.unwrap();
        let until = AsideView::Snoozed(day.midnight().assume_utc());
        assert_eq!(standing(&object), Some((Some(until), Some(world.viewer(OWEN).name))));

        world.desk(MARA).decide_item(item, &ItemAsk::Reopen).await.unwrap();
        assert_eq!((total(&world, OWEN).await, total(&world, MARA).await), (1, before));
        assert_eq!(standing(&owen.object(subject).await.unwrap()), None);
        let rows = inventory(&world).audit_page(None, &AuditFilter::default(), 0, 30).await.unwrap().items;
        let act = |action: &AuditAction| if let AuditAction::Item(act) = action { Some(*act) } else { None };
        let acts: Vec<_> = rows.iter().filter_map(|row| Some((act(&row.action)?, row.detail.as_str()))).collect();
        let words = format!("expired-alone: until {day}, the team is on leave");
        assert_eq!(acts[0], (ItemAct::Reopened, "expired-alone"));
        assert_eq!(acts[1], (ItemAct::Snoozed, words.as_str()));
        assert_eq!((acts[2].0, acts.len()), (ItemAct::Assigned, 3));
    }
}
