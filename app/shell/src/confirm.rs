//! `[data-confirm="remove 3 entries"]` on a text input: the form's `[data-confirmed]` button waits until that is typed.

use crate::dom::{all, attribute, closest, first, input, mark, root};
use web_sys::Element;

pub fn start() {
    for field in all(&root(), "[data-confirm]") {
        typed(&field);
    }
}

pub fn typed(field: &Element) {
    let wanted = attribute(field, "data-confirm");
    if let Some(button) = closest(field, "form").and_then(|form| first(&form, "[data-confirmed]")) {
        mark(&button, "disabled", input(field).value().trim() != wanted.trim());
    }
}
