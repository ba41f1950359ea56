//! What the doctor was given, over a sign-in: in this tab's storage, with secrets masked, until the page comes back.

use crate::browser;
use domain::certificate::Certificate;
use domain::doctor::paste::masked;
use domain::encoding::decode_base64;
use serde::{Deserialize, Serialize};

const KEY: &str = "thumbprint-doctor";

#[derive(Serialize, Deserialize)]
struct Held {
    text: String,
    /// DER in base64.
    certificate: Option<String>,
}

pub fn keep(text: &str, certificate: Option<&Certificate>) {
    let held = Held { text: masked(text), certificate: certificate.map(Certificate::der_base64) };
    if let Ok(json) = serde_json::to_string(&held) {
        browser::keep_in_tab(KEY, &json);
    }
}

/// Takes it out: it is there once.
pub fn take() -> Option<(String, Option<Certificate>)> {
    let Held { text, certificate } = serde_json::from_str(&browser::take_from_tab(KEY)?).ok()?;
    let certificate = certificate.and_then(|it| Certificate::from_der(&decode_base64(&it)?).ok());
    Some((text, certificate))
}
