//! What an approval is bound to.

use crate::ids::{KeyId, ObjectId, TenantId};
use crate::key_credential::{KeyCredential, KeyCredentials};
use crate::merge_plan::MergePlan;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use time::OffsetDateTime;

/// SHA-256 in lower-case hexadecimal, over what would be sent to each app: its id and the body of the PATCH, or what
/// `removePassword` takes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanDigest(String);

/// SHA-256 in lower-case hexadecimal, over what each app has: its id and its `keyCredentials`. The order of entries does not
/// count, and neither does the `key` of an entry with a `keyId`: it never changes, and most answers leave it out. Of the
/// removal of a secret: over all that the app has to sign in with, its other secrets, too.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateDigest(String);

impl PlanDigest {
    /// In any order. `None`: nothing can be sent to the app.
    pub fn of<'a>(apps: impl IntoIterator<Item = (ObjectId, Option<&'a MergePlan>)>) -> Self {
        let sent = |merge: &MergePlan| if merge.is_noop() { "nothing".to_owned() } else { merge.body().to_string() };
        Self(digest("plan", apps.into_iter().map(|(app, merge)| (app, merge.map_or("refused".to_owned(), sent)))))
    }

    /// `removePassword` of one app with one `keyId`
    /// (<https://learn.microsoft.com/graph/api/application-removepassword>), in one directory.
    pub fn of_removal(tenant: TenantId, app: ObjectId, key: KeyId) -> Self {
        let sent = json!([tenant, "removePassword", key]).to_string();
        Self(digest("removal", [(app, sent)].into_iter()))
    }
}

impl StateDigest {
    /// In any order.
    pub fn of<'a>(apps: impl IntoIterator<Item = (ObjectId, &'a KeyCredentials)>) -> Self {
        let state = |keys: &KeyCredentials| {
            let mut entries: Vec<String> = keys.iter().map(entry).collect();
            entries.sort_unstable();
            Value::from(entries).to_string()
        };
        Self(digest("state", apps.into_iter().map(|(app, keys)| (app, state(keys)))))
    }

    /// Of one app, with its secrets, in any order.
    pub fn with_secrets<'a>(
        app: ObjectId,
        keys: &KeyCredentials,
        secrets: impl IntoIterator<Item = SecretState<'a>>,
    ) -> Self {
        let mut keys: Vec<String> = keys.iter().map(entry).collect();
        let mut secrets: Vec<String> = secrets.into_iter().map(|secret| secret.to_string()).collect();
        keys.sort_unstable();
        secrets.sort_unstable();
        Self(digest("credentials", [(app, json!([keys, secrets]).to_string())].into_iter()))
    }
}

/// What Graph tells of a client secret: all of it counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SecretState<'a> {
    /// Of one that has one.
    pub key_id: Option<KeyId>,
    /// `displayName`
    pub name: Option<&'a str>,
    /// Its first characters.
    pub hint: Option<&'a str>,
    /// `startDateTime`
    pub start: Option<OffsetDateTime>,
    /// `endDateTime`
    pub end: Option<OffsetDateTime>,
}

/// For the digest. A moment is the same in whatever way an answer writes it.
impl fmt::Display for SecretState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [start, end] = [self.start, self.end].map(|at| at.map(|at| at.unix_timestamp_nanos().to_string()));
        write!(f, "{}", json!([self.key_id, self.name, self.hint, start, end]))
    }
}

fn entry(entry: &KeyCredential) -> String {
    let counts =
        |(name, value): &(&String, &Value)| !value.is_null() && (name.as_str() != "key" || entry.key_id().is_none());
    // Sorted, whether or not serde_json keeps the order of members in this build.
    let facts: BTreeMap<&String, &Value> = entry.raw().iter().filter(counts).collect();
    serde_json::to_string(&facts).unwrap_or_default()
}

/// Each part with its length before it, so that no two different lists read alike.
fn digest(what: &str, apps: impl Iterator<Item = (ObjectId, String)>) -> String {
    let sorted: BTreeMap<ObjectId, String> = apps.collect();
    let mut digest = Sha256::new();
    digest.update(what);
    for (app, content) in sorted {
        digest.update(app.uuid().as_bytes());
        digest.update(content.len().to_be_bytes());
        digest.update(content);
    }
    hex::encode(digest.finalize())
}

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for StateDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::merge_plan::Change;
    use time::macros::datetime;
    use uuid::Uuid;

    fn app(n: u128) -> ObjectId {
        ObjectId::new(Uuid::from_u128(n))
    }

    fn key(n: u128) -> Value {
        json!({"keyId": Uuid::from_u128(n), "displayName": "CN=a", "usage": "Verify", "key": null})
    }

    fn state(entries: &[Value]) -> KeyCredentials {
        KeyCredentials::from_json(&json!(entries)).unwrap()
    }

    #[test]
    fn a_state_is_what_its_entries_are_whatever_their_order_and_whether_keys_came_with_them() {
        let of = |keys: &KeyCredentials| StateDigest::of([(app(1), keys)]);
        let both = of(&state(&[key(1), key(2)]));
        assert_eq!(both, of(&state(&[key(2), key(1)])));
        let mut with_key = key(1);
        with_key["key"] = json!("a2V5");
        assert_eq!(both, of(&state(&[with_key, key(2)])));
        let mut renamed = key(1);
        renamed["displayName"] = json!("CN=b");
        for other in [&[key(1)] as &[_], &[key(1), key(2), key(3)], &[renamed, key(2)], &[]] {
            assert_ne!(both, of(&state(other)));
        }
        assert_ne!(both, StateDigest::of([(app(2), &state(&[key(1), key(2)]))]), "of another app");
        let two = [state(&[key(1)]), state(&[key(2)])];
        assert_ne!(
            StateDigest::of([(app(1), &two[0]), (app(2), &two[1])]),
            StateDigest::of([(app(1), &two[1]), (app(2), &two[0])]),
        );
    }

    #[test]
    fn without_a_key_id_the_key_is_what_the_entry_is() {
        let of = |key: &str| StateDigest::of([(app(1), &state(&[json!({"key": key})]))]);
        assert_ne!(of("YQ=="), of("Yg=="));
    }

    #[test]
    fn a_plan_is_what_would_be_sent() {
        let before = state(&[key(1), key(2)]);
        let retire = |n: u128| MergePlan::new(&before, &Change::Retire([KeyId::new(Uuid::from_u128(n))].into()), None);
        let (one, two) = (retire(1).unwrap(), retire(2).unwrap());
        let of = |merge: Option<&MergePlan>| PlanDigest::of([(app(1), merge)]);
        assert_eq!(of(Some(&one)), of(Some(&one.clone())));
        assert_ne!(of(Some(&one)), of(Some(&two)));
        assert_ne!(of(Some(&one)), of(None));
        assert_ne!(of(None), PlanDigest::of([]));
    }

    #[test]
    fn a_removal_is_of_one_secret_of_one_app_of_one_directory() {
        let of = |tenant: u128, n: u128, key: u128| {
            PlanDigest::of_removal(TenantId::new(Uuid::from_u128(tenant)), app(n), KeyId::new(Uuid::from_u128(key)))
        };
        assert_eq!(of(1, 2, 3), of(1, 2, 3));
        for other in [of(9, 2, 3), of(1, 9, 3), of(1, 2, 9), PlanDigest::of([(app(2), None)])] {
            assert_ne!(of(1, 2, 3), other);
        }
    }

    #[test]
    fn of_a_secret_everything_counts_and_of_its_app_everything_beside_it() {
        let (start, end) = (datetime!(2026-01-01 00:00 UTC), datetime!(2027-01-01 00:00 UTC));
        let key = |n: u128| Some(KeyId::new(Uuid::from_u128(n)));
        let one =
            SecretState { key_id: key(2), name: Some("ci"), hint: Some("Ab3"), start: Some(start), end: Some(end) };
        let spare = SecretState { key_id: key(3), ..one };
        let keys = state(&[self::key(1)]);
        let of = |secrets: &[SecretState<'_>]| StateDigest::with_secrets(app(1), &keys, secrets.iter().copied());
        let both = of(&[one, spare]);
        assert_eq!(both, of(&[spare, one]));
        let elsewhere = end.to_offset(time::macros::offset!(+2));
        assert_eq!(both, of(&[SecretState { end: Some(elsewhere), ..one }, spare]), "the same moment");
        for other in [
            SecretState { key_id: key(9), ..one },
            SecretState { key_id: None, ..one },
            SecretState { name: None, ..one },
            SecretState { name: Some("cd"), ..one },
            SecretState { hint: None, ..one },
            SecretState { start: None, ..one },
            SecretState { end: Some(end + time::Duration::SECOND), ..one },
        ] {
            assert_ne!(both, of(&[other, spare]), "{other}");
        }
        for others in [&[one] as &[_], &[one, spare, SecretState { key_id: key(4), ..one }], &[one, one, spare]] {
            assert_ne!(both, of(others), "the other has gone, or there is one more");
        }
        assert_ne!(both, StateDigest::with_secrets(app(1), &state(&[]), [one, spare]), "a certificate has gone");
        assert_ne!(both, StateDigest::with_secrets(app(2), &keys, [one, spare]));
        assert_ne!(of(&[]), StateDigest::of([(app(1), &keys)]), "of another kind");
    }
}
