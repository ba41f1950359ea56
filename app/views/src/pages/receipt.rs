//! The last step: what a push does, and what it did, for good.

mod app;
mod apps_table;
mod progress;

use crate::components::breadcrumbs::{Breadcrumbs, Step, Steps};
use crate::components::empty_state::EmptyState;
use crate::components::icon::{Glyph, Icon};
use crate::components::outcome::title;
use crate::components::page::{Heading, grouped, no_such_page, plural, signed_in, use_param};
use crate::components::pager::Pager;
use crate::components::notices::{ProblemBar, form_problem};
use crate::components::push_messages::{WhatFacts, subject};
use crate::components::thumbprint::Ident;
use crate::components::timestamp::Moment;
use crate::data::people::Viewer;
use crate::data::plans::{DraftAgain, DraftRestore};
use crate::data::pushes;
use crate::data::pushes::{Outcome, Pace, Progress, Receipt, ReceiptApp, ReceiptQuery, RunState, SteerPush};
use crate::dates::distance;
use crate::query::{href, use_query};
use crate::route::Route;
use app::{App, Undo};
use apps_table::AppsTable;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use leptos::form::ActionForm;
use leptos::prelude::*;
use progress::{UnderWay, follow};
use uuid::Uuid;

/// With more apps than this, only as many of those that need a look are unfolded.
const UNFOLDED: usize = 3;

#[component]
pub fn ReceiptPage() -> impl IntoView {
    let id = use_param::<Uuid>("id");
    let query = use_query();
    let wanted = Memo::new(move |_| {
        let query = query.read();
        ReceiptQuery { outcome: query.text("outcome"), page: query.page() }
    });
    let steer = ServerAction::<SteerPush>::new();
    let turned = RwSignal::new(0_u32);
    let receipt = Resource::new_blocking(
        move || (id.get(), wanted.get(), steer.version().get(), turned.get()),
        |(id, wanted, ..)| async move {
            match id {
                Some(id) => pushes::receipt(id.to_string(), wanted.clone()).await.map(|receipt| (wanted, receipt)),
                None => Err(no_such_page()),
            }
        },
    );
    signed_in(receipt, move |viewer, (query, receipt)| view! { <Whole viewer query receipt steer turned/> })
}

/// `Verified on 2 apps`, or how many were not; where it is under way, how many it is for.
fn verdict(progress: &Progress) -> String {
    let (good, total) = (progress.good() as usize, progress.total() as usize);
    match progress.state {
        RunState::Running | RunState::Paused | RunState::NeedsSignIn => format!("Push to {}", plural(total, "app")),
        RunState::Cancelled | RunState::Finished if good == total => format!("Verified on {}", plural(good, "app")),
        RunState::Cancelled | RunState::Finished => format!("Verified on {good} of {}", plural(total, "app")),
    }
}

/// `1 second`, `4 minutes`.
fn took(seconds: i64) -> String {
    match u64::try_from(seconds) {
        Ok(0) | Err(_) => "Under a second".into(),
        Ok(1) => "1 second".into(),
        Ok(seconds) => distance(seconds).unwrap_or_else(|| format!("{seconds} seconds")),
    }
}

/// `5 apps, then 10 %, then the rest; asks in between`; nothing where all went at once.
fn pace(pace: Pace) -> Option<String> {
    let mut waves = Vec::new();
    if pace.canary > 0 {
        waves.push(plural(pace.canary.into(), "app"));
    }
    if pace.second > 0 {
        waves.push(format!("{} %", pace.second));
    }
    if waves.is_empty() {
        return None;
    }
    waves.push("the rest".into());
    Some(waves.join(", then ") + if pace.ask_between { "; asks in between" } else { "" })
}

/// Where a receipt is: the last step from an upload, or one of the audit's.
#[component]
fn Place(receipt: Receipt) -> impl IntoView {
    match receipt.certificates.as_slice() {
        [facts] if receipt.mode.is_from_upload() => {
            let links = vec![
                (Step::Upload, Route::Upload.to_string()),
                (Step::Certificate, Route::Certificate(facts.sha256).to_string()),
                (Step::Apps, Route::ChooseApps(facts.sha256).to_string()),
                (Step::Preview, Route::Plan(receipt.plan).to_string()),
            ];
            view! { <Steps current=Step::Receipt links/> }.into_any()
        }
        _ => view! {
            <Breadcrumbs trail=vec![("Audit", Route::Audit.to_string()), ("Preview", Route::Plan(receipt.plan).to_string())] here="Receipt"/>
        }
        .into_any(),
    }
}

#[component]
fn Whole(
    viewer: Viewer,
    query: ReceiptQuery,
    receipt: Receipt,
    steer: ServerAction<SteerPush>,
    turned: RwSignal<u32>,
) -> impl IntoView {
    let id = receipt.id;
    let over = receipt.progress.is_over();
    let progress = RwSignal::new(receipt.progress.clone());
    if !over {
        follow(id, progress, turned);
    }
    let good = receipt.progress.good() == receipt.progress.total();
    let may_push = viewer.may_push();
    let undo = ServerAction::<DraftRestore>::new();
    let refused = form_problem::<DraftRestore>().or_else(form_problem::<DraftAgain>);
    // A receipt of one app offers its undo on top.
    let alone = receipt.progress.total() == 1;
    let below = (may_push && !alone).then_some(undo);
    let summary = match (over, good) {
        (false, _) => "card summary",
        (true, true) => "card summary summary--good",
        (true, false) => "card summary summary--warn",
    };
    let head = receipt.clone();
    let Receipt { certificates, mode, note, who, username, started_at, finished_at, pace: set, apps, .. } =
        receipt.clone();
    let path = Route::Receipt(id).to_string();
    let to = {
        let outcome = query.outcome.clone();
        move |page: u32| href(&path, [("outcome", outcome.as_str()), ("page", page.to_string().as_str())])
    };
    let shown = apps.items.len();
    let (page, total, has_next) = (apps.page, apps.total, apps.has_next);
    let many = shown > UNFOLDED || page > 1;
    let list = if shown == 0 {
        view! { <div class="card"><EmptyState glyph=Glyph::Search title="No app is there now" text="Apps move on while the push runs. Look at all of them, or choose another state."/></div> }.into_any()
    } else if over {
        let mut bad = 0;
        apps.items
            .into_iter()
            .map(|app| {
                let is_bad = app.stage.outcome().is_some_and(|it| !it.is_good() && it != Outcome::Cancelled);
                bad += usize::from(is_bad);
                let open = !many || (is_bad && bad <= UNFOLDED);
                view! { <App app open undo=below/> }
            })
            .collect_view()
            .into_any()
    } else {
        view! { <AppsTable receipt=id query=query.clone() progress page=apps/> }.into_any()
    };
    view! {
        <Place receipt=receipt.clone()/>
        <Heading title=verdict(&receipt.progress)>
            {over.then(|| view! { <Actions may_push receipt=head undo/> })}
        </Heading>
        {refused.map(|problem| view! { <ProblemBar problem/> })}
        {move || undo.value().get().and_then(Result::err).map(|problem| view! { <ProblemBar problem/> })}
        {(!over).then(|| view! { <UnderWay viewer receipt=id progress steer/> })}
        <section class=summary aria-label="Summary">
            <dl class="facts">
                <WhatFacts certificates mode note/>
            </dl>
            <dl class="facts">
                <dt>"Who"</dt>
                <dd>{who}<span class="secondary">" · "{username}</span></dd>
                <dt>"When"</dt>
                <dd><Moment at=started_at/></dd>
                {finished_at.map(|at| view! { <dt>"Took"</dt><dd>{took((at - started_at).whole_seconds())}</dd> })}
                {pace(set).map(|words| view! { <dt>"Pace"</dt><dd>{words}</dd> })}
                <dt>"Receipt"</dt>
                <dd><Ident value=id.to_string() what="the receipt’s id"/></dd>
            </dl>
        </section>
        {(receipt.progress.total() > 1).then(|| view! { <Filter id progress now=query.outcome/> })}
        {list}
        {(page > 1 || has_next).then(|| view! { <Pager page shown total has_next link=to/> })}
    }
}

/// What can be done once it is over.
#[component]
fn Actions(may_push: bool, receipt: Receipt, undo: ServerAction<DraftRestore>) -> impl IntoView {
    let again = ServerAction::<DraftAgain>::new();
    let pending = again.pending();
    let left = (receipt.progress.total() - receipt.progress.good()) as usize;
    let paged = receipt.apps.page > 1 || receipt.apps.has_next;
    let file = serde_json::to_string_pretty(&receipt).unwrap_or_default();
    let download = format!("data:application/json;base64,{}", STANDARD.encode(file));
    let id = receipt.id;
    let first = match receipt.apps.items.as_slice() {
        [ReceiptApp { object_id, display_name, undo: Some(state), .. }] if may_push && !paged => {
            Some((*object_id, display_name.clone(), *state))
        }
        _ => None,
    };
    let more = receipt.certificates.first().filter(|_| receipt.mode.is_from_upload()).map(|facts| facts.sha256);
    view! {
        {move || again.value().get().and_then(Result::err).map(|problem| view! { <ProblemBar problem/> })}
        <a class="button" href=download download=format!("receipt-{id}.json")>
            <Icon glyph=Glyph::Download/>
            <span>{if paged { "Download this page" } else { "Download" }}</span>
        </a>
        {first.filter(|_| receipt.progress.total() == 1).map(|(object_id, name, state)| view! { <Undo object_id name state undo/> })}
        {may_push.then(|| if left == 0 {
            more.map(|sha256| view! { <a class="button" href=Route::ChooseApps(sha256).to_string()><Icon glyph=Glyph::Plus/><span>"Push to more apps"</span></a> }).into_any()
        } else {
            view! {
                <ActionForm action=again>
                    <input type="hidden" name="receipt" value=id.to_string()/>
                    <button type="submit" class="button button--primary" disabled=move || pending.get()>
                        <span>{format!("Preview {} again", plural(left, "app"))}</span>
                        <Icon glyph=Glyph::ArrowRight/>
                    </button>
                </ActionForm>
            }
            .into_any()
        })}
    }
}

/// How many apps of a progress end this way.
fn ended(progress: &Progress, outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Verified => progress.verified,
        Outcome::AlreadyThere => progress.already_there,
        Outcome::ChangedSincePreview => progress.changed,
        Outcome::Refused => progress.refused,
        Outcome::Failed => progress.failed,
        Outcome::Unverified => progress.unverified,
        Outcome::Cancelled => progress.cancelled,
    }
}

/// Which apps are shown: links with counts, of which the empty ones stay out.
#[component]
fn Filter(id: Uuid, progress: RwSignal<Progress>, now: String) -> impl IntoView {
    let path = Route::Receipt(id).to_string();
    let link = move |name: &'static str, word: &'static str, count: u32| {
        (count > 0 || name == now).then(|| {
            view! {
                <a href=href(&path, [("outcome", name)]) aria-current=(name == now).then_some("true")>
                    {word}
                    <span class="filter__count">{grouped(count as usize)}</span>
                </a>
            }
        })
    };
    move || {
        let progress = progress.read();
        let bad = progress.done() - progress.good();
        view! {
            <nav class="filter" aria-label="Apps by state">
                {link("", "All", progress.total())}
                {link("waiting", "Waiting", progress.waiting)}
                {link("not-good", "Did not end well", bad)}
                {Outcome::ALL.iter().map(|outcome| link(outcome.as_str(), title(*outcome), ended(&progress, *outcome))).collect_view()}
            </nav>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_without_waves_is_not_worth_a_word() {
        assert_eq!(pace(Pace::default()), None);
        let waves = Pace { canary: 5, second: 10, ask_between: true, ..Pace::default() };
        assert_eq!(pace(waves).as_deref(), Some("5 apps, then 10 %, then the rest; asks in between"));
    }

    #[test]
    fn a_duration_has_the_unit_that_fits() {
        assert_eq!(
            [took(-1), took(0), took(1), took(250)],
            ["Under a second", "Under a second", "1 second", "4 minutes"]
        );
    }
}
