//! `[data-open="id"]` opens that `<dialog>`, `[data-close]` closes the one around it, and so does a click on its backdrop.

use crate::dom::{attribute, by_id, closest, focus, target};
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlDialogElement};

thread_local! {
    /// What opened the dialog: not every browser gives the focus to a button that is clicked, and so back to it.
    static OPENER: RefCell<Option<Element>> = const { RefCell::new(None) };
    /// The button went down on the backdrop: not whoever marks text and lets go outside.
    static PRESSED: Cell<bool> = const { Cell::new(false) };
}

fn dialog(element: &Element) -> &HtmlDialogElement {
    element.unchecked_ref()
}

/// `opener`: takes the focus when the dialog is closed.
pub fn open(element: &Element, opener: Option<Element>) {
    if !dialog(element).open() && dialog(element).show_modal().is_ok() {
        OPENER.set(opener);
    }
}

pub fn close(element: &Element) {
    dialog(element).close();
}

/// The dialog itself, rather than something in it, is what lies under a point of its backdrop.
fn backdrop(event: &Event) -> Option<Element> {
    target(event).filter(|it| it.tag_name() == "DIALOG")
}

pub fn press(event: &Event) {
    PRESSED.set(backdrop(event).is_some());
}

pub fn click(event: &Event) {
    if let Some(around) = backdrop(event) {
        if PRESSED.take() {
            close(&around);
        }
        return;
    }
    let Some(from) = target(event) else { return };
    if let Some(button) = closest(&from, "[data-open]") {
        if let Some(element) = by_id(&attribute(&button, "data-open")) {
            event.prevent_default();
            open(&element, Some(button));
        }
    } else if let Some(around) = closest(&from, "[data-close]").and_then(|it| closest(&it, "dialog")) {
        event.prevent_default();
        close(&around);
    }
}

pub fn closed() {
    if let Some(opener) = OPENER.take() {
        focus(&opener);
    }
}
