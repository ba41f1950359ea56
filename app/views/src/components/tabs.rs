//! Tabs made of radio buttons: they work without scripts, with arrow keys, and are announced as a choice of one.

use crate::prelude::*;

/// At most six tabs; the style sheet pairs the n-th button with the n-th panel.
#[component]
pub fn Tabs(
    /// Unique on the page: the radio buttons' shared name.
    #[prop(into)]
    id: String,
    #[prop(into)] label: String,
    tabs: Vec<(&'static str, Html)>,
    /// The one that is open at first.
    #[prop(optional)]
    current: usize,
) -> impl IntoView {
    let (titles, panels): (Vec<_>, Vec<_>) = tabs.into_iter().unzip();
    let buttons = titles
        .iter()
        .enumerate()
        .map(|(at, title)| {
            let button = format!("{id}-{at}");
            view! {
                <input class="tabs__input" type="radio" name=id.clone() id=button.clone() checked={at == current} autocomplete="off"/>
                <label class="tabs__tab" for=button>{*title}</label>
            }
        })
        .collect_view();
    let panels = titles
        .into_iter()
        .zip(panels)
        .map(|(title, panel)| view! { <section class="tabs__panel" aria-label=title>{panel}</section> })
        .collect_view();
    view! {
        <div class="tabs">
            <div class="tabs__list" role="radiogroup" aria-label=label>{buttons}</div>
            <div class="tabs__panels">{panels}</div>
        </div>
    }
}
