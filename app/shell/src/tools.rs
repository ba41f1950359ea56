//! `[data-tool]`: what reads certificates and keys, in a worker without network. The shell knows nothing of either: it
//! loads the module that `<html data-host>` names, which does the rest, and keeps the tool's forms (`data-tool-form`) from
//! being sent before that is there.

use crate::dom::{attribute, failed, find, root, set, then};
use alloc::boxed::Box;
use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};

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
            set(&tool, "data-tool-failed", "");
        }
    };
    then(module, Box::new(tell));
}
