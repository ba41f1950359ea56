#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::{Attempt, ClaimDeliveries, KnownPerson, Next, post};
use crate::store::TenantStore;
use crate::store::databases::{Database, on_both};
use domain::credentials::{Subject, SubjectKind};
use domain::ids::{ObjectId, TenantId};
use domain::notices::{Audience, ChannelName, DeliveryState, EndingApp, Notice, NoticeFacts, NoticeId};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const AT: OffsetDateTime = datetime!(2026-11-29 08:00 UTC);

fn notice(n: u32) -> Notice {
    Notice::new(TenantId::new(Uuid::from_u128(1)), Audience::Admins, NoticeFacts::Test, &n.to_string(), AT)
}

fn ops() -> ChannelName {
    "ops".parse().unwrap()
}

async fn tenant(database: &Database) -> TenantStore {
    database.store().await.of(TenantId::new(Uuid::from_u128(1)))
}

/// In the outbox, with a delivery over one channel.
async fn spread(store: &TenantStore, count: u32) -> Vec<NoticeId> {
    let mut ids = vec![];
    for n in 0..count {
        assert!(store.post_notice(&notice(n), AT).await.unwrap());
        ids.push(notice(n).id);
    }
    let all: Vec<(NoticeId, Vec<ChannelName>)> = ids.iter().map(|id| (*id, vec![ops()])).collect();
    store.spread_notices(&all, AT).await.unwrap();
    ids
}

async fn claim(store: &TenantStore, lease: u128, now: OffsetDateTime, limit: u32) -> Vec<super::ClaimedDelivery> {
    let (channel, lease) = (ops(), Uuid::from_u128(lease));
    let until = now + Duration::minutes(1);
    store.claim_deliveries(&ClaimDeliveries { channel: &channel, now, lease, until, limit }).await.unwrap()
}

fn attempt(status: u16) -> Attempt {
    Attempt { at: AT, status: Some(status), answer: "é".repeat(300) }
}

#[tokio::test]
async fn a_notice_is_there_where_what_it_tells_of_is_and_once() {
    on_both(async |database| {
        let store = tenant(database).await;
        let mut transaction = store.store.begin().await.unwrap();
        assert!(post(&mut transaction, store.tenant, &notice(1), AT).await.unwrap());
        drop(transaction);
        assert_eq!(store.notice(notice(1).id).await.unwrap(), None, "rolled back with the rest");
        assert!(store.post_notice(&notice(1), AT).await.unwrap());
        assert!(!store.post_notice(&notice(1), AT).await.unwrap());
        assert_eq!(store.notice(notice(1).id).await.unwrap(), Some(notice(1)));
        assert_eq!(store.notices_to_spread(AT - Duration::seconds(1), 9).await.unwrap(), []);
        assert_eq!(store.notices_to_spread(AT, 9).await.unwrap(), [notice(1)]);
        store.spread_notices(&[(notice(1).id, vec![])], AT).await.unwrap();
        assert_eq!(store.notices_to_spread(AT, 9).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn two_who_send_at_once_have_different_deliveries() {
    on_both(async |database| {
        let (store, other) = (tenant(database).await, tenant(database).await);
        let ids = spread(&store, 10).await;
        let (ours, theirs) = tokio::join!(claim(&store, 1, AT, 6), claim(&other, 2, AT, 6));
        let mut claimed: Vec<NoticeId> = ours.iter().chain(&theirs).map(|one| one.notice.id).collect();
        let rest = claim(&store, 3, AT, 99).await;
        claimed.extend(rest.iter().map(|one| one.notice.id));
        claimed.sort_unstable();
        let mut all = ids;
        all.sort_unstable();
        assert_eq!(claimed, all);
        assert_eq!(claim(&store, 4, AT + Duration::seconds(59), 99).await, []);
        assert_eq!(claim(&store, 5, AT + Duration::seconds(60), 99).await.len(), 10, "their process is dead");
        store.release_deliveries(&ops(), Uuid::from_u128(5)).await.unwrap();
        assert_eq!(claim(&store, 6, AT + Duration::seconds(60), 99).await.len(), 10, "given back");
    })
    .await;
}

#[tokio::test]
async fn every_attempt_is_kept_with_its_answer() {
    on_both(async |database| {
        let store = tenant(database).await;
        spread(&store, 1).await;
        let first = claim(&store, 1, AT, 9).await.remove(0);
        let later = AT + Duration::minutes(5);
        assert!(store.record_attempt(&first, &ops(), &attempt(503), Next::Again(later)).await.unwrap());
        assert!(!store.record_attempt(&first, &ops(), &attempt(200), Next::Again(later)).await.unwrap(), "no lease");
        assert_eq!(claim(&store, 2, later - Duration::seconds(1), 9).await, []);
        let second = claim(&store, 3, later, 9).await.remove(0);
        assert_eq!((second.tries, second.notice), (1, notice(0)));
        let second = super::ClaimedDelivery { notice: notice(0), ..second };
        let ended = Next::Ended(DeliveryState::Delivered);
        assert!(store.record_attempt(&second, &ops(), &attempt(200), ended).await.unwrap());
        let row = store.deliveries(0, 9).await.unwrap().items.remove(0);
        assert_eq!((row.state, row.attempts, row.channel), (DeliveryState::Delivered, 2, ops()));
        let last = row.last.unwrap();
        assert_eq!((last.status, last.answer), (Some(200), "é".repeat(200)));

        assert!(store.replay_delivery(row.notice, &ops(), later).await.unwrap());
        assert!(!store.replay_delivery(row.notice, &ops(), later).await.unwrap(), "it waits");
        let again = claim(&store, 4, later, 9).await.remove(0);
        assert_eq!((again.notice.id, again.tries), (notice(0).id, 0), "the same id, from the start");
        let all = database.store().await;
        assert_eq!(all.forget_notices_before(AT).await.unwrap(), 0);
        assert_eq!(all.forget_notices_before(later).await.unwrap(), 1);
        assert_eq!(store.deliveries(0, 9).await.unwrap().total, 0);
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM notice_attempts").fetch_one(all.pool()).await.unwrap();
        assert_eq!(left, 0);
    })
    .await;
}

#[tokio::test]
async fn a_channel_that_is_gone_keeps_what_was_for_it() {
    on_both(async |database| {
        let store = tenant(database).await;
        let all = database.store().await;
        assert_eq!(all.outbox_waits_since(AT).await.unwrap(), None);
        spread(&store, 2).await;
        assert_eq!(all.outbox_waits_since(AT + Duration::hours(1)).await.unwrap(), Some(AT));
        store.hold_channel(&ops(), AT + Duration::hours(2)).await.unwrap();
        store.hold_channel(&ops(), AT + Duration::hours(2)).await.unwrap();
        assert_eq!(all.outbox_waits_since(AT + Duration::hours(1)).await.unwrap(), None, "that is the channel's fault");
        let standing = store.channel_standing(&ops()).await.unwrap();
        assert_eq!((standing.failures, standing.held_until), (2, Some(AT + Duration::hours(2))));
        store.disable_channel(&ops(), None, AT).await.unwrap();
        assert_eq!(store.channel_standing(&ops()).await.unwrap().disabled_at, Some(AT));
        assert_eq!(claim(&store, 1, AT + Duration::days(1), 9).await, []);
        store.free_channel(&ops(), AT).await.unwrap();
        assert_eq!(store.channel_standing(&ops()).await.unwrap(), super::ChannelStanding::default());
        assert_eq!(claim(&store, 2, AT, 9).await.len(), 2);
        assert!(store.post_notice(&notice(7), AT).await.unwrap());
        assert_eq!(all.outbox_waits_since(AT).await.unwrap(), Some(AT), "one has no channel yet");
    })
    .await;
}

#[tokio::test]
async fn what_a_later_version_has_written_keeps_no_other_waiting() {
    on_both(async |database| {
        let store = tenant(database).await;
        let ids = spread(&store, 3).await;
        assert!(store.post_notice(&notice(7), AT).await.unwrap());
        assert!(store.post_notice(&notice(8), AT).await.unwrap());
        for id in [ids[0], notice(7).id] {
            sqlx::query("UPDATE notices SET facts = '{\"kind\": \"unheard-of\"}' WHERE id = $1")
                .bind(id.to_string())
                .execute(store.store.pool())
                .await
                .unwrap();
        }
        assert_eq!(store.notices_to_spread(AT, 9).await.unwrap(), [notice(8)]);
        assert_eq!(claim(&store, 1, AT, 9).await.len(), 2);
        assert!(!store.has_waiting(&ops(), Some(AT - Duration::seconds(1))).await.unwrap());
        assert!(store.has_waiting(&ops(), None).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn what_is_old_is_forgotten() {
    on_both(async |database| {
        let store = tenant(database).await;
        let all = database.store().await;
        let subject = Subject { kind: SubjectKind::Application, id: ObjectId::new(Uuid::from_u128(9)) };
        let app = EndingApp { subject, name: "payroll".into(), ends_at: AT, certificates: 1, secrets: 0 };
        assert!(store.post_digest(&notice(1), &[app], AT).await.unwrap());
        let id = ObjectId::new(Uuid::from_u128(3));
        let person = KnownPerson { id, name: "Owen".into(), username: "owen".into(), signed_in_at: AT };
        store.know_person(&person).await.unwrap();
        let later = AT + Duration::seconds(1);
        let forget =
            async |at| (all.forget_told_before(at).await.unwrap(), all.forget_people_before(at).await.unwrap());
        assert_eq!(forget(AT).await, (0, 0));
        assert_eq!(forget(later).await, (1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_digest_and_what_it_told_are_kept_together() {
    on_both(async |database| {
        let store = tenant(database).await;
        let subject = Subject { kind: SubjectKind::Application, id: ObjectId::new(Uuid::from_u128(9)) };
        let app = EndingApp { subject, name: "payroll".into(), ends_at: AT, certificates: 1, secrets: 0 };
        assert!(store.post_digest(&notice(1), std::slice::from_ref(&app), AT).await.unwrap());
        let later = AT + Duration::hours(1);
        assert!(!store.post_digest(&notice(1), std::slice::from_ref(&app), later).await.unwrap());
        assert_eq!(store.told_of_ends(&Audience::Admins).await.unwrap(), [(subject, (AT, AT))].into());
        assert!(store.post_digest(&notice(2), &[app], later).await.unwrap());
        assert_eq!(store.told_of_ends(&Audience::Admins).await.unwrap(), [(subject, (AT, later))].into());
        assert_eq!(store.told_of_ends(&Audience::Unowned).await.unwrap(), [].into());
    })
    .await;
}

#[tokio::test]
async fn a_person_is_known_as_at_their_last_sign_in() {
    on_both(async |database| {
        let store = tenant(database).await;
        let id = ObjectId::new(Uuid::from_u128(3));
        let mut person = KnownPerson { id, name: "Owen".into(), username: "owen@example.com".into(), signed_in_at: AT };
        store.know_person(&person).await.unwrap();
        person.username = "owen.carter@example.com".into();
        store.know_person(&person).await.unwrap();
        assert_eq!(store.known_person(id).await.unwrap(), Some(person));
        assert_eq!(store.known_person(ObjectId::new(Uuid::from_u128(4))).await.unwrap(), None);
    })
    .await;
}
