//! A page without a browser.

use super::support::{self, pair};
use crate::bench::{self, Work};
use crate::message::{Effect, Event, Message, Moment, Step};
use crate::session::Session;
use domain::upload::key::PrivateKey;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use rsa::signature::SignatureEncoding as _;
use rsa::{PrivateKey as RsaPrivateKey, pkcs1v15, pss, sha2::Sha256};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::macros::datetime;
use views::components::workbench::Given;
use zeroize::Zeroizing;

/// What each of the workers can do.
fn any(given: &Given) -> Option<Box<dyn Work>> {
    let all = [bench::certificates, bench::make, bench::proof, bench::doctor];
    let mut able = all.into_iter().filter_map(|choose| choose(given));
    let one = able.next();
    assert!(able.next().is_none(), "one worker for a page");
    one
}

/// A page: it keeps what the worker puts in place, and does what a browser does for it.
pub struct Page {
    session: Session,
    pub slots: BTreeMap<&'static str, String>,
    pub values: BTreeMap<&'static str, String>,
    pub dialog: Option<String>,
    /// Everything else, in order.
    pub effects: Vec<Effect>,
    pub ticks: Vec<u32>,
}

pub fn moment() -> Moment {
    Moment { now: datetime!(2026-11-28 12:00 UTC), random: [7; 16] }
}

impl Page {
    pub fn open(bench: &Value, viewer: Value) -> Self {
        let mut page = Self {
            session: Session::new(any),
            slots: BTreeMap::new(),
            values: BTreeMap::new(),
            dialog: None,
            effects: vec![],
            ticks: vec![],
        };
        let given = json!({"here": "/here", "viewer": viewer, "authority": null, "bench": bench});
        page.send(json!({"open": {"given": given}}));
        page
    }

    pub fn send(&mut self, message: Value) {
        self.send_with(message, b"");
    }

    pub fn send_with(&mut self, message: Value, bytes: &[u8]) {
        let message: Message = serde_json::from_value(message).unwrap();
        let steps = self.session.take(moment(), message, Zeroizing::new(bytes.to_vec()));
        self.carry_out(steps);
    }

    pub fn file(&mut self, name: &str, bytes: &[u8]) {
        self.send_with(json!({"file": {"name": name, "first": true}}), bytes);
    }

    pub fn another(&mut self, name: &str, bytes: &[u8]) {
        self.send_with(json!({"file": {"name": name, "first": false}}), bytes);
    }

    pub fn password(&mut self, password: &str) {
        self.send(json!({"form": {"name": "password", "fields": [], "secrets": [password]}}));
    }

    pub fn press(&mut self, what: &str, value: &str) {
        self.send(json!({"do": {"what": what, "value": value}}));
        // The page's dialog says that it was closed.
        if what == "cancel" {
            self.send(json!("closed"));
        }
    }

    pub fn tick(&mut self) {
        let job = self.ticks.pop().expect("a second is waited for");
        let steps = self.session.happened(moment(), Event::Ticked { job });
        self.carry_out(steps);
    }

    fn carry_out(&mut self, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Page(Effect::Html { slot, html }) => _ = self.slots.insert(slot, html),
                Step::Page(Effect::Value { id, text }) => _ = self.values.insert(id, text),
                Step::Page(Effect::Dialog { html }) => self.dialog = html,
                Step::Page(effect) => self.effects.push(effect),
                Step::Tick { job } => self.ticks.push(job),
                Step::Sign { job, key, pss, data } => {
                    let signature = Some(sign(&key, pss, &data));
                    let steps = self.session.happened(moment(), Event::Signed { job, signature });
                    self.carry_out(steps);
                }
                Step::Generate { job, bits } => {
                    assert_eq!(bits, 2048);
                    let key = pair("generated").key;
                    let public = RsaPrivateKey::from_pkcs8_der(&key).unwrap().to_public_key();
                    let public = public.to_public_key_der().unwrap().into_vec();
                    let pair = Some((public, Zeroizing::new(key)));
                    let steps = self.session.happened(moment(), Event::Generated { job, pair });
                    self.carry_out(steps);
                }
            }
        }
    }

    pub fn slot(&self, name: &str) -> &str {
        self.slots.get(name).map_or("", String::as_str)
    }

    /// Everything that the worker has handed to the page, but for files to be saved.
    pub fn handed_out(&self) -> String {
        format!("{:?}{:?}{:?}{:?}", self.slots, self.values, self.dialog, self.effects)
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
