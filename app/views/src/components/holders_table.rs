//! Which apps and service principals hold a certificate. Where all hold the same one, it can be removed from many apps.

use super::icon::Icon;
use super::notices::RefusalSlot;
use super::thumbprint::{KeyIdText, ThumbprintText};
use super::validity_pill::ValidityPill;
use crate::components::page::or_no_name;
use crate::data::search::Holding;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::query::href;
use crate::route::{Form, Route};
use crate::scene::use_viewer;
use domain::thumbprint::Thumbprint;

/// An application has a page here; a service principal is found by its app's client id.
pub fn path(holding: &Holding) -> String {
    if holding.on_service_principal {
        let id = holding.app_id.to_string();
        href(&Route::Apps.to_string(), [("q", id.as_str()), ("scope", "all")])
    } else {
        Route::App(holding.object_id).to_string()
    }
}

/// The one certificate of all these holdings, where an app is among them that can lose it.
fn common(holdings: &[Holding]) -> Option<Thumbprint> {
    let first = holdings.first()?.thumbprint?;
    let same = holdings.iter().all(|holding| holding.thumbprint == Some(first));
    (same && holdings.iter().any(|holding| !holding.on_service_principal)).then_some(first)
}

#[component]
pub fn HoldersTable(holdings: Vec<Holding>) -> impl IntoView {
    let may_push = use_viewer().is_some_and(|viewer| viewer.may_push());
    match common(&holdings).filter(|_| may_push) {
        Some(thumbprint) => view! { <Retirable thumbprint holdings/> }.into_html(),
        None => view! { <Rows holdings tick=false/> }.into_html(),
    }
}

#[component]
fn Retirable(thumbprint: Thumbprint, holdings: Vec<Holding>) -> impl IntoView {
    view! {
        <form method="post" action=Form::DraftRetireCertificate.path()>
            <input type="hidden" name="thumbprint" value=thumbprint.hex()/>
            <Rows holdings tick=true/>
            <div class="card__foot">
                <button type="submit" class="button"><Icon glyph=Glyph::Minus/><span>"Remove it from the selected"</span></button>
                <p class="secondary">"Shows a preview first. A service principal’s own entries are not removed here."</p>
            </div>
            <RefusalSlot form=Form::DraftRetireCertificate/>
        </form>
    }
}

#[component]
fn Rows(holdings: Vec<Holding>, tick: bool) -> impl IntoView {
    view! {
        <table class=if tick { "table table--stack table--hover table--pick" } else { "table table--stack table--hover" }>
            <caption class="sr-only">"Apps and service principals that hold it"</caption>
            <thead>
                <tr>
                    {tick.then(|| view! { <th scope="col" class="table__tick"><span class="sr-only">"Choose"</span></th> })}
                    <th scope="col">"App"</th>
                    <th scope="col">"Entry"</th>
                    <th scope="col">"Validity"</th>
                    <th scope="col">"Thumbprint (SHA-1)"</th>
                    <th scope="col">"Usage"</th>
                </tr>
            </thead>
            <tbody>{holdings.into_iter().map(|holding| view! { <Row holding tick/> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(holding: Holding, tick: bool) -> impl IntoView {
    let path = path(&holding);
    let tick = tick.then(|| {
        let (id, label) = (holding.object_id.to_string(), format!("Choose {}", holding.display_name));
        view! {
            <td class="table__tick">
                {(!holding.on_service_principal).then(|| view! { <input type="checkbox" name="app[]" value=id aria-label=label/> })}
            </td>
        }
    });
    view! {
        <tr>
            {tick}
            <th scope="row" class="table__name" data-label="App">
                <span class="stacked">
                    <a class="table__link" href=path>{holding.display_name}</a>
                    <code class="mono secondary">{holding.app_id.to_string()}</code>
                    {holding.on_service_principal.then(|| view! { <span><span class="badge badge--warn"><Icon glyph=Glyph::Warning/>"Service principal"</span></span> })}
                </span>
            </th>
            <td data-label="Entry">
                <span class="stacked">
                    <span>{or_no_name(holding.entry_name)}</span>
                    {holding.key_id.map(|id| view! { <KeyIdText id/> })}
                </span>
            </td>
            <td data-label="Validity"><ValidityPill validity=holding.validity start=None end=holding.end/></td>
            <td data-label="Thumbprint">
                {match holding.thumbprint {
                    Some(thumbprint) => view! { <ThumbprintText thumbprint/> }.into_html(),
                    None => view! { <span class="secondary">"Not known"</span> }.into_html(),
                }}
            </td>
            <td data-label="Usage">{holding.usage.map_or_else(|| "—".into(), |usage| usage.to_string())}</td>
        </tr>
    }
}
