//! `[data-copy="text"]`: copies, and says so for a moment.

use crate::dom::{after, attribute, closest, mark, say, target};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Event;

#[wasm_bindgen]
extern "C" {
    /// There is no clipboard over plain http, except on this machine: that is an error as well.
    #[wasm_bindgen(catch, js_namespace = ["navigator", "clipboard"], js_name = writeText)]
    fn write(text: &str) -> Result<Promise, JsValue>;
}

const SHOWN_MS: i32 = 2_000;

pub fn click(event: &Event) {
    let Some(button) = target(event).and_then(|it| closest(&it, "[data-copy]")) else { return };
    let written = write(&attribute(&button, "data-copy"));
    spawn_local(async move {
        let copied = match written {
            Ok(promise) => JsFuture::from(promise).await.is_ok(),
            Err(_) => false,
        };
        say(if copied { "Copied" } else { "The browser did not allow copying; select the text instead" });
        let shown = if copied { "data-copied" } else { "data-not-copied" };
        mark(&button, shown, true);
        after(SHOWN_MS, move || mark(&button, shown, false));
    });
}
