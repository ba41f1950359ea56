//! `[data-copy="text"]`: copies, and says so for a moment.

use crate::dom::{after, attribute, failed, hit, mark, say, then};
use alloc::boxed::Box;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::Event;

#[wasm_bindgen]
extern "C" {
    /// There is no clipboard over plain http, except on this machine: that is an error as well.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = writeText)]
    fn write(text: &str) -> Result<Promise, JsValue>;
}

const SHOWN_MS: i32 = 2_000;

pub fn click(event: &Event) {
    let Some(button) = hit(event, "[data-copy]") else { return };
    let written = write(&attribute(&button, "data-copy"));
    let tell = move |answer: JsValue| {
        let copied = !failed(&answer);
        say(if copied { "Copied" } else { "The browser did not allow copying; select the text instead" });
        let shown = if copied { "data-copied" } else { "data-not-copied" };
        let button = button.clone();
        mark(&button, shown, true);
        after(SHOWN_MS, Box::new(move |_| mark(&button, shown, false)));
    };
    then(written, Box::new(tell));
}
