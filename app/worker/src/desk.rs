//! What a page's work is done with.

use crate::message::{Effect, Moment, Step};
use leptos::prelude::*;
use views::components::workbench::{Given, PasswordPrompt};
use views::scene::{self, Scene};

/// What work is done with: the time, what the page has let know, and a list of what is to be done.
pub struct Desk<'a> {
    pub moment: Moment,
    pub given: &'a Given,
    shown: &'a mut Vec<(&'static str, String)>,
    steps: Vec<Step>,
}

impl<'a> Desk<'a> {
    pub fn new(moment: Moment, given: &'a Given, shown: &'a mut Vec<(&'static str, String)>) -> Self {
        Self { moment, given, shown, steps: vec![] }
    }

    pub fn into_steps(self) -> Vec<Step> {
        self.steps
    }

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
        if !self.shown.iter().any(|(known, shown)| *known == slot && *shown == html) {
            self.forget(slot);
            self.shown.push((slot, html.clone()));
            self.page(Effect::Html { slot, html });
        }
    }

    /// The slot is within another one that was put in anew.
    pub fn forget(&mut self, slot: &'static str) {
        self.shown.retain(|(known, _)| *known != slot);
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
