//! `[data-live="/url"]`: follows the server's events. `html` carries elements with ids, which take the place of those on
//! the page; `over` ends it, and with the word `reload` the page is loaded again.
//!
//! A connection that breaks is made again, and `data-live-state` says how it stands: `open`, `cut`, `over`. One on a page.

use crate::dom::{after, attribute, find, function, listen, member, say, set};
use crate::{morph, place};
use alloc::boxed::Box;
use core::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Event, EventSource};

const STATE: &str = "data-live-state";
/// Before asking again after the server refused; a connection that only broke is the browser's to mend.
const AGAIN_MS: i32 = 5_000;

#[derive(Default)]
pub struct Live {
    source: RefCell<Option<EventSource>>,
    /// While the page is away nothing is followed: a browser keeps no page that has a connection.
    away: Cell<bool>,
}

impl Live {
    pub fn start(&'static self) {
        self.away.set(false);
        if let Some(element) = find("[data-live]") {
            self.follow(element);
        }
    }

    pub fn stop(&self) {
        self.away.set(true);
        if let Some(source) = self.source.take() {
            source.close();
        }
    }

    fn follow(&'static self, element: Element) {
        if self.away.get() || attribute(&element, STATE) == "over" {
            return;
        }
        let Ok(source) = EventSource::new(&attribute(&element, "data-live")) else { return };
        let hear = function(Box::new(move |event| self.hear(&element, event.unchecked_ref())));
        for kind in ["open", "html", "over", "error"] {
            listen(&source, kind, &hear);
        }
        if let Some(before) = self.source.replace(Some(source)) {
            before.close();
        }
    }

    fn hear(&'static self, element: &Element, event: &Event) {
        let data = member(event, "data").as_string().unwrap_or_default();
        match event.type_().as_str() {
            "html" => morph::put(&data),
            "over" => {
                self.stop();
                set(element, STATE, "over");
                if data == "reload" {
                    place::reload();
                }
            }
            "error" => self.cut(element, &member(event, "target")),
            _ => set(element, STATE, "open"),
        }
    }

    fn cut(&'static self, element: &Element, source: &JsValue) {
        if attribute(element, STATE) != "cut" {
            set(element, STATE, "cut");
            say("The connection is cut. What you see may be old; it is tried again.");
        }
        if source.unchecked_ref::<EventSource>().ready_state() == EventSource::CLOSED {
            let element = element.clone();
            after(AGAIN_MS, Box::new(move |_| self.follow(element.clone())));
        }
    }
}
