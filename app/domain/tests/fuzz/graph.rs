//! Graph's answers: lists of entries that are nearly those of the field cases, as JSON that can be anything.

use crate::mutate::field_cases;
use crate::run::fuzz;
use domain::credentials::KeyUsage;
use domain::ids::KeyId;
use domain::key_credential::{IdentifierStyle, KeyCredential, KeyCredentials, NewKeyCredential};
use domain::merge_plan::{Change, MergePlan};
use domain::push::{Ask, Policy, Push, WriteAnswer};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

/// What holds for every answer.
pub fn answer(value: &Value) {
    let Ok(state) = KeyCredentials::from_json(value) else { return };
    assert_eq!(state.to_json(), *value, "every value as Graph sent it");
    assert!(domain::diff::between(&state, &state).is_empty());
    assert!(state.same_as(&state));
    for entry in &state {
        assert!(!entry.name().is_empty());
        let _ = (entry.thumbprint(), entry.start(), entry.end(), entry.usage().map(KeyUsage::as_str));
    }
    let certificate = domain::upload::read(include_bytes!("../fixtures/fixture.pem")).expect("a certificate").leaf;
    let new = NewKeyCredential::new(&certificate, KeyId::from_random([7; 16]), "", IdentifierStyle::Base64);
    append(&state, &new.expect("a name"));
    for key_id in state.iter().filter_map(KeyCredential::key_id) {
        if let Ok(plan) = MergePlan::new(&state, &Change::Retire([key_id].into()), None) {
            assert_eq!((plan.removals(), sent(&plan).len()), (1, state.len() - 1));
        }
    }
}

fn sent(plan: &MergePlan) -> Vec<Value> {
    plan.body()["keyCredentials"].as_array().expect("a list").clone()
}

/// Each entry is sent back as it was; only a key that Graph has is left to it.
fn append(state: &KeyCredentials, new: &NewKeyCredential) {
    let Ok(plan) = MergePlan::new(state, &Change::Append(vec![new.clone()]), None) else { return };
    assert_eq!(plan.removals(), 0);
    if !plan.is_noop() {
        let sent = sent(&plan);
        assert_eq!(sent.len(), state.len() + 1);
        for (entry, sent) in state.iter().zip(&sent) {
            let mut raw = entry.raw().clone();
            if entry.key_id().is_some() {
                raw.insert("key".into(), Value::Null);
            }
            assert_eq!(Value::Object(raw), *sent);
        }
    }
    let mut push = Push::new(plan, Policy::default());
    for _ in 0..20 {
        match push.next() {
            Ask::Read => push.read(state, None),
            Ask::Write(_) => push.wrote(WriteAnswer::Unanswered),
            Ask::Done(_) => return,
        }
    }
    push.out_of_patience();
}

/// Lists of entries among the field cases.
fn lists() -> Vec<Value> {
    let values = field_cases().into_iter().filter_map(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let mut lists: Vec<Value> = values.filter_map(|value| value.get("keyCredentials").cloned()).collect();
    assert!(lists.len() > 5, "only {} lists", lists.len());
    lists.retain(|list| list.as_array().is_none_or(|list| list.len() < 50));
    lists.extend([json!([]), Value::Null]);
    lists
}

#[derive(Debug, Clone)]
enum Edit {
    Set(Index, Index, Value),
    Without(Index, Index),
    Twice(Index),
    Copy(Index, Index, Index),
}

const NAMES: [&str; 10] = [
    "customKeyIdentifier",
    "displayName",
    "endDateTime",
    "key",
    "keyId",
    "startDateTime",
    "type",
    "usage",
    "@odata.type",
    "hasExtendedValue",
];

fn value() -> impl Strategy<Value = Value> {
    let texts = [
        "",
        "Verify",
        "sign",
        "AsymmetricX509Cert",
        "X509CertAndPassword",
        "00000000-0000-0000-0000-000000000000",
        "{11111111-2222-4333-8444-000000000001}",
        "11111111-2222-4333-8444-00000000000A",
        "9999-12-31T23:59:59.9999999Z",
        "2026-02-30T00:00:00Z",
        "0000-00-00T00:00:00",
        "/Date(1764339189000)/",
        "MII=",
        "AAAA",
        "A538D00E8727EC5814E2FB107B3136376F22695B",
        "\u{0}",
        "\u{202e}x",
    ];
    prop_oneof![
        4 => prop::sample::select(texts.to_vec()).prop_map(Value::from),
        2 => "\\PC{0,40}".prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(json!([])),
        1 => Just(json!({"key": "AAAA"})),
        1 => Just(Value::from("A".repeat(70_000))),
    ]
}

fn change() -> impl Strategy<Value = Edit> {
    let place = any::<Index>;
    prop_oneof![
        6 => (place(), place(), value()).prop_map(|(entry, name, value)| Edit::Set(entry, name, value)),
        2 => (place(), place()).prop_map(|(entry, name)| Edit::Without(entry, name)),
        1 => place().prop_map(Edit::Twice),
        2 => (place(), place(), place()).prop_map(|(from, to, name)| Edit::Copy(from, to, name)),
    ]
}

fn apply(mut list: Value, change: &Edit) -> Value {
    let Some(entries) = list.as_array_mut().filter(|entries| !entries.is_empty()) else { return list };
    let length = entries.len();
    match change {
        Edit::Set(entry, name, value) => {
            if let Some(entry) = entries[entry.index(length)].as_object_mut() {
                entry.insert(NAMES[name.index(NAMES.len())].into(), value.clone());
            }
        }
        Edit::Without(entry, name) => {
            if let Some(entry) = entries[entry.index(length)].as_object_mut() {
                entry.remove(NAMES[name.index(NAMES.len())]);
            }
        }
        Edit::Twice(entry) => {
            let again = entries[entry.index(length)].clone();
            entries.push(again);
        }
        Edit::Copy(from, to, name) => {
            let name = NAMES[name.index(NAMES.len())];
            let value = entries[from.index(length)].get(name).cloned();
            if let (Some(value), Some(entry)) = (value, entries[to.index(length)].as_object_mut()) {
                entry.insert(name.into(), value);
            }
        }
    }
    list
}

#[test]
fn no_answer_panics() {
    let lists = (prop::sample::select(lists()), prop::collection::vec(change(), 0..6));
    fuzz(lists, |(list, changes)| answer(&changes.iter().fold(list, apply)));
}
