//! The fourth step: exactly what would be sent, and the button that sends it.

pub(super) mod app;
mod ask_form;
mod push_form;

use crate::components::breadcrumbs::{Breadcrumbs, Step, Steps};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::Heading;
use crate::components::pager::Pager;
use crate::components::push_messages::{WhatFacts, subject};
use crate::components::timestamp::Moment;
use crate::data::plans::{PlanView, PlannedApp};
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::{Route, Section};
use crate::scene::use_now;
use crate::viewer::Viewer;
use app::App;
use ask_form::{AskForm, Asked};
use domain::diff::DiffKind;
use domain::rollout::PushMode;
use push_form::PushForm;
use time::OffsetDateTime;

/// With more apps than this, only the first is unfolded.
const UNFOLDED: usize = 3;

pub fn page(viewer: Viewer, plan: PlanView) -> Page {
    let title = format!("Preview for {}", subject(&plan.certificates, plan.mode));
    let section =
        if plan.mode.is_from_upload() || plan.mode == PushMode::Table { Section::Upload } else { Section::Apps };
    Page::new(title, || view! { <Plan viewer plan/> }).section(section)
}

/// The chooser with the same choice; absent where a plan is made elsewhere, or has more apps than are in view.
fn choice(plan: &PlanView) -> Option<String> {
    let [facts] = plan.certificates.as_slice() else { return None };
    let whole = is_whole(plan);
    let mode = match plan.mode {
        PushMode::Append => "",
        PushMode::Replace => "replace",
        PushMode::Rotate => "rotate",
        _ => return None,
    };
    let ids: Vec<_> = plan.apps.items.iter().filter(|_| whole).map(|app| app.object_id.to_string()).collect();
    let display_name = if plan.display_name == facts.subject { "" } else { plan.display_name.as_str() };
    Some(href(
        &Route::ChooseApps(facts.sha256).to_string(),
        ids.iter().map(|id| ("app[]", id.as_str())).chain([("mode", mode), ("display_name", display_name)]),
    ))
}

/// All its apps are in view.
fn is_whole(plan: &PlanView) -> bool {
    plan.apps.page == 1 && !plan.apps.has_next
}

/// None of its apps is the person's to change.
fn blocked(plan: &PlanView) -> bool {
    is_whole(plan) && !plan.apps.items.is_empty() && plan.apps.items.iter().all(|app| app.right.is_missing())
}

/// Nothing that is removed could still be used.
fn removes_what_ended(plan: &PlanView, now: OffsetDateTime) -> bool {
    let diffs = plan.apps.items.iter().filter_map(|app| app.change.as_ref().ok()).map(|change| &change.diff);
    let mut removed = diffs.flat_map(|diff| &diff.rows).filter(|row| row.kind == DiffKind::Removed);
    is_whole(plan) && removed.all(|row| row.end.is_some_and(|end| end <= now))
}

/// The one app that it is about.
fn only(plan: &PlanView) -> Option<&PlannedApp> {
    let [app] = plan.apps.items.as_slice() else { return None };
    is_whole(plan).then_some(app)
}

/// Where a preview is: a step on the way from an upload, or below the page on which it was made.
#[component]
fn Place(plan: PlanView, choice: Option<String>) -> impl IntoView {
    match (plan.certificates.as_slice(), choice) {
        ([facts], Some(choice)) => view! {
            <Steps
                current=Step::Preview
                links=vec![(Step::Certificate, Route::Certificate(facts.sha256).to_string()), (Step::Apps, choice)]
            />
        }
        .into_html(),
        _ if plan.mode == PushMode::Table => {
            view! { <Breadcrumbs trail=vec![("Import", Route::Table.to_string())] here="Preview"/> }.into_html()
        }
        _ => {
            let mut trail = vec![("Apps".to_owned(), Route::Apps.to_string())];
            trail.extend(only(&plan).map(|app| (app.display_name.clone(), Route::App(app.object_id).to_string())));
            view! { <Breadcrumbs trail here="Preview"/> }.into_html()
        }
    }
}

#[component]
fn Plan(viewer: Viewer, plan: PlanView) -> impl IntoView {
    let choice = choice(&plan);
    let (blocked, ended) = (blocked(&plan), removes_what_ended(&plan, use_now()));
    let done = plan.receipt;
    let (asked, rules) = (plan.request, plan.rules.clone());
    // Whoever may push asks only where a rule says so.
    let not_theirs = plan.apps.items.iter().any(|app| app.right.is_missing());
    let offers_ask = done.is_none() && asked.is_none() && (not_theirs || !rules.is_empty());
    let offers_push = done.is_none() && rules.is_empty();
    let change = choice.clone().filter(|_| done.is_none());
    let PlanView { id, certificates, mode, note, display_name, created_at, sum, apps, confirm, .. } = plan.clone();
    let stat = |class: &'static str, count: u32, word: &'static str| {
        view! { <div class=if count == 0 { "stat".to_owned() } else { format!("stat stat--{class}") }><dt>{word}</dt><dd>{count}</dd></div> }
    };
    let many = apps.items.len() > UNFOLDED || apps.page > 1;
    let shown = apps.items.len();
    let paged = apps.page > 1 || apps.has_next;
    let path = Route::Plan(id).to_string();
    let to = move |page: u32| href(&path, [("page", page.to_string().as_str())]);
    view! {
        <Place plan choice=choice.clone()/>
        <Heading title="Preview" focus=true lead=if done.is_some() { "This preview has been pushed." } else { "Nothing has been sent yet. This is what would be." }>
            {change.map(|choice| view! { <a class="button" href=choice>"Change the choice"</a> })}
        </Heading>
        {done.map(|receipt| view! {
            <MessageBar intent=Intent::Info title="It was pushed already">
                <p>"A preview is pushed once. " <a href=Route::Receipt(receipt).to_string()>"Open the receipt"</a></p>
            </MessageBar>
        })}
        <section class="card summary" aria-label="Summary">
            <dl class="facts">
                <WhatFacts certificates mode note/>
                {(!display_name.is_empty()).then(|| view! { <dt>"Name of the entry"</dt><dd>{display_name}</dd> })}
                <dt>"Apps read"</dt>
                <dd><Moment at=created_at/></dd>
            </dl>
            <dl class="stats">
                {stat("added", sum.added, "added")}
                {stat("kept", sum.kept, "kept")}
                {stat("removed", sum.removed, "removed")}
            </dl>
        </section>
        {apps.items.into_iter().enumerate().map(|(at, app)| view! { <App app open=!many || at == 0/> }).collect_view()}
        {paged.then(|| view! { <Pager page=apps.page shown total=apps.total has_next=apps.has_next link=to/> })}
        {asked.map(|request| view! { <Asked request/> })}
        {offers_ask.then(|| view! { <AskForm viewer=viewer.clone() plan=id sum rules=rules.clone() confirm=confirm.clone() still={offers_push && !blocked}/> })}
        {offers_push.then(|| view! { <PushForm viewer plan=id mode sum confirm ended blocked back=choice/> })}
    }
}
