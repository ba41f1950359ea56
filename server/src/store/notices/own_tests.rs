//! A person's hours and calendar, and what people know of.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use crate::store::databases::{Database, on_both};
use crate::store::{AuditEntry, AuditFilter, ClaimDeliveries, KnownPerson, TenantStore};
use domain::audit::{AuditAction, AuditOutcome};
use domain::credentials::{Subject, SubjectKind};
use domain::ids::{ObjectId, TenantId};
use domain::notices::{
    Acknowledgement, Audience, CalendarKey, ChannelName, DayTime, Notice, NoticeFacts, NoticeHours, QuietHours,
};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const AT: OffsetDateTime = datetime!(2026-11-29 08:00 UTC);
const TENANT: TenantId = TenantId::new(Uuid::from_u128(1));
const OWEN: ObjectId = ObjectId::new(Uuid::from_u128(3));

async fn tenant(database: &Database) -> TenantStore {
    database.store().await.of(TENANT)
}

fn entry(at: OffsetDateTime) -> AuditEntry {
    AuditEntry::new(Some(OWEN), at, AuditAction::CalendarMade, AuditOutcome::Recorded)
}

async fn sign_in(store: &TenantStore, at: OffsetDateTime) {
    let owen = KnownPerson { id: OWEN, name: "Owen".into(), username: "owen".into(), signed_in_at: at };
    store.know_person(&owen).await.unwrap();
}

#[tokio::test]
async fn a_calendar_lives_ninety_days_beyond_the_last_sign_in_and_comes_back_from_nothing() {
    on_both(async |database| {
        let (store, all) = (tenant(database).await, database.store().await);
        let (first, second) = (CalendarKey::new([1; 32]), CalendarKey::new([2; 32]));
        let fetch = async |key: CalendarKey, at| all.fetch_calendar(&key.digest(), at).await.unwrap();
        assert_eq!(fetch(first, AT).await, None);
        sign_in(&store, AT).await;
        store.make_calendar(OWEN, &first.digest(), &entry(AT)).await.unwrap();
        assert_eq!(store.calendar(OWEN, AT).await.unwrap().unwrap().fetched_at, None);
        let day = |n| AT + Duration::days(n);
        assert_eq!(fetch(first, day(89)).await, Some((TENANT, OWEN)));
        assert_eq!(store.calendar(OWEN, day(89)).await.unwrap().unwrap().fetched_at, Some(day(89)));
        assert_eq!(fetch(first, day(90)).await, None, "expired");
        sign_in(&store, day(50)).await;
        assert_eq!(fetch(first, day(139)).await, Some((TENANT, OWEN)), "it lives on");
        // What has expired is not brought back by a sign-in.
        sign_in(&store, day(150)).await;
        assert_eq!((fetch(first, day(151)).await, store.calendar(OWEN, day(151)).await.unwrap()), (None, None));
        store.make_calendar(OWEN, &first.digest(), &entry(day(151))).await.unwrap();
        store.make_calendar(OWEN, &second.digest(), &entry(day(151))).await.unwrap();
        assert_eq!(fetch(first, day(151)).await, None, "the one before reads nothing any more");
        assert_eq!(fetch(second, day(151)).await, Some((TENANT, OWEN)));
        let kept: Vec<(String,)> = sqlx::query_as("SELECT digest FROM calendars").fetch_all(all.pool()).await.unwrap();
        assert!(kept.len() == 1 && kept[0].0 != second.to_string(), "no key is kept");
        assert!(store.revoke_calendar(OWEN, Some(&entry(day(151)))).await.unwrap());
        assert!(!store.revoke_calendar(OWEN, Some(&entry(day(151)))).await.unwrap());
        assert_eq!(fetch(second, day(151)).await, None);
        assert_eq!(
            store.audit_page(None, &AuditFilter::default(), 0, 9).await.unwrap().total,
            4,
            "made thrice, revoked once"
        );
        store.make_calendar(OWEN, &second.digest(), &entry(day(151))).await.unwrap();
        assert_eq!(all.forget_calendars_before(day(240)).await.unwrap(), 0);
        assert_eq!(all.forget_calendars_before(day(241)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_quiet_hours_is_looked_at_anew_when_they_change() {
    on_both(async |database| {
        let store = tenant(database).await;
        let email: ChannelName = "email".parse().unwrap();
        let notice = Notice::new(TENANT, Audience::Person(OWEN), NoticeFacts::Test, "1", AT);
        assert!(store.post_notice(&notice, AT).await.unwrap());
        store.spread_notices(&[(notice.id, vec![email.clone()])], AT).await.unwrap();
        let claim = async |lease: u128, now| {
            let lease = Uuid::from_u128(lease);
            let claim = ClaimDeliveries { channel: &email, now, lease, until: now + Duration::MINUTE, limit: 9 };
            store.claim_deliveries(&claim).await.unwrap()
        };
        let held = claim(1, AT).await.remove(0);
        let until = AT + Duration::hours(5);
        assert!(store.put_off_delivery(&held, &email, until).await.unwrap());
        assert!(!store.put_off_delivery(&held, &email, until).await.unwrap(), "the lease is gone");
        let row = store.deliveries(0, 9).await.unwrap().items.remove(0);
        assert_eq!((row.at, row.is_quiet, row.attempts), (until, true, 0));
        assert_eq!(claim(2, AT + Duration::hours(4)).await, []);

        let quiet = QuietHours::new("22:00".parse().unwrap(), "06:30".parse().unwrap()).unwrap();
        let hours = NoticeHours { zone: "Asia/Tokyo".parse().unwrap(), quiet: Some(quiet), morning: DayTime::SEVEN };
        store.set_notice_hours(OWEN, Some(&hours), AT).await.unwrap();
        assert_eq!(store.notice_hours(OWEN).await.unwrap(), Some(hours.clone()));
        assert_eq!(store.all_notice_hours().await.unwrap(), [(OWEN, hours.clone())].into());
        let row = store.deliveries(0, 9).await.unwrap().items.remove(0);
        assert_eq!((row.at, row.is_quiet), (AT, false));
        assert_eq!(claim(3, AT).await.len(), 1);
        let without = NoticeHours { quiet: None, ..hours };
        store.set_notice_hours(OWEN, Some(&without), AT).await.unwrap();
        assert_eq!(store.notice_hours(OWEN).await.unwrap(), Some(without));
        store.set_notice_hours(OWEN, None, AT).await.unwrap();
        assert_eq!(store.notice_hours(OWEN).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_acknowledgement_takes_the_place_of_an_earlier_one_and_is_forgotten_when_it_is_over() {
    on_both(async |database| {
        let (store, all) = (tenant(database).await, database.store().await);
        let subject = Subject { kind: SubjectKind::Application, id: ObjectId::new(Uuid::from_u128(9)) };
        let known = |days| Acknowledgement {
            ends_at: AT + Duration::days(9),
            person: OWEN,
            who: "Owen".into(),
            at: AT,
            until: AT + Duration::days(days),
            reason: (days == 5).then(|| "it is being retired".parse().unwrap()),
        };
        store.acknowledge_end(subject, &known(2), &entry(AT)).await.unwrap();
        store.acknowledge_end(subject, &known(5), &entry(AT)).await.unwrap();
        assert_eq!(store.acknowledgements(&[subject], AT).await.unwrap(), [(subject, known(5))].into());
        assert!(store.acknowledgements(&[subject], AT + Duration::days(5)).await.unwrap().is_empty());
        assert!(store.acknowledgements(&[], AT).await.unwrap().is_empty());
        assert!(store.remind_again(subject, &entry(AT)).await.unwrap());
        assert!(!store.remind_again(subject, &entry(AT)).await.unwrap());
        assert_eq!(store.audit_page(None, &AuditFilter::default(), 0, 9).await.unwrap().total, 3);
        store.acknowledge_end(subject, &known(2), &entry(AT)).await.unwrap();
        assert_eq!(all.forget_acknowledgements_before(AT + Duration::days(2)).await.unwrap(), 0);
        assert_eq!(all.forget_acknowledgements_before(AT + Duration::days(3)).await.unwrap(), 1);
    })
    .await;
}
