//! Search boxes and segmented links: the controls above every list.

use super::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;

/// A search field inside a GET form. `value`: what is being searched for now.
#[component]
pub fn SearchField(
    #[prop(into)] value: String,
    #[prop(into)] label: String,
    #[prop(into)] placeholder: String,
) -> impl IntoView {
    view! {
        <div class="search" role="search">
            <label class="sr-only" for="q">{label}</label>
            <Icon glyph=Glyph::Search/>
            <input class="input search__input" id="q" name="q" type="search" value=value placeholder=placeholder autocomplete="off" spellcheck="false" data-search=""/>
        </div>
    }
}

/// Links that look like a switch: one is current.
#[component]
pub fn Segmented(#[prop(into)] label: String, options: Vec<(&'static str, String, bool)>) -> impl IntoView {
    view! {
        <nav class="segmented" aria-label=label>
            {options
                .into_iter()
                .map(|(title, path, current)| view! { <a href=path aria-current=current.then_some("true")>{title}</a> })
                .collect_view()}
        </nav>
    }
}
