//! Makes an element equal to a newer rendering of it and leaves alone what is the same, so that focus, selection, open
//! details and what was typed stay.

use crate::dom::{by_id, has, list, parse};
use crate::times;
use alloc::string::String;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Node};

/// Each element at the root of `html` takes the place of the one with its id. What has no counterpart is left out.
pub fn put(html: &str) {
    for new in parse(html) {
        if let Some(old) = by_id(&new.id()) {
            times::show(&new);
            element(&old, &new);
        }
    }
}

fn element(old: &Element, new: &Element) {
    if !old.is_equal_node(Some(new)) {
        attributes(old, new, false);
        attributes(new, old, true);
        // It says what is pending; see `forms`.
        if !has(old, "data-words") {
            children(old, new);
        }
    }
}

/// What one of them has is taken from it, or given to the other.
fn attributes(has: &Element, other: &Element, give: bool) {
    for name in list(&has.get_attribute_names()) {
        let Some(name) = name.as_string() else { continue };
        // What a person, or the shell, has done since it was rendered.
        if matches!(name.as_str(), "open" | "data-live-state" | "aria-busy" | "aria-disabled" | "data-words") {
            continue;
        }
        if give {
            let value = has.get_attribute(&name).unwrap_or_default();
            let _ = other.set_attribute(&name, &value);
        } else if !other.has_attribute(&name) {
            let _ = has.remove_attribute(&name);
        }
    }
}

fn children(old: &Element, new: &Element) {
    // What stands here is compared next; everything before it is done.
    let mut here = old.first_child();
    let mut coming = new.first_child();
    while let Some(wanted) = coming {
        coming = wanted.next_sibling();
        if let Some(found) = counterpart(here.clone(), &wanted) {
            if here.as_ref() == Some(&found) {
                here = found.next_sibling();
            } else {
                let _ = old.insert_before(&found, here.as_ref());
            }
            if is_element(&wanted) {
                element(found.unchecked_ref(), wanted.unchecked_ref());
            } else if found.node_value() != wanted.node_value() {
                found.set_node_value(wanted.node_value().as_deref());
            }
        } else {
            let _ = old.insert_before(&wanted, here.as_ref());
        }
    }
    while let Some(left) = here {
        here = left.next_sibling();
        let _ = old.remove_child(&left);
    }
}

fn is_element(node: &Node) -> bool {
    node.node_type() == Node::ELEMENT_NODE
}

fn id(of: &Node) -> String {
    if is_element(of) { of.unchecked_ref::<Element>().id() } else { String::new() }
}

/// The node, from `here` on, that `wanted` is the newer rendering of: the one with its id; without an id, the next one if
/// it is of the same kind and has none either.
fn counterpart(mut here: Option<Node>, wanted: &Node) -> Option<Node> {
    let name = id(wanted);
    while let Some(candidate) = here {
        if candidate.node_name() == wanted.node_name() && id(&candidate) == name {
            return Some(candidate);
        }
        if name.is_empty() {
            return None;
        }
        here = candidate.next_sibling();
    }
    None
}
