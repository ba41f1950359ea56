//! What needs somebody, as the first page shows it: each sees what is theirs, and the numbers are those of the lists.

use crate::databases::Database;
use crate::world::{DANIEL, MARA, OWEN, PRIYA, TOBIAS, World};
use app::contract::apps::Scope;
use app::contract::inventory::{Charts, Distribution, KindCounts};
use app::contract::overview::{CredentialUse, DirectoryReading, EndingMonth, Need, NeedDetail, Needs};
use app::contract::ports::*;
use domain::credentials::SubjectKind;
use domain::ids::{ObjectId, TenantId};
use domain::inventory::{AttentionKind, InventoryObject};
use server::store::{InventoryQuery, TenantStore};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use time::OffsetDateTime;

/// How long the reading may take.
pub const LONG: Duration = Duration::from_mins(2);

async fn needs(world: &World, upn: &str) -> Needs {
    world.desk(upn).needs().await.unwrap().unwrap()
}

pub fn inventory(world: &World) -> TenantStore {
    world.store.of(TenantId::new(world.tenant.tenant_id()))
}

pub async fn until_read(world: &World) {
    let store = inventory(world);
    let complete = async {
        while store.inventory_state().await.unwrap().is_none_or(|state| state.complete_at.is_none()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LONG, complete).await.expect("a reading that comes to its end");
}

/// Everything that was read, whoever owns it.
pub async fn everything(world: &World, attention: Option<AttentionKind>) -> Vec<InventoryObject> {
    let query = InventoryQuery { attention, take: 10_000, ..InventoryQuery::default() };
    let rows = inventory(world).inventory(&query, OffsetDateTime::now_utc()).await.unwrap();
    rows.items.into_iter().map(|row| row.object).collect()
}

/// By what the object itself says, and not by the table of owners.
pub fn is_owned_by(object: &InventoryObject, person: ObjectId) -> bool {
    object.owners.known().unwrap().listed.iter().any(|owner| owner.id == person)
}

fn totals(needs: &Needs) -> BTreeMap<AttentionKind, usize> {
    needs.cards.iter().map(|card| (card.kind, usize::try_from(card.total).unwrap())).collect()
}

/// Certificates and secrets in the chart, and later.
fn ahead(needs: &Needs) -> u64 {
    needs.endings.later + needs.endings.months.iter().map(EndingMonth::all).sum::<u64>()
}

/// The same by what the objects themselves say.
fn ending<'o>(objects: impl Iterator<Item = &'o InventoryObject>) -> u64 {
    let ends = objects.flat_map(|object| {
        let certificates = object.certificates.readable.iter().map(|one| one.end);
        certificates.chain(object.secrets.readable.iter().map(|one| one.end))
    });
    ends.flatten().filter(|end| *end > OffsetDateTime::now_utc()).count() as u64
}

async fn charts(world: &World, upn: &str) -> Charts {
    world.desk(upn).inventory_charts().await.unwrap().unwrap()
}

/// Certificates and secrets of a distribution, also those of which it is not known.
fn timed(of: &Distribution) -> u64 {
    let bands = of.bands.iter().map(|band| band.counts).chain([of.unknown]);
    bands.map(|counts| counts.certificates + counts.secrets).sum()
}

/// The same by what the objects themselves say.
fn all_timed<'o>(objects: impl Iterator<Item = &'o InventoryObject>) -> u64 {
    objects.map(|object| object.certificates.readable.len() + object.secrets.readable.len()).sum::<usize>() as u64
}

/// What has not ended, by what the objects themselves say.
fn in_force<'o>(objects: impl Iterator<Item = &'o InventoryObject>) -> KindCounts {
    let ahead = |end: Option<OffsetDateTime>| end.is_none_or(|end| end > OffsetDateTime::now_utc());
    let mut counts = KindCounts::default();
    for object in objects {
        counts.certificates += object.certificates.readable.iter().filter(|one| ahead(one.end)).count() as u64;
        counts.secrets += object.secrets.readable.iter().filter(|one| ahead(one.end)).count() as u64;
        counts.federated += object.trusts.known().map_or(0, |trusts| trusts.readable.len()) as u64;
    }
    counts
}

fn card(needs: &Needs, kind: AttentionKind) -> &Need {
    needs.cards.iter().find(|card| card.kind == kind).unwrap()
}

/// What is to be counted, of the objects that `counts` lets pass.
async fn expected(world: &World, counts: impl Fn(&InventoryObject) -> bool) -> BTreeMap<AttentionKind, usize> {
    let mut expected = BTreeMap::new();
    for kind in AttentionKind::ALL {
        let count = everything(world, Some(*kind)).await.iter().filter(|object| counts(object)).count();
        if count > 0 {
            expected.insert(*kind, count);
        }
    }
    expected
}

#[tokio::test]
async fn an_owner_is_told_of_own_apps_and_who_sees_everything_of_all() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        until_read(&world).await;
        let all = expected(&world, |_| true).await;
        let objects = everything(&world, None).await;
        for upn in [MARA, PRIYA] {
            let needs = needs(&world, upn).await;
            assert_eq!((needs.scope, needs.objects), (Scope::All, objects.len() as u64), "{upn}");
            assert_eq!(totals(&needs), all, "{upn}");
            assert_eq!(ahead(&needs), ending(objects.iter()), "{upn}");
            assert!(matches!(needs.reading, DirectoryReading::Complete { late: false, unnamed: 0, .. }), "{needs:?}");
        }
        for upn in [OWEN, TOBIAS] {
            let person = world.viewer(upn).object_id;
            let needs = needs(&world, upn).await;
            let owned = objects.iter().filter(|object| is_owned_by(object, person)).count();
            assert_eq!((needs.scope, needs.objects), (Scope::Mine, owned as u64), "{upn}");
            let own = expected(&world, |object| is_owned_by(object, person)).await;
            assert_eq!(ahead(&needs), ending(objects.iter().filter(|object| is_owned_by(object, person))), "{upn}");
            assert_eq!(totals(&needs), own, "{upn}");
            assert!(!own.is_empty() && own != all, "{upn}: some, and not all: {own:?}");
            let owned: BTreeSet<String> = {
                let people = world.tenant.people().into_iter();
                let known = people.filter(|one| one.user_principal_name == upn);
                known.flat_map(|one| one.owned_applications).collect()
            };
            for object in needs.cards.iter().flat_map(|card| &card.worst) {
                assert!(owned.contains(&object.name), "{upn}: {}", object.name);
            }
        }
        for upn in [MARA, PRIYA] {
            let charts = charts(&world, upn).await;
            let [day] = charts.history.unwrap().try_into().unwrap();
            assert_eq!((day.day, day.counts), (OffsetDateTime::now_utc().date(), in_force(objects.iter())), "{upn}");
            assert!(day.counts.certificates > 0 && day.counts.secrets > 0, "there is something to count: {day:?}");
            assert_eq!([charts.ages, charts.lifetimes].map(|of| timed(&of)), [all_timed(objects.iter()); 2], "{upn}");
        }
        for upn in [OWEN, TOBIAS] {
            let person = world.viewer(upn).object_id;
            let charts = charts(&world, upn).await;
            assert_eq!((charts.scope, charts.history), (Scope::Mine, None), "{upn}: numbers of all are not theirs");
            let own = all_timed(objects.iter().filter(|object| is_owned_by(object, person)));
            assert_eq!([charts.ages, charts.lifetimes].map(|of| timed(&of)), [own; 2], "{upn}");
            assert!(own > 0 && own < all_timed(objects.iter()), "{upn}: some, and not all");
        }
        assert_eq!(world.desk(DANIEL).inventory_charts().await.unwrap_err().status, 403);
        assert_eq!(world.nobody().inventory_charts().await.unwrap_err().status, 401);
        assert_eq!(world.desk(DANIEL).needs().await.unwrap_err().status, 403, "no role lets Daniel in");
        assert_eq!(world.nobody().needs().await.unwrap_err().status, 401);
    }
}

#[tokio::test]
async fn the_worst_come_first_with_when_and_what_was_renewed_is_not_among_them() {
    let world = World::with_inventory(Database::any().await).await;
    until_read(&world).await;
    let owens = needs(&world, OWEN).await;
    let expired = card(&owens, AttentionKind::ExpiredAlone);
    let names: Vec<_> = expired.worst.iter().map(|object| object.name.as_str()).collect();
    assert_eq!((expired.total, names), (1, vec!["payroll-export"]));
    let Some(NeedDetail::End { credential: CredentialUse::Certificate, at }) = expired.worst[0].detail else {
        panic!("{:?}", expired.worst[0].detail)
    };
    let days = (OffsetDateTime::now_utc() - at).whole_days();
    assert!((13..=16).contains(&days), "it ended about 15 days ago: {days}");
    assert_eq!(expired.worst[0].subject.id, world.id("payroll-export"));
    // payroll-batch has one that ends in 13 days, and a newer one.
    assert!(owens.cards.iter().all(|card| card.kind != AttentionKind::EndsWithin30Days), "{owens:?}");
    let all = needs(&world, MARA).await;
    for card in &all.cards {
        assert_eq!(card.worst.len() as u64, card.total.min(3), "{}", card.kind);
    }
    let soon = card(&all, AttentionKind::EndsWithin30Days);
    let ends: Vec<_> = soon.worst.iter().filter_map(|object| object.detail.clone()).collect();
    let at = |detail: &NeedDetail| match detail {
        NeedDetail::End { at, .. } => *at,
        other => panic!("{other:?}"),
    };
    assert!(ends.len() > 1 && ends.is_sorted_by_key(at), "{ends:?}");
    assert!(all.cards.is_sorted_by_key(|card| card.kind), "the most urgent first");
    let applications = |card: &Need| card.worst.iter().all(|one| one.subject.kind == SubjectKind::Application);
    assert!(applications(expired), "service principals hold nothing here");
}

#[tokio::test]
async fn where_the_directory_is_not_read_there_is_nothing_to_say() {
    let world = World::start().await;
    assert_eq!(world.desk(MARA).needs().await.unwrap(), None);
}
