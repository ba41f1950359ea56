//! A preview's certificates, each kept once: twenty of them for sixty apps stand in the plan of each app, and would be kept sixty
//! times. In the text of a plan a number stands in the place of a `key`; Graph has texts there, or nothing.

use super::ids::Id;
use super::sql::{ROWS, Sql};
use super::{StoreError, Transaction, from_json, to_json};
use serde_json::Value;
use sqlx::AnyPool;
use std::collections::HashMap;
use uuid::Uuid;

/// A member of an entry of `keyCredentials`.
const KEY: &str = "key";
/// Shorter ones are no certificates, and stay where they are.
const WORTH_IT: usize = 200;
const WHAT: &str = "merge plan";

/// In their order, and where each stands.
#[derive(Debug, Default)]
pub(super) struct PlanKeys {
    keys: Vec<String>,
    places: HashMap<String, usize>,
    /// Of those that were read: their numbers may have gaps.
    read: HashMap<usize, String>,
}

impl PlanKeys {
    /// Of all of them.
    pub(super) fn bytes(&self) -> usize {
        self.keys.iter().map(String::len).sum()
    }

    /// The plan's text with numbers in the place of its certificates.
    pub(super) fn take_out(&mut self, plan: &str) -> Result<String, StoreError> {
        let mut plan: Value = from_json(WHAT, plan)?;
        each_key(&mut plan, &mut |key| {
            if let Value::String(text) = key
                && text.len() >= WORTH_IT
            {
                let next = self.keys.len();
                let place = *self.places.entry(text.clone()).or_insert_with(|| {
                    self.keys.push(text.clone());
                    next
                });
                *key = place.into();
            }
            Ok(())
        })?;
        to_json(WHAT, &plan)
    }

    /// The whole text again. What an earlier version kept is whole already.
    pub(super) fn fill(&self, plan: String) -> Result<String, StoreError> {
        if numbers(&plan)?.is_empty() {
            return Ok(plan);
        }
        let mut plan: Value = from_json(WHAT, &plan)?;
        each_key(&mut plan, &mut |key| {
            if let Some(number) = key.as_u64().and_then(|number| usize::try_from(number).ok()) {
                let found = self.read.get(&number);
                *key = found
                    .ok_or_else(|| StoreError::Damaged(format!("{WHAT}: there is no key {number}")))?
                    .clone()
                    .into();
            }
            Ok(())
        })?;
        to_json(WHAT, &plan)
    }
}

/// What a plan's text names by number.
fn numbers(plan: &str) -> Result<Vec<usize>, StoreError> {
    let mut found = Vec::new();
    let mut plan: Value = from_json(WHAT, plan)?;
    each_key(&mut plan, &mut |key| {
        found.extend(key.as_u64().and_then(|number| usize::try_from(number).ok()));
        Ok(())
    })?;
    Ok(found)
}

/// Every member of this name, however deep.
fn each_key(value: &mut Value, change: &mut dyn FnMut(&mut Value) -> Result<(), StoreError>) -> Result<(), StoreError> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(|item| each_key(item, change)),
        Value::Object(members) => members.iter_mut().try_for_each(|(name, member)| match member {
            Value::Array(_) | Value::Object(_) => each_key(member, change),
            member if name == KEY => change(member),
            _ => Ok(()),
        }),
        _ => Ok(()),
    }
}

pub(super) async fn keep_keys(transaction: &mut Transaction, plan: Uuid, keys: &PlanKeys) -> Result<(), StoreError> {
    let rows: Vec<(i64, &String)> = (0..).zip(&keys.keys).collect();
    for rows in rows.chunks(ROWS) {
        let mut sql = Sql::new("INSERT INTO plan_keys (plan_id, number, key)");
        sql.values(rows, |row, (number, key)| {
            row.bind(Id(plan)).bind(*number).bind((*key).clone());
        });
        sql.query()?.execute(&mut **transaction).await?;
    }
    Ok(())
}

/// Those that these plans name. Whose the preview is was looked at before.
pub(super) async fn keys_of<'a>(
    pool: &AnyPool,
    plan: Uuid,
    plans: impl Iterator<Item = &'a str>,
) -> Result<PlanKeys, StoreError> {
    let mut wanted: Vec<usize> = plans.map(numbers).collect::<Result<Vec<_>, _>>()?.concat();
    wanted.sort_unstable();
    wanted.dedup();
    let mut keys = PlanKeys::default();
    for some in wanted.chunks(ROWS) {
        let mut sql = Sql::new("SELECT number, key FROM plan_keys WHERE plan_id = ");
        sql.bind(Id(plan));
        sql.listed(" AND number IN (", some, |number| i64::try_from(*number).unwrap_or(i64::MAX));
        let rows: Vec<(i64, String)> = sql.rows()?.fetch_all(pool).await?;
        keys.read.extend(rows.into_iter().filter_map(|(number, key)| Some((usize::try_from(number).ok()?, key))));
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::json;

    #[test]
    fn each_is_kept_once_and_comes_back_where_it_was() {
        let (one, other) = ("A".repeat(300), "B".repeat(20_000));
        let plan = |keys: [&str; 2]| {
            let entries: Vec<Value> = keys.iter().map(|key| json!({"keyId": "k", "key": key})).collect();
            json!({"v": 2, "entries": entries, "before": [{"key": null}, {"key": "short"}], "diff": {"key": [{"key": keys[0]}]}})
                .to_string()
        };
        let (first, second) = (plan([&one, &other]), plan([&other, &one]));
        let mut keys = PlanKeys::default();
        let [short_first, short_second] = [&first, &second].map(|plan| keys.take_out(plan).unwrap());
        assert_eq!(keys.bytes(), one.len() + other.len());
        assert!(short_first.len() < 400 && short_second.len() < 400, "{short_first}");
        keys.read = keys.keys.iter().cloned().enumerate().collect();
        let same = |short: String, whole: &str| {
            let filled: Value = serde_json::from_str(&keys.fill(short).unwrap()).unwrap();
            assert_eq!(filled, serde_json::from_str::<Value>(whole).unwrap());
        };
        same(short_first, &first);
        same(short_second, &second);
    }

    #[test]
    fn what_an_earlier_version_kept_is_whole() {
        let plan = json!({"entries": [{"key": "C".repeat(300)}, {"key": null}]}).to_string();
        assert_eq!(PlanKeys::default().fill(plan.clone()).unwrap(), plan);
    }

    #[test]
    fn one_that_is_missing_is_no_empty_one() {
        let plan = json!({"v": 2, "entries": [{"key": 7}]}).to_string();
        assert!(matches!(PlanKeys::default().fill(plan), Err(StoreError::Damaged(_))));
    }
}
