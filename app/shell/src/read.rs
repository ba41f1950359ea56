//! `input[type=file][data-read-into="id"]`, without a name: the text of the file that is chosen comes into that field.
//!
//! UTF-16 where it says so by its first bytes; else UTF-8; what is not that, as Windows' Western European, which Excel writes.

use crate::dom::{attribute, by_id, hit, input, say, then};
use alloc::boxed::Box;
use alloc::string::String;
use js_sys::{Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Event;

#[wasm_bindgen]
extern "C" {
    type Decoder;
    #[wasm_bindgen(constructor, js_class = "TextDecoder")]
    fn new(label: &str, options: &Object) -> Decoder;
    #[wasm_bindgen(method, catch)]
    fn decode(this: &Decoder, bytes: &JsValue) -> Result<String, JsValue>;

    type Bytes;
    #[wasm_bindgen(method, js_name = arrayBuffer)]
    fn array_buffer(this: &Bytes) -> Promise;
}

pub fn change(event: &Event) {
    let Some(chosen) = hit(event, "[data-read-into]") else { return };
    let Some(file) = input(&chosen).files().and_then(|files| files.get(0)) else { return };
    let put = move |bytes: JsValue| {
        let field = by_id(&attribute(&chosen, "data-read-into"));
        match (field, text(&bytes)) {
            (Some(field), Some(text)) => {
                input(&field).set_value(&text);
                say("The file's text is in the field");
            }
            _ => say("The file could not be read"),
        }
        // The same file can be chosen again.
        input(&chosen).set_value("");
    };
    then(Ok(file.unchecked_into::<Bytes>().array_buffer()), Box::new(put));
}

/// `None` for what is an error rather than bytes.
fn text(bytes: &JsValue) -> Option<String> {
    let head = Uint8Array::new(bytes);
    let encoding = match (head.get_index(0), head.get_index(1)) {
        (0xff, 0xfe) => "utf-16le",
        (0xfe, 0xff) => "utf-16be",
        _ => "utf-8",
    };
    let fatal = crate::dom::object(&[("fatal", true.into())]);
    let decode = |encoding: &str| Decoder::new(encoding, &fatal).decode(bytes).ok();
    if crate::dom::failed(bytes) { None } else { decode(encoding).or_else(|| decode("windows-1252")) }
}
