//! `details.menu`: closes on Escape, on a click elsewhere, and when the focus leaves it.

use crate::dom::{all, find, focus, remove, root, target};
use web_sys::{Element, Event};

fn close_all(except: Option<&Element>) {
    for menu in all(&root(), "details.menu[open]") {
        if !except.is_some_and(|inside| menu.contains(Some(inside))) {
            remove(&menu, "open");
        }
    }
}

pub fn elsewhere(event: &Event) {
    close_all(target(event).as_ref());
}

pub fn escape() {
    if let Some(summary) = find("details.menu[open] > summary") {
        close_all(None);
        focus(&summary);
    }
}
