//! Where the person was: after a reload of the same address the page stands where it stood, with the same details open.
//! `[data-focus]` has the focus after loading, and `#refused` if the address names it.

use crate::dom::{all, attribute, by_id, first, focus, memory, root, set, window};
use web_sys::Element;

const KEY: &str = "thumbprint-place";
/// Set while the shell loads a page that it is on.
const RELOADING: &str = "thumbprint-reloading";

/// The address that the browser shows, without its fragment.
fn here() -> String {
    let location = window().location();
    [location.pathname(), location.search()].map(Result::unwrap_or_default).concat()
}

/// Remembers where the page stands, in lines: its address, how far it is scrolled, the ids of open details.
pub fn leave() {
    let Some(memory) = memory() else { return };
    let mut lines = [here(), scrolled()].join("\n");
    for details in all(&root(), "details[id][open]:not(.menu)") {
        lines.push('\n');
        lines.push_str(&details.id());
    }
    let _ = memory.set_item(KEY, &lines);
}

fn scrolled() -> String {
    #[expect(clippy::cast_possible_truncation, reason = "no page is that long, and a cast takes what fits")]
    let pixels = window().scroll_y().unwrap_or_default() as i32;
    pixels.to_string()
}

/// Loads the page again.
pub fn reload() {
    stay();
    let _ = window().location().reload();
}

fn stay() {
    if let Some(memory) = memory() {
        let _ = memory.set_item(RELOADING, "");
    }
}

/// Goes to a path of the portal, or to another site.
pub fn go(to: &str) {
    let same_page = to.split('#').next() == Some(&here());
    if same_page {
        stay();
    }
    let _ = window().location().assign(to);
    // With another fragment alone, browsers only scroll.
    if same_page && to.contains('#') {
        reload();
    }
}

pub fn arrive() {
    restore();
    let fragment = window().location().hash().unwrap_or_default();
    let refused = by_id("refused").filter(|_| fragment == "#refused");
    if let Some(wanted) = refused.or_else(|| first(&root(), "[data-focus]")) {
        show(&wanted);
    }
}

/// Into view, and the focus to it.
pub fn show(element: &Element) {
    if !element.has_attribute("tabindex") && attribute(element, "href").is_empty() {
        set(element, "tabindex", "-1");
    }
    focus(element);
    element.scroll_into_view_with_bool(false);
}

fn restore() {
    let Some(memory) = memory() else { return };
    let Ok(Some(lines)) = memory.get_item(KEY) else { return };
    let _ = memory.remove_item(KEY);
    let by_us = memory.get_item(RELOADING).ok().flatten().is_some();
    let _ = memory.remove_item(RELOADING);
    let mut lines = lines.split('\n');
    if lines.next() != Some(&here()) {
        return;
    }
    let scrolled = lines.next().and_then(|it| it.parse::<i32>().ok()).unwrap_or_default();
    let mut opened = false;
    for details in lines.filter_map(by_id).filter(|it| !it.has_attribute("open")) {
        set(&details, "open", "");
        opened = true;
    }
    // A browser that loads the page again by itself scrolls as well, but before the details are open.
    if by_us || opened {
        window().scroll_to_with_x_and_y(0.0, scrolled.into());
    }
}
