//! One app's `keyCredentials` as Graph keeps them: a PATCH replaces all, a known `keyId` refers to what is stored, a new
//! one needs its key. It remembers every state and who made or removed each entry.

use domain::certificate::Certificate;
use domain::ids::KeyId;
use domain::key_credential::KeyCredentials;
use domain::merge_plan::MergePlan;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::support;

/// For the pushes' new entries. EC keys: made fast, and no matter here.
pub fn certificates() -> &'static [Certificate] {
    static MADE: OnceLock<Vec<Certificate>> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let made = (0..6).map(|number| {
            let (name, subject) = (format!("c{number}"), format!("/CN=push{number}.contoso.example"));
            let newkey = ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
            let made = support::make(folder.path(), &name, &newkey, &["-days", "90", "-subj", &subject]);
            Certificate::from_der(&made.der()).expect("openssl made it")
        });
        made.collect()
    })
}

/// One incarnation of an entry: the same `keyId` can be made, removed, and made again.
pub type Born = usize;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    Others,
    Push(usize),
}

#[derive(Debug, Clone)]
struct Entry {
    raw: Map<String, Value>,
    key_id: KeyId,
    born: Born,
    by: Author,
}

#[derive(Debug, Clone, Default)]
pub struct State(Vec<Entry>);

impl State {
    /// As an answer of Graph.
    pub fn shown(&self, keys: bool) -> KeyCredentials {
        let list = self.0.iter().map(|entry| {
            let mut raw = entry.raw.clone();
            if !keys {
                raw.insert("key".into(), Value::Null);
            }
            Value::Object(raw)
        });
        KeyCredentials::from_json(&list.collect()).expect("entries as Graph writes them")
    }

    pub fn born(&self) -> BTreeSet<Born> {
        self.0.iter().map(|entry| entry.born).collect()
    }

    fn find(&self, key_id: KeyId) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key_id == key_id)
    }
}

#[derive(Debug, Clone)]
pub struct App {
    history: Vec<State>,
    births: usize,
    others: u8,
    /// The last removal of each entry, and after how many states.
    removed: BTreeMap<KeyId, (Born, Author, usize)>,
    /// All removals.
    removals: Vec<(KeyId, Author)>,
}

impl App {
    pub fn new(initial: usize) -> Self {
        let mut app =
            Self { history: vec![State::default()], births: 0, others: 0, removed: BTreeMap::new(), removals: vec![] };
        for _ in 0..initial {
            app.append_careful();
        }
        app
    }

    fn current(&self) -> &State {
        self.history.last().expect("the first state")
    }

    /// The state `lag` writes ago.
    pub fn read(&self, lag: usize) -> State {
        self.history[self.history.len().saturating_sub(lag + 1)].clone()
    }

    pub fn now(&self) -> KeyCredentials {
        self.current().shown(true)
    }

    /// The model's own entries of a state that was read some time.
    pub fn recall(&self, shown: &KeyCredentials) -> State {
        let find = |key_id| self.history.iter().rev().find_map(|state| state.find(key_id)).cloned();
        let newest_with_all = self.history.iter().rev().find(|state| {
            state.0.len() == shown.len() && state.0.iter().all(|entry| shown.find(entry.key_id).is_some())
        });
        newest_with_all.cloned().unwrap_or_else(|| State(shown.iter().filter_map(|e| find(e.key_id()?)).collect()))
    }

    /// Replaces the collection, and answers what went. `Err`: refused, nothing changed.
    pub fn patch(&mut self, body: &Value, by: Author) -> Result<Vec<(KeyId, Born)>, String> {
        let mut next = vec![];
        let mut births = self.births;
        for sent in body["keyCredentials"].as_array().expect("a list") {
            let key_id: KeyId = sent["keyId"].as_str().expect("a keyId").parse().expect("a GUID");
            assert!(!next.iter().any(|entry: &Entry| entry.key_id == key_id), "{key_id} is sent twice by {by:?}");
            if let Some(stored) = self.current().find(key_id) {
                let altered = sent
                    .as_object()
                    .expect("an object")
                    .iter()
                    .any(|(name, value)| !value.is_null() && stored.raw.get(name) != Some(value));
                if altered {
                    return Err(format!("Update to existing credential with KeyId '{key_id}' is not allowed."));
                }
                next.push(stored.clone());
                continue;
            }
            if sent["key"].is_null() {
                return Err(format!("New key credentials must have a value for the property 'key': {key_id}"));
            }
            let mut raw = sent.as_object().expect("an object").clone();
            // What Graph fills in.
            if !raw.contains_key("customKeyIdentifier")
                && let Some(certificate) = certificate_in(&raw)
            {
                raw.insert("customKeyIdentifier".into(), certificate.sha1().hex().into());
            }
            births += 1;
            next.push(Entry { raw, key_id, born: births, by });
        }
        self.births = births;
        let mut gone = vec![];
        for entry in &self.history.last().expect("the first state").0 {
            if !next.iter().any(|kept: &Entry| kept.key_id == entry.key_id) {
                self.removed.insert(entry.key_id, (entry.born, by, self.history.len()));
                self.removals.push((entry.key_id, by));
                gone.push((entry.key_id, entry.born));
            }
        }
        self.history.push(State(next));
        Ok(gone)
    }

    fn new_entry(&mut self) -> Value {
        self.others += 1;
        let number = self.others;
        let sha1 = hex(number);
        json!({
            "customKeyIdentifier": sha1, "displayName": format!("CN=other{number}"), "endDateTime": "2027-05-07T06:57:24Z",
            "key": format!("!{number}"), "keyId": KeyId::from_random([number; 16]), "startDateTime": "2026-05-07T06:57:24Z",
            "type": "AsymmetricX509Cert", "usage": "Verify",
        })
    }

    fn body(state: &State, with_keys: bool, more: Option<Value>) -> Value {
        let shown = state.shown(with_keys).to_json();
        let list = shown.as_array().expect("a list").iter().cloned().chain(more);
        json!({ "keyCredentials": list.collect::<Vec<_>>() })
    }

    /// Reads and writes in one go.
    pub fn append_careful(&mut self) {
        let new = self.new_entry();
        let body = Self::body(self.current(), false, Some(new));
        self.patch(&body, Author::Others).expect("as it is, and one more");
    }

    /// Writes what it read some time ago, and one entry more. Without keys it is refused where an entry has gone since.
    pub fn append_blindly(&mut self, read: &State, with_keys: bool) {
        let new = self.new_entry();
        _ = self.patch(&Self::body(read, with_keys, Some(new)), Author::Others);
    }

    /// An entry of theirs goes, with care.
    pub fn remove_own(&mut self, at: u8) {
        let own: Vec<KeyId> =
            self.current().0.iter().filter(|entry| entry.by == Author::Others).map(|entry| entry.key_id).collect();
        if own.is_empty() {
            return;
        }
        let gone = own[usize::from(at) % own.len()];
        let rest = State(self.current().0.iter().filter(|entry| entry.key_id != gone).cloned().collect());
        let body = Self::body(&rest, false, None);
        self.patch(&body, Author::Others).expect("less than there is");
    }

    /// How many there were so far.
    pub fn states(&self) -> usize {
        self.history.len()
    }

    /// Entries that were there once and are not now, whose write removed them last, and after how many states.
    pub fn missing(&self) -> Vec<(KeyId, Born, Author, usize)> {
        let gone = self.removed.iter().filter(|(key_id, _)| self.current().find(**key_id).is_none());
        gone.map(|(key_id, (born, by, at))| (*key_id, *born, *by, *at)).collect()
    }

    /// Its newest incarnation.
    pub fn born_as(&self, key_id: KeyId) -> Option<Born> {
        self.history.iter().rev().find_map(|state| state.find(key_id)).map(|entry| entry.born)
    }

    /// Everybody who ever removed it: it may have been brought back, and have gone again unseen.
    pub fn removers(&self, key_id: KeyId) -> impl Iterator<Item = Author> {
        self.removals.iter().filter(move |(gone, _)| *gone == key_id).map(|(_, by)| *by)
    }

    /// Who made each of the entries that are there.
    pub fn authors(&self) -> Vec<(KeyId, Author)> {
        self.current().0.iter().map(|entry| (entry.key_id, entry.by)).collect()
    }

    /// The plan asked for this entry, whether its preview had it to add or found it there.
    pub fn is_wanted(plan: &MergePlan, key_id: KeyId) -> bool {
        let wanted = serde_json::to_value(plan).expect("json");
        wanted["wanted"].as_array().expect("a list").iter().any(|entry| entry["keyId"] == json!(key_id))
    }

    /// Under whatever keyId.
    pub fn has_certificate_of(&self, plan: &MergePlan, key_id: KeyId) -> bool {
        let thumbprint = plan.key_ids().iter().find(|(own, _)| *own == key_id).and_then(|(_, thumbprint)| *thumbprint);
        self.now().iter().any(|entry| thumbprint.is_some() && entry.thumbprint() == thumbprint)
    }

    pub fn nothing_twice(&self) -> bool {
        let now = self.now();
        let mut seen = BTreeSet::new();
        now.iter().all(|entry| seen.insert(entry.thumbprint()))
    }
}

fn certificate_in(raw: &Map<String, Value>) -> Option<Certificate> {
    let der = domain::encoding::decode_base64(raw.get("key")?.as_str()?)?;
    Certificate::from_der(&der).ok()
}

fn hex(number: u8) -> String {
    format!("{number:02X}{}", "01".repeat(19))
}
