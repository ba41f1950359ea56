//! Judges what a person's script has said about a proof. It is pasted on the page of proofs, whose own worker has no doctor.

use super::Work;
use crate::desk::Desk;
use crate::message::Message;
use leptos::prelude::*;
use views::data::proofs::ProofSubject;
use views::pages::proof::ScriptAnswer;

pub struct Script {
    subject: ProofSubject,
}

impl Script {
    pub fn new(subject: ProofSubject) -> Self {
        Self { subject }
    }
}

impl Work for Script {
    fn message(&mut self, desk: &mut Desk<'_>, message: Message) {
        if let Message::Text { text } = message {
            let subject = self.subject.clone();
            desk.show("kit", || view! { <ScriptAnswer output=text subject/> });
        }
    }
}
