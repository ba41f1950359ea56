//! `a[data-palette="/palette"]`, which without the shell leads to the search page, and Ctrl+K or ⌘K: `dialog#palette`, a
//! combobox.
//!
//! `GET /palette?q=` answers elements with the ids `palette-list`, whose options have an id and `data-path`, and
//! `palette-state`: the words below the list.

use crate::dialogs::Dialogs;
use crate::dom::{
    after, all, attribute, by_id, failed, fetch, find, first, focus, hit, input, object, remove, root, set, state,
    target, text, then, words,
};
use crate::{dialogs, morph, place};
use alloc::boxed::Box;
use alloc::string::String;
use core::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{AbortController, Element, Event, KeyboardEvent, Response};

const LINK: &str = "a[data-palette]";
const OPTIONS: &str = "#palette-list [role=option]";
const ACTIVE: &str = "aria-activedescendant";
const SELECTED: &str = "aria-selected";
const DEBOUNCE_MS: i32 = 180;

#[derive(Default)]
pub struct Palette {
    /// The number of the newest question. Answers to older ones are not shown.
    asked: Cell<u32>,
    answered: Cell<u32>,
    /// Enter was pressed before the answer came: it means what is first then.
    entered: Cell<bool>,
    under_way: RefCell<Option<AbortController>>,
}

fn field() -> Option<Element> {
    first(&by_id("palette")?, "input")
}

fn tell(what: &str) {
    if let Some(state) = by_id("palette-state") {
        words(&state, what);
    }
}

impl Palette {
    /// If there is one.
    pub fn open(&'static self, event: &Event, dialogs: &Dialogs, opener: Option<Element>) {
        let (Some(dialog), Some(field)) = (by_id("palette"), field()) else { return };
        event.prevent_default();
        dialogs.open(&dialog, opener);
        focus(&field);
        input(&field).select();
        if find(OPTIONS).is_none() {
            self.ask(0);
        }
    }

    pub fn click(&'static self, event: &Event, dialogs: &Dialogs) {
        if let Some(link) = hit(event, LINK) {
            self.open(event, dialogs, Some(link));
        } else if let Some(option) = hit(event, OPTIONS) {
            follow(&option);
        }
    }

    pub fn typed(&'static self, element: &Element) {
        if field().as_ref() == Some(element) {
            self.ask(DEBOUNCE_MS);
        }
    }

    fn ask(&'static self, delay: i32) {
        let number = self.asked.get() + 1;
        self.asked.set(number);
        self.entered.set(false);
        if let Some(before) = self.under_way.take() {
            before.abort();
        }
        tell("Searching the tenant");
        let send = move |_| {
            if self.asked.get() == number {
                self.send(number);
            }
        };
        after(delay, Box::new(send));
    }

    fn send(&'static self, number: u32) {
        let (Some(field), Some(link), Ok(controller)) = (field(), find(LINK), AbortController::new()) else { return };
        let asked = String::from(js_sys::encode_uri_component(&input(&field).value()));
        let options = object(&[("signal", controller.signal().into())]);
        self.under_way.replace(Some(controller));
        let answer = fetch(&text(&[&attribute(&link, "data-palette"), "?q=", &asked]), &options);
        let answered = move |answer: JsValue| {
            if failed(&answer) || !answer.unchecked_ref::<Response>().ok() {
                return self.show(number, None);
            }
            let read = move |html: JsValue| self.show(number, html.as_string().as_deref());
            then(answer.unchecked_into::<Response>().text(), Box::new(read));
        };
        then(answer, Box::new(answered));
    }

    fn show(&self, number: u32, html: Option<&str>) {
        if self.asked.get() != number {
            return;
        }
        self.answered.set(number);
        let Some(html) = html else { return tell("The search did not answer. The search page says why.") };
        morph::put(html);
        activate(0);
        if self.entered.take()
            && let Some(option) = find(OPTIONS)
        {
            follow(&option);
        }
    }

    pub fn key(&self, event: &KeyboardEvent) {
        if target(event) != field() || event.is_composing() {
            return;
        }
        let options = all(&root(), OPTIONS);
        let count = options.len();
        let at = options.iter().position(|option| attribute(option, SELECTED) == "true").unwrap_or_default();
        let to = match event.key().as_str() {
            "ArrowDown" => at + 1,
            "ArrowUp" => at + count - usize::from(count > 0),
            "Home" if event.ctrl_key() => 0,
            "End" if event.ctrl_key() => count - usize::from(count > 0),
            "Enter" => {
                event.prevent_default();
                if self.answered.get() != self.asked.get() {
                    self.entered.set(true);
                } else if let Some(option) = options.get(at) {
                    follow(option);
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(to) = to.checked_rem(count)
            && let Some(option) = options.get(to)
        {
            activate(to);
            option.scroll_into_view_with_bool(false);
        }
    }
}

/// Marks the option in the list, and names it as the field's.
fn activate(wanted: usize) {
    let Some(field) = field() else { return };
    remove(&field, ACTIVE);
    let mut at = 0;
    for option in all(&root(), OPTIONS) {
        state(&option, SELECTED, at == wanted);
        if at == wanted {
            set(&field, ACTIVE, &option.id());
        }
        at += 1;
    }
}

pub fn hovered(event: &Event) {
    if let Some(option) = hit(event, OPTIONS)
        && attribute(&option, SELECTED) != "true"
        && let Some(at) = all(&root(), OPTIONS).iter().position(|it| *it == option)
    {
        activate(at);
    }
}

fn follow(option: &Element) {
    if let Some(dialog) = by_id("palette") {
        dialogs::close(&dialog);
    }
    place::go(&attribute(option, "data-path"));
}
