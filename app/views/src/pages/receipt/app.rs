//! How a push ended on one app, and the proof.

use crate::components::diff_table::DiffTable;
use crate::components::icon::Icon;
use crate::components::json_view::JsonView;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::{ProblemBar, RefusalSlot};
use crate::components::outcome::{self, StageBadge};
use crate::components::page::plural;
use crate::components::tabs::Tabs;
use crate::components::thumbprint::Ident;
use crate::data::pushes::{GraphStep, ReceiptApp};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::scene::{use_refusal, use_viewer};
use domain::diff::DiffKind;
use domain::ids::ObjectId;
use domain::rollout::Outcome;

/// What is left as it was, in one sentence.
fn unchanged(app: &ReceiptApp) -> Option<String> {
    let kept = app.diff.as_ref()?.count(DiffKind::Kept);
    match (app.stage.outcome()?, kept) {
        (Outcome::Verified, 0) => Some("There was no other entry.".into()),
        (Outcome::Verified, 1) => Some("Nothing else changed: the other entry is as it was before.".into()),
        (Outcome::Verified, kept) => {
            Some(format!("Nothing else changed: the other {kept} entries are as they were before."))
        }
        _ => None,
    }
}

/// Seen, or certain because nothing was sent. Of what was sent and not seen nobody says so.
fn nothing_was_done(outcome: Outcome) -> bool {
    match outcome {
        Outcome::ChangedSincePreview | Outcome::Refused | Outcome::Failed | Outcome::Cancelled => true,
        Outcome::Verified | Outcome::AlreadyThere | Outcome::Unverified => false,
    }
}

/// To a preview that makes the app's entries what they were before the push.
#[component]
pub fn Undo(
    object_id: ObjectId,
    name: String,
    state: i64,
    /// Id of the element that says why it was refused.
    #[prop(into)]
    refused_in: String,
) -> impl IntoView {
    view! {
        <form method="post" action=Form::DraftRestore.path() data-refusal-in=refused_in>
            <input type="hidden" name="app" value=object_id.to_string()/>
            <input type="hidden" name="state" value=state.to_string()/>
            <input type="hidden" name="exactly" value="on"/>
            <button type="submit" class="button" data-pending="Reading the app">
                <Icon glyph=Glyph::Undo/>
                <span>"Undo"</span>
                <span class="sr-only">{format!(" the change to {name}: shows a preview first")}</span>
            </button>
        </form>
    }
}

#[component]
pub fn App(
    app: ReceiptApp,
    open: bool,
    /// It is offered here: not where the person may not, nor where the page offers it already.
    undo: bool,
) -> impl IntoView {
    let unchanged = unchanged(&app);
    let ReceiptApp {
        object_id,
        display_name,
        stage,
        problem,
        diff,
        before,
        after,
        steps,
        reads_until_seen,
        notes,
        undo: state,
        ..
    } = app;
    let good = stage.outcome().is_some_and(Outcome::is_good);
    let may_prove = good && use_viewer().is_some_and(|viewer| viewer.may_push());
    let undone = stage.outcome().is_some_and(nothing_was_done);
    let caption = if undone {
        format!("What was planned for the certificates of {display_name}")
    } else {
        format!("Certificates of {display_name}, before and after")
    };
    let marks: Vec<_> = diff
        .iter()
        .flat_map(|diff| &diff.rows)
        .filter(|row| row.kind == DiffKind::Added)
        .filter_map(|row| row.key_id)
        .map(|id| id.to_string())
        .collect();
    let json = |json: String, label: &'static str| {
        let file_name = format!("keyCredentials-{object_id}-{label}.json");
        let marks = marks.clone();
        view! { <JsonView json label=format!("keyCredentials of {display_name} {label}") file_name marks/> }.into_html()
    };
    let mut tabs = Vec::new();
    if let Some(after) = after {
        tabs.push(("After", json(after, "after")));
    }
    if let Some(before) = before {
        tabs.push(("Before", json(before, "before")));
    }
    tabs.push(("Requests", view! { <StepsTable steps/> }.into_html()));
    let undo = state.filter(|_| undo);
    let refused_in = format!("undo-{object_id}");
    let refused = use_refusal(Form::DraftRestore).is_some_and(|it| it.field("app") == Some(&object_id.to_string()));
    view! {
        <details class="card change" id=format!("receipt-{object_id}") open=open || refused>
            <summary class="change__head">
                <Icon glyph=Glyph::ChevronRight/>
                <h2 class="change__name">{display_name.clone()}</h2>
                <StageBadge stage/>
                <span class="change__sum secondary">{(reads_until_seen > 0).then(|| format!("seen after {}", plural(reads_until_seen as usize, "read")))}</span>
            </summary>
            <div class="change__body">
                <p class="card__text">
                    {stage.outcome().map(outcome::meaning)}
                    {unchanged.map(|words| format!(" {words}"))}
                    " "
                    <a href=Route::App(object_id).to_string()>"Look at the app"</a>
                </p>
                {(may_prove || undo.is_some()).then(|| view! {
                    <div class="actions">
                        {may_prove.then(|| view! {
                            <a class="button button--primary" href=Route::Proof(object_id).to_string()><Icon glyph=Glyph::Proof/><span>"Prove it"</span><span class="sr-only">{format!(": sign in as {display_name}")}</span></a>
                        })}
                        {undo.map(|state| view! { <Undo object_id name=display_name.clone() state refused_in=refused_in.clone()/> })}
                        {may_prove.then(|| view! { <span class="secondary actions__note">"Signs in as this app with its private key, and shows the token’s claims."</span> })}
                    </div>
                })}
                {undo.map(|_| view! { <div class="refused" id=refused_in.clone()><RefusalSlot form=Form::DraftRestore of=("app", object_id.to_string())/></div> })}
                {problem.map(|problem| view! { <ProblemBar problem/> })}
                {notes.into_iter().map(|note| view! { <MessageBar intent=Intent::Info title=note/> }).collect_view()}
                {diff.map(|diff| view! { <DiffTable diff caption undone/> })}
                <Tabs id=format!("proof-{object_id}") label="Proof" tabs/>
            </div>
        </details>
    }
}

#[component]
fn StepsTable(steps: Vec<GraphStep>) -> impl IntoView {
    if steps.is_empty() {
        return view! { <p class="secondary card__text">"No request was made for this app."</p> }.into_html();
    }
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
                                    Some(id) => view! { <Ident value=id what="the request-id"/> }.into_html(),
                                    None => "—".into_html(),
                                }}
                            </td>
                        </tr>
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
    .into_html()
}
