//! A page's worker, from its first message on.

use crate::bench::{Choose, Work};
use crate::message::{Effect, Event, Message, Moment, Step};
use leptos::prelude::*;
use std::collections::BTreeMap;
use views::components::workbench::{Given, PasswordPrompt};
use views::scene::{self, Scene};
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
    shown: BTreeMap<&'static str, String>,
}

impl Session {
    /// `choose`: what this worker can do.
    pub fn new(choose: Choose) -> Self {
        Self { choose, open: None }
    }

    /// `bytes`: of [`Message::File`].
    pub fn take(&mut self, moment: Moment, message: Message, bytes: Zeroizing<Vec<u8>>) -> Vec<Step> {
        match message {
            Message::Open { given } => {
                let work = (self.choose)(&given);
                self.open = work.map(|work| Open { given: *given, work, shown: BTreeMap::new() });
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
        let mut desk = Desk { moment, given, shown, steps: vec![] };
        run(work.as_mut(), &mut desk);
        desk.steps
    }
}

/// What work is done with: the time, what the page has let know, and a list of what is to be done.
pub struct Desk<'a> {
    pub moment: Moment,
    pub given: &'a Given,
    shown: &'a mut BTreeMap<&'static str, String>,
    steps: Vec<Step>,
}

impl Desk<'_> {
    pub fn step(&mut self, step: Step) {
        self.steps.push(step);
    }

    pub fn page(&mut self, effect: Effect) {
        self.step(Step::Page(effect));
    }

    pub fn render<V: IntoView>(&self, view: impl FnOnce() -> V) -> String {
        let scene = Scene {
            now: self.moment.now,
            here: self.given.here.clone(),
            viewer: self.given.viewer.clone(),
            theme: None,
            authority: self.given.authority.clone(),
            waiting: 0,
            refusal: None,
        };
        scene::render(scene, view)
    }

    /// Puts a view into a slot, where it is not there yet.
    pub fn show<V: IntoView>(&mut self, slot: &'static str, view: impl FnOnce() -> V) {
        self.put(slot, self.render(view));
    }

    /// The same with HTML that the portal has rendered.
    pub fn put(&mut self, slot: &'static str, html: String) {
        if self.shown.get(slot) != Some(&html) {
            self.shown.insert(slot, html.clone());
            self.page(Effect::Html { slot, html });
        }
    }

    /// The slot is within another one that was put in anew.
    pub fn forget(&mut self, slot: &'static str) {
        self.shown.remove(slot);
    }

    /// Asks for a file's password.
    pub fn ask_password(&mut self, name: &str) {
        self.forget("password");
        let html = self.render(|| view! { <PasswordPrompt name=name.to_owned()/> });
        self.page(Effect::Dialog { html: Some(html) });
    }

    /// It did not open the file.
    pub fn wrong_password(&mut self) {
        // Said again, so that it is heard again.
        self.forget("password");
        self.show("password", || "That password does not open the file. Try again.");
        self.page(Effect::Again { id: "pfx-password" });
    }

    pub fn close_dialog(&mut self) {
        self.page(Effect::Dialog { html: None });
    }
}
