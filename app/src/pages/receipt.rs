//! The last step: what a push did, for good.

use crate::api;
use crate::components::breadcrumbs::{Step, Steps};
use crate::components::diff_table::DiffTable;
use crate::components::icon::{Glyph, Icon};
use crate::components::json_view::JsonView;
use crate::components::outcome::OutcomeBadge;
use crate::components::page::{Heading, no_such_page, plural, signed_in, use_param};
use crate::components::problem_view::ProblemBar;
use crate::components::tabs::Tabs;
use crate::components::thumbprint::{Ident, ThumbprintText};
use crate::components::timestamp::{Day, Moment};
use crate::desk::{GraphStep, Outcome, PushMode, Receipt, ReceiptApp, Viewer};
use crate::query::href;
use crate::route::Route;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::diff::DiffKind;
use leptos::prelude::*;
use leptos_meta::Title;
use uuid::Uuid;

#[component]
pub fn ReceiptPage() -> impl IntoView {
    let id = use_param::<Uuid>("id");
    let receipt = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => api::receipt(id.to_string()).await,
                None => Err(no_such_page()),
            }
        },
    );
    signed_in(receipt, |viewer, receipt| view! { <Whole viewer receipt/> })
}

/// `Verified on 2 apps`, or how many were not.
fn verdict(apps: &[ReceiptApp]) -> String {
    let good = apps.iter().filter(|app| app.outcome.is_good()).count();
    if good == apps.len() {
        format!("Verified on {}", plural(good, "app"))
    } else {
        format!("Verified on {good} of {}", plural(apps.len(), "app"))
    }
}

/// What is left as it was, in one sentence.
fn unchanged(app: &ReceiptApp) -> Option<String> {
    let kept = app.diff.as_ref()?.count(DiffKind::Kept);
    match (app.outcome, kept) {
        (Outcome::Verified, 0) => Some("There was no other entry.".into()),
        (Outcome::Verified, 1) => Some("Nothing else changed: the other entry is as it was before.".into()),
        (Outcome::Verified, kept) => {
            Some(format!("Nothing else changed: the other {kept} entries are as they were before."))
        }
        _ => None,
    }
}

#[component]
fn Whole(viewer: Viewer, receipt: Receipt) -> impl IntoView {
    let facts = receipt.certificate.clone();
    let name = facts.common_name.clone().unwrap_or_else(|| facts.subject.clone());
    let all_good = receipt.apps.iter().all(|app| app.outcome.is_good());
    let again: Vec<_> =
        receipt.apps.iter().filter(|app| !app.outcome.is_good()).map(|app| app.object_id.to_string()).collect();
    let apps_path = Route::ChooseApps(facts.sha256).to_string();
    let retry = href(&apps_path, again.iter().map(|id| ("app[]", id.as_str())));
    let file = serde_json::to_string_pretty(&receipt).unwrap_or_default();
    let download = format!("data:application/json;base64,{}", STANDARD.encode(file));
    let words = verdict(&receipt.apps);
    let took = (receipt.finished_at - receipt.started_at).whole_seconds();
    let many = receipt.apps.len() > 3;
    view! {
        <Title text=format!("Receipt for {name}")/>
        <Steps
            current=Step::Receipt
            links=vec![(Step::Upload, Route::Upload.to_string()), (Step::Certificate, Route::Certificate(facts.sha256).to_string()), (Step::Apps, apps_path.clone()), (Step::Preview, Route::Plan(receipt.plan).to_string())]
        />
        <Heading title=words>
            <a class="button" href=download download=format!("receipt-{}.json", receipt.id)><Icon glyph=Glyph::Download/><span>"Download"</span></a>
            {viewer.may_push().then(|| if all_good {
                view! { <a class="button" href=apps_path><Icon glyph=Glyph::Plus/><span>"Push to more apps"</span></a> }.into_any()
            } else {
                view! { <a class="button button--primary" href=retry><span>{format!("Preview {} again", plural(again.len(), "app"))}</span><Icon glyph=Glyph::ArrowRight/></a> }.into_any()
            })}
        </Heading>
        <section class=if all_good { "card summary summary--good" } else { "card summary summary--warn" } aria-label="Summary">
            <dl class="facts">
                <dt>"Certificate"</dt>
                <dd><a href=Route::Certificate(facts.sha256).to_string()><strong>{name}</strong></a></dd>
                <dt>"Thumbprint"</dt>
                <dd><ThumbprintText thumbprint=facts.sha1/></dd>
                <dt>"Ends"</dt>
                <dd><Day at=facts.not_after/></dd>
                <dt>"How"</dt>
                <dd>{match receipt.mode { PushMode::Append => "Added; every other entry kept", PushMode::Replace => "Replaced the other certificates" }}</dd>
            </dl>
            <dl class="facts">
                <dt>"Who"</dt>
                <dd>{receipt.who}<span class="secondary">" · "{receipt.username}</span></dd>
                <dt>"When"</dt>
                <dd><Moment at=receipt.started_at/></dd>
                <dt>"Took"</dt>
                <dd>{if took < 1 { "Under a second".to_owned() } else { plural(usize::try_from(took).unwrap_or_default(), "second") }}</dd>
                <dt>"Receipt"</dt>
                <dd><Ident value=receipt.id.to_string() what="the receipt’s id"/></dd>
            </dl>
        </section>
        {receipt
            .apps
            .into_iter()
            .map(|app| {
                let open = !many || !app.outcome.is_good();
                view! { <App app open/> }
            })
            .collect_view()}
    }
}

#[component]
fn App(app: ReceiptApp, open: bool) -> impl IntoView {
    let unchanged = unchanged(&app);
    let ReceiptApp { object_id, display_name, outcome, problem, diff, before, after, steps, reads_until_seen, .. } =
        app;
    let new = diff.as_ref().and_then(|diff| diff.rows.iter().find(|row| row.kind == DiffKind::Added)?.key_id);
    let mark = new.map(|id| id.to_string()).unwrap_or_default();
    let json = |json: String, label: &'static str| {
        let file_name = format!("keyCredentials-{object_id}-{label}.json");
        view! { <JsonView json label=format!("keyCredentials of {display_name} {label}") file_name mark=mark.clone()/> }
            .into_any()
    };
    let mut tabs = Vec::new();
    if let Some(after) = after {
        tabs.push(("After", json(after, "after")));
    }
    if let Some(before) = before {
        tabs.push(("Before", json(before, "before")));
    }
    tabs.push(("Requests", view! { <StepsTable steps/> }.into_any()));
    view! {
        <details class="card change" open=open>
            <summary class="change__head">
                <Icon glyph=Glyph::ChevronRight/>
                <h2 class="change__name">{display_name.clone()}</h2>
                <OutcomeBadge outcome/>
                <span class="change__sum secondary">{(reads_until_seen > 0).then(|| format!("seen after {}", plural(reads_until_seen as usize, "read")))}</span>
            </summary>
            <div class="change__body">
                <p class="card__text">
                    {outcome.meaning()}
                    {unchanged.map(|words| format!(" {words}"))}
                    " "
                    <a href=Route::App(object_id).to_string()>"Look at the app"</a>
                </p>
                {outcome.is_good().then(|| view! {
                    <p class="actions">
                        <a class="button button--primary" href=Route::Proof(object_id).to_string()><Icon glyph=Glyph::Proof/><span>"Prove it"</span><span class="sr-only">{format!(": sign in as {display_name}")}</span></a>
                        <span class="secondary actions__note">"Signs in as this app with its private key, and shows the token’s claims."</span>
                    </p>
                })}
                {problem.map(|problem| view! { <ProblemBar problem/> })}
                {diff.map(|diff| view! { <DiffTable diff caption=format!("Certificates of {display_name}, before and after")/> })}
                <Tabs id=format!("proof-{object_id}") label="Proof" tabs/>
            </div>
        </details>
    }
}

#[component]
fn StepsTable(steps: Vec<GraphStep>) -> impl IntoView {
    view! {
        <table class="table table--stack">
            <caption class="sr-only">"Requests to Graph, in order"</caption>
            <thead>
                <tr>
                    <th scope="col">"Request"</th>
                    <th scope="col">"Status"</th>
                    <th scope="col">"Request-id"</th>
                </tr>
            </thead>
            <tbody>
                {steps
                    .into_iter()
                    .map(|step| view! {
                        <tr>
                            <td data-label="Request">{step.what}</td>
                            <td data-label="Status">{step.status.map_or_else(|| "No answer".to_owned(), |status| status.to_string())}</td>
                            <td data-label="Request-id">
                                {match step.request_id {
                                    Some(id) => view! { <Ident value=id what="the request-id"/> }.into_any(),
                                    None => "—".into_any(),
                                }}
                            </td>
                        </tr>
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}
