//! A channel that an administrator keeps in the portal, as a form.

use crate::components::kept::LinesField;
use crate::components::notices::RefusalSlot;
use crate::data::notices::Channel;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::scene::FormRefusal;
use crate::scene::use_refusal;

/// `channel`: that is to be changed; `None` for a new one. `mail`: the configuration has a host for it.
#[component]
pub(super) fn ChannelForm(channel: Option<Channel>, mail: bool) -> impl IntoView {
    let refused = use_refusal(Form::KeepChannel);
    let is_new = channel.is_none();
    let open = refused.is_some() || !is_new;
    let version = channel.as_ref().and_then(|channel| channel.kept.as_ref()).map_or(0, |kept| kept.version);
    let name = channel.as_ref().map(|channel| channel.name.to_string());
    let title = name.as_ref().map_or_else(|| "Add a channel".to_owned(), |name| format!("Change the channel {name}"));
    let typed = |field: &str| refused.as_ref().and_then(|refusal| refusal.field(field)).map(str::to_owned);
    let kind = typed("kind").or_else(|| channel.as_ref().map(|channel| channel.kind.clone()));
    let kind = kind.filter(|kind| !kind.is_empty()).unwrap_or_else(|| "teams".to_owned());
    let told = told(refused.as_ref(), channel.as_ref());
    let shown = name.clone().or_else(|| typed("name")).unwrap_or_default();
    let blank = if is_new { "" } else { " Empty: as before." };
    view! {
        <details class="help card" id="change" open=open>
            <summary><h2 class="help__title">{title}</h2></summary>
            <form method="post" action=Form::KeepChannel.path() class="stack help__body channel" autocomplete="off">
                <input type="hidden" name="version" value=version.to_string()/>
                <div class="field">
                    <label for="name">"Name"</label>
                    <input class="input" id="name" name="name" required maxlength="40" value=shown readonly=!is_new spellcheck="false" aria-describedby="name-hint"/>
                    <p class="field__hint" id="name-hint">{if is_new { "1 to 40 of a to z, 0 to 9 and -." } else { "It stays: deliveries are listed under it." }}</p>
                </div>
                <fieldset class="options options--row">
                    <legend>"What it is"</legend>
                    {KINDS.into_iter().map(|(value, title, text)| {
                        let off = value == "email" && !mail;
                        let text = if off { "Needs the section [notices.email] of the configuration: it has the host." } else { text };
                        view! {
                            <label class="option">
                                <input type="radio" name="kind" value=value checked=kind == value disabled=off autocomplete="off"/>
                                <span class="stacked"><strong>{title}</strong><span class="secondary">{text}</span></span>
                            </label>
                        }
                    }).collect_view()}
                </fieldset>
                <div class="field channel__http">
                    <label for="url">"Address"</label>
                    <input class="input input--mono" id="url" name="url" type="text" inputmode="url" maxlength="2000" spellcheck="false" autocomplete="off" aria-describedby="url-hint"/>
                    <p class="field__hint" id="url-hint">{format!("Just as you were given it: it is sent to the byte. https alone, at a public address. It is kept sealed and never shown.{blank}")}</p>
                </div>
                <div class="channel__webhook stack">
                    <LinesField id="secrets" label="Secrets" hint=format!("whsec_ and 24 to 64 bytes in base64: each signs (v1), the current one first.{blank}")/>
                    <LinesField id="private_keys" label="Private keys" hint=format!("whsk_ and an Ed25519 seed in base64: each signs (v1a). A webhook needs a secret or a key.{blank}")/>
                </div>
                <div class="channel__email">
                    <LinesField id="to" label="Addresses" hint=format!("20 at most; each gets the same message. They are kept sealed, and shown by their first letter.{blank}")/>
                </div>
                <fieldset>
                    <legend>"For"</legend>
                    {TELLS.into_iter().map(|(value, words)| view! {
                        <label class="checkbox">
                            <input type="checkbox" name="tells[]" value=value checked=told.iter().any(|one| one == value) autocomplete="off"/>
                            <span>{words}</span>
                        </label>
                    }).collect_view()}
                </fieldset>
                <div class="actions">
                    <button type="submit" class="button button--primary" data-pending="Keeping it">{if is_new { "Add it" } else { "Keep it so" }}</button>
                    {(!is_new).then(|| view! { <a class="button" href=Route::Notices.to_string()>"Change nothing"</a> })}
                </div>
                <RefusalSlot form=Form::KeepChannel/>
                {refused.is_some().then(|| view! { <p class="secondary">"Addresses and secrets are kept nowhere until they are taken: type them again."</p> })}
            </form>
        </details>
    }
}

const KINDS: [(&str, &str, &str); 4] = [
    ("teams", "Teams", "A workflow that begins with “When a Teams webhook request is received”."),
    ("slack", "Slack", "An incoming webhook."),
    ("webhook", "Webhook", "Standard Webhooks, signed, with a CloudEvent."),
    ("email", "E-mail", "A list of addresses, over the host of the configuration."),
];

const TELLS: [(&str, &str); 2] = [
    ("admins", "Administrators: alarms, and what they have to decide"),
    ("unowned", "Apps without owners, and owners whom nothing reaches"),
];

/// As it was typed, else as it is; for a new one what administrators are told.
fn told(refused: Option<&FormRefusal>, channel: Option<&Channel>) -> Vec<String> {
    match (refused, channel) {
        (Some(refusal), _) => crate::query::Query::from(refusal.fields.clone()).all("tells[]"),
        (None, Some(channel)) => channel.tells_of.clone(),
        (None, None) => vec!["admins".to_owned()],
    }
}
