//! What needs the browser: messages, the clock, and in [`keys`] WebCrypto. Everything else is [`crate::session`]'s.

mod keys;

pub use keys::listen_with_keys;

use crate::bench::Choose;
use crate::message::{Effect, Moment, Step};
use crate::session::Session;
use js_sys::{Array, Date, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use time::OffsetDateTime;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};
use zeroize::Zeroizing;

type Shared = Rc<RefCell<Session>>;

/// Does a message's steps; when all is done, [`done`] says so with the message's number.
type CarryOut = fn(&Shared, Vec<Step>, u32);

/// Listens to the page from now on. `choose`: what this worker can do; nothing in it signs or makes a key, and code for that
/// is not linked.
///
/// A message is an array: JSON of a [`Message`](crate::message::Message), its number, and the bytes of a file. An answer is one as well: JSON of an
/// [`Effect`], and a file's bytes. When all of a message's answers are sent, `{"do":"done","of":number}` follows.
pub fn listen(choose: Choose) {
    attend(choose, |_, steps, number| {
        for step in steps {
            if let Step::Page(effect) = step {
                tell(&effect);
            }
        }
        done(number);
    });
}

fn attend(choose: Choose, carry_out: CarryOut) {
    let session = Rc::new(RefCell::new(Session::new(choose)));
    let handler = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        receive(&session, event.data(), carry_out);
    });
    scope().set_onmessage(Some(handler.as_ref().unchecked_ref()));
    // For as long as the worker lives.
    handler.forget();
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn receive(session: &Shared, data: JsValue, carry_out: CarryOut) {
    let parts: Array = data.unchecked_into();
    let json = Zeroizing::new(parts.get(0).as_string().unwrap_or_default());
    let number = number(&parts.get(1));
    let bytes = parts.get(2).dyn_into::<Uint8Array>().map(|sent| {
        let bytes = Zeroizing::new(sent.to_vec());
        sent.fill(0, 0, sent.length());
        bytes
    });
    let Some(moment) = moment() else { return done(number) };
    let steps = session.borrow_mut().receive(moment, &json, bytes.unwrap_or_default());
    carry_out(session, steps, number);
}

fn done(number: u32) {
    answer(&format!("{{\"do\":\"done\",\"of\":{number}}}"), None);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the page counts its messages")]
fn number(value: &JsValue) -> u32 {
    value.as_f64().unwrap_or_default() as u32
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit an i64 for ages")]
fn moment() -> Option<Moment> {
    let now = OffsetDateTime::from_unix_timestamp((Date::now() / 1000.0) as i64).ok()?;
    let mut random = [0; 16];
    scope().crypto().ok()?.get_random_values_with_u8_array(&mut random).ok()?;
    Some(Moment { now, random })
}

fn tell(effect: &Effect) {
    let Ok(json) = serde_json::to_string(effect) else { return };
    let bytes = match effect {
        Effect::Save { bytes, .. } => Some(Uint8Array::from(bytes.as_slice())),
        _ => None,
    };
    answer(&json, bytes.as_ref());
}

/// Bytes are handed over, and not copied.
fn answer(json: &str, bytes: Option<&Uint8Array>) {
    let message = Array::of1(&json.into());
    let handed = Array::new();
    if let Some(bytes) = bytes {
        message.push(bytes);
        handed.push(&bytes.buffer());
    }
    let _ = scope().post_message_with_transfer(&message, &handed);
}
