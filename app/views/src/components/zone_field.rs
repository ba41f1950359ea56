//! The field for a time zone.

use crate::prelude::*;

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

/// Sent as `zone`; one to a page. `hint`: what an empty one means.
#[component]
pub fn ZoneField(value: String, label: &'static str, placeholder: &'static str, hint: &'static str) -> impl IntoView {
    view! {
        <div class="field">
            <label for="zone">{label}</label>
            <input class="input zone" id="zone" name="zone" list="zones" value=value placeholder=placeholder autocomplete="off" spellcheck="false" aria-describedby="zone-hint"/>
            <datalist id="zones">{SUGGESTED.map(|name| view! { <option value=name></option> }).collect_view()}</datalist>
            <p class="field__hint" id="zone-hint">{hint}</p>
        </div>
    }
}
