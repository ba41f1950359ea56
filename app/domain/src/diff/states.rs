//! Two seen states of an app beside each other: each entry once and, where both have it and it is not the same in both,
//! each of its properties then and now.
//!
//! [`super::between`] is for writes, where an altered entry is another one. This is for people.

use super::{DiffKind, DiffRow};
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// Properties of a keyCredential that are compared by their value as Graph sent it, in the order in which they are shown
/// (<https://learn.microsoft.com/graph/api/resources/keycredential>).
const PROPERTIES: [&str; 6] = ["displayName", "usage", "type", "startDateTime", "endDateTime", "customKeyIdentifier"];

/// In the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryChange {
    /// Only the newer state has it.
    Added,
    /// Only the older state has it.
    Removed,
    /// The same `keyId` in both, with another value of some property.
    Altered,
    /// The same in both.
    Kept,
}

/// One property of an entry that both states have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDiff {
    /// As Graph calls it.
    pub name: String,
    /// As Graph sent it; text without its quotes. `None`: null, or not sent.
    pub then: Option<String>,
    /// As `then`, in the newer state.
    pub now: Option<String>,
    /// `then` and `now` are not the same; of `key`: both show it, and it is another one.
    pub differs: bool,
}

/// One entry, in one of the states or in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDiff {
    /// What became of it.
    pub change: EntryChange,
    /// As the newer state has the entry; a removed one as the older has it.
    pub row: DiffRow,
    /// In what is known now, `key` of this entry is there: it could be put back.
    pub key_known: bool,
    /// Every property, of an altered entry only. `key` comes last, as `known` or `not known`.
    pub fields: Vec<FieldDiff>,
}

/// Every entry of the older and the newer state, once: those of the older in its order, then what came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateDiff {
    /// Each entry once.
    pub entries: Vec<EntryDiff>,
    /// Entries of both stand in another order.
    pub reordered: bool,
}

impl StateDiff {
    /// How many entries this became of.
    pub fn count(&self, change: EntryChange) -> usize {
        self.entries.iter().filter(|entry| entry.change == change).count()
    }

    /// Nothing came, went or was altered.
    pub fn is_empty(&self) -> bool {
        self.entries.iter().all(|entry| entry.change == EntryChange::Kept)
    }

    /// The entries of one kind that have a `keyId`.
    pub fn key_ids(&self, change: EntryChange) -> impl Iterator<Item = KeyId> {
        self.entries.iter().filter(move |entry| entry.change == change).filter_map(|entry| entry.row.key_id)
    }
}

/// Entries are found again by what they are, or else by their `keyId`. Both states come with the keys that are known
/// ([`crate::snapshot::KnownKeys::fill`]); a key that only one side shows is no alteration.
pub fn between(older: &KeyCredentials, newer: &KeyCredentials) -> StateDiff {
    let newer: Vec<&KeyCredential> = newer.iter().collect();
    let mut free: BTreeSet<usize> = (0..newer.len()).collect();
    let mut take = |fits: &dyn Fn(&KeyCredential) -> bool| {
        let at = free.iter().copied().find(|at| fits(newer[*at]))?;
        free.remove(&at);
        Some(at)
    };
    // Unaltered ones first, so that none of them is taken for another one's alteration.
    let mut found: Vec<Option<usize>> = older.iter().map(|entry| take(&|other| other.same_as(entry))).collect();
    for (entry, found) in older.iter().zip(&mut found) {
        if found.is_none() && entry.key_id().is_some() {
            *found = take(&|other| other.key_id() == entry.key_id());
        }
    }
    let both: Vec<usize> = found.iter().flatten().copied().collect();
    let mut entries: Vec<EntryDiff> =
        older.iter().zip(&found).map(|(entry, found)| pair(entry, found.map(|at| newer[at]))).collect();
    entries.extend(free.into_iter().map(|at| one(EntryChange::Added, DiffKind::Added, newer[at])));
    StateDiff { entries, reordered: !both.is_sorted() }
}

fn one(change: EntryChange, kind: DiffKind, entry: &KeyCredential) -> EntryDiff {
    EntryDiff { change, row: DiffRow::existing(kind, entry), key_known: entry.has_key(), fields: vec![] }
}

fn pair(then: &KeyCredential, now: Option<&KeyCredential>) -> EntryDiff {
    let Some(now) = now else { return one(EntryChange::Removed, DiffKind::Removed, then) };
    let kept = EntryDiff { key_known: then.has_key() || now.has_key(), ..one(EntryChange::Kept, DiffKind::Kept, now) };
    if now.same_as(then) { kept } else { EntryDiff { change: EntryChange::Altered, fields: fields(then, now), ..kept } }
}

fn fields(then: &KeyCredential, now: &KeyCredential) -> Vec<FieldDiff> {
    let others = then.raw().keys().chain(now.raw().keys()).map(String::as_str).collect::<BTreeSet<_>>();
    let others = others.into_iter().filter(|name| !PROPERTIES.contains(name) && !["key", "keyId"].contains(name));
    let properties = PROPERTIES.into_iter().chain(others).map(|name| {
        let (then, now) = (text(then.raw().get(name)), text(now.raw().get(name)));
        FieldDiff { name: name.into(), differs: then != now, then, now }
    });
    properties.chain([key(then, now)]).collect()
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn key(then: &KeyCredential, now: &KeyCredential) -> FieldDiff {
    let differs = matches!((then.key(), now.key()), (Some(then), Some(now)) if then != now);
    let words = |entry: &KeyCredential| if entry.has_key() { "known" } else { "not known" };
    let other = if differs { "known, and another one" } else { words(now) };
    FieldDiff { name: "key".into(), then: Some(words(then).into()), now: Some(other.into()), differs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn entry(number: u8, name: &str, key: Option<&str>) -> Value {
        json!({
            "customKeyIdentifier": "52ED9B5038A47B9E2E2190715CC238359D4F8F73", "displayName": name, "key": key,
            "endDateTime": "2027-05-07T06:57:24Z", "keyId": KeyId::from_random([number; 16]),
            "startDateTime": "2026-05-07T06:57:24Z", "type": "AsymmetricX509Cert", "usage": "Verify",
        })
    }

    fn state(entries: &[Value]) -> KeyCredentials {
        KeyCredentials::from_json(&Value::Array(entries.to_vec())).expect("entries as Graph writes them")
    }

    fn changes(diff: &StateDiff) -> Vec<EntryChange> {
        diff.entries.iter().map(|entry| entry.change).collect()
    }

    #[test]
    fn an_altered_entry_shows_each_property_then_and_now() {
        let (older, mut altered) = (entry(1, "CN=one", Some("a2V5")), entry(1, "CN=uno", Some("a2V5")));
        altered["endDateTime"] = json!("2028-05-07T06:57:24Z");
        altered["customKeyIdentifier"] = Value::Null;
        altered["hasExtendedValue"] = json!(true);
        let diff = between(&state(&[older]), &state(&[altered]));
        assert_eq!(changes(&diff), [EntryChange::Altered]);
        let entry = &diff.entries[0];
        assert_eq!((entry.row.display_name.as_deref(), entry.key_known), (Some("CN=uno"), true));
        let fields: Vec<_> = entry
            .fields
            .iter()
            .map(|it| (it.name.as_str(), it.then.as_deref(), it.now.as_deref(), it.differs))
            .collect();
        assert_eq!(
            fields,
            [
                ("displayName", Some("CN=one"), Some("CN=uno"), true),
                ("usage", Some("Verify"), Some("Verify"), false),
                ("type", Some("AsymmetricX509Cert"), Some("AsymmetricX509Cert"), false),
                ("startDateTime", Some("2026-05-07T06:57:24Z"), Some("2026-05-07T06:57:24Z"), false),
                ("endDateTime", Some("2027-05-07T06:57:24Z"), Some("2028-05-07T06:57:24Z"), true),
                ("customKeyIdentifier", Some("52ED9B5038A47B9E2E2190715CC238359D4F8F73"), None, true),
                ("hasExtendedValue", None, Some("true"), true),
                ("key", Some("known"), Some("known"), false),
            ]
        );
    }

    #[test]
    fn a_key_counts_only_where_both_show_it() {
        let (without, with, another) =
            (entry(1, "a", None), entry(1, "a", Some("a2V5")), entry(1, "a", Some("b3RoZXI=")));
        let diff = between(&state(&[without]), &state(std::slice::from_ref(&with)));
        assert!(diff.is_empty() && diff.entries[0].key_known, "{diff:?}");
        let diff = between(&state(&[with]), &state(&[another]));
        let differing: Vec<_> = diff.entries[0].fields.iter().filter(|field| field.differs).collect();
        assert_eq!((differing.len(), differing[0].name.as_str()), (1, "key"));
        assert_eq!(differing[0].now.as_deref(), Some("known, and another one"));
    }

    #[test]
    fn what_came_and_went_and_the_order() {
        let (one, two, three) = (entry(1, "a", None), entry(2, "b", None), entry(3, "c", Some("a2V5")));
        let diff = between(&state(&[one.clone(), two.clone()]), &state(&[three.clone(), two.clone()]));
        assert_eq!(changes(&diff), [EntryChange::Removed, EntryChange::Kept, EntryChange::Added]);
        assert_eq!(diff.entries.iter().map(|it| it.key_known).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(diff.key_ids(EntryChange::Added).collect::<Vec<_>>(), [KeyId::from_random([3; 16])]);
        assert!(!diff.reordered && !diff.is_empty());
        let turned = between(&state(&[one.clone(), two.clone()]), &state(&[two, one]));
        assert!(turned.is_empty() && turned.reordered);
    }

    #[test]
    fn without_a_key_id_an_altered_entry_is_another_one() {
        let nameless = |name: &str| json!({"displayName": name, "usage": "Verify", "type": "AsymmetricX509Cert"});
        let diff = between(&state(&[nameless("a")]), &state(&[nameless("b")]));
        assert_eq!(changes(&diff), [EntryChange::Removed, EntryChange::Added]);
        assert!(between(&state(&[nameless("a")]), &state(&[nameless("a")])).is_empty());
    }

    /// A few entries, no `keyId` twice.
    fn any_state() -> impl Strategy<Value = KeyCredentials> {
        let entries = prop::collection::btree_map(0u8..6, (0u8..3, prop::option::of(Just("a2V5"))), 0..5);
        let entries = entries.prop_map(|all| {
            all.into_iter().map(|(id, (name, key))| entry(id, &name.to_string(), key)).collect::<Vec<_>>()
        });
        entries.prop_shuffle().prop_map(|entries| state(&entries))
    }

    proptest! {
        #[test]
        fn each_entry_counts_once_and_the_way_back_is_the_mirror(one in any_state(), two in any_state()) {
            let (there, back) = (between(&one, &two), between(&two, &one));
            let count = |change| there.count(change);
            let both = count(EntryChange::Kept) + count(EntryChange::Altered);
            prop_assert_eq!(both + count(EntryChange::Removed), one.len());
            prop_assert_eq!(both + count(EntryChange::Added), two.len());
            prop_assert_eq!(count(EntryChange::Added), back.count(EntryChange::Removed));
            prop_assert_eq!(count(EntryChange::Altered), back.count(EntryChange::Altered));
            prop_assert_eq!(there.reordered, back.reordered);
            for entry in &there.entries {
                prop_assert_eq!(entry.change == EntryChange::Altered, entry.fields.iter().any(|field| field.differs));
                let known = [&one, &two].map(|state| entry.row.key_id.and_then(|id| state.find(id)).is_some_and(KeyCredential::has_key));
                prop_assert_eq!(entry.key_known, known[0] || known[1]);
            }
            prop_assert!(between(&one, &one).is_empty());
        }
    }
}
