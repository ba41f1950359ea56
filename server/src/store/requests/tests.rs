#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::*;
use crate::store::databases::on_both;
use crate::store::{
    AuditFilter, PlanHead, ReceiptHead, RemovalBegun, RemovalFacts, SecretRemoval, StoredSum, TenantStore, Within,
};
use domain::app_selector::AppSelector;
use domain::audit::{AuditAction, AuditOutcome};
use domain::ids::{AppId, KeyId};
use domain::inventory::{LastUse, UnknownUse};
use domain::requests::{
    Approver, Asked, AskedSecret, Command, Need, NewRequest, PlanDigest, RequestState, RequestSubject, ReviewVerdict,
    Reviewer, Seen, StateDigest,
};
use domain::rollout::{Outcome, PushMode};
use time::Duration;
use time::macros::datetime;

const AT: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);
const OWEN: ObjectId = ObjectId::new(Uuid::from_u128(3));
const MARA: ObjectId = ObjectId::new(Uuid::from_u128(4));
const PRIYA: ObjectId = ObjectId::new(Uuid::from_u128(5));
const REQUEST: Uuid = Uuid::from_u128(40);

fn seen() -> Seen {
    Seen { plan: PlanDigest::of([]), state: StateDigest::of([]) }
}

async fn plan(store: &TenantStore, id: u128, creator: ObjectId) -> Uuid {
    let head = PlanHead {
        policies_hidden: false,
        id: Uuid::from_u128(id),
        wanted: None,
        certificates: vec![],
        mode: PushMode::Append,
        note: None,
        display_name: String::new(),
        created_at: AT,
        sum: StoredSum::default(),
        confirm: None,
    };
    assert!(store.keep_plan(creator, &head, &[], usize::MAX).await.unwrap());
    head.id
}

fn record(act: RequestAct, person: ObjectId, words: &str) -> RequestRecord {
    let line = RequestLine { at: AT, act, person: Some(person), who: "someone".into(), words: words.into() };
    let audit = AuditEntry::new(Some(person), AT, AuditAction::Request(act), AuditOutcome::Recorded);
    RequestRecord { line, audit }
}

fn asked(preview: Uuid) -> NewRequest {
    NewRequest {
        id: REQUEST,
        asker: OWEN,
        subject: RequestSubject::preview(preview, seen()),
        needs: vec![],
        reason: "it ends soon".parse().unwrap(),
        wanted_on: None,
        expires_at: AT + Duration::days(14),
    }
}

fn ask(preview: Uuid) -> Transition {
    Request::ask(asked(preview), AT)
}

fn approve(request: &Request) -> Transition {
    let by = Reviewer { id: MARA, name: "Mara".into(), admin: true, groups: vec![] };
    let needs = vec![Need::usual()];
    request.apply(Command::Review { by, verdict: ReviewVerdict::Approve, seen: seen(), needs }, AT).unwrap()
}

fn receipt(plan: Uuid) -> NewReceipt {
    let head = ReceiptHead {
        id: Uuid::from_u128(50),
        plan,
        person: MARA,
        certificates: vec![],
        mode: PushMode::Append,
        who: "Mara".into(),
        username: "mara".into(),
        started_at: AT,
        finished_at: None,
    };
    NewReceipt { head, pace: "{}".into(), tokens: None }
}

async fn audited(store: &TenantStore) -> u64 {
    store.audit_page(None, &AuditFilter::default(), 0, 1).await.unwrap().total
}

#[tokio::test]
async fn of_two_who_change_it_at_a_time_one_is_told_and_leaves_no_trace() {
    on_both(async |database| {
        let store = database.store().await.of(TenantId::new(Uuid::from_u128(9)));
        let preview = plan(&store, 1, OWEN).await;
        store
            .keep_new_request(&ask(preview), ("Owen", "owen"), &record(RequestAct::Asked, OWEN, "why"), None)
            .await
            .unwrap();
        let found = store.request(REQUEST).await.unwrap().unwrap();
        assert_eq!((found.request.state(), found.version, found.who.as_str()), (RequestState::Open, 1, "Owen"));
        assert!(matches!(&found.what, StoredWhat::Change(plan) if plan.id == preview), "{found:?}");

        let step = approve(&found.request);
        let yes = record(RequestAct::Approved, MARA, "fine");
        assert!(store.keep_request(found.version, &step, &yes).await.unwrap());
        assert!(!store.keep_request(found.version, &step, &yes).await.unwrap(), "it has another version by now");
        let lines = store.request_lines(REQUEST, 9).await.unwrap();
        let told: Vec<_> = lines.iter().map(|line| (line.act, line.words.as_str())).collect();
        assert_eq!(told, [(RequestAct::Asked, "why"), (RequestAct::Approved, "fine")]);
        assert_eq!(audited(&store).await, 2);
        assert_eq!(store.request(REQUEST).await.unwrap().unwrap().request, step.request);
    })
    .await;
}

#[tokio::test]
async fn a_push_begins_with_its_request_or_not_at_all() {
    on_both(async |database| {
        let whole = database.store().await;
        let store = whole.of(TenantId::new(Uuid::from_u128(9)));
        let (preview, copy) = (plan(&store, 1, OWEN).await, plan(&store, 2, MARA).await);
        store
            .keep_new_request(&ask(preview), ("Owen", "owen"), &record(RequestAct::Asked, OWEN, "why"), None)
            .await
            .unwrap();
        let open = store.request(REQUEST).await.unwrap().unwrap().request;
        let approved = approve(&open);
        assert!(store.keep_request(1, &approved, &record(RequestAct::Approved, MARA, "")).await.unwrap());

        let needs = vec![Need::usual()];
        let standing = approved.request.standing(&needs, &seen().plan, &seen().state, AT).unwrap();
        let begin = Command::Begin { standing, receipt: Some(Uuid::from_u128(50)) };
        let started = approved.request.apply(begin, AT).unwrap();
        let (record, new) = (record(RequestAct::Begun, MARA, ""), receipt(copy));
        assert!(!store.begin_request(1, &started, &record, &new).await.unwrap(), "of an older version");
        assert_eq!(store.receipt(new.head.id).await.unwrap(), None);
        assert!(store.begin_request(2, &started, &record, &new).await.unwrap());
        assert!(!store.begin_request(3, &started, &record, &new).await.unwrap(), "the preview was pushed");
        assert_eq!(store.request_of_receipt(new.head.id).await.unwrap(), Some(REQUEST));

        assert!(whole.requests_to_tend(AT).await.unwrap().is_empty(), "its push has not ended");
        store.finish_run(new.head.id, AT).await.unwrap();
        assert_eq!(whole.requests_to_tend(AT).await.unwrap(), [(store.tenant(), REQUEST)]);
        let ended = started.request.apply(Command::End { well: true }, AT).unwrap();
        assert!(store.keep_request(3, &ended, &record).await.unwrap());
        assert!(whole.requests_to_tend(AT).await.unwrap().is_empty());
        assert!(store.keep_request(4, &started, &record).await.is_err(), "what is over stays so");
    })
    .await;
}

#[tokio::test]
async fn a_preview_that_is_asked_for_stays_and_time_is_looked_at() {
    on_both(async |database| {
        let whole = database.store().await;
        let store = whole.of(TenantId::new(Uuid::from_u128(9)));
        let (preview, other) = (plan(&store, 1, OWEN).await, plan(&store, 2, OWEN).await);
        store
            .keep_new_request(&ask(preview), ("Owen", "owen"), &record(RequestAct::Asked, OWEN, "why"), None)
            .await
            .unwrap();
        assert_eq!(whole.forget_previews_before(AT + Duration::days(90)).await.unwrap(), 1);
        assert!(store.plan(OWEN, preview).await.unwrap().is_some());
        assert!(store.plan(OWEN, other).await.unwrap().is_none());
        assert_eq!(store.forget_previews_beyond(OWEN, 0).await.unwrap(), 0);

        assert!(whole.requests_to_tend(AT + Duration::days(13)).await.unwrap().is_empty());
        assert_eq!(whole.requests_to_tend(AT + Duration::days(14)).await.unwrap().len(), 1);
        for (filter, found) in [
            (RequestFilter::AskedBy(OWEN), 1),
            (RequestFilter::AskedBy(MARA), 0),
            (RequestFilter::Waiting, 1),
            (RequestFilter::Over, 0),
        ] {
            let rows = store.requests(filter, 0, 9).await.unwrap();
            assert_eq!((rows.items.len(), rows.total), (found, found as u64), "{filter:?}");
        }
        assert_eq!(store.open_requests(OWEN).await.unwrap(), 1);
        for sql in ["DELETE FROM request_events", "UPDATE request_events SET words = ''", "DELETE FROM requests"] {
            assert!(sqlx::query(sql).execute(whole.pool()).await.is_err(), "{sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_has_waited_long_enough_is_put_before_others_once() {
    on_both(async |database| {
        let all = database.store().await;
        let store = all.of(TenantId::new(Uuid::from_u128(9)));
        let preview = plan(&store, 1, OWEN).await;
        let need = Need {
            rule: Some("finance".into()),
            approvers: vec![Approver::Person(MARA)],
            fallback: vec![Approver::Admins],
            fallback_after_hours: Some(48),
            ..Need::usual()
        };
        let mut step = ask(preview);
        step = step
            .request
            .apply(Command::Edit { by: OWEN, subject: RequestSubject::preview(preview, seen()), needs: vec![need] }, AT)
            .unwrap();
        store.keep_new_request(&step, ("Owen", "owen"), &record(RequestAct::Asked, OWEN, "why"), None).await.unwrap();
        let due = AT + Duration::hours(48);
        let tended = async |at| all.requests_to_tend(at).await.unwrap().len();
        assert_eq!((tended(due - Duration::seconds(1)).await, tended(due).await), (0, 1));
        let settle = async |at| crate::settlement::settle(&store, REQUEST, at).await.unwrap();
        assert!(!settle(due - Duration::seconds(1)).await, "it is too early");
        assert!(settle(due).await && !settle(due).await, "once");
        assert_eq!(tended(due).await, 0);
        let found = store.request(REQUEST).await.unwrap().unwrap();
        let other = ObjectId::new(Uuid::from_u128(77));
        assert_eq!(found.request.state(), RequestState::Open);
        assert!(found.request.may_review(other, true) && !found.request.may_review(other, false));
        let lines = store.request_lines(REQUEST, 9).await.unwrap();
        assert_eq!(lines.last().map(|line| (line.act, line.person)), Some((RequestAct::Escalated, None)));
        let told: Vec<_> = store.notices_to_spread(due, 9).await.unwrap().into_iter().map(|one| one.audience).collect();
        assert!(told.contains(&domain::notices::Audience::Admins), "{told:?}");
        // Its time is over all the same.
        assert!(settle(AT + Duration::days(14)).await);
        assert_eq!(store.request(REQUEST).await.unwrap().unwrap().request.state(), RequestState::Expired);
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_a_person_is_counted_as_the_requests_themselves_say() {
    on_both(async |database| {
        let whole = database.store().await;
        let store = whole.of(TenantId::new(Uuid::from_u128(9)));
        let preview = plan(&store, 1, OWEN).await;
        let person = |id| Need { approvers: vec![Approver::Person(id)], ..Need::usual() };
        let own = Need { own: true, ..person(OWEN) };
        let after_mara =
            Need { approvers: vec![Approver::Person(MARA), Approver::Admins], approvals: 2, ..Need::usual() };
        let ordered = Need { ordered: true, ..after_mara };
        let all = [
            vec![],
            vec![person(PRIYA)],
            vec![person(OWEN)],
            vec![own, person(MARA)],
            vec![person(MARA)],
            vec![ordered.clone()],
            vec![ordered],
        ];
        let mut requests = vec![];
        for (id, needs) in (60..).zip(all) {
            let asked = NewRequest { id: Uuid::from_u128(id), needs, ..asked(preview) };
            let step = Request::ask(asked, AT);
            store
                .keep_new_request(&step, ("Owen", "owen"), &record(RequestAct::Asked, OWEN, "why"), None)
                .await
                .unwrap();
            requests.push(step.request);
        }
        // One of two approvals is there: it waits for the other reviewer, and no more for the first. The fifth is approved;
        // the last has had the first of its two in their order.
        for at in [3, 4, 6] {
            let by = Reviewer { id: MARA, name: "Mara".into(), admin: true, groups: vec![] };
            let needs = requests[at].needs().to_vec();
            let say = Command::Review { by, verdict: ReviewVerdict::Approve, seen: seen(), needs };
            let step = requests[at].apply(say, AT).unwrap();
            assert!(store.keep_request(1, &step, &record(RequestAct::Approved, MARA, "")).await.unwrap());
            requests[at] = step.request;
        }
        let other = ObjectId::new(Uuid::from_u128(6));
        let counted = async |store: &TenantStore, requests: &[Request]| {
            let mut counts = vec![];
            for (person, admin) in
                [(OWEN, false), (MARA, true), (MARA, false), (PRIYA, false), (PRIYA, true), (other, true)]
            {
                let count = store.requests_waiting_for(person, admin).await.unwrap();
                let says = requests.iter().filter(|request| request.awaits(person, admin)).count();
                assert_eq!(count, says as u64, "{person} {admin}");
                counts.push(count);
            }
            counts
        };
        let expected = [1, 3, 1, 1, 4, 3];
        assert_eq!(counted(&store, &requests).await, expected);
        let elsewhere = database.store().await.of(TenantId::new(Uuid::from_u128(10)));
        assert_eq!(elsewhere.requests_waiting_for(MARA, true).await.unwrap(), 0);

        // A version that knows nothing of it has changed them meanwhile; one cannot be read.
        for sql in ["DELETE FROM request_turns", "UPDATE requests SET version = version + 1"] {
            sqlx::query(sql).execute(whole.pool()).await.unwrap();
        }
        assert_eq!(store.requests_waiting_for(MARA, true).await.unwrap(), 0);
        let damaged = "UPDATE requests SET content = '{' WHERE id = $1";
        sqlx::query(damaged).bind(Id(Uuid::from_u128(61))).execute(whole.pool()).await.unwrap();
        whole.complete_turns().await.unwrap();
        requests.remove(1);
        assert_eq!(counted(&database.store().await.of(store.tenant()), &requests).await, [1, 3, 1, 0, 3, 3]);
    })
    .await;
}

/// As it was asked for, with its digests.
fn secret() -> AskedSecret {
    AskedSecret {
        app: ObjectId::new(Uuid::from_u128(70)),
        app_id: AppId::new(Uuid::from_u128(71)),
        app_name: "payroll".into(),
        key: KeyId::new(Uuid::from_u128(72)),
        name: Some("nightly".into()),
        hint: None,
        start: None,
        end: None,
    }
}

fn removal(of: &AskedSecret) -> SecretRemoval {
    let facts = RemovalFacts {
        app_name: of.app_name.clone(),
        who: "Mara".into(),
        username: "mara".into(),
        name: of.name.clone(),
        hint: None,
        start: None,
        end: None,
        last_use: LastUse::unknown(UnknownUse::NotRead),
        reason: Some("it was moved".into()),
        ended_at: None,
        reads: 0,
        missing: vec![],
        request_id: None,
        asked_in: Some(REQUEST),
    };
    SecretRemoval { object_id: of.app, key_id: of.key, person: MARA, sent_at: AT, outcome: None, facts }
}

/// Asked for and approved: what begins it, of the second version.
async fn approved_removal(store: &TenantStore) -> Transition {
    let subject = RequestSubject { asked: Asked::SecretRemoval(secret()), seen: seen() };
    let open = Request::ask(NewRequest { subject, ..asked(REQUEST) }, AT);
    store.keep_new_request(&open, ("Owen", "owen"), &record(RequestAct::Asked, OWEN, "why"), None).await.unwrap();
    let approved = approve(&open.request);
    assert!(store.keep_request(1, &approved, &record(RequestAct::Approved, MARA, "")).await.unwrap());
    let standing = approved.request.standing(&[Need::usual()], &seen().plan, &seen().state, AT).unwrap();
    approved.request.apply(Command::Begin { standing, receipt: None }, AT).unwrap()
}

/// Asked for, approved, and begun.
pub(crate) async fn begun_removal(store: &TenantStore) -> SecretRemoval {
    let (started, removal) = (approved_removal(store).await, removal(&secret()));
    let line = record(RequestAct::Begun, MARA, "");
    let begun = store.begin_requested_removal(&removal, (2, &started, &line)).await.unwrap();
    assert_eq!(begun, RemovalBegun::Yes);
    removal
}

#[tokio::test]
async fn the_removal_of_a_secret_begins_with_its_request_or_not_at_all_and_ends_it() {
    on_both(async |database| {
        let whole = database.store().await;
        let store = whole.of(TenantId::new(Uuid::from_u128(9)));
        let (started, removal) = (approved_removal(&store).await, removal(&secret()));
        let found = store.request(REQUEST).await.unwrap().unwrap();
        assert_eq!((&found.what, found.version), (&StoredWhat::SecretRemoval(secret()), 2));
        let kept: String = sqlx::query_scalar("SELECT content FROM requests").fetch_one(whole.pool()).await.unwrap();
        assert!(kept.starts_with("{\"v\":2,"), "a program that knows the first form alone says so: {kept}");
        assert_eq!(store.requests_of_secret(secret().app, secret().key).await.unwrap(), [REQUEST]);
        assert_eq!(store.requests(RequestFilter::Waiting, 0, 9).await.unwrap().items, [found]);
        let told = store.notices_to_spread(AT, 9).await.unwrap();
        let words = format!("{told:?}");
        assert!(words.contains("removal of the client secret “nightly” of payroll"), "{words}");

        let line = record(RequestAct::Begun, MARA, "");
        let begin = async |version| store.begin_requested_removal(&removal, (version, &started, &line)).await.unwrap();
        assert_eq!(begin(1).await, RemovalBegun::Overtaken, "of an older version");
        assert_eq!(store.secret_removal(removal.object_id, removal.key_id).await.unwrap(), None);
        assert_eq!(begin(2).await, RemovalBegun::Yes);
        assert_eq!(store.secret_removal(removal.object_id, removal.key_id).await.unwrap(), Some(removal.clone()));
        let settle = async || crate::settlement::settle(&store, REQUEST, AT).await.unwrap();
        assert!(whole.requests_to_tend(AT).await.unwrap().is_empty() && !settle().await, "it has not ended");

        let entry = AuditEntry::new(Some(MARA), AT, AuditAction::SecretRemoved, Outcome::Verified);
        assert!(store.end_secret_removal(&removal, Outcome::Verified, &entry).await.unwrap());
        assert_eq!(whole.requests_to_tend(AT).await.unwrap(), [(store.tenant(), REQUEST)]);
        assert!(settle().await && !settle().await, "once");
        assert_eq!(store.request(REQUEST).await.unwrap().unwrap().request.state(), RequestState::Done);
        assert!(store.requests_of_secret(secret().app, secret().key).await.unwrap().is_empty());
        assert_eq!(begin(4).await, RemovalBegun::Gone, "it was seen to go");
    })
    .await;
}

#[tokio::test]
async fn a_request_for_a_secret_is_seen_by_who_looks_after_its_app() {
    on_both(async |database| {
        let store = database.store().await.of(TenantId::new(Uuid::from_u128(9)));
        approved_removal(&store).await;
        let within =
            |id: Uuid| Within { owner: PRIYA, teams: AppSelector { ids: vec![id].into(), ..AppSelector::default() } };
        for (id, seen) in [(secret().app.uuid(), true), (secret().app_id.uuid(), true), (secret().key.uuid(), false)] {
            assert_eq!(store.looks_after_request(&within(id), REQUEST).await.unwrap(), seen, "{id}");
        }
        let nobody = Within::of(PRIYA);
        let owned = async |apps: &[ObjectId]| store.requests_looked_after(&nobody, apps, false, 9).await.unwrap().len();
        assert_eq!((owned(&[secret().app]).await, owned(&[OWEN]).await), (1, 0));
    })
    .await;
}
