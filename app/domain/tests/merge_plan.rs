//! Plans lose nothing: whatever an app holds, and whatever another writer does meanwhile.

use domain::diff::{self, DiffKind};
use domain::key_credential::{KeyCredential, KeyCredentials, WireError};
use domain::merge_plan::{MergePlan, PlanError};
use proptest::prelude::*;
use serde_json::{Value, json};

mod support;

use support::entries::{append, certificates, entry, graph_after, id, is_as_planned, new_entry, replace, state};

#[test]
fn append_echoes_each_entry_and_adds_one() {
    let [_, old, other] = certificates();
    let before = state(&[entry(1, old, 1, "Verify"), entry(2, other, 3, "Sign")]);
    let plan = MergePlan::new(&before, &append(), None).expect("a plan");
    let body = plan.body();
    let sent = body["keyCredentials"].as_array().expect("a list");
    assert_eq!(sent.len(), 3);
    for (sent, entry) in sent.iter().zip(&before) {
        let mut expected = entry.raw().clone();
        expected.insert("key".into(), Value::Null);
        assert_eq!(sent, &Value::Object(expected));
    }
    assert_eq!(sent[2], new_entry().graph());
    assert_eq!((plan.diff().count(DiffKind::Kept), plan.diff().count(DiffKind::Added), plan.removals()), (2, 1, 0));
    assert!(is_as_planned(&plan, &before, &graph_after(&before, &body)));
    assert!(!is_as_planned(&plan, &before, &before));
    // It is stored and executed later.
    let stored: MergePlan = serde_json::from_str(&serde_json::to_string(&plan).expect("json")).expect("back");
    assert_eq!(stored, plan);
}

#[test]
fn a_certificate_that_is_there_is_not_added_again_in_whatever_form() {
    let certificate = &certificates()[0];
    for key in 0..4 {
        let before = state(&[entry(1, certificate, key, "Verify")]);
        let plan = MergePlan::new(&before, &append(), None).expect("a plan");
        assert!(plan.is_noop(), "key form {key}");
        assert_eq!(plan.diff().count(DiffKind::AlreadyThere), 1);
        assert_eq!((plan.key_id_of(certificate.sha1()), plan.key_ids()), (Some(id(1)), vec![]));
        assert!(is_as_planned(&plan, &before, &graph_after(&before, &plan.body())));
    }
    // There for another use: that does not let the app sign in.
    let before = state(&[entry(1, certificate, 1, "Encrypt")]);
    assert!(!MergePlan::new(&before, &append(), None).expect("a plan").is_noop());
    // Base64 of the thumbprint in place of hexadecimal.
    let mut base64 = entry(1, certificate, 0, "Verify");
    base64["customKeyIdentifier"] = certificate.sha1().base64().into();
    assert!(MergePlan::new(&state(&[base64]), &append(), None).expect("a plan").is_noop());
}

#[test]
fn replace_spares_signing_and_encryption() {
    let [_, old, other] = certificates();
    let before = state(&[
        entry(1, old, 1, "Verify"),
        entry(2, other, 1, "Sign"),
        entry(3, other, 1, "Encrypt"),
        entry(4, other, 1, "Verify"),
    ]);
    let plan = MergePlan::new(&before, &replace(), Some(id(4))).expect("a plan");
    let kinds: Vec<DiffKind> = plan.diff().rows.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [DiffKind::Removed, DiffKind::Kept, DiffKind::Kept, DiffKind::Kept, DiffKind::Added]);
    assert_eq!(plan.removals(), 1);
    assert!(plan.cautions().iter().any(|caution| caution.contains("tokenEncryptionKeyId")), "{:?}", plan.cautions());
    assert!(is_as_planned(&plan, &before, &graph_after(&before, &plan.body())));
    // Replacing with what is there already removes the others.
    let before = state(&[entry(1, &certificates()[0], 1, "Verify"), entry(2, old, 1, "Verify")]);
    let plan = MergePlan::new(&before, &replace(), None).expect("a plan");
    assert_eq!((plan.is_noop(), plan.removals()), (false, 1));
    assert_eq!(plan.key_id_of(certificates()[0].sha1()), Some(id(1)));
    assert!(is_as_planned(&plan, &before, &graph_after(&before, &plan.body())));
}

#[test]
fn what_cannot_be_kept_is_refused() {
    let old = &certificates()[1];
    let mut without_id = entry(1, old, 0, "Verify");
    without_id["keyId"] = Value::Null;
    let error = MergePlan::new(&state(&[without_id.clone()]), &append(), None).expect_err("its key is unknown");
    assert_eq!(error, PlanError::CannotKeep { name: "CN=entry1".into() });
    // With its key it can be sent back whole.
    without_id["key"] = old.der_base64().into();
    let before = state(&[without_id.clone()]);
    let plan = MergePlan::new(&before, &append(), None).expect("a plan");
    assert_eq!(plan.body()["keyCredentials"][0], without_id);

    let twice = state(&[entry(1, old, 1, "Verify"), entry(1, &certificates()[2], 1, "Verify")]);
    assert_eq!(MergePlan::new(&twice, &append(), None), Err(PlanError::AmbiguousKeyId(id(1))));
    let taken = state(&[entry(0xee, old, 1, "Verify")]);
    assert_eq!(MergePlan::new(&taken, &append(), None), Err(PlanError::KeyIdTaken(id(0xee))));
}

#[test]
fn a_change_since_the_preview_is_found() {
    let [_, old, other] = certificates();
    let (one, two) = (entry(1, old, 1, "Verify"), entry(2, other, 1, "Verify"));
    let before = state(&[one.clone(), two.clone()]);
    let plan = MergePlan::new(&before, &append(), None).expect("a plan");
    assert!(plan.is_based_on(&before));
    assert!(plan.is_based_on(&state(&[two.clone(), one.clone()])), "order says nothing");
    assert!(plan.is_based_on(&state(&[entry(1, old, 0, "Verify"), two.clone()])), "a key not shown says nothing");
    assert!(!plan.is_based_on(&state(std::slice::from_ref(&one))), "one is gone");
    assert!(!plan.is_based_on(&state(&[one.clone(), two.clone(), entry(3, other, 1, "Verify")])), "one more");
    let mut renamed = two;
    renamed["displayName"] = "CN=renamed".into();
    assert!(!plan.is_based_on(&state(&[one, renamed])), "altered");
}

#[test]
fn odd_identifiers_are_shown_and_never_trusted() {
    let old = &certificates()[1];
    let with = |identifier: Value, key: u8| {
        let mut entry = entry(1, old, key, "Verify");
        entry["customKeyIdentifier"] = identifier;
        let state = state(&[entry]);
        let entry = state.iter().next().expect("one").clone();
        (entry.thumbprint(), entry.odd_identifier().map(str::to_owned))
    };
    let sha1 = Some(old.sha1());
    assert_eq!(with(old.sha1().hex().into(), 0), (sha1, None));
    assert_eq!(with(old.sha1().base64().into(), 0), (sha1, None));
    assert_eq!(with(domain::encoding::base64(old.sha1().hex().as_bytes()).into(), 0), (sha1, None));
    // base64("CN=DaemonConsoleCert"), as an old sample wrote it.
    assert_eq!(with("Q049RGFlbW9uQ29uc29sZUNlcnQ=".into(), 0), (None, Some("Q049RGFlbW9uQ29uc29sZUNlcnQ=".into())));
    assert_eq!(with("Q049RGFlbW9uQ29uc29sZUNlcnQ=".into(), 1), (sha1, Some("Q049RGFlbW9uQ29uc29sZUNlcnQ=".into())));
    assert_eq!(with(certificates()[2].sha1().hex().into(), 1), (sha1, Some(certificates()[2].sha1().hex())));
    assert_eq!(with(Value::Null, 1), (sha1, None));
}

#[test]
fn an_answer_that_is_no_collection_is_an_error() {
    assert_eq!(KeyCredentials::from_json(&Value::Null), Err(WireError::NotAList("null")));
    assert_eq!(KeyCredentials::from_json(&json!([1])), Err(WireError::NotAnObject(0)));
    assert!(matches!(
        KeyCredentials::from_json(&json!([{"keyId": "x"}])),
        Err(WireError::Property { property: "keyId", .. })
    ));
    assert!(matches!(
        KeyCredentials::from_json(&json!([{"endDateTime": "soon"}])),
        Err(WireError::Property { property: "endDateTime", .. })
    ));
}

fn any_entry() -> impl Strategy<Value = Value> {
    let usage = prop_oneof![Just("Verify"), Just("Sign"), Just("Encrypt"), Just("Later")];
    (any::<u8>(), 1_usize..3, 0_u8..4, usage, any::<Option<String>>(), any::<bool>()).prop_map(
        |(number, which, key, usage, name, odd)| {
            let mut entry = entry(number, &certificates()[which], key, usage);
            entry["displayName"] = name.into();
            if odd {
                entry["customKeyIdentifier"] = "Q049RGFlbW9uQ29uc29sZUNlcnQ=".into();
                entry["@odata.type"] = "#microsoft.graph.keyCredential".into();
            }
            entry
        },
    )
}

fn any_state() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(any_entry(), 0..8).prop_map(|mut entries| {
        let mut seen = std::collections::HashSet::new();
        entries.retain(|entry| entry["keyId"] != json!(id(0xee)) && seen.insert(entry["keyId"].to_string()));
        entries
    })
}

proptest! {
    #[test]
    fn append_keeps_every_entry_as_it_was(entries in any_state()) {
        let before = state(&entries);
        let plan = MergePlan::new(&before, &append(), None).expect("a plan");
        prop_assert_eq!(plan.removals(), 0);
        prop_assert!(plan.is_based_on(&before));
        let after = graph_after(&before, &plan.body());
        for entry in &before {
            prop_assert!(after.iter().any(|kept| kept.raw() == entry.raw()), "lost {:?}", entry);
        }
        prop_assert_eq!(after.len(), before.len() + 1);
        prop_assert!(is_as_planned(&plan, &before, &after));
        // Doing it again changes nothing.
        prop_assert!(MergePlan::new(&after, &append(), None).expect("a plan").is_noop());
    }

    #[test]
    fn replace_removes_verify_entries_and_nothing_else(entries in any_state(), encryption in any::<prop::sample::Index>()) {
        let before = state(&entries);
        let encrypting = (!before.is_empty()).then(|| before.iter().nth(encryption.index(before.len())).and_then(KeyCredential::key_id)).flatten();
        let plan = MergePlan::new(&before, &replace(), encrypting).expect("a plan");
        let after = graph_after(&before, &plan.body());
        for entry in &before {
            let stays = !entry.is_for_sign_in() || entry.key_id() == encrypting;
            prop_assert_eq!(after.iter().any(|kept| kept.raw() == entry.raw()), stays);
        }
        prop_assert!(is_as_planned(&plan, &before, &after));
    }

    #[test]
    fn a_diff_accounts_for_every_entry(one in any_state(), two in any_state()) {
        let (one, two) = (state(&one), state(&two));
        let diff = diff::between(&one, &two);
        prop_assert_eq!(diff.count(DiffKind::Kept) + diff.count(DiffKind::Removed), one.len());
        prop_assert_eq!(diff.count(DiffKind::Kept) + diff.count(DiffKind::Added), two.len());
        prop_assert!(diff::between(&one, &one).is_empty());
    }
}
