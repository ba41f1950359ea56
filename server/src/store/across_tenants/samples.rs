//! What the rows of these tests are made of.

use crate::store::{
    AuditEntry, GroupPerson, NewReceipt, NewRetirement, ReceiptHead, RemovalFacts, RequestLine, RequestRecord,
    SecretRemoval, SentWrite, SettingChange, SettingKind, StoredCertificate, StoredProblem, StoredReason, StoredResult,
};
use crate::test_certificate;
use domain::app_selector::AppSelector;
use domain::audit::{AuditAction, AuditOutcome};
use domain::credentials::{Subject, SubjectKind};
use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::inventory::{AttentionKind, Decision, Item, ItemAct, LastUse, UnknownUse};
use domain::key_credential::KeyCredentials;
use domain::notices::{Acknowledgement, Audience, CalendarKey, ChannelName, DayTime, Notice, NoticeFacts, NoticeHours};
use domain::push::UnansweredWrite;
use domain::requests::{
    Asked, AskedSecret, NewRequest, PlanDigest, Request, RequestAct, RequestSubject, Seen, StateDigest, Transition,
};
use domain::rollout::{AppStage, Outcome, PushMode};
use domain::sign_in_log::{LogCounts, LogRange, LoggedUse, ReadLog};
use domain::teams::GivenApp;
use domain::upload::Container;
use serde_json::json;
use std::collections::BTreeSet;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

pub(super) const AT: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
pub(super) const OURS: TenantId = TenantId::new(id(1));
pub(super) const THEIRS: TenantId = TenantId::new(id(2));
pub(super) const OWEN: ObjectId = ObjectId::new(id(3));
pub(super) const PLAN: Uuid = id(4);
pub(super) const RECEIPT: Uuid = id(5);
pub(super) const REQUEST: Uuid = id(7);
pub(super) const REMOVAL_REQUEST: Uuid = id(8);
pub(super) const KEY: KeyId = KeyId::new(id(6));
pub(super) const SHA1: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";

pub(super) const fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub(super) const fn app(n: u128) -> ObjectId {
    ObjectId::new(id(100 + n))
}

pub(super) fn keys() -> KeyCredentials {
    KeyCredentials::from_json(&json!([{"keyId": KEY, "customKeyIdentifier": SHA1, "key": "a2V5"}])).unwrap()
}

pub(super) fn told() -> StoredReason {
    StoredReason::Told(StoredProblem {
        status: 409,
        code: "paused".into(),
        title: "t".into(),
        detail: "d".into(),
        advice: None,
        request_id: None,
    })
}

pub(super) fn result(n: u128, outcome: Outcome) -> StoredResult {
    StoredResult {
        object_id: app(n),
        app_id: AppId::new(id(n)),
        display_name: format!("app {n}"),
        stage: AppStage::Ended(outcome),
        problem: None,
        diff: None,
        before: None,
        after: None,
        steps: vec![],
        reads_until_seen: 0,
        notes: vec![],
        undo: None,
    }
}

pub(super) fn entry() -> AuditEntry {
    AuditEntry::new(Some(OWEN), AT, AuditAction::Push(PushMode::Append), Outcome::Verified)
}

pub(super) fn secret_removal() -> SecretRemoval {
    let facts = RemovalFacts {
        app_name: "app 0".into(),
        who: "Owen Carter".into(),
        username: "owen".into(),
        name: None,
        hint: None,
        start: None,
        end: None,
        last_use: LastUse::unknown(UnknownUse::NotRead),
        reason: None,
        ended_at: None,
        reads: 0,
        missing: vec![],
        request_id: None,
        asked_in: None,
    };
    SecretRemoval { object_id: app(0), key_id: KEY, person: OWEN, sent_at: AT, outcome: None, facts }
}

pub(super) fn write() -> UnansweredWrite {
    serde_json::from_value(json!({"number": 1, "keeps": [], "keeps_nameless": [], "proof": []})).unwrap()
}

pub(super) fn sent(write: &UnansweredWrite) -> SentWrite<'_> {
    SentWrite { write, takes: &[], at: AT }
}

pub(super) fn stored_certificate() -> StoredCertificate {
    StoredCertificate {
        certificate: domain::upload::read(test_certificate::pem().0.as_bytes()).unwrap().leaf,
        container: Container::Pem,
        choice: None,
        uploaded_by_id: OWEN,
        uploaded_by: "Owen Carter".into(),
        uploaded_at: AT,
    }
}

pub(super) fn retirement() -> NewRetirement {
    NewRetirement {
        object_id: app(0),
        app_id: AppId::new(id(0)),
        display_name: "app 0".into(),
        key_id: KEY,
        entry_name: None,
        due_at: AT,
        person: OWEN,
        who: "Owen Carter".into(),
        receipt: RECEIPT,
    }
}

pub(super) fn request() -> Transition {
    let asked = NewRequest {
        id: REQUEST,
        asker: OWEN,
        subject: RequestSubject::preview(PLAN, Seen { plan: PlanDigest::of([]), state: StateDigest::of([]) }),
        needs: vec![],
        reason: "why".parse().unwrap(),
        wanted_on: None,
        expires_at: AT,
    };
    Request::ask(asked, AT)
}

/// For the removal of app 0's secret.
pub(super) fn removal_request() -> Transition {
    let secret = AskedSecret {
        app: app(0),
        app_id: AppId::new(id(0)),
        app_name: "app 0".into(),
        key: KEY,
        name: None,
        hint: None,
        start: None,
        end: None,
    };
    let seen = Seen { plan: PlanDigest::of([]), state: StateDigest::of([]) };
    let asked = NewRequest {
        id: REMOVAL_REQUEST,
        asker: OWEN,
        subject: RequestSubject { asked: Asked::SecretRemoval(secret), seen },
        needs: vec![],
        reason: "why".parse().unwrap(),
        wanted_on: None,
        expires_at: AT,
    };
    Request::ask(asked, AT)
}

pub(super) fn request_record() -> RequestRecord {
    let act = RequestAct::Asked;
    let line = RequestLine { at: AT, act, person: Some(OWEN), who: "Owen Carter".into(), words: "why".into() };
    RequestRecord { line, audit: AuditEntry::new(Some(OWEN), AT, AuditAction::Request(act), AuditOutcome::Recorded) }
}

pub(super) const HELD: Subject = Subject { kind: SubjectKind::Application, id: app(0) };

/// The app's expired secret is somebody's.
pub(super) const ITEM: Item = Item { subject: HELD, kind: AttentionKind::ExpiredAlone };

pub(super) fn assigned() -> Decision {
    Decision::Assign { id: OWEN, name: "Owen Carter".into() }
}

pub(super) fn item_entry() -> AuditEntry {
    AuditEntry::new(Some(OWEN), AT, AuditAction::Item(ItemAct::Assigned), AuditOutcome::Recorded)
}

/// Of every app.
pub(super) fn team() -> AppSelector<'static> {
    AppSelector { ids: (0..9).map(|n| app(n).uuid()).collect(), ..AppSelector::default() }
}

pub(super) fn given() -> BTreeSet<GivenApp> {
    [GivenApp { team: "Payroll".parse().unwrap(), app: app(0).uuid() }].into()
}

pub(super) fn group_person() -> GroupPerson {
    GroupPerson { id: OWEN, name: Some("Owen Carter".into()), address: Some("owen@example.com".into()) }
}

/// Of the rule “ours”.
pub(super) fn rule_change(seen: u32) -> SettingChange<'static> {
    SettingChange { kind: SettingKind::Rule, name: "ours", seen, at: AT, by: "Mara", pinned: false }
}

/// Of one credential, which the inventory does not have.
pub(super) fn log() -> ReadLog {
    let covers = LogRange { from: AT, until: AT };
    let used = LoggedUse { app_id: AppId::new(id(0)), key_id: KEY, succeeded: Some(AT), attempted: None };
    ReadLog { counts: LogCounts { rows: 1, with_key: 1, ..LogCounts::default() }, covers, uses: vec![used] }
}

pub(super) fn notice(n: u32) -> Notice {
    Notice::new(OURS, Audience::Admins, NoticeFacts::Test, &n.to_string(), AT)
}

pub(super) fn channel() -> ChannelName {
    "ops".parse().unwrap()
}

pub(super) fn hours() -> NoticeHours {
    NoticeHours { zone: "Europe/Berlin".parse().unwrap(), quiet: None, morning: DayTime::SEVEN }
}

pub(super) fn calendar_key() -> CalendarKey {
    CalendarKey::new([9; 32])
}

pub(super) fn acknowledgement() -> Acknowledgement {
    let until = AT + time::Duration::DAY;
    Acknowledgement { ends_at: AT, person: OWEN, who: "Owen Carter".into(), at: AT, until, reason: None }
}

pub(super) fn receipt() -> NewReceipt {
    let head = ReceiptHead {
        id: RECEIPT,
        plan: PLAN,
        person: OWEN,
        certificates: vec![],
        mode: PushMode::Retire,
        who: "Owen Carter".into(),
        username: "owen".into(),
        started_at: AT,
        finished_at: None,
    };
    NewReceipt { head, pace: "{}".into(), tokens: Some(b"sealed".to_vec()) }
}
