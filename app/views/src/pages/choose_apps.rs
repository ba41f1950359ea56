//! The third step: to which apps, and how.

use super::app_picker::{AppPicker, AppsOutOfView, Choosable, Chosen, PickerForm, PreviewButton, Ticked};
use crate::components::breadcrumbs::{Step, Steps};
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::page::{Heading, why_no_push};
use crate::components::push_messages::name;
use crate::components::thumbprint::ThumbprintText;
use crate::components::validity_pill::ValidityPill;
use crate::data::certificates::{CertificateSummary, CertificateView};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::{Query, href};
use crate::route::{Form, Route};
use crate::scene::use_choice;
use crate::viewer::Viewer;

/// How long the old certificates are usually still needed.
const OVERLAP_DAYS: &str = "14";

/// What there is to choose from.
pub struct Choosing {
    pub certificate: CertificateView,
    pub apps: Choosable,
    /// Other certificates that could go along, recent ones and those that the URL names.
    pub others: Vec<CertificateSummary>,
}

/// How, as the URL has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct How {
    mode: &'static str,
    overlap_days: String,
    display_name: String,
    /// SHA-256 of certificates that go along.
    others: Vec<String>,
}

impl How {
    pub fn of(query: &Query) -> Self {
        let days = query.text("overlap_days");
        Self {
            mode: match query.get("mode") {
                Some("replace") => "replace",
                Some("rotate") => "rotate",
                _ => "append",
            },
            overlap_days: if days.is_empty() { OVERLAP_DAYS.into() } else { days },
            display_name: query.text("display_name"),
            others: along(query),
        }
    }
}

/// SHA-256 of the certificates that go along, as the URL names them.
pub fn along(query: &Query) -> Vec<String> {
    query.all("certificate[]")
}

pub fn page(viewer: Viewer, data: Choosing) -> Page {
    let title = format!("Choose apps for {}", name(&data.certificate.facts));
    Page::new(title, || view! { <Choose viewer data/> })
}

#[component]
fn Choose(viewer: Viewer, data: Choosing) -> impl IntoView {
    let Choosing { certificate, apps: Choosable { list, elsewhere }, others } = data;
    let facts = certificate.facts.clone();
    let sha256 = facts.sha256;
    let path = Route::ChooseApps(sha256).to_string();
    let may_push = viewer.may_push();
    let usable = certificate.assessment.usable();
    let choice = use_choice(Form::DraftPlan);
    let (how, ticked) = (How::of(&choice), Ticked::of(&choice));
    let total = list.page.total;
    // Each certificate to other apps than the next: a line each.
    let table = {
        let all = [sha256.hex()].into_iter().chain(how.others.iter().filter(|it| **it != sha256.hex()).cloned());
        let all: Vec<_> = all.collect();
        href(&Route::Table.to_string(), all.iter().map(|it| ("certificate[]", it.as_str())))
    };
    view! {
        <Steps
            current=Step::Apps
            links=vec![(Step::Certificate, Route::Certificate(sha256).to_string())]
        />
        <Heading title="Choose apps" lead="The preview comes next: nothing is changed yet.">
            {may_push.then(|| view! { <a class="button" href=table><Icon glyph=Glyph::Table/><span>"Import a table instead"</span></a> })}
        </Heading>
        {why_no_push(&viewer).map(|why| view! { <MessageBar intent=Intent::Warning title="You cannot push"><p>{why}</p></MessageBar> })}
        {(!usable).then(|| view! {
            <MessageBar intent=Intent::Error title="This certificate cannot be used">
                <p><a href=Route::Certificate(sha256).to_string()>"See why"</a>", or "<a href=Route::Upload.to_string()>"upload another"</a>"."</p>
            </MessageBar>
        })}
        <PickerForm id=format!("certificate-{}", sha256.hex()) path>
            <div class="columns columns--side">
                <div class="columns__main"><AppPicker list ticked=ticked.clone()/></div>
                <aside class="columns__side">
                    <section class="card" aria-labelledby="what-title">
                        <div class="card__head"><h2 id="what-title">"Certificate"</h2></div>
                        <p class="card__text"><strong>{name(&facts)}</strong></p>
                        <p class="card__text"><ValidityPill validity=certificate.validity start=Some(facts.not_before) end=Some(facts.not_after)/></p>
                        <p class="card__text"><ThumbprintText thumbprint=facts.sha1/></p>
                        <Others others chosen=how.others.clone()/>
                    </section>
                    <HowCard how subject=facts.subject.clone()/>
                    <AppsOutOfView apps=elsewhere/>
                </aside>
            </div>
            <div class="action-bar">
                <div class="action-bar__words">
                    <Chosen ticked total/>
                    <RefusalSlot form=Form::DraftPlan/>
                </div>
                {(may_push && usable).then(|| view! { <PreviewButton name="certificate[]" value=sha256.hex() form=Form::DraftPlan/> })}
            </div>
        </PickerForm>
    }
}

/// More than one certificate in one push.
#[component]
fn Others(others: Vec<CertificateSummary>, chosen: Vec<String>) -> impl IntoView {
    (!others.is_empty()).then(|| {
        let open = others.iter().any(|it| chosen.contains(&it.sha256.hex()));
        let rows = others
            .into_iter()
            .map(|it| {
                let value = it.sha256.hex();
                view! {
                    <label class="checkbox">
                        <input type="checkbox" name="certificate[]" checked=chosen.contains(&value) value=value autocomplete="off"/>
                        <span class="stacked"><span>{it.subject}</span><code class="mono mono--grouped secondary">{it.sha1.grouped_hex()}</code></span>
                    </label>
                }
            })
            .collect_view();
        view! {
            <details class="more" open=open>
                <summary class="more__head"><Icon glyph=Glyph::ChevronRight/>"Other certificates in the same push"</summary>
                <fieldset class="options options--scroll">
                    <legend class="sr-only">"Other recent certificates that go along"</legend>
                    {rows}
                </fieldset>
            </details>
        }
    })
}

#[component]
pub fn HowCard(how: How, subject: String) -> impl IntoView {
    let option = |mode: &'static str, title: &'static str, text: &'static str| {
        view! {
            <label class="option">
                <input type="radio" name="mode" value=mode checked=how.mode == mode/>
                <span class="stacked">
                    <strong>{title}</strong>
                    <span class="secondary">{text}</span>
                </span>
            </label>
        }
    };
    view! {
        <section class="card how" aria-labelledby="how-title">
            <div class="card__head"><h2 id="how-title">"How"</h2></div>
            <fieldset class="options">
                <legend class="sr-only">"What happens to the certificates that are there"</legend>
                {option("append", "Add", "Keeps every certificate that is there.")}
                {option("rotate", "Rotate", "Adds now, and reminds you to remove the old ones after an overlap. Nothing is removed by itself.")}
                <div class="field how__overlap">
                    <label for="overlap-days">"Days of overlap"</label>
                    <input class="input" id="overlap-days" name="overlap_days" type="number" inputmode="numeric" min="0" max="365" value=how.overlap_days.clone() aria-describedby="overlap-hint"/>
                    <p class="field__hint" id="overlap-hint">"As long as something still signs in with an old one."</p>
                </div>
                {option("replace", "Replace", "Removes every other certificate used for signing in: what signs in with one of those stops at once. A token encryption key stays.")}
            </fieldset>
            <div class="field">
                <label for="display-name">"Name of the entry"</label>
                <input class="input" id="display-name" name="display_name" maxlength="90" value=how.display_name.clone() placeholder=subject spellcheck="false" aria-describedby="display-name-hint"/>
                <p class="field__hint" id="display-name-hint">"Shown in the Entra admin center. Empty: the certificate’s subject. It cannot be changed later: Graph does not alter an entry that is there."</p>
            </div>
        </section>
    }
}
