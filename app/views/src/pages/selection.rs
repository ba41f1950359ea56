//! What was selected in the inventory, and what can be done with it: a certificate for its apps, the removal of its
//! certificates, a file.

use super::choose_apps::{How, HowCard};
use super::inventory::{SelectionFields, rows_of};
use crate::components::directory::{Doubts, subject_word};
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::page::{Heading, plural, why_no_push};
use crate::components::validity_pill::ValidityPill;
use crate::data::certificates::CertificateSummary;
use crate::data::inventory::{GridQuery, GridView, Selection, SelectionView, Which, WhyStays};
use crate::data::plans::MAX_APPS_PER_PLAN;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::scene::use_choice;
use crate::viewer::Viewer;

/// `certificates`: the viewer's own that could be added.
pub fn page(viewer: Viewer, selection: Selection, found: SelectionView, certificates: Vec<CertificateSummary>) -> Page {
    Page::new(Route::InventorySelection.title(), || view! { <Selected viewer selection found certificates/> })
}

#[component]
fn Selected(
    viewer: Viewer,
    selection: Selection,
    found: SelectionView,
    certificates: Vec<CertificateSummary>,
) -> impl IntoView {
    let back = selection.href_at(&Route::Inventory);
    let (reading, apps, may_push) = (found.reading, found.apps, viewer.may_push());
    view! {
        <Heading title=Route::InventorySelection.title() lead="What you selected in the inventory, as it is now. Nothing is changed before you have seen a preview.">
            <a class="button" href=back><Icon glyph=Glyph::ChevronLeft/><span>"Back to the list"</span></a>
        </Heading>
        <Doubts reading/>
        <What selection=selection.clone() found=found.clone()/>
        {why_no_push(&viewer).map(|why| view! { <MessageBar intent=Intent::Info title="You can take it as a file"><p>{why}</p></MessageBar> })}
        {(may_push && selection.query.view == GridView::Credentials).then(|| view! { <Remove selection=selection.clone() found=found.clone()/> })}
        {(may_push && apps > 0).then(|| view! { <Add selection=selection.clone() apps certificates/> })}
        <Files selection/>
    }
}

#[component]
fn What(selection: Selection, found: SelectionView) -> impl IntoView {
    let rows = rows_of(selection.query.view, found.rows as usize);
    let which = match (&selection.which, selection.query.filter.is_empty()) {
        (Which::All, true) => format!("All {rows} that you can see"),
        (Which::All, false) => format!("{rows}: all that the filter finds"),
        (Which::These(_), _) => format!("{rows}, one by one"),
    };
    let filter = (selection.which == Which::All && !selection.query.filter.is_empty())
        .then(|| view! { <dt>"Filter"</dt><dd><code class="mono">{selection.query.filter.to_string()}</code></dd> });
    let others = found.read_only.into_iter().map(|(kind, count)| {
        let words = plural(count as usize, &subject_word(kind).to_lowercase());
        view! { <dt>"Left out"</dt><dd>{words}": read-only here, the Entra admin center changes them"</dd> }
    });
    view! {
        <section class="card" aria-labelledby="what-title">
            <div class="card__head"><h2 id="what-title">"What is selected"</h2></div>
            <dl class="facts">
                <dt>"Selected"</dt>
                <dd>{which}</dd>
                {filter}
                <dt>"Of"</dt>
                <dd>{plural(found.apps as usize, "app")}</dd>
                {others.collect_view()}
                {(found.missing > 0).then(|| view! { <dt>"Not there"</dt><dd>{format!("{}, gone since or not yours to see", plural(found.missing as usize, "row"))}</dd> })}
            </dl>
        </section>
    }
}

fn why(stays: WhyStays, count: u32) -> String {
    let count = count as usize;
    match stays {
        WhyStays::ReadOnly => {
            format!("{} of service principals and agent blueprints: read-only here", plural(count, "credential"))
        }
        WhyStays::Secret => format!("{}: not removed here yet, the Entra admin center does", plural(count, "secret")),
        WhyStays::Federated => {
            format!("{}: not removed here yet, the Entra admin center does", plural(count, "federated credential"))
        }
        WhyStays::NoKeyId => {
            format!("{} without a keyId, which nothing tells from others", plural(count, "certificate"))
        }
    }
}

#[component]
fn Remove(selection: Selection, found: SelectionView) -> impl IntoView {
    let (removable, losing) = (plural(found.removable as usize, "certificate"), plural(found.losing as usize, "app"));
    let stays = (!found.staying.is_empty()).then(|| view! {
        <p class="card__text secondary">"These stay:"</p>
        <ul class="card__text lines">{found.staying.into_iter().map(|(stays, count)| view! { <li>{why(stays, count)}</li> }).collect_view()}</ul>
    });
    let form = (found.removable > 0).then(|| view! {
        <form method="post" action=Form::DraftRetireSelected.path() autocomplete="off">
            <SelectionFields selection/>
            <div class="inline-form">
                <button type="submit" class="button" data-pending="Reading the apps"><Icon glyph=Glyph::Minus/><span>"Preview the removal"</span></button>
                <p class="secondary">"Shows each app first. What signs in with one of them stops once it is removed."</p>
            </div>
            <RefusalSlot form=Form::DraftRetireSelected/>
        </form>
    });
    let title = if found.removable > 0 {
        format!("Remove {removable} from {losing}")
    } else {
        "Nothing of it can be removed here".to_owned()
    };
    view! {
        <section class="card" aria-labelledby="remove-title">
            <div class="card__head"><h2 id="remove-title">{title}</h2></div>
            {stays}
            {form}
        </section>
    }
}

#[component]
fn Add(selection: Selection, apps: u32, certificates: Vec<CertificateSummary>) -> impl IntoView {
    let choice = use_choice(Form::DraftPlan);
    let chosen = choice.all("certificate[]");
    let none = certificates.is_empty();
    let first = certificates.first().map(|one| one.sha256.hex());
    let options = certificates
        .into_iter()
        .map(|one| {
            let value = one.sha256.hex();
            let checked = if chosen.is_empty() { first.as_ref() == Some(&value) } else { chosen.contains(&value) };
            view! {
                <label class="option">
                    <input type="radio" name="certificate[]" value=value checked=checked/>
                    <span class="stacked">
                        <strong>{one.subject}</strong>
                        <code class="mono mono--grouped secondary">{one.sha1.grouped_hex()}</code>
                        <span><ValidityPill validity=one.validity start=None end=Some(one.not_after)/></span>
                    </span>
                </label>
            }
        })
        .collect_view();
    let too_many = apps as usize > MAX_APPS_PER_PLAN;
    let form = if none || too_many {
        ().into_html()
    } else {
        view! {
            <form method="post" action=Form::DraftPlan.path() autocomplete="off">
                <SelectionFields selection/>
                <fieldset class="options options--scroll">
                    <legend class="sr-only">"Which certificate"</legend>
                    {options}
                </fieldset>
                <details class="more" id="how-added">
                    <summary class="more__head"><Icon glyph=Glyph::ChevronRight/>"How it is added"</summary>
                    <HowCard how=How::of(&choice) subject="The certificate’s subject".to_owned()/>
                </details>
                <div class="inline-form">
                    <button type="submit" class="button button--primary" data-pending="Reading the apps"><span>"Preview"</span><Icon glyph=Glyph::ArrowRight/></button>
                    <p class="secondary"><a href=Route::Upload.to_string()>"Upload another certificate"</a>" first, and come back to this page for it."</p>
                </div>
                <RefusalSlot form=Form::DraftPlan/>
            </form>
        }
        .into_html()
    };
    view! {
        <section class="card" aria-labelledby="add-title">
            <div class="card__head"><h2 id="add-title">{format!("Add a certificate to {}", plural(apps as usize, "app"))}</h2></div>
            {too_many.then(|| view! { <p class="card__text">{format!("One push takes {MAX_APPS_PER_PLAN} apps at most: select fewer.")}</p> })}
            {(none && !too_many).then(|| view! { <p class="card__text">"You have uploaded none that could be added. " <a href=Route::Upload.to_string()>"Upload one"</a>", and come back to this page: the selection is in its address."</p> })}
            {form}
        </section>
    }
}

#[component]
fn Files(selection: Selection) -> impl IntoView {
    let files = [
        (Route::InventoryCsv, "CSV", "for scripts, and for tables here"),
        (Route::InventoryJson, "JSON", "with how old it is"),
        (Route::InventoryXlsx, "XLSX", "for spreadsheets"),
    ];
    let whole = GridQuery { filter: selection.query.filter.clone(), ..GridQuery::of(GridView::Credentials) };
    let credentials = (selection.query.view == GridView::Objects && selection.which == Which::All).then(|| view! {
        <p class="card__text secondary">"To remove certificates, " <a href=whole.href()>"select them in the list of credentials"</a>"."</p>
    });
    view! {
        <section class="card" aria-labelledby="files-title">
            <div class="card__head"><h2 id="files-title">"Take it as a file"</h2></div>
            <div class="card__text heading__actions">
                {files
                    .map(|(route, word, what)| view! {
                        <a class="button" href=selection.href_at(&route) download=""><Icon glyph=Glyph::Download/><span>{word}</span><span class="sr-only">", "{what}</span></a>
                    })
                    .collect_view()}
            </div>
            {credentials}
        </section>
    }
}
