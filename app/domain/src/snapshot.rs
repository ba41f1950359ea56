//! An earlier state of a collection, and the keys that are known of its entries.

use crate::credentials::KeyCredentialType;
use crate::ids::KeyId;
use crate::key_credential::{KeyCredential, KeyCredentials};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The `key` of entries, by `keyId`: an entry's key never changes, and most answers of Graph leave it out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KnownKeys(BTreeMap<KeyId, String>);

impl KnownKeys {
    /// Keeps each key that the answer shows.
    pub fn learn(&mut self, state: &KeyCredentials) {
        for entry in state {
            if let (Some(key_id), Some(key)) = (entry.key_id(), entry.key())
                && self.0.get(&key_id).is_none_or(|known| known != key)
            {
                self.0.insert(key_id, key.to_owned());
            }
        }
    }

    /// `key`: base64, as Graph has it.
    pub fn insert(&mut self, key_id: KeyId, key: String) {
        self.0.insert(key_id, key);
    }

    /// Base64, as Graph has it.
    pub fn get(&self, key_id: KeyId) -> Option<&str> {
        self.0.get(&key_id).map(String::as_str)
    }

    /// Learns all that the other knows.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(id, key)| (*id, key.clone())));
    }

    /// No key is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many keys are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each `keyId` with its key.
    pub fn iter(&self) -> impl Iterator<Item = (KeyId, &str)> {
        self.0.iter().map(|(id, key)| (*id, key.as_str()))
    }

    /// The same state, with the keys that it came without.
    pub fn fill(&self, state: &KeyCredentials) -> KeyCredentials {
        state.iter().map(|entry| self.fill_one(entry)).collect()
    }

    pub(crate) fn fill_one(&self, entry: &KeyCredential) -> KeyCredential {
        match entry.key_id().and_then(|id| self.get(id)) {
            Some(key) => entry.with_key(key),
            None => entry.clone(),
        }
    }
}

impl FromIterator<(KeyId, String)> for KnownKeys {
    fn from_iter<I: IntoIterator<Item = (KeyId, String)>>(keys: I) -> Self {
        Self(keys.into_iter().collect())
    }
}

/// An earlier state. Stored as the list that Graph sent, with what was learnt of its keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Snapshot(KeyCredentials);

impl Snapshot {
    /// `known`: keys from other answers about the same app.
    pub fn new(state: &KeyCredentials, known: &KnownKeys) -> Self {
        Self(known.fill(state))
    }

    /// As it was seen, with the keys that are known.
    pub fn state(&self) -> &KeyCredentials {
        &self.0
    }
}

/// Whether the entry can be written anew. A SAML signing entry (`X509CertAndPassword`) also has a private key and a
/// password, which Graph never shows.
pub fn restorable(entry: &KeyCredential) -> bool {
    entry.has_key() && entry.kind() == Some(&KeyCredentialType::AsymmetricX509Cert)
}
