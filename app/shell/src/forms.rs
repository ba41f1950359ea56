//! Forms. Without the shell a browser sends them and loads what comes; the server does the same either way.
//!
//! `form[method=post]`: sent by fetch, so that a refusal appears beside the button and nothing that was typed is lost.
//! `data-plain` leaves it to the browser. `form[method=get]`: what is empty stays out of the address.

use crate::dom::{all, attribute, by_id, fetch, first, object, remove, root, say, set, target};
use crate::{picker, place, theme, times};
use js_sys::Array;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event, FormData, Response, SubmitEvent, UrlSearchParams};

const NO_ANSWER: &str = "The server did not answer. Look before you send it again.";
const UNKNOWN_ANSWER: &str = "The server's answer is not one that this page can show. Look before you send it again.";
const BUSY: &str = "aria-busy";
/// What a pressed button says while it is not pressed.
const WORDS: &str = "data-words";

pub fn submit(event: &Event) {
    let Some(form) = target(event) else { return };
    let button: Option<Element> = event.unchecked_ref::<SubmitEvent>().submitter().map(Into::into);
    let button = button.as_ref();
    let of = |by_button: &str, own: &str| {
        button.and_then(|it| it.get_attribute(by_button)).unwrap_or_else(|| attribute(&form, own))
    };
    let left_alone = event.default_prevented() || form.has_attribute("data-plain");
    if left_alone || theme::submit(event, &form, button) || !of("formmethod", "method").eq_ignore_ascii_case("post") {
        return;
    }
    event.prevent_default();
    // Twice would be two pushes.
    if form.has_attribute(BUSY) {
        return;
    }
    set(&form, BUSY, "true");
    let body = body(&form, button, &of("formenctype", "enctype"));
    if let Some(button) = button {
        press(button);
    }
    let action = of("formaction", "action");
    spawn_local(async move {
        match send(&action, body).await {
            Ok(to) => {
                picker::sent(&form);
                place::go(&to);
            }
            Err(refusal) => {
                release();
                refuse(&form, &refusal);
            }
        }
    });
}

fn body(form: &Element, button: Option<&Element>, encoding: &str) -> JsValue {
    let Ok(fields) = FormData::new_with_form(form.unchecked_ref()) else { return JsValue::UNDEFINED };
    if let Some(button) = button.filter(|it| it.has_attribute("name")) {
        let _ = fields.append_with_str(&attribute(button, "name"), &attribute(button, "value"));
    }
    if encoding == "multipart/form-data" && first(form, "input[type=file][name]").is_some() {
        return fields.into();
    }
    // A sequence of pairs is what the browser makes of it; a file among them would be sent as words, and none has a name.
    UrlSearchParams::new_with_str_sequence_sequence(&fields).map_or(JsValue::UNDEFINED, Into::into)
}

/// Where to go on, or the HTML of the refusal.
async fn send(action: &str, body: JsValue) -> Result<String, String> {
    let headers = object(&[("x-thumbprint-shell", "1".into()), ("accept", "text/html".into())]);
    let options = object(&[("method", "POST".into()), ("headers", headers.into()), ("body", body)]);
    let answer = match fetch(action, &options) {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    let Ok(answer) = answer else { return Err(bar(NO_ANSWER)) };
    let answer: Response = answer.unchecked_into();
    let header = |name: &str| answer.headers().get(name).ok().flatten().unwrap_or_default();
    let to = header("x-location");
    if !to.is_empty() {
        return Ok(to);
    }
    let text = match answer.text() {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    let Ok(text) = text else { return Err(bar(NO_ANSWER)) };
    let is_refusal = answer.status() >= 400 && header("content-type").starts_with("text/html");
    Err(text.as_string().filter(|_| is_refusal).unwrap_or_else(|| bar(UNKNOWN_ANSWER)))
}

/// A refusal of the shell's own: fixed words, as the server's message bar has them.
fn bar(words: &str) -> String {
    let (head, tail) = (
        r#"<div class="message-bar message-bar--error"><div class="message-bar__body"><p class="message-bar__title">"#,
        "</p></div></div>",
    );
    [head, words, tail].concat()
}

/// Shows it beside the button, in view and with the focus.
fn refuse(form: &Element, html: &str) {
    let slot = first(form, "[data-refusal]").or_else(|| by_id(&attribute(form, "data-refusal-in"))).or_else(|| {
        let slot = root().owner_document()?.create_element("div").ok()?;
        set(&slot, "data-refusal", "");
        form.append_child(&slot).ok()?;
        Some(slot)
    });
    let Some(slot) = slot else { return };
    slot.set_inner_html(html);
    times::show(&slot);
    place::show(&slot);
}

fn press(button: &Element) {
    set(button, "aria-disabled", "true");
    let words = attribute(button, "data-pending");
    if !words.is_empty() {
        let label = first(button, "span").unwrap_or_else(|| button.clone());
        set(&label, WORDS, &label.text_content().unwrap_or_default());
        label.set_text_content(Some(&words));
        say(&words);
    }
}

/// Every form can be sent again: after a refusal, and after Back to a page that the browser kept.
pub fn release() {
    for form in all(&root(), "form[aria-busy]") {
        remove(&form, BUSY);
    }
    for button in all(&root(), "button[aria-disabled][data-pending], form button[aria-disabled]") {
        remove(&button, "aria-disabled");
    }
    for label in all(&root(), "[data-words]") {
        label.set_text_content(Some(&attribute(&label, WORDS)));
        remove(&label, WORDS);
    }
}

/// `formdata`: the browser has collected what it sends, and takes what is changed here.
pub fn collected(fields: &FormData, form: &Element) {
    // What is posted goes as it is.
    if form.has_attribute(BUSY) || attribute(form, "method").eq_ignore_ascii_case("post") {
        return;
    }
    let pairs: Vec<(String, String)> = Array::from(fields)
        .iter()
        .filter_map(|pair| {
            let pair: Array = pair.unchecked_into();
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        })
        .chain(form.has_attribute("data-keep").then(picker::kept).into_iter().flatten())
        .collect();
    for (name, _) in &pairs {
        fields.delete(name);
    }
    for (name, value) in tidy(&pairs) {
        let _ = fields.append_with_str(name, value);
    }
}

/// What is empty stays out; of a repeated name the last counts, of a list (`name[]`) each value once.
fn tidy(pairs: &[(String, String)]) -> impl Iterator<Item = &(String, String)> {
    pairs.iter().enumerate().filter_map(|(at, pair)| {
        let (name, value) = pair;
        let again = |(other, later): &(String, String)| other == name && (later == value || !name.ends_with("[]"));
        (!value.is_empty() && !pairs.iter().skip(at + 1).any(again)).then_some(pair)
    })
}

#[cfg(test)]
mod tests {
    use super::tidy;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_last_of_a_name_counts_and_lists_are_kept_whole() {
        let fields =
            pairs(&[("scope", "mine"), ("q", ""), ("app[]", "a"), ("app[]", "b"), ("app[]", "a"), ("scope", "all")]);
        let kept: Vec<_> = tidy(&fields).cloned().collect();
        assert_eq!(kept, pairs(&[("app[]", "b"), ("app[]", "a"), ("scope", "all")]));
    }
}
