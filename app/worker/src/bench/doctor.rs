//! Reads a paste, asks the directory about the ids and thumbprints in it, and judges. Files, and certificates wherever they
//! are, are read by the page's second worker ([`super::opener`]), which is fetched when there is one.

use super::Work;
use crate::desk::Desk;
use crate::message::{Effect, Letter, Message};
use crate::reading::Reading;
use domain::certificate::Certificate;
use domain::doctor::paste::{Findings, masked};
use domain::ids::AppId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use views::components::workbench::Given;
use views::viewer::Viewer;
use views::workbenches::doctor::{self, Answered, CodeView, Dropped, Hint, Judged, Known, Question, Verdicts};

/// What waits in the tab over a sign-in, with secrets masked.
#[derive(Serialize, Deserialize)]
struct Waiting {
    text: String,
    certificate: Option<Certificate>,
}

pub struct Doctor {
    /// Somebody with a role is.
    signed_in: bool,
    text: String,
    reading: Reading,
    findings: Arc<Findings>,
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
            reading: Reading::default(),
            findings: Arc::new(Findings { is_empty: true, ..Findings::default() }),
            dropped: None,
            chosen_app: None,
            asked: Question::default(),
            answered: None,
            number: 0,
        }
    }

    fn read(&mut self, desk: &mut Desk<'_>, text: String) {
        self.text = text;
        self.read_again(desk);
    }

    /// Where the second worker was asked for certificates, its answer is waited for: a verdict without them could be wrong.
    fn read_again(&mut self, desk: &mut Desk<'_>) {
        if let Some(findings) = self.reading.recognise(desk, &self.text) {
            self.findings = Arc::new(findings);
            self.judge(desk);
        }
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
        let waiting = Waiting { text: masked(&self.text), certificate: self.dropped.clone() };
        serde_json::to_string(&waiting).ok()
    }

    fn show(&self, desk: &mut Desk<'_>) {
        let dropped = self.dropped.clone();
        desk.show("dropped", || dropped.map(|certificate| view! { <Dropped certificate/> }));
        let something = self.dropped.is_some() || !self.findings.is_empty;
        if something {
            let (viewer, authority) = (desk.given.viewer.as_ref(), desk.given.authority.as_ref());
            let viewer = viewer.filter(|viewer| viewer.may_enter());
            let mut judged =
                Judged::of(&self.findings, &self.answered, self.dropped.as_ref(), viewer, authority, desk.moment.now);
            let (code, findings) = (judged.code.take(), self.findings.clone());
            desk.show("verdict", || view! { <Verdicts judged/> });
            desk.show("findings", || view! { <doctor::Findings findings/> });
            desk.show("code", || view! { <CodeView code/> });
            if self.signed_in {
                let (asked, answered) = (self.asked.clone(), self.answered.clone());
                desk.show("directory", || view! { <Known asked=asked.clone() answered/> });
                desk.show("hint", || view! { <Hint asked/> });
            }
        }
        desk.page(Effect::Show { slot: "doctor", shown: something });
    }

    fn told(&mut self, desk: &mut Desk<'_>, letter: Letter) {
        match letter {
            Letter::Known { number, certificates } if self.reading.take(number, &certificates) => self.read_again(desk),
            Letter::Certificate { certificate } => {
                self.dropped = serde_json::from_str(&certificate).ok();
                self.judge(desk);
            }
            Letter::Text { text } => {
                desk.page(Effect::Value { id: "paste", text: text.clone() });
                self.read(desk, text);
            }
            _ => {}
        }
    }

    fn hold(&mut self, desk: &mut Desk<'_>, kept: &str) {
        let Ok(Waiting { text, certificate }) = serde_json::from_str(kept) else { return };
        self.dropped = certificate;
        desk.page(Effect::Value { id: "paste", text: text.clone() });
        self.read(desk, text);
    }
}

impl Work for Doctor {
    fn unreadable(&mut self, desk: &mut Desk<'_>) {
        self.read(desk, String::new());
        for slot in ["findings", "code"] {
            desk.show(slot, || ());
        }
        desk.show("verdict", || {
            view! { <p role="alert">"The text could not be read. Paste it once more, or load the page again."</p> }
        });
        desk.page(Effect::Show { slot: "doctor", shown: true });
    }

    fn begin(&mut self, desk: &mut Desk<'_>) {
        if self.signed_in {
            desk.show("hint", || view! { <Hint asked=Question::default()/> });
        }
    }

    fn message(&mut self, desk: &mut Desk<'_>, message: Message) {
        match message {
            Message::Text { text } => self.read(desk, text),
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
                    // What is there may be the second worker's.
                    desk.forget("read");
                    desk.show("read", || ());
                    desk.page(Effect::Value { id: "paste", text: String::new() });
                    self.read(desk, String::new());
                }
                _ => {}
            },
            Message::Told(letter) => self.told(desk, letter),
            // Meanwhile something else may have been pasted.
            Message::Answered { number, status, body } if number == self.number => {
                self.answered = Some(crate::answer::read(status, &body).map(Arc::new));
                self.show(desk);
            }
            Message::Held { kept } => self.hold(desk, &kept),
            _ => {}
        }
    }
}
