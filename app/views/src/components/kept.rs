//! A setting that administrators keep in the portal: how it stands, and the forms that switch it and take it away.

use super::icon::Icon;
use super::notices::RefusalSlot;
use super::timestamp::Moment;
use crate::data::settings::{KeptState, KeptView};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::query::href;
use crate::route::{Form, Route};
use crate::scene::use_refusal;

/// Where a setting is from. `kept`: `None` for one of the configuration.
#[component]
pub fn KeptFrom(kept: Option<KeptView>) -> impl IntoView {
    let Some(KeptView { state, changed_at, changed_by, .. }) = kept else {
        return view! { <span class="secondary"><Icon glyph=Glyph::Lock/>" Set in the configuration: it cannot be changed here"</span> }
            .into_html();
    };
    let badge = match state {
        KeptState::On => None,
        KeptState::Off => Some("Switched off"),
        KeptState::Pinned => Some("Not used: the configuration has one of this name"),
        KeptState::Unreadable => Some("Not used: it cannot be read any more"),
    };
    view! {
        {badge.map(|words| view! { <span><span class="badge badge--warn"><Icon glyph=Glyph::Info/>{words}</span></span> })}
        <span class="secondary">{format!("Changed by {changed_by}, ")}<Moment at=changed_at/></span>
    }
    .into_html()
}

/// `what`: the name of the field that says which one it is. `route`: the page, whose form takes `change`.
#[component]
pub fn KeptActions(
    kept: KeptView,
    what: &'static str,
    name: String,
    route: Route,
    switch: Form,
    remove: Form,
) -> impl IntoView {
    let of = format!(" {name}");
    let version = kept.version.to_string();
    let (on, switches) = if kept.state == KeptState::Off { ("on", "Switch on") } else { ("off", "Switch off") };
    let change = format!("{}#change", href(&route.to_string(), [("change", name.as_str())]));
    let refused = use_refusal(remove).is_some_and(|refusal| refusal.says(what, &name));
    view! {
        <div class="kept">
            <div class="actions">
                <a class="button button--small" href=change>"Change"<span class="sr-only">{of.clone()}</span></a>
                <form method="post" action=switch.path()>
                    <input type="hidden" name=what value=name.clone()/>
                    <input type="hidden" name="version" value=version.clone()/>
                    <input type="hidden" name="on" value=on/>
                    <button type="submit" class="button button--small">{switches}<span class="sr-only">{of.clone()}</span></button>
                    <RefusalSlot form=switch of=(what, name.clone())/>
                </form>
            </div>
            <details class="help" open=refused>
                <summary>"Remove"<span class="sr-only">{of.clone()}</span></summary>
                <form method="post" action=remove.path() class="help__body">
                    <input type="hidden" name=what value=name.clone()/>
                    <input type="hidden" name="version" value=version/>
                    <p class="secondary">"It is gone for good. The audit log keeps what it was, without what is secret."</p>
                    <div class="actions"><button type="submit" class="button button--small" data-pending="Removing it">"Remove it"<span class="sr-only">{of}</span></button></div>
                    <RefusalSlot form=remove of=(what, name)/>
                </form>
            </details>
        </div>
    }
}

/// One value a line. `begun`: what stands in it at first.
#[component]
pub fn LinesField(
    id: &'static str,
    label: &'static str,
    hint: String,
    #[prop(optional)] begun: String,
) -> impl IntoView {
    let described = format!("{id}-hint");
    // Leptos writes what a text field holds as it is.
    let begun = html_escape::encode_text(&begun).into_owned();
    view! {
        <div class="field">
            <label for=id>{label}" "<span class="field__optional">"one a line"</span></label>
            <textarea class="input input--mono" id=id name=id rows="2" spellcheck="false" autocomplete="off" aria-describedby=described.clone()>{begun}</textarea>
            <p class="field__hint" id=described>{hint}</p>
        </div>
    }
}
