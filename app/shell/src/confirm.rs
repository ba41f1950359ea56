//! `[data-confirm="remove 3 entries"]` on a text input: the form's `[data-confirmed]` button waits until that is typed.

use crate::dom::{all, attribute, closest, first, input, mark, root};
use js_sys::JsString;
use web_sys::Element;

pub fn start() {
    for field in all(&root(), "[data-confirm]") {
        typed(&field);
    }
}

pub fn typed(field: &Element) {
    if let Some(button) = closest(field, "form").and_then(|form| first(&form, "[data-confirmed]")) {
        let typed = JsString::from(input(field).value()).trim();
        mark(&button, "disabled", typed != attribute(field, "data-confirm").as_str());
    }
}
