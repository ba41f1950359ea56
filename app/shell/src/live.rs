//! `[data-live="/url"]`: follows the server's events. `html` carries elements with ids, which take the place of those on
//! the page; `over` ends it, and with the word `reload` the page is loaded again.
//!
//! A connection that breaks is made again, and `data-live-state` says how it stands: `open`, `cut`, `over`.

use crate::dom::{after, all, attribute, on, root, say, set};
use crate::morph;
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, EventSource, MessageEvent};

/// Before asking again after the server refused; a connection that only broke is the browser's to mend.
const AGAIN_MS: i32 = 5_000;

thread_local! {
    static OPEN: RefCell<Vec<EventSource>> = const { RefCell::new(Vec::new()) };
    /// How often the page went away. Then nothing is followed: a browser keeps no page that has a connection.
    static TIMES_AWAY: Cell<u32> = const { Cell::new(0) };
}

pub fn start() {
    for element in all(&root(), "[data-live]") {
        if attribute(&element, STATE) != "over" {
            follow(element);
        }
    }
}

pub fn stop() {
    TIMES_AWAY.set(TIMES_AWAY.get() + 1);
    for source in OPEN.take() {
        source.close();
    }
}

const STATE: &str = "data-live-state";

fn follow(element: Element) {
    let Ok(source) = EventSource::new(&attribute(&element, "data-live")) else { return };
    let opened = element.clone();
    on(&source, "open", move |_| set(&opened, STATE, "open"));
    on(&source, "html", |event| {
        if let Some(html) = event.unchecked_into::<MessageEvent>().data().as_string() {
            morph::put(&html);
        }
    });
    let (over, ended) = (element.clone(), source.clone());
    on(&source, "over", move |event| {
        ended.close();
        set(&over, STATE, "over");
        if event.unchecked_into::<MessageEvent>().data().as_string().is_some_and(|it| it == "reload") {
            crate::place::reload();
        }
    });
    let (broken, times_away) = (source.clone(), TIMES_AWAY.get());
    on(&source, "error", move |_| {
        if attribute(&element, STATE) == "over" {
            return;
        }
        if attribute(&element, STATE) != "cut" {
            set(&element, STATE, "cut");
            say("The connection is cut. What you see may be old; it is tried again.");
        }
        if broken.ready_state() == EventSource::CLOSED {
            let again = element.clone();
            after(AGAIN_MS, move || {
                if TIMES_AWAY.get() == times_away && again.is_connected() {
                    follow(again.clone());
                }
            });
        }
    });
    OPEN.with_borrow_mut(|open| {
        open.retain(|it| it.ready_state() != EventSource::CLOSED);
        open.push(source);
    });
}
