//! Reads a paste, asks the directory about the ids and thumbprints in it, and judges.

use super::{Work, opener};
use crate::desk::Desk;
use crate::message::{Effect, Message};
use domain::certificate::Certificate;
use domain::doctor::paste::{Findings, MAX_PASTE_BYTES, masked, recognise};
use domain::encoding::decode_base64;
use domain::ids::AppId;
use domain::upload::{self, ReadError, Upload};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use views::components::workbench::Given;
use views::pages::doctor::{self, Answered, CodeView, Dropped, Hint, Judged, Known, Question, Verdicts};
use views::viewer::Viewer;
use zeroize::Zeroizing;

/// What waits in the tab over a sign-in, with secrets masked.
#[derive(Serialize, Deserialize)]
struct Waiting {
    text: String,
    /// DER in base64.
    certificate: Option<String>,
}

pub struct Doctor {
    /// Somebody with a role is.
    signed_in: bool,
    text: String,
    findings: Findings,
    dropped: Option<Certificate>,
    chosen_app: Option<AppId>,
    asked: Question,
    answered: Answered,
    /// Of the question.
    number: u32,
}

impl Doctor {
    pub fn new(given: &Given) -> Self {
        Self {
            signed_in: given.viewer.as_ref().is_some_and(Viewer::may_enter),
            text: String::new(),
            findings: recognise(""),
            dropped: None,
            chosen_app: None,
            asked: Question::default(),
            answered: None,
            number: 0,
        }
    }

    fn read(&mut self, text: String) {
        self.findings = recognise(&text);
        self.text = text;
    }

    /// Asks the directory where there is something new to ask, and shows all that is known.
    fn judge(&mut self, desk: &mut Desk<'_>) {
        let question = Question::of(&self.findings, self.chosen_app, self.dropped.as_ref());
        if self.signed_in && question != self.asked {
            self.number += 1;
            self.answered = None;
            if !question.is_empty() {
                let thumbprints = question.thumbprints.clone();
                desk.page(Effect::LookUp { number: self.number, app: question.app, thumbprints });
            }
            self.asked = question;
        }
        if !self.signed_in {
            let kept = self.waiting();
            desk.page(Effect::Keep { kept });
        }
        self.show(desk);
    }

    fn waiting(&self) -> Option<String> {
        if self.findings.is_empty && self.dropped.is_none() {
            return None;
        }
        let waiting =
            Waiting { text: masked(&self.text), certificate: self.dropped.as_ref().map(Certificate::der_base64) };
        serde_json::to_string(&waiting).ok()
    }

    fn show(&self, desk: &mut Desk<'_>) {
        let dropped = self.dropped.clone();
        desk.show("dropped", || dropped.map(|certificate| view! { <Dropped certificate/> }));
        let something = self.dropped.is_some() || !self.findings.is_empty;
        if something {
            let (viewer, authority) = (desk.given.viewer.as_ref(), desk.given.authority.as_ref());
            let viewer = viewer.filter(|viewer| viewer.may_enter());
            let judged =
                Judged::of(&self.findings, &self.answered, self.dropped.as_ref(), viewer, authority, desk.moment.now);
            let findings = self.findings.clone();
            desk.show("verdict", || view! { <Verdicts judged=judged.clone()/> });
            desk.show("findings", || view! { <doctor::Findings findings/> });
            desk.show("code", || view! { <CodeView judged/> });
            if self.signed_in {
                let (asked, answered) = (self.asked.clone(), self.answered.clone());
                desk.show("directory", || view! { <Known asked=asked.clone() answered/> });
                desk.show("hint", || view! { <Hint asked/> });
            }
        }
        desk.page(Effect::Show { slot: "doctor", shown: something });
    }

    fn settle(&mut self, desk: &mut Desk<'_>, read: Result<Upload, ReadError>) {
        match read {
            Ok(upload) => {
                self.dropped = Some(upload.leaf);
                desk.show("read", || ());
                self.judge(desk);
            }
            Err(error) => opener::unread(desk, &error),
        }
    }

    fn hold(&mut self, desk: &mut Desk<'_>, kept: &str) {
        let Ok(Waiting { text, certificate }) = serde_json::from_str(kept) else { return };
        self.dropped = certificate.and_then(|it| Certificate::from_der(&decode_base64(&it)?).ok());
        self.read(text.clone());
        desk.page(Effect::Value { id: "paste", text });
        self.judge(desk);
    }
}

/// Not every file that is dropped is a certificate: a log or a manifest is read as if it were pasted, in whatever charset a
/// shell has written it.
fn as_paste(bytes: &[u8]) -> Option<String> {
    let text = (bytes.len() <= MAX_PASTE_BYTES).then(|| domain::peel::text(bytes)).flatten()?.text;
    (!text.contains("PRIVATE KEY")).then_some(text)
}

impl Work for Doctor {
    fn begin(&mut self, desk: &mut Desk<'_>) {
        if self.signed_in {
            desk.show("hint", || view! { <Hint asked=Question::default()/> });
        }
    }

    fn file(&mut self, desk: &mut Desk<'_>, name: String, bytes: Zeroizing<Vec<u8>>, _: bool) {
        match upload::read(&bytes) {
            Err(ReadError::Pkcs12) => {
                // What is in that slot next may be the other worker's.
                desk.forget("read");
                desk.page(Effect::Hand { name, bytes });
            }
            Err(error) => match as_paste(&bytes) {
                Some(text) => {
                    desk.show("read", || ());
                    self.read(text.clone());
                    desk.page(Effect::Value { id: "paste", text });
                    self.judge(desk);
                }
                None => self.settle(desk, Err(error)),
            },
            read => self.settle(desk, read),
        }
    }

    fn message(&mut self, desk: &mut Desk<'_>, message: Message) {
        match message {
            Message::Text { text } => {
                self.read(text);
                self.judge(desk);
            }
            Message::Field { name, value } if name == "client-id" => {
                self.chosen_app = value.trim().parse().ok();
                self.judge(desk);
            }
            Message::Do { what, .. } => match what.as_str() {
                "leave-out" => {
                    self.dropped = None;
                    self.judge(desk);
                }
                "clear" => {
                    self.dropped = None;
                    self.read(String::new());
                    desk.show("read", || ());
                    desk.page(Effect::Value { id: "paste", text: String::new() });
                    self.judge(desk);
                }
                _ => {}
            },
            // Meanwhile something else may have been pasted.
            Message::Answered { number, status, body } if number == self.number => {
                self.answered = Some(crate::answer::read(status, &body));
                self.show(desk);
            }
            Message::Held { kept } => self.hold(desk, &kept),
            _ => {}
        }
    }
}
