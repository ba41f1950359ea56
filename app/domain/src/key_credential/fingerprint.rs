//! A digest of a collection's state.

use super::KeyCredentials;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Equal when no property of any entry differs, whatever the order. `key` counts: ask
/// [`KeyCredentials::same_as`] where an answer may have left it out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    pub(crate) fn of(credentials: &KeyCredentials) -> Self {
        let mut entries: Vec<String> = credentials
            .iter()
            .map(|entry| {
                let present: serde_json::Map<_, _> = entry
                    .raw()
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(n, v)| (n.clone(), v.clone()))
                    .collect();
                Value::Object(present).to_string()
            })
            .collect();
        entries.sort_unstable();
        let mut digest = Sha256::new();
        for entry in entries {
            digest.update(entry.len().to_be_bytes());
            digest.update(entry);
        }
        Self(hex::encode(digest.finalize()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
