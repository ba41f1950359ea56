//! Forms. Without the shell a browser sends them and loads what comes; the server does the same either way.
//!
//! `form[method=post]`: sent by fetch, so that a refusal appears beside the button and nothing that was typed is lost.
//! `data-plain` leaves it to the browser. `form[method=get]`: what is empty stays out of the address.

use crate::dom::{
    add, all, attribute, by_id, failed, fetch, first, has, list, member, object, put, remove, root, say, set, target,
    text, then, words,
};
use crate::{picker, place, theme, times, tools};
use alloc::boxed::Box;
use alloc::string::String;
use js_sys::Array;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Event, FormData, Response, UrlSearchParams};

const NO_ANSWER: &str = "The server did not answer. Look before you send it again.";
const UNKNOWN_ANSWER: &str = "The server's answer is not one that this page can show. Look before you send it again.";
const BUSY: &str = "aria-busy";
/// What an element says when nothing is pending.
const WORDS: &str = "data-words";

pub fn submit(event: &Event) {
    let Some(form) = target(event) else { return };
    let button: Option<Element> = member(event, "submitter").dyn_into().ok();
    let of = |by_button: &str, own: &str| {
        let own_value = || attribute(&form, own);
        button.as_ref().and_then(|it| it.get_attribute(by_button)).unwrap_or_else(own_value)
    };
    if event.default_prevented() || has(&form, "data-plain") {
        return;
    }
    if let Some(button) = &button
        && has(&form, "data-theme-form")
    {
        event.prevent_default();
        return theme::choose(button);
    }
    if of("formmethod", "method") != "post" {
        return;
    }
    event.prevent_default();
    // It is the worker's.
    if has(&form, "data-tool-form") {
        return tools::wait(&form);
    }
    // Twice would be two pushes.
    if has(&form, BUSY) {
        return;
    }
    set(&form, BUSY, "true");
    let body = body(&form, button.as_ref(), &of("formenctype", "enctype"));
    let action = of("formaction", "action");
    pending(&form, button.as_ref());
    send(&action, body, move |answer| match answer {
        Ok(to) => {
            picker::sent(&form);
            place::go(&to);
        }
        Err(refusal) => {
            release();
            refuse(&form, &refusal);
        }
    });
}

fn body(form: &Element, button: Option<&Element>, encoding: &str) -> JsValue {
    let Ok(fields) = FormData::new_with_form(form.unchecked_ref()) else { return JsValue::UNDEFINED };
    if let Some(button) = button
        && has(button, "name")
    {
        let _ = fields.append_with_str(&attribute(button, "name"), &attribute(button, "value"));
    }
    if encoding == "multipart/form-data" && first(form, "input[type=file][name]").is_some() {
        return fields.into();
    }
    UrlSearchParams::new_with_str_sequence_sequence(&fields).map_or(JsValue::UNDEFINED, Into::into)
}

/// Where to go on, or the HTML of the refusal.
fn send(action: &str, body: JsValue, done: impl Fn(Result<String, String>) + 'static) {
    let headers = object(&[("x-thumbprint-shell", "1".into()), ("accept", "text/html".into())]);
    let sent = fetch(action, &object(&[("method", "POST".into()), ("headers", headers.into()), ("body", body)]));
    let done: alloc::rc::Rc<dyn Fn(Result<String, String>)> = alloc::rc::Rc::new(done);
    let answered = move |answer: JsValue| {
        if failed(&answer) {
            return done(Err(bar(NO_ANSWER)));
        }
        let answer: Response = answer.unchecked_into();
        let header = |name: &str| answer.headers().get(name).ok().flatten().unwrap_or_default();
        let to = header("x-location");
        if !to.is_empty() {
            return done(Ok(to));
        }
        let is_refusal = answer.status() >= 400 && header("content-type").starts_with("text/html");
        let done = done.clone();
        let read = move |html: JsValue| {
            done(Err(match html.as_string() {
                Some(html) if is_refusal => html,
                Some(_) => bar(UNKNOWN_ANSWER),
                None => bar(NO_ANSWER),
            }));
        };
        then(answer.text(), Box::new(read));
    };
    then(sent, Box::new(answered));
}

/// A refusal of the shell's own: fixed words, as the server's message bar has them.
fn bar(words: &str) -> String {
    text(&[
        r#"<div class="message-bar message-bar--error"><div class="message-bar__body"><p class="message-bar__title">"#,
        words,
        "</p></div></div>",
    ])
}

/// Shows it beside the button, in view and with the focus.
fn refuse(form: &Element, html: &str) {
    let slot = first(form, "[data-refusal]").or_else(|| by_id(&attribute(form, "data-refusal-in")));
    let Some(slot) = slot.or_else(|| add(form, "div", None)) else { return };
    set(&slot, "data-refusal", "");
    put(&slot, html);
    times::show(&slot);
    place::show(&slot);
}

fn pending(form: &Element, button: Option<&Element>) {
    if let Some(button) = button {
        set(button, "aria-disabled", "true");
        tell(&first(button, "span").unwrap_or_else(|| button.clone()), &attribute(button, "data-pending"));
    }
    if let Some(bar) = first(form, "[data-pending-words]") {
        tell(&bar, &attribute(form, "data-pending"));
    }
}

fn tell(element: &Element, what: &str) {
    if !what.is_empty() {
        set(element, WORDS, &element.text_content().unwrap_or_default());
        words(element, what);
        say(what);
    }
}

/// Every form can be sent again: after a refusal, and after Back to a page that the browser kept.
pub fn release() {
    for form in all(&root(), "form[aria-busy]") {
        remove(&form, BUSY);
        for button in all(&form, "button[aria-disabled]") {
            remove(&button, "aria-disabled");
        }
    }
    for element in all(&root(), "[data-words]") {
        words(&element, &attribute(&element, WORDS));
        remove(&element, WORDS);
    }
}

/// `formdata`: the browser has collected what it sends, and takes what is changed here. What is empty stays out; of a
/// repeated name the last counts, of a list (`name[]`) each value once.
pub fn collected(event: &Event) {
    let Some(form) = target(event) else { return };
    // What is posted goes as it is, and a tool's form to the worker.
    if has(&form, BUSY) || has(&form, "data-tool-form") || attribute(&form, "method") == "post" {
        return;
    }
    let fields: FormData = member(event, "formData").unchecked_into();
    if has(&form, "data-keep")
        && !has(&form, "data-picker")
        && let Some((field, chosen)) = picker::chosen()
    {
        for id in chosen {
            let _ = fields.append_with_str(&field, &id);
        }
    }
    let pairs = list(&fields);
    for pair in &pairs {
        fields.delete(&part(pair, 0));
    }
    for pair in &pairs {
        let (name, value) = (part(pair, 0), part(pair, 1));
        if !name.ends_with("[]") {
            fields.delete(&name);
        }
        if !value.is_empty() && !fields.get_all(&name).includes(&value.as_str().into(), 0) {
            let _ = fields.append_with_str(&name, &value);
        }
    }
}

fn part(pair: &JsValue, at: u32) -> String {
    pair.unchecked_ref::<Array>().get(at).as_string().unwrap_or_default()
}
