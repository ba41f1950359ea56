//! What the worker says about a paste: the verdict, what it has read, and what the directory knows.

use super::fix::fix_here;
use super::judged::{Answered, Judged, Question};
use crate::components::findings_list::FindingsList;
use crate::components::header_comparison::HeaderComparisonView;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::ProblemBar;
use crate::components::verdict_view::{BestVerdict, OtherVerdicts};
use crate::data::search::EvidenceView;
use crate::prelude::*;
use crate::route::Route;
use crate::scene::use_viewer;
use crate::viewer::Viewer;
use domain::doctor::paste;
use domain::key_credential::KeyCredentials;
use std::sync::Arc;

#[component]
pub fn Verdicts(judged: Judged) -> impl IntoView {
    let role = use_viewer().filter(Viewer::may_enter).map(|viewer| viewer.may_push());
    let Judged { best, others, comparison, view, held, shortened, .. } = judged;
    let here = fix_here(&best.fix, view, &held, role);
    view! {
        <p class="sr-only" role="status">{format!("Most likely cause: {}", best.title)}</p>
        <BestVerdict verdict=best>{here}</BestVerdict>
        {comparison.map(|comparison| view! {
            <section class="card card--table" aria-labelledby="header-title">
                <div class="card__head"><h2 id="header-title">"The assertion’s header, byte by byte"</h2></div>
                <HeaderComparisonView comparison/>
            </section>
        })}
        <OtherVerdicts verdicts=others/>
        {shortened.then(|| view! { <MessageBar intent=Intent::Warning title="The paste is longer than 256 KiB; what follows was not read"/> })}
    }
}

#[component]
pub fn Findings(findings: Arc<paste::Findings>) -> impl IntoView {
    if findings.found_nothing() && findings.oauth_error.is_none() {
        view! { <p class="secondary card__text">"Nothing in the text was recognised."</p> }.into_html()
    } else {
        view! { <FindingsList findings/> }.into_html()
    }
}

/// `asked`: what the directory is asked, or was.
#[component]
pub fn Known(asked: Question, answered: Answered) -> impl IntoView {
    match answered {
        _ if asked.is_empty() => view! { <p class="secondary">"There is no id or thumbprint to look up yet."</p> }.into_html(),
        None => view! { <p class="secondary">"Looking it up"</p><progress class="progress" aria-label="Looking it up"></progress> }.into_html(),
        Some(Err(problem)) => view! { <ProblemBar problem/> }.into_html(),
        Some(Ok(view)) => view! { <Facts asked view/> }.into_html(),
    }
}

#[component]
fn Facts(asked: Question, view: Arc<EvidenceView>) -> impl IntoView {
    let credentials = view.evidence.app_credentials.as_ref().map(KeyCredentials::len);
    let nothing = view.app.is_none() && view.evidence.holders.is_empty() && view.at_hand.is_empty();
    let absent = (view.app.is_none() && asked.app.is_some()).then(
        || view! { <dt>"App"</dt><dd class="secondary">"None in this tenant that you may see has that client id"</dd> },
    );
    view! {
        <dl class="facts facts--stacked">
            {absent}
            {view.app.clone().map(|(object_id, _, name)| view! {
                <dt>"App"</dt>
                <dd><a href=Route::App(object_id).to_string()>{name}</a></dd>
            })}
            {credentials.map(|count| view! { <dt>"Its keyCredentials"</dt><dd>{if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }}</dd> })}
            {(!view.evidence.holders.is_empty()).then(|| view! {
                <dt>"The certificate is also on"</dt>
                <dd>{view.evidence.holders.iter().map(|holder| holder.name.clone()).collect::<Vec<_>>().join(", ")}</dd>
            })}
            {(!view.at_hand.is_empty()).then(|| view! {
                <dt>"Uploaded before"</dt>
                <dd>{view.at_hand.iter().map(|it| view! { <a href=Route::Certificate(it.sha256).to_string()>{it.subject.clone()}</a>" " }).collect_view()}</dd>
            })}
        </dl>
        {(nothing && asked.app.is_none()).then(|| view! { <p class="secondary">"No app that you may see has that certificate."</p> })}
    }
}

/// What was sent of the paste.
#[component]
pub fn Hint(asked: Question) -> impl IntoView {
    if asked.is_empty() {
        "Only ids and thumbprints are looked up; the paste stays here.".to_owned()
    } else {
        format!("Sent for this: {}. The paste stays here.", asked.words())
    }
}
