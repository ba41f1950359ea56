//! No statement answers across tenants: what one directory has is there for it, and for another there is nothing.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod samples;

use super::databases::on_both;
use super::{
    Actor, AgeEdges, Attempt, AuditEntry, AuditFilter, ChannelStanding, ClaimDeliveries, GroupBy, InventoryQuery,
    KnownPerson, Next, Origin, PlanApp, PlanHead, PlanIntent, RemovalBegun, RequestFilter, SettingKept, SettingKind,
    Sighting, Stage, StoredSum, TenantStore, ViewKept, Whose, Within,
};
use domain::audit::AuditAction;
use domain::certificate::CertificateFacts;
use domain::credentials::SubjectKind;
use domain::ids::AppId;
use domain::inventory::{AttentionKind, Decision, InventoryObject, LifetimePolicy};
use domain::key_credential::KeyCredentials;
use domain::merge_plan::{Change, MergePlan};
use domain::notices::{Audience, DeliveryState, EndingApp};
use domain::requests::Command;
use domain::rollout::{AppFilter, Counts, Outcome, PushMode, RunState};
use domain::teams::GroupFailure;
use samples::{
    AT, HELD, ITEM, KEY, OURS, OWEN, PLAN, RECEIPT, REQUEST, SHA1, THEIRS, acknowledgement, app, assigned,
    calendar_key, channel, entry, given, group_person, hours, id, item_entry, keys, log, notice, receipt,
    removal_request, request, request_record, result, retirement, rule_change, secret_removal, sent,
    stored_certificate, team, told, write,
};
use serde_json::json;
use std::collections::BTreeSet;
use time::macros::datetime;

/// When a pass came to its end.
const BEFORE: time::OffsetDateTime = datetime!(2020-01-01 0:00 UTC);

/// One page with one app, of which the only secret has ended; a minute before it had two. It is Owen's to look after.
async fn inventory(store: &TenantStore) {
    let ended = |n: u128| json!({"keyId": id(n), "endDateTime": "2020-01-01T00:00:00Z"});
    let object = |secrets: &[serde_json::Value]| {
        let row = json!({"id": app(0), "displayName": "app 0", "keyCredentials": [], "passwordCredentials": secrets,
            "owners": [{"id": OWEN, "accountEnabled": true}]});
        InventoryObject::from_graph(SubjectKind::Application, &row).unwrap()
    };
    let first = store.begin_inventory_pass(BEFORE).await.unwrap();
    assert!(store.finish_inventory_pass(first.number, BEFORE).await.unwrap());
    let pass = store.begin_inventory_pass(AT).await.unwrap();
    store.go_on_with_delta(Some("https://graph.example/delta"), AT).await.unwrap();
    let policy = LifetimePolicy::default();
    for (secrets, at) in [(vec![ended(6), ended(7)], AT - time::Duration::MINUTE), (vec![ended(6)], AT)] {
        let objects = vec![object(&secrets)];
        assert!(
            store
                .keep_inventory_page((pass.number, &pass.readers), objects, (at, 0), &policy, &pass.place)
                .await
                .unwrap()
        );
    }
    assert!(store.decide_item(ITEM, &assigned(), &item_entry()).await.unwrap());
}

/// One notice waits for its channels; another, of an app that ends, for its sending.
async fn notices(store: &TenantStore) {
    let app = EndingApp { subject: HELD, name: "app 0".into(), ends_at: AT, certificates: 0, secrets: 1 };
    assert!(store.post_notice(&notice(1), AT).await.unwrap());
    assert!(store.post_digest(&notice(2), &[app], AT).await.unwrap());
    store.spread_notices(&[(notice(2).id, vec![channel()])], AT).await.unwrap();
    store.hold_channel(&channel(), AT).await.unwrap();
    let owen = KnownPerson { id: OWEN, name: "Owen Carter".into(), username: "owen".into(), signed_in_at: AT };
    store.know_person(&owen).await.unwrap();
    store.set_notice_hours(OWEN, Some(&hours()), AT).await.unwrap();
    store.acknowledge_end(HELD, &acknowledgement(), &item_entry()).await.unwrap();
    store.make_calendar(OWEN, &calendar_key().digest(), &item_entry()).await.unwrap();
}

/// A preview of four apps, the last of which cannot be written.
async fn plan(store: &TenantStore) {
    let head = PlanHead {
        policies_hidden: false,
        id: PLAN,
        wanted: Some(PlanIntent::Retire(vec![KEY])),
        certificates: vec![],
        mode: PushMode::Retire,
        note: None,
        display_name: String::new(),
        created_at: AT,
        sum: StoredSum::default(),
        confirm: None,
    };
    let merge = MergePlan::new(&keys(), &Change::Retire([KEY].into()), None).unwrap();
    let apps = [0, 1, 2, 3].map(|n| PlanApp {
        object_id: app(n),
        app_id: AppId::new(id(n)),
        display_name: format!("app {n}"),
        merge: if n < 3 { Ok(merge.clone()) } else { Err(told()) },
        findings: vec![],
    });
    assert!(store.keep_plan(OWEN, &head, &apps, usize::MAX).await.unwrap());
}

/// After [`plan`], something in every table: app 0 is being written, app 1 has ended, the others wait.
async fn filled(store: &TenantStore) -> CertificateFacts {
    let certificate = stored_certificate();
    store.keep_certificate(&certificate).await.unwrap();
    assert!(store.open_receipt(&receipt()).await.unwrap());
    store.journal_write(RECEIPT, 0, "[]", &[(KEY, Some(SHA1.parse().unwrap()))], "{}", sent(&write())).await.unwrap();
    store.finish_app(RECEIPT, 1, Outcome::Verified, &result(1, Outcome::Verified), &entry(), true).await.unwrap();
    store.plan_retirements(&[retirement()]).await.unwrap();
    let keys = keys();
    let sighting = Sighting { object_id: app(0), app_id: AppId::new(id(0)), display_name: "app 0", keys: &keys };
    let mut proof = AuditEntry::new(Some(OWEN), AT, AuditAction::Prove, Outcome::Verified);
    proof.row.thumbprint = Some(SHA1.parse().unwrap());
    proof.row.object_id = Some(app(0));
    store.audit(proof).await.unwrap();
    store.note_state(sighting, Origin::BeforePush(RECEIPT), AT).await.unwrap();
    store.observe(&[sighting], AT).await.unwrap();
    inventory(store).await;
    let named = "ours".parse().unwrap();
    assert_eq!(store.keep_view((id(77), Whose::Everybodys), &named, "q=x", AT, None).await.unwrap(), ViewKept::Kept);
    notices(store).await;
    assert!(store.give_apps(&BTreeSet::new(), &given(), &item_entry()).await.unwrap());
    store.keep_group(OWEN, Some("ours"), &[group_person()], AT).await.unwrap();
    assert!(store.begin_secret_removal(&secret_removal()).await.unwrap());
    let kept = store.keep_setting(&rule_change(0), b"{}", 9, &item_entry()).await.unwrap();
    assert_eq!(kept, SettingKept::Kept);
    store.keep_sign_in_import(("Mara", None), &log(), AT, |_| item_entry()).await.unwrap();
    certificate.certificate.facts().clone()
}

/// How much every question finds.
async fn seen(store: &TenantStore, certificate: &CertificateFacts) -> Vec<(&'static str, usize)> {
    let (sha256, sha1) = (certificate.sha256, certificate.sha1);
    let state = store.states(app(0), 0, 1).await.unwrap().items.first().map_or(1, |state| state.id);
    let none = KeyCredentials::from_json(&json!([])).unwrap();
    let counts = store.counts(RECEIPT).await.unwrap();
    let unfinished = store.unfinished_business(OWEN, RECEIPT).await.unwrap();
    vec![
        ("group_rows", store.group_rows(&[OWEN]).await.unwrap().len()),
        ("people_of_groups", store.people_of_groups(&[OWEN], AT).await.unwrap().len()),
        ("groups_with", store.groups_with(OWEN, AT).await.unwrap().len()),
        ("address_in_groups", store.address_in_groups(OWEN, AT).await.unwrap().iter().count()),
        ("given_apps", store.given_apps().await.unwrap().len()),
        ("kept_settings", store.kept_settings(SettingKind::Rule).await.unwrap().len()),
        ("sign_in_imports", store.sign_in_imports().await.unwrap().len()),
        ("setting_in_use", store.setting_in_use(SettingKind::Rule, "ours").await.unwrap().iter().count()),
        ("apps_given_to", store.apps_given_to(&[&"Payroll".parse().unwrap()]).await.unwrap().len()),
        ("names_of_apps", store.names_of_apps(&[app(0).uuid()]).await.unwrap().len()),
        ("certificate", store.certificate(sha256, OWEN).await.unwrap().iter().count()),
        ("certificates_with", store.certificates_with(sha1).await.unwrap().len()),
        ("recent_certificates", store.recent_certificates(OWEN).await.unwrap().len()),
        ("known_thumbprints", store.known_thumbprints().await.unwrap().len()),
        ("plan", store.plan(OWEN, PLAN).await.unwrap().iter().count()),
        ("plan_apps", store.plan_apps(PLAN, 0, 9).await.unwrap().len()),
        ("plan_size", usize::try_from(store.plan_size(PLAN).await.unwrap()).unwrap()),
        ("planned_apps", store.planned_apps(PLAN).await.unwrap() as usize),
        ("plan_merge", store.plan_merge(PLAN, 0).await.unwrap().iter().count()),
        ("unfinished_business", unfinished.map_or(0, |(_, apps)| apps.len())),
        ("receipt", store.receipt(RECEIPT).await.unwrap().iter().count()),
        (
            "looks_after_receipt",
            usize::from(store.looks_after_receipt(&Within { owner: OWEN, teams: team() }, RECEIPT).await.unwrap()),
        ),
        ("recent_receipts", store.recent_receipts(OWEN).await.unwrap().len()),
        ("receipt_page", store.receipt_page(RECEIPT, AppFilter::All, 0, 9).await.unwrap().len()),
        ("receipt_app", store.receipt_app(RECEIPT, app(0)).await.unwrap().iter().count()),
        ("receipt_count", usize::try_from(store.receipt_count(RECEIPT, AppFilter::All).await.unwrap()).unwrap()),
        ("run", store.run(RECEIPT).await.unwrap().iter().count()),
        ("run_tokens", store.run_tokens(RECEIPT).await.unwrap().iter().count()),
        ("counts", counts.all() as usize),
        ("next_waiting", store.next_waiting(RECEIPT, None, 9).await.unwrap().len()),
        ("in_writing", store.in_writing(RECEIPT).await.unwrap().len()),
        ("not_planned", store.not_planned(RECEIPT).await.unwrap().len()),
        ("pushes_to", store.pushes_to(app(0)).await.unwrap().len()),
        ("added_by", store.added_by(app(0)).await.unwrap().len()),
        ("secret_removals", store.secret_removals(app(0)).await.unwrap().len()),
        ("secret_removal", store.secret_removal(app(0), KEY).await.unwrap().iter().count()),
        ("proven_on", usize::from(store.proven_on(app(0), &[SHA1.parse().unwrap()], AT).await.unwrap())),
        ("retirements", store.retirements(None, 0, 9).await.unwrap().items.len()),
        ("retirements_due", store.retirements_due(None, AT).await.unwrap() as usize),
        ("states", store.states(app(0), 0, 9).await.unwrap().items.len()),
        ("state", store.state(app(0), state).await.unwrap().iter().count()),
        ("states_since", store.states_since(app(0), AT).await.unwrap().len()),
        ("unanswered_writes", store.unanswered_writes(app(0)).await.unwrap().len()),
        ("known_keys", store.known_keys(app(0)).await.unwrap().len()),
        ("gone", store.gone(app(0), &none).await.unwrap().len()),
        (
            "inventory",
            store.inventory(&InventoryQuery { take: 9, ..InventoryQuery::default() }, AT).await.unwrap().items.len(),
        ),
        ("request", store.request(REQUEST).await.unwrap().iter().count()),
        ("requests", store.requests(RequestFilter::Waiting, 0, 9).await.unwrap().items.len()),
        ("requests asked", store.requests(RequestFilter::AskedBy(OWEN), 0, 9).await.unwrap().items.len()),
        ("open_requests", usize::try_from(store.open_requests(OWEN).await.unwrap()).unwrap()),
        (
            "requests_looked_after",
            store
                .requests_looked_after(&Within { owner: OWEN, teams: team() }, &[app(0)], false, 9)
                .await
                .unwrap()
                .len(),
        ),
        (
            "looks_after_request",
            usize::from(store.looks_after_request(&Within { owner: OWEN, teams: team() }, REQUEST).await.unwrap()),
        ),
        ("requests_waiting_for", usize::try_from(store.requests_waiting_for(app(9), true).await.unwrap()).unwrap()),
        ("request_of_plan", store.request_of_plan(PLAN).await.unwrap().iter().count()),
        ("requests_of_secret", store.requests_of_secret(app(0), KEY).await.unwrap().len()),
        ("request_lines", store.request_lines(REQUEST, 9).await.unwrap().len()),
        (
            "inventory_credentials",
            store
                .inventory_credentials(&InventoryQuery { take: 9, ..InventoryQuery::default() }, AT)
                .await
                .unwrap()
                .items
                .len(),
        ),
        ("saved_views", store.saved_views(OWEN).await.unwrap().len()),
        (
            "group_inventory",
            store.group_inventory(&InventoryQuery { take: 9, ..InventoryQuery::default() }, AT).await.unwrap().len(),
        ),
        (
            "group_inventory_credentials",
            store
                .group_inventory_credentials(
                    &InventoryQuery { take: 9, ..InventoryQuery::default() },
                    GroupBy::Owner,
                    AT,
                )
                .await
                .unwrap()
                .len(),
        ),
        ("inventory_endings", store.inventory_endings(None, datetime!(2019-12-31 0:00 UTC)).await.unwrap().len()),
        ("inventory_delta", store.inventory_delta().await.unwrap().iter().filter(|place| place.link.is_some()).count()),
        ("kinds_in_inventory", store.kinds_in_inventory(&[app(0)]).await.unwrap().len()),
        ("inventory_ages", store.inventory_ages(None, AgeEdges { ages: &[], lifetimes: &[] }, AT).await.unwrap().len()),
        ("inventory_counts", store.inventory_counts(BEFORE - time::Duration::DAY).await.unwrap().len()),
        ("inventory_object", store.inventory_object(HELD).await.unwrap().iter().count()),
        (
            "inventory_worst",
            store
                .inventory_worst(AttentionKind::ExpiredAlone, Some(&Within::of(OWEN)), 9, AT)
                .await
                .unwrap()
                .items
                .len(),
        ),
        ("unseen_in_inventory", store.unseen_in_inventory(i64::MAX, 9).await.unwrap().len()),
        ("apps_of_teams", store.apps_of_teams(&team(), 9).await.unwrap().len()),
        ("count_apps_of_teams", usize::try_from(store.count_apps_of_teams(&team()).await.unwrap()).unwrap()),
        ("count_unknown_departments", usize::try_from(store.count_unknown_departments().await.unwrap()).unwrap()),
        ("changes_elsewhere", store.changes_elsewhere(HELD, 9).await.unwrap().len()),
        ("changes_to_look_up", store.changes_to_look_up(AT, 9).await.unwrap().len()),
        ("item_standings", store.item_standings(&[HELD], AT).await.unwrap().len()),
        ("exceptions", store.exceptions(None, AT).await.unwrap().changed.len()),
        ("attentions_of", store.attentions_of(HELD, AT).await.unwrap().len()),
        ("is_within", usize::from(store.is_within(&Within::of(OWEN), HELD).await.unwrap())),
        ("inventory_state", store.inventory_state().await.unwrap().iter().count()),
        ("notice", store.notice(notice(1).id).await.unwrap().iter().count()),
        ("notices_to_spread", store.notices_to_spread(AT, 9).await.unwrap().len()),
        ("deliveries", store.deliveries(0, 9).await.unwrap().items.len()),
        ("channel_standing", store.channel_standing(&channel()).await.unwrap().failures as usize),
        ("has_waiting", usize::from(store.has_waiting(&channel(), None).await.unwrap())),
        ("told_of_ends", store.told_of_ends(&Audience::Admins).await.unwrap().len()),
        ("known_person", store.known_person(OWEN).await.unwrap().iter().count()),
        ("known_people", store.known_people(&[OWEN]).await.unwrap().len()),
        ("notice_hours", store.notice_hours(OWEN).await.unwrap().iter().count()),
        ("all_notice_hours", store.all_notice_hours().await.unwrap().len()),
        ("acknowledgements", store.acknowledgements(&[HELD], AT).await.unwrap().len()),
        ("calendar", store.calendar(OWEN, AT).await.unwrap().iter().count()),
        ("proven_since", usize::from(store.proven_since(SHA1.parse().unwrap(), AT).await.unwrap())),
        ("audit_page", store.audit_page(None, &AuditFilter::default(), 0, 9).await.unwrap().items.len()),
    ]
}

#[tokio::test]
async fn what_one_tenant_has_no_question_of_another_finds() {
    on_both(async |database| {
        let store = database.store().await;
        let (ours, theirs) = (store.of(OURS), store.of(THEIRS));
        plan(&ours).await;
        let certificate = filled(&ours).await;
        for step in [request(), removal_request()] {
            ours.keep_new_request(&step, ("Owen Carter", "owen"), &request_record(), None).await.unwrap();
        }
        for (question, found) in seen(&ours, &certificate).await {
            assert!(found > 0, "{question} finds nothing for whose it is: this test would not notice anything");
        }
        for (question, found) in seen(&theirs, &certificate).await {
            assert_eq!(found, 0, "{question}");
        }
    })
    .await;
}

#[tokio::test]
async fn no_order_of_another_tenant_changes_anything() {
    on_both(async |database| {
        let store = database.store().await;
        let (ours, theirs) = (store.of(OURS), store.of(THEIRS));
        plan(&ours).await;
        assert!(!theirs.open_receipt(&receipt()).await.unwrap(), "it claims the plan");
        filled(&ours).await;

        assert!(theirs.journal_write(RECEIPT, 2, "[]", &[(KEY, None)], "{}", sent(&write())).await.is_err());
        assert!(theirs.journal_read(RECEIPT, 2, "{}").await.is_err());
        let failed = result(2, Outcome::Failed);
        assert!(theirs.finish_app(RECEIPT, 2, Outcome::Failed, &failed, &entry(), true).await.is_err());
        assert!(!theirs.move_run(RECEIPT, &[RunState::Running], RunState::Cancelled, None).await.unwrap());
        assert!(theirs.pause_runs_of(OWEN, &told()).await.unwrap().is_empty());
        theirs.next_wave(RECEIPT, 7, Some(&told())).await.unwrap();
        theirs.keep_run_tokens(RECEIPT, b"theirs").await.unwrap();
        theirs.cancel_waiting(RECEIPT).await.unwrap();
        theirs.finish_run(RECEIPT, AT).await.unwrap();
        let run = ours.run(RECEIPT).await.unwrap().unwrap();
        assert_eq!((run.state, run.wave, &run.why, run.finished_at), (RunState::Running, 1, &None, None));
        assert_eq!(ours.run_tokens(RECEIPT).await.unwrap().as_deref(), Some(b"sealed".as_slice()));
        let expected = Counts { waiting: 2, writing: 1, verified: 1, ..Counts::default() };
        assert_eq!(ours.counts(RECEIPT).await.unwrap(), expected);
        let page = ours.receipt_page(RECEIPT, AppFilter::All, 2, 1).await.unwrap();
        assert_eq!(page[0].stage, Stage::Waiting);

        assert!(ours.move_run(RECEIPT, &[RunState::Running], RunState::Paused, Some(&told())).await.unwrap());
        theirs.forget_tokens_at_rest(RECEIPT).await.unwrap();
        assert!(ours.run_tokens(RECEIPT).await.unwrap().is_some());
        assert!(!theirs.resume_run(RECEIPT, "{}", b"theirs").await.unwrap());
        assert_eq!(ours.run(RECEIPT).await.unwrap().unwrap().why, Some(told()));

        let change = ours.changes_elsewhere(HELD, 1).await.unwrap()[0].number;
        let reason = "theirs".parse().unwrap();
        assert_eq!(theirs.acknowledge_changes(HELD, &[change], &reason, &item_entry()).await.unwrap(), 0);
        let actor = Actor { name: "theirs".into(), app: false, at: AT };
        theirs.looked_up(change, Some(&actor), false, None).await.unwrap();
        let kept = ours.changes_elsewhere(HELD, 1).await.unwrap().remove(0);
        assert_eq!((kept.actor, kept.acknowledged), (None, None));
        assert!(!theirs.decide_item(ITEM, &Decision::Reopen, &item_entry()).await.unwrap());
        assert_eq!(ours.item_standings(&[HELD], AT).await.unwrap().len(), 1);

        let view = (id(77), Whose::Everybodys);
        assert_eq!(theirs.rename_view(view, &"theirs".parse().unwrap(), None).await.unwrap(), ViewKept::NotThere);
        assert!(!theirs.remove_view(view, None).await.unwrap());
        assert_eq!(ours.saved_views(OWEN).await.unwrap()[0].name, "ours");
        assert!(theirs.give_apps(&BTreeSet::new(), &BTreeSet::new(), &item_entry()).await.unwrap(), "they have none");
        assert_eq!(ours.given_apps().await.unwrap(), given());
        theirs.group_failed(OWEN, GroupFailure::Gone, AT).await.unwrap();
        theirs.keep_group(OWEN, None, &[], AT).await.unwrap();
        theirs.forget_groups_but(&[]).await.unwrap();
        assert_eq!(ours.people_of_groups(&[OWEN], AT).await.unwrap()[&OWEN], [group_person()]);
        assert_eq!(ours.group_rows(&[OWEN]).await.unwrap()[&OWEN].failure, None);
        let change = rule_change(1);
        let overtaken = theirs.keep_setting(&change, b"x", 9, &item_entry()).await.unwrap();
        assert_eq!(overtaken, SettingKept::Overtaken);
        assert!(!theirs.switch_setting(&change, false, &item_entry()).await.unwrap());
        assert!(!theirs.remove_setting(&change, &item_entry()).await.unwrap());
        let kept = ours.kept_settings(SettingKind::Rule).await.unwrap().remove(0);
        assert_eq!((kept.version, kept.is_on, kept.value), (1, true, b"{}".to_vec()));

        theirs.keep_sign_in_import(("Theirs", None), &log(), AT, |_| item_entry()).await.unwrap();
        assert_eq!(ours.sign_in_imports().await.unwrap().len(), 1);

        let removal = secret_removal();
        assert!(!theirs.end_secret_removal(&removal, Outcome::Verified, &item_entry()).await.unwrap());
        assert!(theirs.begin_secret_removal(&removal).await.unwrap(), "their own");
        assert_eq!(ours.secret_removal(app(0), KEY).await.unwrap(), Some(removal));

        let place = ours.inventory_delta().await.unwrap().unwrap();
        theirs.go_on_with_delta(None, AT).await.unwrap();
        assert!(!theirs.keep_inventory_changes(&place, vec![], AT, &LifetimePolicy::default()).await.unwrap());
        assert_eq!(ours.inventory_delta().await.unwrap(), Some(place));
        assert!(!theirs.finish_inventory_pass(2, AT).await.unwrap());
        theirs.gone_from_inventory(&[HELD], AT).await.unwrap();
        let more = keys();
        let sighting = Sighting { object_id: app(0), app_id: AppId::new(id(0)), display_name: "app 0", keys: &more };
        theirs.note_in_inventory(&[sighting], AT, &LifetimePolicy::default()).await.unwrap();
        assert_eq!(theirs.begin_inventory_pass(AT).await.unwrap().number, 1, "their first");
        let kept = ours.inventory_object(HELD).await.unwrap().unwrap();
        assert_eq!((kept.gone_at, kept.object.certificates.readable.len()), (None, 0));
        assert_eq!(ours.inventory_worst(AttentionKind::ExpiredAlone, None, 9, AT).await.unwrap().total, 1);
        assert_eq!(ours.inventory_state().await.unwrap().unwrap().complete_at, Some(BEFORE));

        let channel = channel();
        let claim = |lease| ClaimDeliveries { channel: &channel, now: AT, lease: id(lease), until: AT, limit: 9 };
        assert_eq!(theirs.claim_deliveries(&claim(50)).await.unwrap(), []);
        let held = ours.claim_deliveries(&claim(51)).await.unwrap().remove(0);
        let attempt = Attempt { at: AT, status: None, answer: String::new() };
        let ended = Next::Ended(DeliveryState::Delivered);
        assert!(!theirs.record_attempt(&held, &channel, &attempt, ended).await.unwrap());
        assert!(!theirs.put_off_delivery(&held, &channel, AT).await.unwrap());
        assert!(!theirs.remind_again(HELD, &item_entry()).await.unwrap());
        assert!(!theirs.revoke_calendar(OWEN, None).await.unwrap());
        theirs.set_notice_hours(OWEN, None, AT).await.unwrap();
        assert_eq!(ours.acknowledgements(&[HELD], AT).await.unwrap().len(), 1);
        assert_eq!(store.fetch_calendar(&calendar_key().digest(), AT).await.unwrap(), Some((OURS, OWEN)));
        assert_eq!(ours.notice_hours(OWEN).await.unwrap(), Some(hours()));
        theirs.release_deliveries(&channel, id(51)).await.unwrap();
        theirs.spread_notices(&[(notice(1).id, vec![channel.clone()])], AT).await.unwrap();
        theirs.disable_channel(&channel, None, AT).await.unwrap();
        assert!(!theirs.was_disabled_elsewhere(&channel, "elsewhere").await.unwrap());
        theirs.free_channel(&channel, AT).await.unwrap();
        assert_eq!(theirs.end_deliveries_of_others(&[], AT + time::Duration::DAY).await.unwrap(), 0);
        assert_eq!(ours.notices_to_spread(AT, 9).await.unwrap(), [notice(1)]);
        let standing = ChannelStanding { failures: 1, held_until: Some(AT), disabled_at: None };
        assert_eq!(ours.channel_standing(&channel).await.unwrap(), standing);
        assert!(ours.record_attempt(&held, &channel, &attempt, ended).await.unwrap(), "the lease is still ours");
        assert!(!theirs.replay_delivery(notice(2).id, &channel, AT).await.unwrap());
        assert_eq!(ours.deliveries(0, 9).await.unwrap().items[0].state, DeliveryState::Delivered);

        // What they see of the same app is theirs, and ends nothing of ours.
        let none = KeyCredentials::from_json(&json!([])).unwrap();
        let sighting = Sighting { object_id: app(0), app_id: AppId::new(id(0)), display_name: "app 0", keys: &none };
        theirs.note_states(&[sighting], AT).await.unwrap();
        theirs.observe(&[sighting], AT).await.unwrap();
        assert_eq!(ours.retirements(None, 0, 9).await.unwrap().total, 1);
        assert_eq!(ours.gone(app(0), &none).await.unwrap()[0].at, None, "it is there for us");
        assert_eq!(ours.states(app(0), 0, 9).await.unwrap().total, 1);
        assert_eq!(theirs.states(app(0), 0, 9).await.unwrap().total, 1);
    })
    .await;
}

#[tokio::test]
async fn nobody_of_another_tenant_changes_a_request() {
    on_both(async |database| {
        let store = database.store().await;
        let (ours, theirs) = (store.of(OURS), store.of(THEIRS));
        plan(&ours).await;
        ours.keep_new_request(&request(), ("Owen Carter", "owen"), &request_record(), None).await.unwrap();
        let taken = request().request.apply(Command::Withdraw { by: OWEN }, AT).unwrap();
        assert!(!theirs.keep_request(1, &taken, &request_record()).await.unwrap());
        assert!(!theirs.begin_request(1, &taken, &request_record(), &receipt()).await.unwrap());
        ours.keep_new_request(&removal_request(), ("Owen Carter", "owen"), &request_record(), None).await.unwrap();
        let ended = removal_request().request.apply(Command::Withdraw { by: OWEN }, AT).unwrap();
        let begun = theirs.begin_requested_removal(&secret_removal(), (1, &ended, &request_record())).await.unwrap();
        assert_eq!(begun, RemovalBegun::Overtaken, "there is no such request");
        assert_eq!(theirs.secret_removal(app(0), KEY).await.unwrap(), None);
        theirs.comment_request(REQUEST, &request_record()).await.unwrap();
        assert_eq!(ours.request_lines(REQUEST, 9).await.unwrap().len(), 1);
        assert_eq!(ours.request(REQUEST).await.unwrap().unwrap().request, request().request);
    })
    .await;
}
