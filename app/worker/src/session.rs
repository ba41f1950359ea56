//! A page's worker, from its first message on.

use crate::bench::{Choose, Work};
use crate::desk::Desk;
use crate::message::{Event, Message, Moment, Step};
use views::components::workbench::Given;
use zeroize::Zeroizing;

/// All that the worker knows.
pub struct Session {
    choose: Choose,
    open: Option<Open>,
}

struct Open {
    given: Given,
    work: Box<dyn Work>,
    /// What is in each slot: the same is not sent twice, so that open details and chosen tabs stay.
    shown: Vec<(&'static str, String)>,
}

impl Session {
    /// `choose`: what this worker can do.
    pub fn new(choose: Choose) -> Self {
        Self { choose, open: None }
    }

    /// `json`: of a [`Message`]. One that cannot be read leaves nothing standing that was said before it.
    pub fn receive(&mut self, moment: Moment, json: &str, bytes: Zeroizing<Vec<u8>>) -> Vec<Step> {
        match serde_json::from_str::<Message>(json) {
            Ok(message) => self.take(moment, message, bytes),
            Err(_) => self.with(moment, |work, desk| work.unreadable(desk)),
        }
    }

    /// `bytes`: of [`Message::File`].
    pub fn take(&mut self, moment: Moment, message: Message, bytes: Zeroizing<Vec<u8>>) -> Vec<Step> {
        match message {
            Message::Open { given } => {
                let work = (self.choose)(&given);
                self.open = work.map(|work| Open { given: *given, work, shown: vec![] });
                self.with(moment, |work, desk| work.begin(desk))
            }
            Message::File { name, first } => self.with(moment, |work, desk| work.file(desk, name, bytes, first)),
            other => self.with(moment, |work, desk| work.message(desk, other)),
        }
    }

    pub fn happened(&mut self, moment: Moment, event: Event) -> Vec<Step> {
        self.with(moment, |work, desk| work.event(desk, event))
    }

    fn with(&mut self, moment: Moment, run: impl FnOnce(&mut dyn Work, &mut Desk<'_>)) -> Vec<Step> {
        let Some(Open { given, work, shown }) = &mut self.open else { return vec![] };
        let mut desk = Desk::new(moment, given, shown);
        run(work.as_mut(), &mut desk);
        desk.into_steps()
    }
}
