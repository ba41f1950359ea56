//! Copies a text; says so for a moment.

use super::icon::{Glyph, Icon};
use crate::browser;
use leptos::prelude::*;
use std::time::Duration;

#[component]
pub fn CopyButton(
    #[prop(into)] text: String,
    /// What is copied, for the button's name: "Copy the SHA-1 thumbprint".
    #[prop(into)]
    what: String,
    /// Show the word beside the icon.
    #[prop(optional)]
    worded: bool,
) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let copy = move |_| {
        browser::copy(&text, move |worked| {
            // The person may have left the page meanwhile.
            copied.try_set(Some(worked));
            set_timeout(move || _ = copied.try_set(None), Duration::from_secs(2));
        });
    };
    let glyph = move || match copied.get() {
        Some(true) => Glyph::Check,
        Some(false) => Glyph::Warning,
        None => Glyph::Copy,
    };
    let announcement = move || match copied.get() {
        Some(true) => "Copied",
        Some(false) => "The browser did not allow copying; select the text instead",
        None => "",
    };
    let class = if worded { "button button--small needs-wasm" } else { "button button--icon needs-wasm" };
    view! {
        <button type="button" class=class aria-label=format!("Copy {what}") title=format!("Copy {what}") on:click=copy>
            {move || view! { <Icon glyph=glyph()/> }}
            {worded.then(|| view! { <span>{move || if copied.get() == Some(true) { "Copied" } else { "Copy" }}</span> })}
        </button>
        <span class="sr-only" role="status">{announcement}</span>
    }
}
