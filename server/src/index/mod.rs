//! The credential index: where in the directory a certificate is registered.
//!
//! It is held in memory, per tenant, and filled from Graph's lists, which name a credential's `keyId`, dates and
//! `customKeyIdentifier` but never its `key`. SHA-256 thumbprints are therefore known only of certificates that this
//! portal has seen itself; [`Index::know`] tells the index about those.

mod directory;
mod entry;
mod names;
mod query;

pub(crate) use directory::sighting;
pub use directory::{Directory, LookError};
pub use entry::{Credential, Indexed};
pub use query::{Interpretation, Meaning, Query};
pub(crate) use query::{has_words, words_of};

use app::contract::search::{BareApp, Holding};
use domain::ids::{AppId, KeyId, ObjectId};
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use names::Names;
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use time::OffsetDateTime;

/// Holdings in one answer.
pub const MOST: usize = 100;
/// Apps without a certificate in one answer.
const MOST_BARE: usize = 20;

/// Applications and service principals, and their credentials by what people search for.
#[derive(Debug, Clone, Default)]
pub struct Index {
    objects: Vec<Indexed>,
    by_object: HashMap<ObjectId, usize>,
    by_app: BTreeMap<AppId, Vec<usize>>,
    by_thumbprint: BTreeMap<Thumbprint, Vec<usize>>,
    by_key: BTreeMap<KeyId, Vec<usize>>,
    names: Names,
    sha1_of: HashMap<Sha256Thumbprint, Thumbprint>,
    apps: u64,
}

/// What was found, and what the words were taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchResult {
    pub taken_for: String,
    pub holdings: Vec<Holding>,
    /// Apps that are meant, and have no credentials.
    pub bare: Vec<BareApp>,
}

impl SearchResult {
    pub fn is_empty(&self) -> bool {
        self.holdings.is_empty() && self.bare.is_empty()
    }
}

impl Index {
    /// Applications, without service principals.
    pub fn apps(&self) -> u64 {
        self.apps
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// A certificate of which both thumbprints were seen.
    pub fn know(&mut self, sha256: Sha256Thumbprint, sha1: Thumbprint) {
        self.sha1_of.insert(sha256, sha1);
    }

    /// Puts an object in, in place of what was known of it.
    pub fn put(&mut self, mut object: Indexed) {
        let names = std::mem::take(&mut object.names);
        let at = if let Some(at) = self.by_object.get(&object.object_id).copied() {
            self.unlink(at);
            self.objects[at] = object;
            at
        } else {
            self.apps += u64::from(!object.on_service_principal);
            self.by_object.insert(object.object_id, self.objects.len());
            self.objects.push(object);
            self.objects.len() - 1
        };
        self.names.put(at, &names);
        let object = &self.objects[at];
        link(&mut self.by_app, object.app_id, at);
        for credential in &object.credentials {
            if let Some(thumbprint) = credential.thumbprint {
                link(&mut self.by_thumbprint, thumbprint, at);
            }
            if let Some(key_id) = credential.key_id {
                link(&mut self.by_key, key_id, at);
            }
        }
    }

    fn unlink(&mut self, at: usize) {
        let object = &self.objects[at];
        unlink(&mut self.by_app, object.app_id, at);
        for credential in &object.credentials {
            if let Some(thumbprint) = credential.thumbprint {
                unlink(&mut self.by_thumbprint, thumbprint, at);
            }
            if let Some(key_id) = credential.key_id {
                unlink(&mut self.by_key, key_id, at);
            }
        }
    }

    /// Everything that has the SHA-1.
    pub fn holders(&self, thumbprint: Thumbprint, now: OffsetDateTime) -> Vec<Holding> {
        let found = self.by_thumbprint.get(&thumbprint).map_or(&[][..], Vec::as_slice);
        self.holdings(found, now, |credential| credential.thumbprint == Some(thumbprint))
    }

    /// Each reading of the words is tried, the most particular first, until one finds something.
    pub fn search(&self, query: &Query, now: OffsetDateTime) -> SearchResult {
        for reading in &query.readings {
            let named = self.named(&reading.meaning);
            let (holdings, bare) = (self.read(&reading.meaning, &named, now), self.bare(&reading.meaning, &named));
            let answer = SearchResult { taken_for: reading.taken_for.clone(), holdings, bare };
            if !answer.is_empty() {
                return answer;
            }
        }
        let taken_for = query.readings.first().map_or_else(String::new, |reading| reading.taken_for.clone());
        SearchResult { taken_for, holdings: vec![], bare: vec![] }
    }

    /// What has the words in its names, where words are meant.
    fn named(&self, meaning: &Meaning) -> Vec<usize> {
        if let Meaning::Words(words) = meaning { self.names.having(words).collect() } else { vec![] }
    }

    /// Apps that are meant, and have no credentials.
    fn bare(&self, meaning: &Meaning, named: &[usize]) -> Vec<BareApp> {
        let of = |places: &[usize]| bare_of(places.iter().filter_map(|at| self.objects.get(*at)));
        match meaning {
            Meaning::App(app_id) => of(self.by_app.get(app_id).map_or(&[][..], Vec::as_slice)),
            Meaning::Object(id) => of(self.by_object.get(id).map_or(&[][..], std::slice::from_ref)),
            Meaning::Words(_) => of(named),
            Meaning::Thumbprint(_) | Meaning::Sha256(_) | Meaning::Key(_) | Meaning::Digits(_) | Meaning::Ends(..) => {
                vec![]
            }
        }
    }

    /// Thumbprints that begin and end so, in upper-case hexadecimal.
    fn by_ends(&self, begin: &str, end: &str, now: OffsetDateTime) -> Vec<Holding> {
        let fits = |thumbprint: &Thumbprint| {
            let hex = thumbprint.hex();
            hex.starts_with(begin) && hex.ends_with(end)
        };
        let mut found: Vec<usize> = beginning_with(begin)
            .into_iter()
            .flat_map(|range| self.by_thumbprint.range(range))
            .filter(|(thumbprint, _)| fits(thumbprint))
            .flat_map(|(_, places)| places.iter().copied())
            .take(MOST)
            .collect();
        found.sort_unstable();
        found.dedup();
        self.holdings(&found, now, |credential| credential.thumbprint.as_ref().is_some_and(fits))
    }

    fn read(&self, meaning: &Meaning, named: &[usize], now: OffsetDateTime) -> Vec<Holding> {
        match meaning {
            Meaning::Thumbprint(thumbprint) => self.holders(*thumbprint, now),
            Meaning::Sha256(sha256) => self.sha1_of.get(sha256).map_or_else(Vec::new, |sha1| self.holders(*sha1, now)),
            Meaning::Key(key_id) => {
                let found = self.by_key.get(key_id).map_or(&[][..], Vec::as_slice);
                self.holdings(found, now, |credential| credential.key_id == Some(*key_id))
            }
            Meaning::App(app_id) => {
                self.holdings(self.by_app.get(app_id).map_or(&[][..], Vec::as_slice), now, |_| true)
            }
            Meaning::Object(id) => {
                self.holdings(self.by_object.get(id).map_or(&[][..], std::slice::from_ref), now, |_| true)
            }
            Meaning::Digits(digits) => self.by_ends(digits, "", now),
            Meaning::Ends(begin, end) => self.by_ends(begin, end, now),
            Meaning::Words(_) => {
                // An object without credentials holds nothing, so that it takes no place.
                let holds = |at: &usize| self.objects.get(*at).is_some_and(|object| !object.credentials.is_empty());
                let found: Vec<usize> = named.iter().copied().filter(holds).take(MOST).collect();
                self.holdings(&found, now, |_| true)
            }
        }
    }

    fn holdings(&self, places: &[usize], now: OffsetDateTime, wanted: impl Fn(&Credential) -> bool) -> Vec<Holding> {
        let mut objects: Vec<&Indexed> = places.iter().filter_map(|at| self.objects.get(*at)).collect();
        objects.sort_by(|a, b| (&a.display_name, a.object_id).cmp(&(&b.display_name, b.object_id)));
        let all = objects.into_iter().flat_map(|object| {
            object
                .credentials
                .iter()
                .filter(|credential| wanted(credential))
                .map(|credential| object.holding(credential, now))
        });
        all.take(MOST).collect()
    }
}

fn bare_of<'a>(objects: impl Iterator<Item = &'a Indexed>) -> Vec<BareApp> {
    let bare = objects.filter(|object| object.credentials.is_empty() && !object.on_service_principal);
    let by_name = |a: &&Indexed, b: &&Indexed| (&a.display_name, a.object_id).cmp(&(&b.display_name, b.object_id));
    let mut bare: Vec<&Indexed> = bare.collect();
    // There may be thousands.
    if bare.len() > MOST_BARE {
        bare.select_nth_unstable_by(MOST_BARE, by_name);
        bare.truncate(MOST_BARE);
    }
    bare.sort_by(by_name);
    bare.into_iter().map(Indexed::bare).collect()
}

/// `begin`: in hexadecimal. `None`: no SHA-1 begins so.
fn beginning_with(begin: &str) -> Option<RangeInclusive<Thumbprint>> {
    let filled = |hex: String| {
        let mut bytes = [0; 20];
        hex::decode_to_slice(hex, &mut bytes).ok().map(|()| Thumbprint::from_bytes(bytes))
    };
    Some(filled(format!("{begin:0<40}"))?..=filled(format!("{begin:F<40}"))?)
}

fn link<K: Ord>(map: &mut BTreeMap<K, Vec<usize>>, key: K, at: usize) {
    let places = map.entry(key).or_default();
    // Only this object is put in just now: if it is there already, it came last.
    if places.last() != Some(&at) {
        places.push(at);
    }
}

fn unlink<K: Ord>(map: &mut BTreeMap<K, Vec<usize>>, key: K, at: usize) {
    if let Some(places) = map.get_mut(&key) {
        places.retain(|place| *place != at);
        if places.is_empty() {
            map.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use domain::key_credential::KeyCredentials;
    use serde_json::json;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);
    const HEX: &str = "A538D00E8727EC5814E2FB107B3136376F22695B";
    const OTHER: &str = "977B10FB0000000000000000000000000000ABCD";

    fn object(n: u128, name: &str, thumbprints: &[&str]) -> Indexed {
        let keys: Vec<_> = (1u128..)
            .zip(thumbprints)
            .map(|(k, hex)| {
                json!({"customKeyIdentifier": hex, "displayName": format!("CN={name}.example"), "key": null,
                "keyId": Uuid::from_u128(n * 100 + k), "usage": "Verify", "type": "AsymmetricX509Cert",
                "startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2027-01-01T00:00:00Z"})
            })
            .collect();
        let keys = KeyCredentials::from_json(&json!(keys)).unwrap();
        Indexed::new(ObjectId::new(Uuid::from_u128(n)), AppId::new(Uuid::from_u128(n + 9000)), name, n > 9, &keys)
    }

    fn index() -> Index {
        let mut index = Index::default();
        index.put(object(1, "payroll-batch", &[HEX, OTHER]));
        index.put(object(2, "invoice-sync", &[OTHER]));
        index.put(object(10, "payroll-batch", &[OTHER]));
        index.put(object(3, "empty", &[]));
        index
    }

    fn found(index: &Index, words: &str) -> Vec<(String, bool)> {
        let answer = index.search(&Query::read(words), NOW);
        answer.holdings.into_iter().map(|one| (one.display_name, one.on_service_principal)).collect()
    }

    #[test]
    fn finds_by_thumbprint_key_and_name() {
        let index = index();
        assert_eq!(index.apps(), 3);
        assert_eq!(found(&index, HEX), [("payroll-batch".into(), false)]);
        assert_eq!(found(&index, OTHER).len(), 3);
        assert_eq!(found(&index, &HEX[..10]), [("payroll-batch".into(), false)]);
        assert_eq!(found(&index, &HEX[..39]), [("payroll-batch".into(), false)]);
        assert_eq!(found(&index, "A538D00F"), []);
        assert_eq!(found(&index, &format!("{}…{}", &HEX[..8], &HEX[32..])), [("payroll-batch".into(), false)]);
        assert_eq!(found(&index, &format!("{}…{}", &HEX[..8], &HEX[..8])), []);
        assert_eq!(found(&index, &format!("SHA1 Fingerprint={HEX}")), [("payroll-batch".into(), false)]);
        assert_eq!(found(&index, &Uuid::from_u128(201).to_string()), [("invoice-sync".into(), false)]);
        assert_eq!(found(&index, &Uuid::from_u128(9001).to_string()).len(), 2);
        assert_eq!(found(&index, "SYNC cn="), [("invoice-sync".into(), false)]);
        assert_eq!(found(&index, "empty"), []);
        assert_eq!(found(&index, ""), []);
    }

    #[test]
    fn apps_without_credentials_are_found_by_name_and_id() {
        let index = index();
        let bare = |words: &str| {
            let answer = index.search(&Query::read(words), NOW);
            answer.bare.into_iter().map(|app| app.display_name).collect::<Vec<_>>()
        };
        for words in ["EMPT", &Uuid::from_u128(3).to_string(), &Uuid::from_u128(9003).to_string()] {
            assert_eq!(bare(words), ["empty"], "{words}");
        }
        for words in ["payroll", HEX, &Uuid::from_u128(201).to_string(), ""] {
            assert_eq!(bare(words), [""; 0], "{words}");
        }
    }

    #[test]
    fn what_is_put_again_takes_the_place_of_the_old() {
        let mut index = index();
        index.put(object(1, "payroll", &[OTHER]));
        assert_eq!(found(&index, HEX), []);
        assert_eq!(found(&index, OTHER).len(), 3);
        assert_eq!(found(&index, "batch"), [("payroll-batch".into(), true)]);
        assert_eq!(index.apps(), 3);
    }

    #[test]
    fn a_sha256_is_found_once_it_is_known() {
        let mut index = index();
        let sha256: Sha256Thumbprint = "JsyQ-M7PCVVQqT4yvrjKOZZ6xrmya3EynlpCKRuBEA8".parse().unwrap();
        assert_eq!(found(&index, &sha256.hex()), []);
        index.know(sha256, HEX.parse().unwrap());
        for spelling in [sha256.hex(), sha256.base64(), sha256.base64url(), sha256.grouped_hex()] {
            assert_eq!(found(&index, &spelling), [("payroll-batch".into(), false)], "{spelling}");
        }
    }

    #[test]
    fn a_name_that_could_be_base64_is_found_as_a_name() {
        let mut index = index();
        let name = "master-data-sync-production";
        assert!(name.parse::<Thumbprint>().is_ok(), "27 characters of base64url");
        index.put(object(4, name, &[HEX]));
        assert_eq!(found(&index, name), [(name.into(), false)]);
    }
}
