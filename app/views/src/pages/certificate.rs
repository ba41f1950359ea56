//! The second step: what the certificate says, and whether it will do.

use crate::components::breadcrumbs::{Step, Steps};
use crate::components::certificate_facts::{AssessmentBars, FactsList, Thumbprints};
use crate::components::code_block::CodeBlock;
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, why_no_push};
use crate::components::tabs::Tabs;
use crate::components::timestamp::Moment;
use crate::data::certificates::CertificateView;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use crate::viewer::Viewer;
use domain::ids::ObjectId;

/// `app`: that it is for, where one was chosen already.
pub fn page(viewer: Viewer, certificate: CertificateView, app: Option<ObjectId>) -> Page {
    Page::new(certificate.facts.short_name(), move || view! { <Certificate viewer certificate app/> })
}

#[component]
fn Certificate(viewer: Viewer, certificate: CertificateView, app: Option<ObjectId>) -> impl IntoView {
    let CertificateView { facts, assessment, validity, container, choice, der_base64, pem, uploaded_by, uploaded_at } =
        certificate;
    let title = facts.short_name();
    let usable = assessment.usable();
    let clean = usable && assessment.warnings.is_empty();
    let app = app.map(|id| id.to_string()).unwrap_or_default();
    let apps = href(&Route::ChooseApps(facts.sha256).to_string(), [("app[]", app.as_str())]);
    let next = match why_no_push(&viewer) {
        Some(why) => view! { <p class="secondary">{why}</p> }.into_html(),
        None if usable => view! {
            <a class="button button--primary" href=apps><span>"Choose apps"</span><Icon glyph=Glyph::ArrowRight/></a>
        }
        .into_html(),
        None => {
            view! { <a class="button button--primary" href=Route::Upload.to_string()>"Upload another"</a> }.into_html()
        }
    };
    view! {
        <Steps current=Step::Certificate/>
        <Heading title=title>{next}</Heading>
        <p class="byline">
            {format!("Read from {container}, uploaded by {uploaded_by} ")}
            <Moment at=uploaded_at relative=true/>
        </p>
        {choice.map(|choice| view! { <MessageBar intent=Intent::Info title=choice/> })}
        <AssessmentBars assessment/>
        {clean.then(|| view! { <MessageBar intent=Intent::Success title="Fit for client authentication"/> })}
        <div class="columns">
            <div class="columns__main">
                <section class="card" aria-labelledby="facts-title">
                    <div class="card__head">
                        <h2 id="facts-title">"Certificate"</h2>
                    </div>
                    <FactsList facts=facts.clone() validity/>
                </section>
                <section class="card" aria-labelledby="text-title">
                    <div class="card__head">
                        <h2 id="text-title">"As text"</h2>
                    </div>
                    <Tabs
                        id="text"
                        label="Format"
                        tabs=vec![
                            ("PEM", view! { <CodeBlock text=pem label="the certificate as PEM"/> }.into_html()),
                            (
                                "Base64",
                                view! { <CodeBlock text=der_base64 label="the certificate as base64" breaks=true/> }
                                    .into_html(),
                            ),
                        ]
                    />
                </section>
            </div>
            <section class="card" aria-labelledby="prints-title">
                <div class="card__head">
                    <h2 id="prints-title">"Thumbprints"</h2>
                </div>
                <Thumbprints facts/>
            </section>
        </div>
    }
}
