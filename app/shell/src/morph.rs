//! Makes an element equal to a newer rendering of it and leaves alone what is the same, so that focus, selection, open
//! details and what was typed stay.

use crate::dom::{by_id, parse};
use crate::times;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Node};

/// What a person, or the shell, has done to an element since it was rendered.
const OWN_STATE: [&str; 2] = ["open", "data-live-state"];

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
    if old.is_equal_node(Some(new)) {
        return;
    }
    attributes(old, new);
    children(old, new);
}

fn attributes(old: &Element, new: &Element) {
    for name in old.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        if !new.has_attribute(&name) && !OWN_STATE.contains(&name.as_str()) {
            let _ = old.remove_attribute(&name);
        }
    }
    for name in new.get_attribute_names().iter().filter_map(|name| name.as_string()) {
        let value = new.get_attribute(&name);
        if value != old.get_attribute(&name)
            && !OWN_STATE.contains(&name.as_str())
            && let Some(value) = value
        {
            let _ = old.set_attribute(&name, &value);
        }
    }
}

fn children(old: &Element, new: &Element) {
    // What stands at `at` is compared next; everything before it is done.
    let mut at = old.first_child();
    let mut coming = new.first_child();
    while let Some(wanted) = coming {
        coming = wanted.next_sibling();
        match counterpart(at.as_ref(), &wanted) {
            Some(found) => {
                // What lies between belongs to nothing in the new one, or comes later.
                if at.as_ref().is_some_and(|at| !at.is_same_node(Some(&found))) {
                    let _ = old.insert_before(&found, at.as_ref());
                } else {
                    at = found.next_sibling();
                }
                node(&found, &wanted);
            }
            None => {
                let _ = old.insert_before(&wanted, at.as_ref());
            }
        }
    }
    while let Some(left) = at {
        at = left.next_sibling();
        let _ = old.remove_child(&left);
    }
}

fn node(old: &Node, new: &Node) {
    if new.node_type() == Node::ELEMENT_NODE {
        element(old.unchecked_ref(), new.unchecked_ref());
    } else if old.node_value() != new.node_value() {
        old.set_node_value(new.node_value().as_deref());
    }
}

fn id(of: &Node) -> String {
    if of.node_type() == Node::ELEMENT_NODE { of.unchecked_ref::<Element>().id() } else { String::new() }
}

/// The node, from `at` on, that `wanted` is the newer rendering of: the one with its id; without an id, the next one if it
/// is of the same kind and has none either.
fn counterpart(at: Option<&Node>, wanted: &Node) -> Option<Node> {
    let name = id(wanted);
    let mut here = at.cloned();
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
