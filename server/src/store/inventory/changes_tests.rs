#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::keep::Keeping;
use super::tests::{AT, OWEN, POLICY, after, app, certificate, keep, object, tenant};
use super::{Actor, KeptChange, Lookup};
use crate::store::databases::on_both;
use crate::store::{AuditEntry, AuditFilter, Engine, Sighting, TenantStore};
use domain::audit::{AuditAction, AuditOutcome};
use domain::ids::{AppId, ObjectId};
use domain::inventory::{AttentionKind, ChangeKind, Decision, Item, LifetimePolicy, SnoozeEnd};
use domain::key_credential::KeyCredentials;
use serde_json::json;
use time::Duration;
use uuid::Uuid;

const DAY: i64 = 24 * 60;

/// A pass that shows one app with these certificates, from its beginning to its end. It begins so many days after [`AT`].
async fn pass(store: &TenantStore, days: i64, certificates: &[u128]) {
    let at = after(days * DAY);
    let keys = KeyCredentials::from_json(&json!(certificates.iter().map(|n| certificate(*n, 300)).collect::<Vec<_>>()));
    let object = app(1, "payroll", OWEN, 300).with_certificates(&keys.unwrap());
    let number = store.begin_inventory_pass(at).await.unwrap().number;
    assert!(keep(store, number, vec![object], at).await);
    assert!(store.finish_inventory_pass(number, at).await.unwrap());
}

async fn changes(store: &TenantStore) -> Vec<KeptChange> {
    store.changes_elsewhere(object(1), 9).await.unwrap()
}

async fn told(store: &TenantStore) -> Vec<(u128, ChangeKind)> {
    let of = |kept: &KeptChange| (kept.change.id.parse::<Uuid>().unwrap().as_u128(), kept.change.kind);
    changes(store).await.iter().map(of).collect()
}

async fn waiting(store: &TenantStore, days: i64) -> u64 {
    let kind = AttentionKind::ChangedElsewhere;
    store.inventory_worst(kind, None, 3, after(days * DAY)).await.unwrap().total
}

fn entry(action: AuditAction, days: i64) -> AuditEntry {
    let person = Some(ObjectId::new(Uuid::from_u128(OWEN)));
    let mut entry = AuditEntry::new(person, after(days * DAY), action, AuditOutcome::Recorded);
    entry.row.who = "Owen Payne".into();
    entry
}

#[tokio::test]
async fn what_a_pass_finds_changed_is_told_until_somebody_says_what_it_was() {
    on_both(async |database| {
        let store = tenant(database).await;
        pass(&store, 0, &[1]).await;
        assert_eq!(told(&store).await, [], "a first pass is not a change");
        pass(&store, 1, &[2]).await;
        assert_eq!(told(&store).await, [(1, ChangeKind::Gone), (2, ChangeKind::Appeared)]);
        assert_eq!((waiting(&store, 1).await, waiting(&store, 0).await), (1, 0), "one object, from then on");
        let found = changes(&store).await;
        assert!(found.iter().all(|one| (one.since, one.found_at) == (AT, after(DAY)) && one.actor.is_none()));
        pass(&store, 2, &[2]).await;
        assert_eq!((told(&store).await.len(), waiting(&store, 2).await), (2, 1), "it is told once, and stays");

        let (reason, action) = ("that was us, by az".parse().unwrap(), AuditAction::ChangeAcknowledged);
        let said = entry(action.clone(), 2);
        let first = [found[0].number];
        assert_eq!(store.acknowledge_changes(object(2), &first, &reason, &said).await.unwrap(), 0, "another object's");
        assert_eq!(store.acknowledge_changes(object(1), &first, &reason, &said).await.unwrap(), 1);
        assert_eq!(waiting(&store, 2).await, 1, "one of the two is left");
        let both = [found[0].number, found[1].number];
        assert_eq!(store.acknowledge_changes(object(1), &both, &reason, &said).await.unwrap(), 1);
        assert_eq!(store.acknowledge_changes(object(1), &both, &reason, &said).await.unwrap(), 0, "once");
        assert_eq!(waiting(&store, 2).await, 0);
        let kept = changes(&store).await;
        let words = kept.iter().map(|one| one.acknowledged.clone().unwrap());
        assert!(words.into_iter().all(|one| (one.by.as_str(), one.reason.as_str()) == ("Owen Payne", reason.as_str())));
        pass(&store, 3, &[2]).await;
        assert_eq!(waiting(&store, 3).await, 0, "and it stays so");
        let rows = store.audit_page(None, &AuditFilter::default(), 0, 9).await.unwrap();
        assert_eq!(rows.items.iter().map(|row| &row.action).collect::<Vec<_>>(), [&action, &action]);
    })
    .await;
}

#[tokio::test]
async fn what_was_put_aside_does_not_hide_the_next_change() {
    on_both(async |database| {
        let store = tenant(database).await;
        pass(&store, 0, &[1]).await;
        pass(&store, 1, &[1, 2]).await;
        let item = Item { subject: object(1), kind: AttentionKind::ChangedElsewhere };
        let accept = Decision::Accept { reason: "known".parse().unwrap() };
        let assign = Decision::Assign { id: ObjectId::new(Uuid::from_u128(OWEN)), name: "Owen Payne".into() };
        for decision in [&assign, &accept] {
            let said = entry(AuditAction::Item(decision.act()), 1);
            assert!(store.decide_item(item, decision, &said).await.unwrap());
        }
        pass(&store, 2, &[1, 2]).await;
        assert_eq!(waiting(&store, 2).await, 0);
        pass(&store, 3, &[1, 2, 3]).await;
        assert_eq!(waiting(&store, 3).await, 1);
        let standing = store.item_standings(&[object(1)], after(3 * DAY)).await.unwrap().remove(&item).unwrap();
        assert_eq!((standing.aside, standing.assignee.is_some()), (None, true), "who looks after it still does");
    })
    .await;
}

#[tokio::test]
async fn a_page_that_was_looked_at_in_between_hides_nothing() {
    on_both(async |database| {
        let store = tenant(database).await;
        pass(&store, 0, &[1]).await;
        let keys = KeyCredentials::from_json(&json!([certificate(2, 300)])).unwrap();
        let app_id = AppId::new(Uuid::from_u128(1));
        let sighting = Sighting { object_id: object(1).id, app_id, display_name: "x", keys: &keys };
        // A read that is newer than the page of the pass that comes after it, as one of a person is.
        let policy = LifetimePolicy::default();
        store.note_in_inventory(&[sighting], after(DAY) + Duration::seconds(1), &policy).await.unwrap();
        assert_eq!(told(&store).await, [], "only passes are compared");
        pass(&store, 1, &[2]).await;
        assert_eq!(told(&store).await, [(1, ChangeKind::Gone), (2, ChangeKind::Appeared)]);
        pass(&store, 2, &[2]).await;
        assert_eq!(told(&store).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_comes_twice_tells_once_and_an_app_that_is_new_brings_what_it_has() {
    on_both(async |database| {
        let store = tenant(database).await;
        let first = store.begin_inventory_pass(AT).await.unwrap().number;
        assert!(store.finish_inventory_pass(first, AT).await.unwrap());
        let number = store.begin_inventory_pass(after(5)).await.unwrap().number;
        for _ in 0..2 {
            assert!(keep(&store, number, vec![app(1, "payroll", OWEN, 300)], after(5)).await);
        }
        assert_eq!(told(&store).await, [(1, ChangeKind::Appeared)]);
        let next = store.begin_inventory_pass(after(9)).await.unwrap().number;
        assert!(
            !keep(&store, number, vec![app(1, "payroll", OWEN, 300)], after(9)).await,
            "another replica has gone on"
        );
        assert!(keep(&store, next, vec![app(1, "payroll", OWEN, 300)], after(9)).await);
        assert_eq!(told(&store).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_made_it_is_asked_until_it_is_known() {
    on_both(async |database| {
        let store = tenant(database).await;
        pass(&store, 0, &[1]).await;
        pass(&store, 1, &[1, 2, 3]).await;
        let due = async |days| store.changes_to_look_up(after(days * DAY), 9).await.unwrap().len();
        assert_eq!((due(0).await, due(1).await), (0, 2));
        let [first, second] =
            <[i64; 2]>::try_from(changes(&store).await.iter().map(|one| one.number).collect::<Vec<_>>()).unwrap();
        let actor = Actor { name: "mara@contoso.com".into(), app: false, at: after(7) };
        store.looked_up(first, Some(&actor), false, None).await.unwrap();
        store.looked_up(second, None, false, Some(after(2 * DAY))).await.unwrap();
        assert_eq!((due(1).await, due(2).await), (0, 1));
        let kept = changes(&store).await;
        assert_eq!((kept[0].actor.as_ref(), kept[0].lookup), (Some(&actor), Lookup::Over));
        assert_eq!((kept[1].actor.as_ref(), kept[1].lookup), (None, Lookup::Pending));
        store.looked_up(second, None, true, None).await.unwrap();
        assert_eq!(changes(&store).await[1].lookup, Lookup::Refused);
        store.looked_up(first, None, false, None).await.unwrap();
        assert_eq!(changes(&store).await[0].actor.as_ref(), Some(&actor), "what is known stays");
    })
    .await;
}

#[tokio::test]
async fn what_is_old_goes_with_its_card() {
    on_both(async |database| {
        let store = tenant(database).await;
        pass(&store, 0, &[1]).await;
        pass(&store, 1, &[2]).await;
        let all = database.store().await;
        assert_eq!(all.forget_changes_before(after(DAY)).await.unwrap(), 0);
        assert_eq!(waiting(&store, 1).await, 1);
        assert_eq!(all.forget_changes_before(after(DAY + 1)).await.unwrap(), 2);
        assert_eq!((told(&store).await.len(), waiting(&store, 1).await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_is_put_aside_is_out_of_the_count_until_then_and_is_found() {
    on_both(async |database| {
        let store = tenant(database).await;
        let number = store.begin_inventory_pass(AT).await.unwrap().number;
        assert!(keep(&store, number, vec![app(1, "payroll", OWEN, -3), app(2, "ledger", OWEN, -1)], AT).await);
        let item = |n| Item { subject: object(n), kind: AttentionKind::ExpiredAlone };
        let count = async |days| {
            let rows = store.inventory_worst(AttentionKind::ExpiredAlone, None, 3, after(days * DAY)).await.unwrap();
            (rows.total, rows.items.len())
        };
        let act = |decision: &Decision, days| entry(AuditAction::Item(decision.act()), days);
        let snooze = Decision::Snooze { until: SnoozeEnd::new(after(7 * DAY), AT).unwrap(), reason: None };
        assert!(store.decide_item(item(1), &snooze, &act(&snooze, 0)).await.unwrap());
        assert_eq!((count(0).await, count(6).await, count(7).await), ((1, 1), (1, 1), (2, 2)));
        let accept = Decision::Accept { reason: "it is switched off in March".parse().unwrap() };
        assert!(store.decide_item(item(1), &accept, &act(&accept, 1)).await.unwrap());
        let assign = Decision::Assign { id: ObjectId::new(Uuid::from_u128(OWEN)), name: "Owen Payne".into() };
        assert!(store.decide_item(item(1), &assign, &act(&assign, 1)).await.unwrap());
        assert_eq!(count(400).await, (1, 1), "who looks after it changes nothing about that");
        let standing = store.item_standings(&[object(1)], after(400 * DAY)).await.unwrap().remove(&item(1)).unwrap();
        assert_eq!(
            (standing.aside, standing.assignee.unwrap().1.as_str()),
            (Some(super::Aside::Accepted), "Owen Payne")
        );
        assert_eq!(standing.reason.as_deref(), Some("it is switched off in March"));
        let other = Item { kind: AttentionKind::Weak, ..item(1) };
        assert!(!store.decide_item(other, &accept, &act(&accept, 1)).await.unwrap(), "it is not so");
        // Renewed, and ended again: nobody has accepted that.
        let renewed = store.begin_inventory_pass(after(DAY)).await.unwrap().number;
        assert!(keep(&store, renewed, vec![app(1, "payroll", OWEN, 300)], after(DAY)).await);
        assert!(
            store.item_standings(&[object(1)], AT).await.unwrap().is_empty(),
            "when it ends again is another matter"
        );
        store.gone_from_inventory(&[object(1)], after(2 * DAY)).await.unwrap();
        assert!(store.decide_item(item(2), &Decision::Reopen, &act(&Decision::Reopen, 1)).await.unwrap());
        assert_eq!(count(1).await, (1, 1));
    })
    .await;
}

#[tokio::test]
async fn what_is_decided_while_a_read_is_being_kept_stands_after_it() {
    on_both(async |database| {
        let store = tenant(database).await;
        let pass = store.begin_inventory_pass(AT).await.unwrap().number;
        assert!(keep(&store, pass, vec![app(1, "payroll", OWEN, -3)], AT).await);
        let item = Item { subject: object(1), kind: AttentionKind::ExpiredAlone };
        let accept = Decision::Accept { reason: "it is switched off in March".parse().unwrap() };
        for (decision, count) in [(accept, 0), (Decision::Reopen, 1)] {
            let mut keeping = store.store.begin().await.unwrap();
            let known = store.kept(&mut keeping, &[object(1)]).await.unwrap().remove(&object(1)).unwrap();
            let again = Keeping::again(app(1, "payroll", OWEN, -3), known).unwrap();
            store.write(&mut keeping, &[again], after(1), &POLICY).await.unwrap();
            let decided = {
                let (store, entry) = (store.clone(), entry(AuditAction::Item(decision.act()), 0));
                tokio::spawn(async move { store.decide_item(item, &decision, &entry).await.unwrap() })
            };
            until_somebody_waits(&store).await;
            keeping.commit().await.unwrap();
            assert!(decided.await.unwrap());
            assert_eq!(store.inventory_worst(item.kind, None, 3, after(2)).await.unwrap().total, count);
        }
    })
    .await;
}

/// For a row that another transaction holds. With SQLite nothing of a second transaction begins before the first has ended.
async fn until_somebody_waits(store: &TenantStore) {
    const WAITING: &str =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while store.store.engine() == Engine::Postgres {
        let waiting: i64 = sqlx::query_scalar(WAITING).fetch_one(&store.store.pool).await.unwrap();
        if waiting > 0 {
            return;
        }
    }
}
