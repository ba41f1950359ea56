//! Where the person was: after a reload of the same address the page stands where it stood, with the same details open.
//! `[data-focus]` has the focus after loading, and `#refused` if the address names it.

use crate::dom::{all, by_id, find, focus, forget, has, recall, remember, root, set, text, window};
use alloc::string::String;
use js_sys::Array;
use web_sys::Element;

/// An array: the address, how far the page is scrolled, the ids of open details.
const PLACE: &str = "thumbprint-place";
/// Set while the shell loads a page that it is on.
const RELOADING: &str = "thumbprint-reloading";

/// The address that the browser shows, without its fragment.
pub fn here() -> String {
    let location = window().location();
    text(&[&location.pathname().unwrap_or_default(), &location.search().unwrap_or_default()])
}

pub fn leave() {
    let place = Array::of2(&here().into(), &window().scroll_y().unwrap_or_default().into());
    for details in all(&root(), "details[id][open]:not(.menu)") {
        place.push(&details.id().into());
    }
    remember(PLACE, &place);
}

/// Loads the page again.
pub fn reload() {
    remember(RELOADING, &Array::of1(&true.into()));
    let _ = window().location().reload();
}

/// Goes to a path of the portal, or to another site.
pub fn go(to: &str) {
    let rest = to.strip_prefix(here().as_str());
    let _ = window().location().assign(to);
    match rest {
        // With another fragment alone, browsers only scroll.
        Some(fragment) if fragment.starts_with('#') => reload(),
        Some("") => remember(RELOADING, &Array::of1(&true.into())),
        _ => {}
    }
}

pub fn arrive() {
    restore();
    let at_refusal = window().location().hash().is_ok_and(|fragment| fragment == "#refused");
    let refused = if at_refusal { by_id("refused") } else { None };
    if let Some(wanted) = refused.or_else(|| find("[data-focus]")) {
        show(&wanted);
    }
}

/// Into view, and the focus to it.
pub fn show(element: &Element) {
    if !has(element, "tabindex") && !element.matches("a, button, input, select, textarea, summary").unwrap_or_default()
    {
        set(element, "tabindex", "-1");
    }
    focus(element);
    element.scroll_into_view_with_bool(false);
}

fn restore() {
    let place = recall(PLACE);
    let mut scroll = !recall(RELOADING).is_empty();
    forget(PLACE);
    forget(RELOADING);
    let [address, scrolled, open @ ..] = place.as_slice() else { return };
    if address.as_string() != Some(here()) {
        return;
    }
    for id in open {
        if let Some(details) = id.as_string().and_then(|id| by_id(&id))
            && !has(&details, "open")
        {
            set(&details, "open", "");
            // A browser that loads the page again by itself scrolls as well, but before the details are open.
            scroll = true;
        }
    }
    if scroll {
        window().scroll_to_with_x_and_y(0.0, scrolled.as_f64().unwrap_or_default());
    }
}
