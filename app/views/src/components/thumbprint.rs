//! Thumbprints and other long identifiers, in groups that the eye can follow.

use super::copy_button::CopyButton;
use crate::prelude::*;
use domain::ids::KeyId;
use domain::thumbprint::Thumbprint;

/// A SHA-1 thumbprint in groups of four, with a button that copies it without the spaces.
#[component]
pub fn ThumbprintText(thumbprint: Thumbprint) -> impl IntoView {
    view! {
        <span class="ident">
            <code class="mono mono--grouped">{thumbprint.grouped_hex()}</code>
            <CopyButton text=thumbprint.hex() what="the thumbprint"/>
        </span>
    }
}

/// A GUID or the like, with a copy button.
#[component]
pub fn Ident(#[prop(into)] value: String, #[prop(into)] what: String) -> impl IntoView {
    view! {
        <span class="ident">
            <code class="mono">{value.clone()}</code>
            <CopyButton text=value what/>
        </span>
    }
}

/// An entry's keyId, small, on a line of its own under the entry's name.
#[component]
pub fn KeyIdText(id: KeyId) -> impl IntoView {
    view! { <span class="secondary mono table__id" title="keyId">{id.to_string()}</span> }
}
