//! The few things of the browser that every part uses.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{
    Document, Element, Event, EventTarget, HtmlElement, HtmlInputElement, HtmlTemplateElement, Storage, Window,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Document;
    #[wasm_bindgen(thread_local_v2, js_namespace = document, js_name = documentElement)]
    static ROOT: Element;

    /// With an object of options, so that each of them need not be a function of its own.
    #[wasm_bindgen(catch)]
    pub fn fetch(url: &str, options: &Object) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &Function, milliseconds: i32);
}

const SAID_MS: i32 = 2_000;
/// Heard on their way down instead.
const DOES_NOT_BUBBLE: [&str; 1] = ["close"];

pub fn window() -> Window {
    WINDOW.with(Clone::clone)
}

pub fn document() -> Document {
    DOCUMENT.with(Clone::clone)
}

/// `<html>`.
pub fn root() -> Element {
    ROOT.with(Clone::clone)
}

pub fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

pub fn first(inside: &Element, selector: &str) -> Option<Element> {
    inside.query_selector(selector).ok().flatten()
}

pub fn all(inside: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = inside.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| Some(found.get(at)?.unchecked_into())).collect()
}

pub fn closest(from: &Element, selector: &str) -> Option<Element> {
    from.closest(selector).ok().flatten()
}

/// The attribute; empty where there is none.
pub fn attribute(of: &Element, name: &str) -> String {
    of.get_attribute(name).unwrap_or_default()
}

pub fn set(on: &Element, name: &str, value: &str) {
    let _ = on.set_attribute(name, value);
}

pub fn remove(from: &Element, name: &str) {
    let _ = from.remove_attribute(name);
}

pub fn mark(on: &Element, name: &str, is_so: bool) {
    if is_so { set(on, name, "") } else { remove(on, name) }
}

/// The element that an event happened to. It can be the document, or a text that is dragged.
pub fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// For selectors that find inputs only.
pub fn input(element: &Element) -> &HtmlInputElement {
    element.unchecked_ref()
}

pub fn html(element: &Element) -> &HtmlElement {
    element.unchecked_ref()
}

pub fn focus(on: &Element) {
    let _ = html(on).focus();
}

fn function(handler: Box<dyn Fn(JsValue)>) -> Function {
    Closure::wrap(handler).into_js_value().unchecked_into()
}

/// Listens for as long as the page lives.
pub fn on(target: &EventTarget, kind: &str, handler: impl Fn(Event) + 'static) {
    let handler = function(Box::new(move |event| handler(event.unchecked_into())));
    let _ = target.add_event_listener_with_callback_and_bool(kind, &handler, DOES_NOT_BUBBLE.contains(&kind));
}

pub fn after(milliseconds: i32, handler: impl Fn() + 'static) {
    set_timeout(&function(Box::new(move |_| handler())), milliseconds);
}

/// `{ name: value }`
pub fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// A member that web-sys has no name for.
pub fn member(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The elements that a text of HTML has at its root.
pub fn parse(html: &str) -> Vec<Element> {
    let Ok(template) = document().create_element("template") else { return Vec::new() };
    template.set_inner_html(html);
    let children = template.unchecked_into::<HtmlTemplateElement>().content().children();
    (0..children.length()).filter_map(|at| children.item(at)).collect()
}

/// What this tab remembers until it is closed. Some people forbid it: then nothing is remembered.
pub fn memory() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

pub fn cookie(name: &str) -> Option<String> {
    let all = document().unchecked_into::<web_sys::HtmlDocument>().cookie().ok()?;
    all.split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
}

/// Says it aloud to those who do not see it.
pub fn say(words: &str) {
    if let Some(live) = by_id("live") {
        live.set_text_content(Some(words));
        // The same words again would not be a change.
        after(SAID_MS, move || live.set_text_content(None));
    }
}

/// Whether typing goes into this element.
pub fn is_field(element: &Element) -> bool {
    closest(element, "input, textarea, select, [contenteditable]").is_some()
}
