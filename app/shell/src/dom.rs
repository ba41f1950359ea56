//! The few things of the browser that every part uses.
//!
//! What a call costs in bytes is the shape of this module: a function of the browser that is named only once is asked for
//! by [`member`], options are an object, and all handlers are of one type.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use js_sys::{Array, Error, Function, JsString, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{
    Document, Element, Event, EventTarget, HtmlElement, HtmlInputElement, HtmlTemplateElement, Node, Storage, Window,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Document;
    #[wasm_bindgen(thread_local_v2, js_namespace = document, js_name = documentElement)]
    static ROOT: Element;

    #[wasm_bindgen(catch)]
    pub fn fetch(url: &str, options: &Object) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &Function, milliseconds: i32);

    type Thenable;
    #[wasm_bindgen(method)]
    fn then(this: &Thenable, kept: &Function, broken: &Function);
}

pub type Handler = Box<dyn Fn(JsValue)>;

/// Heard on their way down: they do not bubble.
const DOES_NOT_BUBBLE: &str = "close";
const SAID_MS: i32 = 2_000;

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

/// The first on the page.
pub fn find(selector: &str) -> Option<Element> {
    first(&root(), selector)
}

pub fn first(inside: &Element, selector: &str) -> Option<Element> {
    inside.query_selector(selector).ok().flatten()
}

pub fn all(inside: &Element, selector: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    if let Ok(found) = inside.query_selector_all(selector) {
        for at in 0..found.length() {
            if let Some(node) = found.get(at) {
                elements.push(node.unchecked_into());
            }
        }
    }
    elements
}

pub fn closest(from: &Element, selector: &str) -> Option<Element> {
    from.closest(selector).ok().flatten()
}

/// The attribute; empty where there is none.
pub fn attribute(of: &Element, name: &str) -> String {
    of.get_attribute(name).unwrap_or_default()
}

pub fn has(element: &Element, name: &str) -> bool {
    element.has_attribute(name)
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

/// `true` or `false`, as ARIA's states are written.
pub fn state(on: &Element, name: &str, is_so: bool) {
    set(on, name, if is_so { "true" } else { "false" });
}

pub fn words(on: &Element, words: &str) {
    on.set_text_content(Some(words));
}

/// The element that an event happened to. It can be the document, or a text that is dragged.
pub fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// What an event happened to, or is in, that `selector` finds.
pub fn hit(event: &Event, selector: &str) -> Option<Element> {
    closest(&target(event)?, selector)
}

/// For selectors that find inputs only.
pub fn input(element: &Element) -> &HtmlInputElement {
    element.unchecked_ref()
}

pub fn focus(on: &Element) {
    let _ = on.unchecked_ref::<HtmlElement>().focus();
}

/// A new element in a parent.
pub fn add(parent: &Element, tag: &str, before: Option<&Node>) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    parent.insert_before(&element, before).ok()?;
    Some(element)
}

pub fn function(handler: Handler) -> Function {
    Closure::wrap(handler).into_js_value().unchecked_into()
}

/// Listens for as long as the page lives.
pub fn listen(target: &EventTarget, kind: &str, handler: &Function) {
    let _ = target.add_event_listener_with_callback_and_bool(kind, handler, kind == DOES_NOT_BUBBLE);
}

pub fn on(target: &EventTarget, kind: &str, handler: Handler) {
    listen(target, kind, &function(handler));
}

pub fn after(milliseconds: i32, handler: Handler) {
    set_timeout(&function(handler), milliseconds);
}

/// `done` gets what came, or the error; see [`failed`].
pub fn then(promise: Result<Promise, JsValue>, done: Handler) {
    match promise {
        Ok(promise) => {
            let done = function(done);
            promise.unchecked_into::<Thenable>().then(&done, &done);
        }
        Err(error) => done(error),
    }
}

/// Whether it is the error that a promise was broken with.
pub fn failed(value: &JsValue) -> bool {
    value.is_instance_of::<Error>()
}

/// A member of an object, where a name of its own would be more to send.
pub fn member(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// `{ name: value }`
pub fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// The members of a list, or of what can be listed.
pub fn list(of: &JsValue) -> Vec<JsValue> {
    let array = Array::from(of);
    let mut members = Vec::new();
    for at in 0..array.length() {
        members.push(array.get(at));
    }
    members
}

/// Makes the server's own HTML an element's content. `thumbprintHtml` is the page's policy (Trusted Types), by which alone a
/// browser takes it that has them.
pub fn put(element: &Element, html: &str) {
    let policy: Function = member(&window(), "thumbprintHtml").unchecked_into();
    if let Ok(trusted) = policy.call1(&JsValue::NULL, &html.into()) {
        let _ = Reflect::set(element, &"innerHTML".into(), &trusted);
    }
}

/// The elements that a text of HTML has at its root.
pub fn parse(html: &str) -> Vec<Element> {
    let mut elements = Vec::new();
    if let Ok(template) = document().create_element("template") {
        put(&template, html);
        for element in list(&template.unchecked_into::<HtmlTemplateElement>().content().children()) {
            elements.push(element.unchecked_into());
        }
    }
    elements
}

/// Texts, one after the other.
pub fn text(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// A whole number in words of the browser.
pub fn number(number: u32) -> String {
    JsString::from("").concat(&number.into()).into()
}

/// What this tab remembers until it is closed. Some people forbid it: then nothing is remembered.
pub fn memory() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// The members of what is remembered; none where nothing is.
pub fn recall(key: &str) -> Vec<JsValue> {
    let text = memory().and_then(|memory| memory.get_item(key).ok().flatten());
    text.and_then(|text| js_sys::JSON::parse(&text).ok()).map(|members| list(&members)).unwrap_or_default()
}

pub fn remember(key: &str, members: &Array) {
    if let (Some(memory), Ok(text)) = (memory(), js_sys::JSON::stringify(members)) {
        let _ = memory.set_item(key, &String::from(text));
    }
}

pub fn forget(key: &str) {
    if let Some(memory) = memory() {
        let _ = memory.remove_item(key);
    }
}

pub fn cookie(name: &str) -> Option<String> {
    let all = document().unchecked_into::<web_sys::HtmlDocument>().cookie().ok()?;
    for pair in all.split(';') {
        let pair = pair.strip_prefix(' ').unwrap_or(pair);
        if let Some(value) = pair.strip_prefix(name).and_then(|it| it.strip_prefix('=')) {
            return Some(value.into());
        }
    }
    None
}

/// Says it aloud to those who do not see it.
pub fn say(what: &str) {
    if let Some(live) = by_id("live") {
        words(&live, what);
        // The same words again would not be a change.
        after(SAID_MS, Box::new(move |_| words(&live, "")));
    }
}

/// Whether typing goes into what an event happened to.
pub fn typing(event: &Event) -> bool {
    hit(event, "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]").is_some()
}
