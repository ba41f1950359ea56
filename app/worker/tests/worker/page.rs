//! A page without a browser, with its workers.

use crate::support::{self, pair};
use keys::PrivateKey;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use rsa::signature::SignatureEncoding as _;
use rsa::{PrivateKey as RsaPrivateKey, pkcs1v15, pss, sha2::Sha256};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::macros::datetime;
use views::components::workbench::{Bench, Given};
use worker::bench::{self, Choose};
use worker::message::{Effect, Event, Letter, Message, Moment, Step};
use worker::session::Session;
use zeroize::Zeroizing;

/// The worker that a page has, and the one that it fetches when it needs it, as `document.rs` names them.
fn workers(bench: &Bench) -> (Choose, Choose) {
    let nothing: Choose = |_: &Given| None;
    match bench {
        Bench::Upload { .. } | Bench::Search => (bench::certificates, nothing),
        Bench::Make { .. } => (bench::make, nothing),
        Bench::Proof(_) => (bench::proof, bench::doctor),
        Bench::Doctor => (bench::doctor, bench::certificates),
    }
}

/// Which of a page's workers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    First,
    Second,
}

/// A page: it keeps what the workers put in place, and does what a browser does for them.
pub struct Page {
    first: Session,
    second: Session,
    /// Who reads files.
    opener: Whose,
    /// Who has opened the dialog.
    asker: Whose,
    pub slots: BTreeMap<&'static str, String>,
    pub values: BTreeMap<&'static str, String>,
    pub dialog: Option<String>,
    /// Everything else, in order.
    pub effects: Vec<Effect>,
    pub ticks: Vec<u32>,
    /// What went from one worker to the other.
    pub letters: Vec<Letter>,
}

pub fn moment() -> Moment {
    Moment { now: datetime!(2026-11-28 12:00 UTC), random: [7; 16] }
}

impl Page {
    pub fn open(bench: &Value, viewer: Value) -> Self {
        let given = json!({"here": "/here", "viewer": viewer, "authority": null, "bench": bench});
        let bench = serde_json::from_value::<Given>(given.clone()).unwrap().bench;
        let (first, second) = workers(&bench);
        let mut page = Self {
            first: Session::new(first),
            second: Session::new(second),
            opener: if matches!(bench, Bench::Doctor) { Whose::Second } else { Whose::First },
            asker: Whose::First,
            slots: BTreeMap::new(),
            values: BTreeMap::new(),
            dialog: None,
            effects: vec![],
            ticks: vec![],
            letters: vec![],
        };
        for whose in [Whose::First, Whose::Second] {
            page.tell(whose, json!({"open": {"given": given}}), b"");
        }
        page
    }

    pub fn send(&mut self, message: Value) {
        self.send_with(message, b"");
    }

    pub fn send_with(&mut self, message: Value, bytes: &[u8]) {
        self.tell(Whose::First, message, bytes);
    }

    fn session(&mut self, whose: Whose) -> &mut Session {
        match whose {
            Whose::First => &mut self.first,
            Whose::Second => &mut self.second,
        }
    }

    pub fn tell(&mut self, whose: Whose, message: Value, bytes: &[u8]) {
        let message: Message = serde_json::from_value(message).unwrap();
        let steps = self.session(whose).take(moment(), message, Zeroizing::new(bytes.to_vec()));
        self.carry_out(whose, steps);
    }

    /// JSON as it arrives, whatever it is.
    pub fn raw(&mut self, json: &str) {
        let steps = self.first.receive(moment(), json, Zeroizing::default());
        self.carry_out(Whose::First, steps);
    }

    pub fn file(&mut self, name: &str, bytes: &[u8]) {
        self.tell(self.opener, json!({"file": {"name": name, "first": true}}), bytes);
    }

    pub fn another(&mut self, name: &str, bytes: &[u8]) {
        self.send_with(json!({"file": {"name": name, "first": false}}), bytes);
    }

    pub fn password(&mut self, password: &str) {
        let typed = json!({"form": {"name": "password", "fields": [], "secrets": [password]}});
        self.tell(self.asker, typed, b"");
    }

    pub fn press(&mut self, what: &str, value: &str) {
        // That button is in the dialog, which says that it was closed.
        let whose = if what == "cancel" { self.asker } else { Whose::First };
        self.tell(whose, json!({"do": {"what": what, "value": value}}), b"");
        if what == "cancel" {
            self.tell(whose, json!("closed"), b"");
        }
    }

    pub fn tick(&mut self) {
        let job = self.ticks.pop().expect("a second is waited for");
        let steps = self.first.happened(moment(), Event::Ticked { job });
        self.carry_out(Whose::First, steps);
    }

    fn carry_out(&mut self, whose: Whose, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Page(Effect::Html { slot, html }) => _ = self.slots.insert(slot, html),
                Step::Page(Effect::Value { id, text }) => _ = self.values.insert(id, text),
                Step::Page(Effect::Dialog { html }) => (self.dialog, self.asker) = (html, whose),
                Step::Page(Effect::Tell { letter }) => {
                    let other = if whose == Whose::First { Whose::Second } else { Whose::First };
                    self.letters.push(letter.clone());
                    self.tell(other, json!({"told": letter}), b"");
                }
                Step::Page(effect) => self.effects.push(effect),
                Step::Tick { job } => self.ticks.push(job),
                Step::Sign { job, key, pss, data } => {
                    let signature = Some(sign(&key, pss, &data));
                    let steps = self.session(whose).happened(moment(), Event::Signed { job, signature });
                    self.carry_out(whose, steps);
                }
                Step::Generate { job, bits } => {
                    assert_eq!(bits, 2048);
                    let key = pair("generated").key;
                    let public = RsaPrivateKey::from_pkcs8_der(&key).unwrap().to_public_key();
                    let public = public.to_public_key_der().unwrap().into_vec();
                    let pair = Some((public, Zeroizing::new(key)));
                    let steps = self.session(whose).happened(moment(), Event::Generated { job, pair });
                    self.carry_out(whose, steps);
                }
            }
        }
    }

    pub fn slot(&self, name: &str) -> &str {
        self.slots.get(name).map_or("", String::as_str)
    }

    /// Everything that the workers have handed to the page, but for files to be saved.
    pub fn handed_out(&self) -> String {
        format!("{:?}{:?}{:?}{:?}{:?}", self.slots, self.values, self.dialog, self.effects, self.letters)
    }
}

fn sign(key: &PrivateKey, pss: bool, data: &[u8]) -> Vec<u8> {
    use rsa::signature::{RandomizedSigner as _, Signer as _};
    let key = RsaPrivateKey::from_pkcs8_der(key.pkcs8()).unwrap();
    if pss {
        pss::SigningKey::<Sha256>::new(key).sign_with_rng(&mut support::rng(), data).to_vec()
    } else {
        pkcs1v15::SigningKey::<Sha256>::new(key).sign(data).to_vec()
    }
}
