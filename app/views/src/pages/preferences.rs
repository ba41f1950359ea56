//! The zone in which times are shown.

use crate::components::notices::RefusalSlot;
use crate::components::page::Heading;
use crate::components::timestamp::Moment;
use crate::page::Page;
use crate::route::{Form, Route};
use crate::scene::{use_now, use_refusal};
use domain::zone::ZoneName;
use leptos::prelude::*;

/// One for most offsets. Any other name can be typed.
const SUGGESTED: [&str; 24] = [
    "UTC",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Jakarta",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Paris",
    "Europe/Warsaw",
    "Pacific/Auckland",
];

/// `zone`: absent for the device's own.
pub fn page(zone: Option<ZoneName>) -> Page {
    Page::new(Route::Preferences.title(), || view! { <Preferences zone/> })
}

/// What is offered in a field for a zone, whose `list` is `zones`.
#[component]
pub fn Zones() -> impl IntoView {
    view! { <datalist id="zones">{SUGGESTED.map(|name| view! { <option value=name></option> }).collect_view()}</datalist> }
}

#[component]
fn Preferences(zone: Option<ZoneName>) -> impl IntoView {
    let now = use_now();
    let refused = use_refusal(Form::SetZone);
    let typed = refused.as_ref().and_then(|refusal| refusal.field("zone")).map(str::to_owned);
    let value = typed.or_else(|| zone.map(|zone| zone.to_string())).unwrap_or_default();
    view! {
        <Heading title="Time zone" lead="Times are shown in the zone of your device, and in UTC when you point at them. Choose another zone here; it counts in this browser."/>
        <form class="card" method="post" action=Form::SetZone.path()>
            <div class="field">
                <label for="zone">"Zone"</label>
                <input class="input zone" id="zone" name="zone" list="zones" value=value placeholder="Your device’s zone" autocomplete="off" spellcheck="false" aria-describedby="zone-hint"/>
                <Zones/>
                <p class="field__hint" id="zone-hint">"A name such as Europe/Berlin, or UTC. Empty: your device’s own zone. A name that your browser does not know counts as empty."</p>
            </div>
            <p>"It is now "<Moment at=now/>"."</p>
            <noscript><p class="secondary">"Without scripts, times are shown in UTC."</p></noscript>
            <div class="actions"><button type="submit" class="button button--primary" data-pending="Saving">"Save"</button></div>
            <RefusalSlot form=Form::SetZone/>
        </form>
    }
}
