//! What needs the browser: messages, WebCrypto, the clock. Everything else is [`crate::session`]'s.

use crate::bench::Choose;
use crate::message::{Effect, Event, Message, Moment, Step};
use crate::session::Session;
use domain::upload::key::PrivateKey;
use js_sys::{Array, Date, Object, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use time::OffsetDateTime;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{CryptoKey, DedicatedWorkerGlobalScope, MessageEvent};
use zeroize::Zeroizing;

const SECOND: i32 = 1_000;

type Shared = Rc<RefCell<Session>>;

/// Listens to the page from now on. `choose`: what this worker can do.
///
/// A message is an array: JSON of a [`Message`], its number, and the bytes of a file. An answer is one as well: JSON of an
/// [`Effect`], and a file's bytes. When all of a message's answers are sent, `{"do":"done","of":number}` follows.
pub fn listen(choose: Choose) {
    let session = Rc::new(RefCell::new(Session::new(choose)));
    let handler = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        spawn_local(receive(Rc::clone(&session), event.data()));
    });
    scope().set_onmessage(Some(handler.as_ref().unchecked_ref()));
    // For as long as the worker lives.
    handler.forget();
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

async fn receive(session: Shared, data: JsValue) {
    let parts: Array = data.unchecked_into();
    let json = Zeroizing::new(parts.get(0).as_string().unwrap_or_default());
    let number = number(&parts.get(1));
    let bytes = parts.get(2).dyn_into::<Uint8Array>().map(|sent| {
        let bytes = Zeroizing::new(sent.to_vec());
        sent.fill(0, 0, sent.length());
        bytes
    });
    // The page sends nothing else.
    if let Ok(message) = serde_json::from_str::<Message>(&json)
        && let Some(moment) = moment()
    {
        let steps = session.borrow_mut().take(moment, message, bytes.unwrap_or_default());
        carry_out(&session, steps).await;
    }
    answer(&format!("{{\"do\":\"done\",\"of\":{number}}}"), None);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the page counts its messages")]
fn number(value: &JsValue) -> u32 {
    value.as_f64().unwrap_or_default() as u32
}

/// Does steps, and what follows from them.
async fn carry_out(session: &Shared, steps: Vec<Step>) {
    let mut steps = std::collections::VecDeque::from(steps);
    while let Some(step) = steps.pop_front() {
        let event = match step {
            Step::Page(effect) => {
                tell(&effect);
                continue;
            }
            Step::Tick { job } => {
                spawn_local(tick(Rc::clone(session), job));
                continue;
            }
            Step::Sign { job, key, pss, data } => Event::Signed { job, signature: sign(&key, pss, &data).await.ok() },
            Step::Generate { job, bits } => Event::Generated { job, pair: generate(bits).await.ok() },
        };
        steps.extend(happened(session, event));
    }
}

fn happened(session: &Shared, event: Event) -> Vec<Step> {
    moment().map(|moment| session.borrow_mut().happened(moment, event)).unwrap_or_default()
}

async fn tick(session: Shared, job: u32) {
    let wait = Promise::new(&mut |done, _| {
        let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(&done, SECOND);
    });
    let _ = JsFuture::from(wait).await;
    let steps = happened(&session, Event::Ticked { job });
    Box::pin(carry_out(&session, steps)).await;
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
        Effect::Save { bytes, .. } | Effect::Hand { bytes, .. } => Some(Uint8Array::from(bytes.as_slice())),
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

fn algorithm(parts: &[(&str, JsValue)]) -> Result<Object, JsValue> {
    let algorithm = Object::new();
    for (name, value) in parts {
        Reflect::set(&algorithm, &(*name).into(), value)?;
    }
    Ok(algorithm)
}

/// The browser's copy of the key cannot be read back, and the one on the way there is overwritten.
async fn sign(key: &PrivateKey, pss: bool, data: &[u8]) -> Result<Vec<u8>, JsValue> {
    let subtle = scope().crypto()?.subtle();
    let algorithm = algorithm(&[
        ("name", if pss { "RSA-PSS" } else { "RSASSA-PKCS1-v1_5" }.into()),
        ("hash", "SHA-256".into()),
        ("saltLength", 32.into()),
    ])?;
    let pkcs8 = Uint8Array::from(key.pkcs8());
    let usages = Array::of1(&"sign".into());
    let imported = JsFuture::from(subtle.import_key_with_object("pkcs8", &pkcs8, &algorithm, false, &usages)?).await;
    pkcs8.fill(0, 0, pkcs8.length());
    let imported: CryptoKey = imported?.dyn_into()?;
    let signature = JsFuture::from(subtle.sign_with_object_and_u8_array(&algorithm, &imported, data)?).await?;
    Ok(Uint8Array::new(&signature).to_vec())
}

/// SubjectPublicKeyInfo and PKCS#8, both in DER.
async fn generate(bits: u32) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), JsValue> {
    let subtle = scope().crypto()?.subtle();
    let algorithm = algorithm(&[
        ("name", "RSASSA-PKCS1-v1_5".into()),
        ("hash", "SHA-256".into()),
        ("modulusLength", bits.into()),
        ("publicExponent", Uint8Array::from([1, 0, 1].as_slice()).into()),
    ])?;
    let usages = Array::of2(&"sign".into(), &"verify".into());
    let pair = JsFuture::from(subtle.generate_key_with_object(&algorithm, true, &usages)?).await?;
    let half = |name: &str| Reflect::get(&pair, &name.into())?.dyn_into::<CryptoKey>();
    let public = JsFuture::from(subtle.export_key("spki", &half("publicKey")?)?).await?;
    let private = Uint8Array::new(&JsFuture::from(subtle.export_key("pkcs8", &half("privateKey")?)?).await?);
    let pkcs8 = Zeroizing::new(private.to_vec());
    private.fill(0, 0, private.length());
    Ok((Uint8Array::new(&public).to_vec(), pkcs8))
}
