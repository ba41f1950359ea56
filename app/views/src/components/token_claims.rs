//! What a token says, in words. The token itself is not there.

use super::timestamp::Moment;
use crate::prelude::*;
use serde_json::{Map, Value};
use time::OffsetDateTime;

/// Claims of an app-only token that people look for, in their order
/// (<https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>).
const KNOWN: [(&str, &str); 11] = [
    ("appid", "Client id"),
    ("azp", "Client id"),
    ("app_displayname", "App"),
    ("aud", "For"),
    ("roles", "Application permissions"),
    ("tid", "Tenant"),
    ("iss", "Issued by"),
    ("appidacr", "Client authentication"),
    ("azpacr", "Client authentication"),
    ("iat", "Issued"),
    ("exp", "Expires"),
];

fn shown(name: &str, value: &Value) -> Html {
    let time = matches!(name, "iat" | "nbf" | "exp").then(|| value.as_i64()).flatten();
    if let Some(at) = time.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok()) {
        return view! { <Moment at/> }.into_html();
    }
    match (name, value) {
        ("appidacr" | "azpacr", Value::String(level)) if level == "2" => "With a certificate (2)".into_html(),
        ("appidacr" | "azpacr", Value::String(level)) if level == "1" => "With a client secret (1)".into_html(),
        (_, Value::String(text)) => view! { <code class="mono mono--break">{text.clone()}</code> }.into_html(),
        (_, Value::Array(list)) => {
            let items: Vec<_> =
                list.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
            view! { <span class="mono mono--break">{items.join(", ")}</span> }.into_html()
        }
        (_, other) => view! { <code class="mono mono--break">{other.to_string()}</code> }.into_html(),
    }
}

/// `claims`: a JSON object.
#[component]
pub fn TokenClaims(#[prop(into)] claims: String) -> impl IntoView {
    let claims: Map<String, Value> = serde_json::from_str(&claims).unwrap_or_default();
    let known: Vec<_> = KNOWN
        .iter()
        .filter_map(|(name, title)| {
            let value = claims.get(*name)?;
            Some(view! { <dt>{*title}<span class="secondary">" "<code>{*name}</code></span></dt><dd>{shown(name, value)}</dd> })
        })
        .collect();
    let others: Vec<_> = claims
        .iter()
        .filter(|(name, _)| !KNOWN.iter().any(|(known, _)| known == name))
        .map(|(name, value)| view! { <dt><code>{name.clone()}</code></dt><dd>{shown(name, value)}</dd> })
        .collect();
    view! {
        <dl class="facts">{known}</dl>
        {(!others.is_empty()).then(|| view! {
            <details class="help">
                <summary>"All other claims"</summary>
                <dl class="facts help__body--facts">{others}</dl>
            </details>
        })}
    }
}
