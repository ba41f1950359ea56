//! Which apps and service principals hold a certificate.

use super::icon::{Glyph, Icon};
use super::thumbprint::ThumbprintText;
use super::validity_pill::ValidityPill;
use crate::desk::Holding;
use crate::query::href;
use crate::route::Route;
use leptos::prelude::*;

/// An application has a page here; a service principal is found by its app's client id.
pub fn path(holding: &Holding) -> String {
    if holding.on_service_principal {
        let id = holding.app_id.to_string();
        href(&Route::Apps.to_string(), [("q", id.as_str()), ("scope", "all")])
    } else {
        Route::App(holding.object_id).to_string()
    }
}

#[component]
pub fn HoldersTable(holdings: Vec<Holding>) -> impl IntoView {
    view! {
        <table class="table table--stack table--hover">
            <caption class="sr-only">"Apps and service principals that hold it"</caption>
            <thead>
                <tr>
                    <th scope="col">"App"</th>
                    <th scope="col">"Entry"</th>
                    <th scope="col">"Validity"</th>
                    <th scope="col">"Thumbprint (SHA-1)"</th>
                    <th scope="col">"Usage"</th>
                </tr>
            </thead>
            <tbody>{holdings.into_iter().map(|holding| view! { <Row holding/> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(holding: Holding) -> impl IntoView {
    let path = path(&holding);
    view! {
        <tr>
            <th scope="row" data-label="App">
                <span class="stacked">
                    <a class="table__link" href=path>{holding.display_name}</a>
                    <code class="mono secondary">{holding.app_id.to_string()}</code>
                    {holding.on_service_principal.then(|| view! { <span><span class="badge badge--warn"><Icon glyph=Glyph::Warning/>"Service principal"</span></span> })}
                </span>
            </th>
            <td data-label="Entry">
                <span class="stacked">
                    <span>{holding.entry_name.unwrap_or_else(|| "No name".into())}</span>
                    {holding.key_id.map(|id| view! { <span class="secondary mono" title="keyId">{id.to_string()}</span> })}
                </span>
            </td>
            <td data-label="Validity"><ValidityPill validity=holding.validity start=None end=holding.end/></td>
            <td data-label="Thumbprint">
                {match holding.thumbprint {
                    Some(thumbprint) => view! { <ThumbprintText thumbprint/> }.into_any(),
                    None => view! { <span class="secondary">"Not known"</span> }.into_any(),
                }}
            </td>
            <td data-label="Usage">{holding.usage.unwrap_or_else(|| "—".into())}</td>
        </tr>
    }
}
