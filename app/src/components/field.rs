//! Search boxes and segmented links: the controls above every list.

use super::icon::{Glyph, Icon};
use crate::navigation::Navigation;
use leptos::html::Input;
use leptos::prelude::*;

/// A search field inside a GET form. `value`: what is being searched for now.
#[component]
pub fn SearchField(
    #[prop(into)] value: String,
    #[prop(into)] label: String,
    #[prop(into)] placeholder: String,
) -> impl IntoView {
    let field = NodeRef::<Input>::new();
    let now = value.clone();
    let navigation = use_context::<Navigation>();
    // Not before the first navigation: a person may have typed before the page was hydrated.
    Effect::new(move |_| {
        if let Some(field) = field.get().filter(|_| navigation.is_some_and(Navigation::moved)) {
            field.set_value(&now);
        }
    });
    view! {
        <div class="search" role="search">
            <label class="sr-only" for="q">{label}</label>
            <Icon glyph=Glyph::Search/>
            <input class="input search__input" id="q" name="q" type="search" value=value placeholder=placeholder autocomplete="off" spellcheck="false" node_ref=field/>
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
