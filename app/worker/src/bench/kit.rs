//! Judges what a person's script has said about a proof. It is pasted on the page of proofs, whose own worker has no doctor.

use super::Work;
use crate::message::Message;
use crate::session::Desk;
use leptos::prelude::*;
use views::data::proofs::Subject;
use views::pages::proof::KitAnswer;

pub struct Kit {
    subject: Subject,
}

impl Kit {
    pub fn new(subject: Subject) -> Self {
        Self { subject }
    }
}

impl Work for Kit {
    fn message(&mut self, desk: &mut Desk<'_>, message: Message) {
        if let Message::Text { text } = message {
            let subject = self.subject.clone();
            desk.show("kit", || view! { <KitAnswer output=text subject/> });
        }
    }
}
