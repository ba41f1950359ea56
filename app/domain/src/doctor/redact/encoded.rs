//! Secrets in text that was encoded as a whole: base64 and hexadecimal of settings, of JSON, of each other.

use crate::doctor::normal::{printable, text_of};
use crate::doctor::scan::{Span, is_base64, runs};

/// Shorter ones hold no setting.
const SHORTEST: usize = 24;

/// Runs that decode to text in which `has_secret` finds something.
pub(super) fn runs_with(text: &str, has_secret: impl Fn(&str) -> bool) -> Vec<Span> {
    let mut out = vec![];
    for run in runs(text, is_base64, SHORTEST) {
        // A token's header and claims are read by all; its signature is masked for itself.
        if run.text.starts_with("eyJ") && text[run.span.end..].starts_with('.') {
            continue;
        }
        // `name=value` is one run.
        let padded = run.text.trim_end_matches('=');
        let value = padded.rsplit('=').next().unwrap_or(padded);
        let value = &run.text[padded.len() - value.len()..];
        if is_closed(value) || decoded(value).is_some_and(|decoded| has_secret(&decoded)) {
            out.push(run.span);
        }
    }
    out
}

/// What is not looked into, and may hold anything: gzip, as of a release of Helm; and 64 bytes, as the keys of Azure's
/// storage are.
fn is_closed(value: &str) -> bool {
    const GZIP: &str = "H4sI";
    value.starts_with(GZIP) || (value.len() == 88 && value.ends_with("==") && text_of(value).is_none())
}

fn decoded(value: &str) -> Option<String> {
    let hexadecimal = value.len().is_multiple_of(2) && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let of_hex = hexadecimal.then(|| hex::decode(value).ok().and_then(printable)).flatten();
    of_hex.or_else(|| text_of(value))
}
