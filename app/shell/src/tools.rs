//! `[data-tool]`: what reads certificates and keys, in a worker without network. The shell knows nothing of either: it
//! loads the module that `<html data-host>` names, which does the rest, and keeps the tool's forms (`data-tool-form`) from
//! being sent before that is there. Until then it says so in the tool's `[data-tool-progress]`.

use crate::dom::{attribute, closest, failed, find, first, root, say, then, words};
use alloc::boxed::Box;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

const NOT_LOADED: &str =
    "What reads here could not be loaded, so nothing was read. Look at the connection, then load the page again.";
const ON_ITS_WAY: &str = "What reads here is still being loaded. Press again in a moment.";

/// `import`: the page's own, for which WebAssembly has no word.
pub fn start(import: &Function) {
    let host = attribute(&root(), "data-host");
    let Some(tool) = find("[data-tool]") else { return };
    if host.is_empty() {
        return;
    }
    let module = import.call1(&JsValue::NULL, &host.as_str().into()).map(JsCast::unchecked_into::<Promise>);
    let tell = move |module: JsValue| {
        if failed(&module) {
            tell(&tool, NOT_LOADED);
        }
    };
    then(module, Box::new(tell));
}

/// A tool's form was sent, and its host did not take it: it is not there yet.
pub fn wait(form: &Element) {
    if let Some(tool) = closest(form, "[data-tool]") {
        tell(&tool, ON_ITS_WAY);
    }
}

fn tell(tool: &Element, what: &str) {
    if let Some(progress) = first(tool, "[data-tool-progress]") {
        words(&progress, what);
    }
    say(what);
}
