//! Steps that need WebCrypto, or time.

use super::{Shared, attend, done, moment, scope, tell};
use crate::bench::Choose;
use crate::message::{Event, Step};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use keys::PrivateKey;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::CryptoKey;
use zeroize::Zeroizing;

const SECOND: i32 = 1_000;

/// [`listen`](super::listen) for a worker that signs, makes keys, or waits.
pub fn listen_with_keys(choose: Choose) {
    attend(choose, |session, steps, number| {
        let session = Rc::clone(session);
        spawn_local(async move {
            carry_out(&session, steps).await;
            done(number);
        });
    });
}

/// Does steps, and what follows from them.
async fn carry_out(session: &Shared, steps: Vec<Step>) {
    let mut steps = VecDeque::from(steps);
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
