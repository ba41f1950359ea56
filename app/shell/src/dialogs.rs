//! `[data-open="id"]` opens that `<dialog>`, `[data-close]` closes the one around it, and so does a click on its backdrop.

use crate::dom::{attribute, by_id, closest, focus, hit, target};
use core::cell::Cell;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlDialogElement};

#[derive(Default)]
pub struct Dialogs {
    /// What opened the dialog: not every browser gives the focus to a button that is clicked, and so back to it.
    opener: Cell<Option<Element>>,
    /// The button went down on the backdrop: not whoever marks text and lets go outside.
    pressed: Cell<bool>,
}

fn dialog(element: &Element) -> &HtmlDialogElement {
    element.unchecked_ref()
}

/// The dialog itself, rather than something in it, is what lies under a point of its backdrop.
fn backdrop(event: &Event) -> Option<Element> {
    target(event).filter(|it| it.tag_name() == "DIALOG")
}

pub fn close(element: &Element) {
    dialog(element).close();
}

impl Dialogs {
    /// `opener`: takes the focus when the dialog is closed.
    pub fn open(&self, element: &Element, opener: Option<Element>) {
        if !dialog(element).open() && dialog(element).show_modal().is_ok() {
            self.opener.set(opener);
        }
    }

    pub fn press(&self, event: &Event) {
        self.pressed.set(backdrop(event).is_some());
    }

    pub fn click(&self, event: &Event) {
        if let Some(around) = backdrop(event) {
            if self.pressed.get() {
                close(&around);
            }
        } else if let Some(button) = hit(event, "[data-open]") {
            if let Some(element) = by_id(&attribute(&button, "data-open")) {
                event.prevent_default();
                self.open(&element, Some(button));
            }
        } else if let Some(around) = hit(event, "[data-close]").and_then(|it| closest(&it, "dialog")) {
            event.prevent_default();
            close(&around);
        }
    }

    pub fn closed(&self) {
        if let Some(opener) = self.opener.take() {
            focus(&opener);
        }
    }
}
