//! `[data-tool="certificates"]` or `doctor`: what reads certificates and keys in a worker without network. This part knows
//! nothing of either. It loads the module that `data-host` names when the tool is first touched or the page idle, and
//! hands it what was chosen, dropped or pasted, also before it came.
//!
//! The module exports `take(tool, items)`: the element, and an array of `File` and of `{ name, text }`. A tool has
//! `data-tool-state`: `waiting` while something waits for the module, `ready`, or `failed` where it could not be had; the
//! next touch tries again.
//!
//! In a tool: `input[type=file]` without a name, which is emptied when it was read; `[data-drop]`; a paste anywhere on the
//! page but into a field; and `[data-read="id"]`, a button that hands over the text of that field.

use crate::dom::{
    after, all, attribute, by_id, closest, first, input, is_field, member, object, on, root, set, target,
};
use js_sys::{Array, Function, Promise};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Element, Event, FileList};

const TOOL: &str = "[data-tool]";
const DROP: &str = "[data-drop]";
const OVER: &str = "data-over";
const STATE: &str = "data-tool-state";
/// After the page is drawn and answers.
const IDLE_MS: i32 = 1_500;

thread_local! {
    /// The page's `import()`, for which WebAssembly has no word.
    static IMPORT: RefCell<Option<Function>> = const { RefCell::new(None) };
    static ASKED: Cell<bool> = const { Cell::new(false) };
    static TAKE: RefCell<Option<Function>> = const { RefCell::new(None) };
    static WAITING: RefCell<Vec<(Element, Array)>> = const { RefCell::new(Vec::new()) };
}

pub fn start(import: Function) {
    IMPORT.set(Some(import));
    let Some(tool) = first(&root(), TOOL) else { return };
    on(&root(), "paste", paste);
    on(&root(), "dragover", over);
    on(&root(), "dragleave", |event| _ = unmark(&event));
    on(&root(), "drop", dropped);
    after(IDLE_MS, move || load(&tool));
}

/// Asks for the module, once.
fn load(tool: &Element) {
    if ASKED.replace(true) {
        return;
    }
    let Some(import) = IMPORT.with_borrow(Clone::clone) else { return };
    let module = import.call1(&JsValue::NULL, &attribute(tool, "data-host").into());
    spawn_local(async move {
        let take = async {
            let module = JsFuture::from(module.ok()?.unchecked_into::<Promise>()).await.ok()?;
            member(&module, "take").dyn_into::<Function>().ok()
        };
        let take = take.await;
        ASKED.set(take.is_some());
        for tool in all(&root(), TOOL) {
            set(&tool, STATE, if take.is_some() { "ready" } else { "failed" });
        }
        TAKE.set(take);
        pass_on();
    });
}

fn pass_on() {
    let Some(take) = TAKE.with_borrow(Clone::clone) else { return };
    for (tool, items) in WAITING.take() {
        let _ = take.call2(&JsValue::NULL, &tool, &items);
    }
}

fn hand_over(tool: Element, items: Array) {
    if items.length() == 0 {
        return;
    }
    if TAKE.with_borrow(Option::is_none) {
        set(&tool, STATE, "waiting");
    }
    load(&tool);
    WAITING.with_borrow_mut(|waiting| waiting.push((tool, items)));
    pass_on();
}

fn files(list: Option<FileList>) -> Array {
    list.map_or_else(Array::new, |list| Array::from(&list))
}

fn text(name: &str, text: String) -> Array {
    if text.trim().is_empty() {
        return Array::new();
    }
    Array::of1(&object(&[("name", name.into()), ("text", text.into())]))
}

fn items(data: &DataTransfer, name: &str) -> Array {
    let files = files(data.files());
    if files.length() > 0 { files } else { text(name, data.get_data("text/plain").unwrap_or_default()) }
}

/// A pointer or the focus came to it.
pub fn touched(event: &Event) {
    if let Some(tool) = target(event).and_then(|it| closest(&it, TOOL)) {
        load(&tool);
    }
}

pub fn change(event: &Event) {
    let Some(field) = target(event).filter(|it| it.matches("input[type=file]").unwrap_or_default()) else { return };
    let Some(tool) = closest(&field, TOOL) else { return };
    hand_over(tool, files(input(&field).files()));
    // The same file can be chosen again, and no form can send it.
    input(&field).set_value("");
}

pub fn click(event: &Event) {
    let Some(button) = target(event).and_then(|it| closest(&it, "[data-read]")) else { return };
    if let (Some(tool), Some(field)) = (closest(&button, TOOL), by_id(&attribute(&button, "data-read"))) {
        event.prevent_default();
        hand_over(tool, text("Pasted text", input(&field).value()));
    }
}

fn paste(event: Event) {
    if target(&event).is_some_and(|it| is_field(&it)) {
        return;
    }
    let Some(data) = event.unchecked_ref::<ClipboardEvent>().clipboard_data() else { return };
    let items = items(&data, "Pasted text");
    if items.length() > 0
        && let Some(tool) = first(&root(), TOOL)
    {
        event.prevent_default();
        hand_over(tool, items);
    }
}

fn over(event: Event) {
    let zone = target(&event).and_then(|it| closest(&it, DROP));
    if zone.is_some() || !target(&event).is_some_and(|it| is_field(&it)) {
        // Also beside it: a browser would leave the page and open the file.
        event.prevent_default();
    }
    if let Some(zone) = zone {
        set(&zone, OVER, "");
    }
}

fn unmark(event: &Event) -> Option<Element> {
    let zone = target(event).and_then(|it| closest(&it, DROP))?;
    crate::dom::remove(&zone, OVER);
    Some(zone)
}

fn dropped(event: Event) {
    let zone = unmark(&event);
    if !target(&event).is_some_and(|it| is_field(&it)) || zone.is_some() {
        event.prevent_default();
    }
    let Some(data) = event.unchecked_ref::<DragEvent>().data_transfer() else { return };
    if let Some(tool) = zone.and_then(|zone| closest(&zone, TOOL)) {
        hand_over(tool, items(&data, "Dropped text"));
    }
}
