//! Makes a key pair with a certificate or a signing request. The key is in this worker alone, until it is saved.

use super::Work;
use crate::desk::Desk;
use crate::message::{Effect, Event, Message, Password, Step};
use keys::PrivateKey;
use keys::make::{NewCertificate, ToSign};
use leptos::prelude::*;
use std::rc::Rc;
use views::components::message_bar::{Intent, MessageBar};
use views::workbenches::make::{Made, MadeHere, Next, Saved};
use zeroize::Zeroizing;

/// The sizes that the page offers.
const BITS: [u32; 3] = [2048, 3072, 4096];

/// What a person wants made.
struct Wish {
    common_name: String,
    organization: String,
    bits: u32,
    days: u32,
    request_only: bool,
}

impl Wish {
    fn of(fields: &[(String, String)]) -> Self {
        let text = |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
        Self {
            common_name: text("name").to_owned(),
            organization: text("organization").to_owned(),
            bits: text("bits").parse().ok().filter(|bits| BITS.contains(bits)).unwrap_or(BITS[0]),
            days: text("days").parse().unwrap_or(365),
            request_only: text("kind") == "request",
        }
    }

    /// The common name, as far as it can stand in a file's name.
    fn file_name(&self) -> String {
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
        let name: String = self.common_name.chars().map(|c| if allowed(c) { c } else { '-' }).collect();
        name.trim_start_matches('.').to_owned()
    }
}

enum State {
    Nothing,
    Generating(Wish),
    Signing { wish: Wish, key: Rc<PrivateKey>, to_sign: ToSign },
    Made { wish: Wish, key: Rc<PrivateKey>, made: Made },
}

pub struct Make {
    app: String,
    state: State,
    /// What is under way: answers to what went before are passed over.
    job: u32,
}

impl Make {
    pub fn new(app: String) -> Self {
        Self { app, state: State::Nothing, job: 0 }
    }

    fn start(&mut self, desk: &mut Desk<'_>, wish: Wish) {
        // Without the key, what was made before is of no use.
        for slot in ["made", "saved", "next", "pfx"] {
            desk.forget(slot);
        }
        desk.show("made", || view! { <progress class="progress" aria-label="Making the key pair"></progress> });
        self.job += 1;
        desk.step(Step::Generate { job: self.job, bits: wish.bits });
        self.state = State::Generating(wish);
    }

    fn refuse(&mut self, desk: &mut Desk<'_>, why: String) {
        self.state = State::Nothing;
        desk.show("made", || view! { <MessageBar intent=Intent::Error title=why live=true/> });
    }

    fn cannot(&mut self, desk: &mut Desk<'_>) {
        self.refuse(desk, "This browser could not make a key pair. WebCrypto needs HTTPS or localhost.".into());
    }

    fn generated(&mut self, desk: &mut Desk<'_>, wish: Wish, public_key_der: &[u8], pkcs8: &[u8]) {
        let Ok(key) = PrivateKey::from_pkcs8(pkcs8).map(Rc::new) else { return self.cannot(desk) };
        let to_sign = NewCertificate::new(&wish.common_name, &wish.organization, public_key_der).and_then(|wanted| {
            if wish.request_only {
                wanted.request()
            } else {
                wanted.certificate(wish.days, desk.moment.random, desk.moment.now)
            }
        });
        match to_sign {
            Ok(to_sign) => {
                let data = to_sign.bytes().to_vec();
                desk.step(Step::Sign { job: self.job, key: Rc::clone(&key), pss: false, data });
                self.state = State::Signing { wish, key, to_sign };
            }
            Err(error) => self.refuse(desk, error.to_string()),
        }
    }

    fn signed(&mut self, desk: &mut Desk<'_>, wish: Wish, key: Rc<PrivateKey>, to_sign: ToSign, signature: &[u8]) {
        let made = if wish.request_only {
            to_sign.into_request(signature).map(Made::Request)
        } else {
            to_sign.into_certificate(signature).map(|certificate| Made::Certificate(Box::new(certificate)))
        };
        match made {
            Ok(made) => {
                let app = self.app.clone();
                desk.show("made", || view! { <MadeHere made=made.clone() app/> });
                self.state = State::Made { wish, key, made };
            }
            Err(error) => self.refuse(desk, error.to_string()),
        }
    }

    fn save(&self, desk: &mut Desk<'_>, what: &str) {
        let State::Made { wish, key, made } = &self.state else { return };
        let (ending, media_type, bytes) = match (what, made) {
            ("save-pem", Made::Certificate(certificate)) => {
                ("pem", "application/x-pem-file", pem(key, &certificate.pem()))
            }
            ("save-pem", Made::Request(_)) => ("key", "application/x-pem-file", pem(key, "")),
            ("save-request", Made::Request(request)) => {
                ("csr", "application/pkcs10", Zeroizing::new(request.clone().into_bytes()))
            }
            _ => return,
        };
        let name = format!("{}.{ending}", wish.file_name());
        self.saved(desk, name, media_type, bytes);
    }

    fn save_pfx(&self, desk: &mut Desk<'_>, passwords: &[Password]) {
        let State::Made { wish, key, made: Made::Certificate(certificate) } = &self.state else { return };
        let [password, again] = passwords else { return };
        // Said again where it is wrong again.
        desk.forget("pfx");
        if password.as_str() != again.as_str() {
            desk.show("pfx", || "The two passwords differ. Type them again.");
            return desk.page(Effect::Again { id: "make-password" });
        }
        match keys::make::pfx(key.pkcs8(), certificate, password.as_str()) {
            Ok(bytes) => {
                desk.show("pfx", || ());
                self.saved(desk, format!("{}.pfx", wish.file_name()), "application/x-pkcs12", Zeroizing::new(bytes));
            }
            Err(_) => desk.show("pfx", || "The PFX could not be written. Save the PEM file."),
        }
    }

    fn saved(&self, desk: &mut Desk<'_>, name: String, media_type: &'static str, bytes: Zeroizing<Vec<u8>>) {
        desk.page(Effect::Save { name: name.clone(), media_type, bytes });
        desk.show("saved", || view! { <Saved name/> });
        if let State::Made { made: Made::Certificate(certificate), .. } = &self.state {
            let (pem, app) = (certificate.pem(), self.app.clone());
            desk.show("next", || view! { <Next pem app saved=true/> });
        }
    }
}

/// The private key, and what else.
fn pem(key: &PrivateKey, certificate: &str) -> Zeroizing<Vec<u8>> {
    let key = Zeroizing::new(domain::encoding::pem("PRIVATE KEY", key.pkcs8()));
    Zeroizing::new([key.as_bytes(), certificate.as_bytes()].concat())
}

impl Work for Make {
    fn message(&mut self, desk: &mut Desk<'_>, message: Message) {
        match message {
            Message::Form { name, fields, .. } if name == "make" => self.start(desk, Wish::of(&fields)),
            Message::Form { name, secrets, .. } if name == "save-pfx" => self.save_pfx(desk, &secrets),
            Message::Do { what, .. } => self.save(desk, &what),
            _ => {}
        }
    }

    fn event(&mut self, desk: &mut Desk<'_>, event: Event) {
        let (Event::Generated { job, .. } | Event::Signed { job, .. } | Event::Ticked { job }) = &event;
        if *job != self.job {
            return;
        }
        match (event, std::mem::replace(&mut self.state, State::Nothing)) {
            (Event::Generated { pair: Some((public_key, pkcs8)), .. }, State::Generating(wish)) => {
                self.generated(desk, wish, &public_key, &pkcs8);
            }
            (Event::Signed { signature: Some(signature), .. }, State::Signing { wish, key, to_sign }) => {
                self.signed(desk, wish, key, to_sign, &signature);
            }
            _ => self.cannot(desk),
        }
    }
}
