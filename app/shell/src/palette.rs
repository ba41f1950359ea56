//! `a[data-palette]`, which without the shell leads to the search page, and Ctrl+K or ⌘K: `dialog#palette`, a combobox.
//!
//! `GET /palette?q=` answers elements with the ids `palette-list`, whose options have an id and `data-href`, and
//! `palette-state`: the words below the list. On the page, `#palette-state` may have `data-searching` and `data-failed`:
//! what it says meanwhile, and when nothing came.

use crate::dom::{
    after, all, attribute, by_id, closest, fetch, first, focus, input, object, remove, root, set, target,
};
use crate::{dialogs, morph};
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Element, Event, KeyboardEvent, Response};

const DEBOUNCE_MS: i32 = 180;
const OPTIONS: &str = "#palette-list [role=option]";

thread_local! {
    /// Of the newest question; older answers are not shown.
    static ASKED: Cell<u32> = const { Cell::new(0) };
    static ANSWERED: Cell<u32> = const { Cell::new(0) };
    /// Enter was pressed before the answer came: it means what is first then.
    static ENTERED: Cell<bool> = const { Cell::new(false) };
    static UNDER_WAY: RefCell<Option<AbortController>> = const { RefCell::new(None) };
}

fn field() -> Option<Element> {
    first(&by_id("palette")?, "input")
}

/// Whether there is a palette to open.
fn open(opener: Option<Element>) -> bool {
    let (Some(dialog), Some(field)) = (by_id("palette"), field()) else { return false };
    dialogs::open(&dialog, opener);
    focus(&field);
    input(&field).select();
    if all(&root(), OPTIONS).is_empty() {
        ask(0);
    }
    true
}

pub fn click(event: &Event) {
    let Some(from) = target(event) else { return };
    if let Some(link) = closest(&from, "a[data-palette]") {
        if open(Some(link)) {
            event.prevent_default();
        }
    } else if let Some(option) = closest(&from, OPTIONS) {
        follow(&option);
    }
}

pub fn shortcut(event: &KeyboardEvent) {
    if (event.meta_key() || event.ctrl_key()) && !event.alt_key() && event.key().eq_ignore_ascii_case("k") && open(None)
    {
        event.prevent_default();
    }
}

pub fn typed(element: &Element) {
    if field().as_ref() == Some(element) {
        ask(DEBOUNCE_MS);
    }
}

fn state(attribute_name: &str) {
    if let Some(state) = by_id("palette-state")
        && let Some(words) = state.get_attribute(attribute_name)
    {
        state.set_text_content(Some(&words));
    }
}

fn ask(delay: i32) {
    let number = ASKED.get() + 1;
    ASKED.set(number);
    ENTERED.set(false);
    if let Some(before) = UNDER_WAY.take() {
        before.abort();
    }
    state("data-searching");
    after(delay, move || {
        if ASKED.get() == number {
            spawn_local(answer(number));
        }
    });
}

async fn answer(number: u32) {
    let (Some(field), Ok(controller)) = (field(), AbortController::new()) else { return };
    let asked = js_sys::encode_uri_component(&input(&field).value());
    let options = object(&[("signal", controller.signal().into())]);
    UNDER_WAY.set(Some(controller));
    let answer = fetch(&["/palette?q=", &String::from(asked)].concat(), &options);
    let text = async {
        let answer: Response = JsFuture::from(answer.ok()?).await.ok()?.unchecked_into();
        JsFuture::from(answer.text().ok().filter(|_| answer.ok())?).await.ok()?.as_string()
    };
    let text = text.await;
    if ASKED.get() != number {
        return;
    }
    ANSWERED.set(number);
    match text {
        Some(html) => {
            morph::put(&html);
            activate(0);
            if ENTERED.take()
                && let Some(option) = first(&root(), OPTIONS)
            {
                follow(&option);
            }
        }
        None => state("data-failed"),
    }
}

fn active(options: &[Element]) -> Option<usize> {
    options.iter().position(|option| attribute(option, "aria-selected") == "true")
}

/// Marks the option in the list, and names it as the field's.
fn activate(wanted: usize) {
    let Some(field) = field() else { return };
    remove(&field, ACTIVE);
    for (at, option) in all(&root(), OPTIONS).iter().enumerate() {
        set(option, "aria-selected", if at == wanted { "true" } else { "false" });
        if at == wanted {
            set(&field, ACTIVE, &option.id());
        }
    }
}

const ACTIVE: &str = "aria-activedescendant";

pub fn hovered(event: &Event) {
    let Some(option) = target(event).and_then(|it| closest(&it, OPTIONS)) else { return };
    if attribute(&option, "aria-selected") != "true"
        && let Some(at) = all(&root(), OPTIONS).iter().position(|it| *it == option)
    {
        activate(at);
    }
}

pub fn key(event: &KeyboardEvent) {
    if target(event) != field() || event.is_composing() {
        return;
    }
    let options = all(&root(), OPTIONS);
    let (count, at) = (options.len(), active(&options).unwrap_or_default());
    let to = match event.key().as_str() {
        "ArrowDown" => at + 1,
        "ArrowUp" => at + count.saturating_sub(1),
        "Home" if event.ctrl_key() => 0,
        "End" if event.ctrl_key() => count.saturating_sub(1),
        "Enter" => {
            event.prevent_default();
            if ANSWERED.get() != ASKED.get() {
                ENTERED.set(true);
            } else if let Some(option) = options.get(at) {
                follow(option);
            }
            return;
        }
        _ => return,
    };
    event.prevent_default();
    if let Some(to) = to.checked_rem(count) {
        activate(to);
        if let Some(option) = options.get(to) {
            option.scroll_into_view_with_bool(false);
        }
    }
}

fn follow(option: &Element) {
    if let Some(dialog) = by_id("palette") {
        dialogs::close(&dialog);
    }
    crate::place::go(&attribute(option, "data-href"));
}
