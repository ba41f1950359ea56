//! Gives certificates that one app has to others.

use super::app_picker::{AppPicker, AppsOutOfView, Choosable, Chosen, PickerForm, PreviewButton, Ticked};
use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::empty_state::EmptyState;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::page::{Heading, or_no_name, why_no_push};
use crate::components::validity_pill::ValidityPill;
use crate::data::apps::{AppDetail, CredentialRow};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::scene::use_choice;
use crate::viewer::Viewer;
use domain::credentials::KeyUsage;
use domain::ids::KeyId;
use domain::suitability::Validity;

pub fn page(viewer: Viewer, app: AppDetail, apps: Choosable) -> Page {
    Page::new(format!("Copy from {}", app.display_name), || view! { <Copy viewer app apps/> })
}

/// Entries that another app can have: for signing in, with their certificate in hand.
fn copyable(rows: Vec<CredentialRow>) -> Vec<(KeyId, CredentialRow)> {
    rows.into_iter()
        .filter(|row| row.usage == Some(KeyUsage::Verify) && row.certificate.is_some())
        .filter_map(|row| row.key_id.map(|id| (id, row)))
        .collect()
}

#[component]
fn Copy(viewer: Viewer, app: AppDetail, apps: Choosable) -> impl IntoView {
    let Choosable { list, elsewhere } = apps;
    let from = app.object_id;
    let title = format!("Copy certificates of {}", app.display_name);
    let certificates = copyable(app.credentials);
    let nothing = certificates.is_empty();
    let choice = use_choice(Form::DraftCopy);
    let ticked = Ticked::of(&choice);
    let total = list.page.total;
    view! {
        <Breadcrumbs
            trail=vec![("Apps".to_owned(), Route::Apps.to_string()), (app.display_name, Route::App(from).to_string())]
            here="Copy to other apps"
        />
        <Heading title lead="Other apps get the same certificates beside their own. The private key does not move: who signs in as them needs it already."/>
        {why_no_push(&viewer).map(|why| view! { <MessageBar intent=Intent::Warning title="You cannot push"><p>{why}</p></MessageBar> })}
        <PickerForm id=format!("copy-{from}") path=Route::Copy(from).to_string()>
            <div class="columns columns--side">
                <div class="columns__main"><AppPicker list ticked=ticked.clone()/></div>
                <aside class="columns__side">
                    <section class="card" aria-labelledby="what-title">
                        <div class="card__head"><h2 id="what-title">"Certificates"</h2></div>
                        {if nothing {
                            view! { <EmptyState glyph=Glyph::Certificate title="None to copy" text="This app has no certificate for signing in whose content Graph shows."/> }.into_html()
                        } else {
                            view! { <Certificates certificates chosen=choice.all("key_id[]")/> }.into_html()
                        }}
                    </section>
                    <AppsOutOfView apps=elsewhere/>
                </aside>
            </div>
            <div class="action-bar">
                <div class="action-bar__words">
                    <Chosen ticked total/>
                    <RefusalSlot form=Form::DraftCopy/>
                </div>
                {(viewer.may_push() && !nothing).then(|| view! { <PreviewButton name="from" value=from.to_string() form=Form::DraftCopy/> })}
            </div>
        </PickerForm>
    }
}

/// What has not expired is chosen where nothing was on the way here.
#[component]
fn Certificates(certificates: Vec<(KeyId, CredentialRow)>, chosen: Vec<String>) -> impl IntoView {
    let rows = certificates
        .into_iter()
        .map(|(id, row)| {
            let value = id.to_string();
            let checked = chosen.contains(&value) || (chosen.is_empty() && row.validity != Validity::Expired);
            view! {
                <label class="option">
                    <input type="checkbox" name="key_id[]" checked=checked value=value/>
                    <span class="stacked">
                        <strong>{or_no_name(row.display_name)}</strong>
                        <span><ValidityPill validity=row.validity start=row.start end=row.end/></span>
                        {row.thumbprint.map(|it| view! { <code class="mono mono--grouped secondary">{it.grouped_hex()}</code> })}
                    </span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="options">
            <legend class="sr-only">"Which certificates are copied"</legend>
            {rows}
        </fieldset>
    }
}
