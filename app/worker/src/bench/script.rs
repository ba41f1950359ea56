//! Judges what a person's script has said about a proof. It is pasted on the page of proofs, whose own worker has no doctor.

use super::Work;
use crate::desk::Desk;
use crate::message::{Letter, Message};
use crate::reading::Reading;
use domain::doctor::evidence::Evidence;
use leptos::prelude::*;
use serde::Deserialize;
use views::data::search::EvidenceView;
use views::workbenches::proof::ScriptAnswer;

/// Of a [`ProofSubject`](views::data::proofs::ProofSubject), what is needed here.
#[derive(Deserialize)]
struct Known {
    evidence: Option<EvidenceView>,
}

pub struct Script {
    evidence: Option<Evidence>,
    output: String,
    reading: Reading,
}

impl Script {
    /// `None` where the page's own words are not readable.
    pub fn new(subject: &str) -> Option<Self> {
        let Known { evidence } = serde_json::from_str(subject).ok()?;
        Some(Self { evidence: evidence.map(|view| view.evidence), output: String::new(), reading: Reading::default() })
    }

    fn judge(&mut self, desk: &mut Desk<'_>) {
        if let Some(findings) = self.reading.recognise(desk, &self.output) {
            let (output, evidence) = (self.output.clone(), self.evidence.clone());
            desk.show("kit", || view! { <ScriptAnswer output findings evidence/> });
        }
    }
}

impl Work for Script {
    fn message(&mut self, desk: &mut Desk<'_>, message: Message) {
        match message {
            Message::Text { text } => {
                self.output = text;
                self.judge(desk);
            }
            Message::Told(Letter::Known { number, certificates }) if self.reading.take(number, &certificates) => {
                self.judge(desk);
            }
            _ => {}
        }
    }
}
