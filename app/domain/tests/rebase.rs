//! A plan, merged again with an app that changed since its preview: what goes on, and what a person has to look at.

mod support;

use domain::diff::DiffKind;
use domain::key_credential::{KeyCredential, KeyCredentials};
use domain::merge_plan::{Change, ConflictReason, MergePlan};
use domain::snapshot::{KnownKeys, Snapshot};
use serde_json::{Value, json};
use support::entries::{append, certificates, entry, graph_after, id, replace, state};

fn two() -> [Value; 2] {
    let [_, old, other] = certificates();
    [entry(1, old, 1, "Verify"), entry(2, other, 1, "Verify")]
}

fn plan(before: &[Value], change: &Change) -> MergePlan {
    MergePlan::new(&state(before), change, None).expect("a plan")
}

fn ids(plan: &MergePlan) -> Vec<Value> {
    let body = plan.body();
    body["keyCredentials"].as_array().expect("a list").iter().map(|entry| entry["keyId"].clone()).collect()
}

fn conflict(plan: &MergePlan, now: &[Value]) -> ConflictReason {
    plan.rebase(&state(now), None).expect_err("a conflict").reason
}

#[test]
fn what_was_previewed_is_sent_down_to_the_byte_where_nothing_changed() {
    let plan = plan(&two(), &append());
    let again = plan.rebase(&state(&two()), None).expect("as it is");
    assert_eq!(again.body(), plan.body());
    // The same state, read without its keys.
    let [_, old, other] = certificates();
    let keyless = [entry(1, old, 0, "Verify"), entry(2, other, 0, "Verify")];
    assert_eq!(plan.rebase(&state(&keyless), None).expect("as it is").body(), plan.body());
}

#[test]
fn an_append_keeps_what_others_added_and_does_not_bring_back_what_they_removed() {
    let [one, two] = two();
    let plan = plan(&[one, two.clone()], &append());
    let theirs = entry(3, &certificates()[1], 1, "Verify");
    let again = plan.rebase(&state(&[two, theirs]), None).expect("additions always go");
    assert_eq!(ids(&again), [json!(id(2)), json!(id(3)), json!(id(0xee))]);
    assert_eq!(again.removals(), 0);
}

#[test]
fn an_append_of_what_somebody_added_meanwhile_sends_nothing() {
    let plan = plan(&two(), &append());
    let [one, two] = two();
    let theirs = entry(7, &certificates()[0], 1, "Verify");
    let again = plan.rebase(&state(&[one, two, theirs]), None).expect("it is there");
    assert!(again.is_noop());
    assert_eq!(again.diff().count(DiffKind::AlreadyThere), 1);
}

#[test]
fn a_key_id_that_others_took_stops_the_app() {
    let plan = plan(&two(), &append());
    let [one, two] = two();
    let taken = entry(0xee, &certificates()[1], 1, "Verify");
    assert_eq!(conflict(&plan, &[one, two, taken]), ConflictReason::KeyIdTaken { key_id: id(0xee) });
}

#[test]
fn whoever_removes_all_others_must_have_seen_them_in_the_preview() {
    let plan = plan(&two(), &replace());
    let [one, two] = two();
    let theirs = entry(3, &certificates()[1], 1, "Verify");
    let now = [one.clone(), two.clone(), theirs.clone()];
    let conflict = plan.rebase(&state(&now), None).expect_err("a conflict");
    assert_eq!(conflict.reason, ConflictReason::Replacement);
    // Both sides are shown.
    assert_eq!((conflict.since.count(DiffKind::Added), conflict.since.count(DiffKind::Removed)), (1, 0));
    assert_eq!((conflict.planned.count(DiffKind::Added), conflict.planned.count(DiffKind::Removed)), (1, 2));
    let to = Snapshot::new(&state(std::slice::from_ref(&one)), &KnownKeys::default());
    let exactly = MergePlan::new(&state(&[one, two]), &Change::Restore { to, exactly: true }, None).expect("a plan");
    assert_eq!(self::conflict(&exactly, &now), ConflictReason::ExactRestore);
}

#[test]
fn a_removal_takes_what_it_named_and_nothing_that_came_since() {
    let plan = plan(&two(), &Change::Retire([id(1)].into()));
    let [one, two] = two();
    let theirs = entry(3, &certificates()[0], 1, "Verify");
    let again = plan.rebase(&state(&[one, two.clone(), theirs.clone()]), None).expect("named entries may go");
    assert_eq!(ids(&again), [json!(id(2)), json!(id(3))]);
    // It has gone by another's hand.
    assert!(plan.rebase(&state(&[two, theirs]), None).expect("nothing to do").is_noop());
}

#[test]
fn an_entry_that_is_not_what_it_was_does_not_go() {
    let plan = plan(&two(), &Change::Retire([id(1)].into()));
    let [mut one, two] = two();
    one["displayName"] = "CN=renamed".into();
    assert_eq!(conflict(&plan, &[one, two]), ConflictReason::Altered { name: "CN=entry1".into() });
}

#[test]
fn an_entry_that_encrypts_tokens_by_now_does_not_go() {
    let plan = plan(&two(), &Change::Retire([id(1)].into()));
    let conflict = plan.rebase(&state(&two()), Some(id(1))).expect_err("a conflict");
    assert_eq!(conflict.reason, ConflictReason::EncryptsTokens { key_id: id(1), name: "CN=entry1".into() });
}

#[test]
fn the_last_certificate_does_not_go_unless_that_was_previewed() {
    let [one, two] = two();
    let retire = Change::Retire([id(1)].into());
    assert_eq!(conflict(&plan(&[one.clone(), two], &retire), std::slice::from_ref(&one)), ConflictReason::NothingLeft);
    let last = plan(std::slice::from_ref(&one), &retire);
    let theirs = entry(3, &certificates()[0], 1, "Encrypt");
    let again = last.rebase(&state(&[one, theirs]), None).expect("a person saw that it was the last");
    assert_eq!(ids(&again), [json!(id(3))]);
}

#[test]
fn one_certificate_goes_under_each_key_id_that_the_preview_showed() {
    let [_, old, other] = certificates();
    let shown = |key| [entry(1, old, key, "Verify"), entry(2, old, key, "Verify"), entry(3, other, key, "Verify")];
    let plan = plan(&shown(1), &Change::RetireCertificate(old.sha1()));
    assert_eq!(ids(&plan), [json!(id(3))]);
    // Somebody registered it once more: that entry was in nobody's preview.
    let [one, two, three] = shown(0);
    let again = plan.rebase(&state(&[one, two, three, entry(4, old, 0, "Verify")]), None).expect("named ones may go");
    assert_eq!(ids(&again), [json!(id(3)), json!(id(4))]);
}

#[test]
fn an_entry_without_key_and_key_id_stops_the_app() {
    let plan = plan(&two(), &append());
    let [one, two] = two();
    let mut nameless = entry(3, &certificates()[1], 0, "Verify");
    nameless["keyId"] = Value::Null;
    assert!(matches!(conflict(&plan, &[one, two, nameless]), ConflictReason::CannotMerge { .. }));
}

/// What undo is made of.
#[test]
fn an_exact_restore_of_the_state_before_leads_back_to_the_byte() {
    let before = state(&two());
    let after = graph_after(&before, &plan(&two(), &replace()).body());
    assert_eq!(after.len(), 1);
    let to = Snapshot::new(&before, &KnownKeys::default());
    let back = MergePlan::new(&after, &Change::Restore { to, exactly: true }, None).expect("the keys are known");
    assert_eq!(back.removals(), 1);
    let restored = graph_after(&after, &back.body());
    assert_eq!(restored.to_json(), before.to_json());
}

#[test]
fn a_safe_restore_adds_what_is_missing_and_touches_nothing() {
    let [one, two] = two();
    let mine = entry(9, &certificates()[0], 1, "Verify");
    let to = Snapshot::new(&state(&[one.clone(), two.clone()]), &KnownKeys::default());
    let change = Change::Restore { to, exactly: false };
    let plan = MergePlan::new(&state(&[two.clone(), mine.clone()]), &change, None).expect("a plan");
    assert_eq!(ids(&plan), [json!(id(2)), json!(id(9)), json!(id(1))]);
    assert_eq!(plan.removals(), 0);
    let after = graph_after(&state(&[two, mine]), &plan.body());
    assert!(after.iter().any(|entry| Value::Object(entry.raw().clone()) == one), "whole, under its old keyId");
}

#[test]
fn what_has_no_known_key_is_not_promised_back() {
    let [_, old, other] = certificates();
    let then = state(&[entry(1, old, 0, "Verify"), entry(2, other, 1, "Verify")]);
    let now = state(&[entry(9, &certificates()[0], 1, "Verify")]);
    let to = Snapshot::new(&then, &KnownKeys::default());
    let safe =
        MergePlan::new(&now, &Change::Restore { to: to.clone(), exactly: false }, None).expect("as far as it goes");
    assert_eq!(ids(&safe), [json!(id(9)), json!(id(2))]);
    assert!(safe.cautions().iter().any(|caution| caution.contains("its key is not known")), "{:?}", safe.cautions());
    let error = MergePlan::new(&now, &Change::Restore { to, exactly: true }, None).expect_err("not exactly");
    assert_eq!(
        error.to_string(),
        "“CN=entry1” cannot be brought back: the key is not known, or Graph does not take it"
    );
    // Another answer about the app showed it.
    let known: KnownKeys = [(id(1), old.der_base64())].into_iter().collect();
    let to = Snapshot::new(&then, &known);
    let exactly = MergePlan::new(&now, &Change::Restore { to, exactly: true }, None).expect("now it is known");
    assert_eq!(ids(&exactly), [json!(id(1)), json!(id(2))]);
}

#[test]
fn a_restore_spares_what_encrypts_tokens() {
    let [one, two] = two();
    let to = Snapshot::new(&state(std::slice::from_ref(&one)), &KnownKeys::default());
    let now = state(&[one, two]);
    let error = MergePlan::new(&now, &Change::Restore { to, exactly: true }, Some(id(2))).expect_err("it stays");
    assert!(error.to_string().contains("tokenEncryptionKeyId"), "{error}");
}

#[test]
fn a_restore_of_the_state_that_is_there_sends_nothing() {
    let now = state(&two());
    for exactly in [false, true] {
        let to = Snapshot::new(&now, &KnownKeys::default());
        assert!(MergePlan::new(&now, &Change::Restore { to, exactly }, None).expect("a plan").is_noop());
    }
    let mut turned: Vec<KeyCredential> = now.iter().cloned().collect();
    turned.reverse();
    let turned: KeyCredentials = turned.into_iter().collect();
    let to = Snapshot::new(&turned, &KnownKeys::default());
    let plan = MergePlan::new(&now, &Change::Restore { to, exactly: true }, None).expect("a plan");
    assert!(plan.is_noop());
    assert!(plan.cautions()[0].contains("order"), "{:?}", plan.cautions());
}
