//! Copies a text; the shell does it, and says so for a moment.

use super::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;

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
    let class = if worded { "button button--small needs-shell" } else { "button button--icon needs-shell" };
    view! {
        <button type="button" class=class aria-label=format!("Copy {what}") title=format!("Copy {what}") data-copy=text>
            <span class="copy__idle"><Icon glyph=Glyph::Copy/></span>
            <span class="copy__done"><Icon glyph=Glyph::Check/></span>
            {worded.then(|| view! { <span class="copy__word">"Copy"</span> })}
        </button>
    }
}
