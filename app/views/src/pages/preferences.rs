//! The zone in which times are shown.

use crate::components::notices::RefusalSlot;
use crate::components::page::Heading;
use crate::components::timestamp::Moment;
use crate::components::zone_field::ZoneField;
use crate::page::Page;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::scene::{use_now, use_refusal};
use domain::zone::ZoneName;

/// `zone`: absent for the device's own.
pub fn page(zone: Option<ZoneName>) -> Page {
    Page::new(Route::Preferences.title(), || view! { <Preferences zone/> })
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
            <ZoneField value label="Zone" placeholder="Your device’s zone" hint="A name such as Europe/Berlin, or UTC. Empty: your device’s own zone. A name that your browser does not know counts as empty."/>
            <p>"It is now "<Moment at=now/>"."</p>
            <noscript><p class="secondary">"Without scripts, times are shown in UTC."</p></noscript>
            <div class="actions"><button type="submit" class="button button--primary" data-pending="Saving">"Save"</button></div>
            <RefusalSlot form=Form::SetZone/>
        </form>
    }
}
