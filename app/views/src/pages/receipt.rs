//! The last step: what a push does, and what it did, for good.

mod app;
mod apps_table;
pub mod of_app;
pub mod print;
mod progress;

use crate::components::breadcrumbs::{Breadcrumbs, Step, Steps};
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::notices::RefusalSlot;
use crate::components::outcome::title;
use crate::components::page::{Heading, grouped, plural};
use crate::components::pager::Pager;
use crate::components::push_messages::{WhatFacts, subject};
use crate::components::thumbprint::Ident;
use crate::components::timestamp::Moment;
use crate::data::paging;
use crate::data::pushes::{Progress, Receipt, ReceiptApp, ReceiptQuery};
use crate::dates::distance;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::{Query, href};
use crate::route::{Form, Route, Section};
use crate::scene::{self, Scene, use_viewer};
use app::{App, Undo};
use apps_table::AppsTable;
use domain::rollout::{Outcome, Pace, RunState};
use progress::{SteerRefusal, UnderWay};
use uuid::Uuid;

/// With more apps than this, only as many of those that need a look are unfolded.
const UNFOLDED: usize = 3;
/// Where the page says why an undo or another preview was refused.
const REFUSED: &str = "actions-refused";

pub fn page(query: ReceiptQuery, receipt: Receipt) -> Page {
    let title = format!("Receipt for {}", subject(&receipt.certificates, receipt.mode));
    // The steps that it shows belong to an upload; else it is one of the audit's.
    let from_upload = receipt.mode.is_from_upload() && receipt.certificates.len() == 1;
    let section = if from_upload { Section::Upload } else { Section::Audit };
    Page::new(title, || view! { <Whole query receipt/> }).section(section)
}

/// What the page's address asks for.
pub fn query(query: &Query) -> ReceiptQuery {
    ReceiptQuery { outcome: query.text("outcome"), page: query.page() }
}

/// The page's address.
pub fn path(id: Uuid, query: &ReceiptQuery) -> String {
    with(&Route::Receipt(id), query, query.page)
}

fn with(route: &Route, query: &ReceiptQuery, page: u32) -> String {
    let page = if page > 1 { page.to_string() } else { String::new() };
    href(&route.to_string(), [("outcome", query.outcome.as_str()), ("page", page.as_str())])
}

/// What changes on the page of a push under way, but for its apps: HTML of elements with ids, which take the place of those
/// on the page. `scene`: the page's own.
pub fn progress_parts(scene: Scene, id: Uuid, query: ReceiptQuery, progress: Progress) -> String {
    scene::render(scene, move || {
        view! {
            <UnderWay receipt=id progress=progress.clone()/>
            <Filter id progress now=query.outcome/>
        }
    })
}

/// The apps that the page of a push under way shows: HTML, as [`progress_parts`] is.
pub fn apps_part(scene: Scene, id: Uuid, query: ReceiptQuery, apps: paging::Page<ReceiptApp>) -> String {
    scene::render(scene, move || view! { <Apps id query apps over=false undo=false/> })
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
                (Step::Certificate, Route::Certificate(facts.sha256).to_string()),
                (Step::Apps, Route::ChooseApps(facts.sha256).to_string()),
                (Step::Preview, Route::Plan(receipt.plan).to_string()),
            ];
            view! { <Steps current=Step::Receipt links/> }.into_html()
        }
        _ => {
            let mut trail = match only(&receipt) {
                Some(app) => vec![
                    ("Apps".to_owned(), Route::Apps.to_string()),
                    (app.display_name.clone(), Route::App(app.object_id).to_string()),
                ],
                None => vec![("Audit".to_owned(), Route::Audit.to_string())],
            };
            trail.push(("Preview".to_owned(), Route::Plan(receipt.plan).to_string()));
            view! { <Breadcrumbs trail here="Receipt"/> }.into_html()
        }
    }
}

/// The one app that it is about.
fn only(receipt: &Receipt) -> Option<&ReceiptApp> {
    receipt.apps.items.first().filter(|_| receipt.progress.total() == 1)
}

#[component]
fn Whole(query: ReceiptQuery, receipt: Receipt) -> impl IntoView {
    let id = receipt.id;
    let over = receipt.progress.is_over();
    let good = receipt.progress.good() == receipt.progress.total();
    let may_push = use_viewer().is_some_and(|viewer| viewer.may_push());
    let several = receipt.progress.total() > 1;
    let summary = match (over, good) {
        (false, _) => "card summary",
        (true, true) => "card summary summary--good",
        (true, false) => "card summary summary--warn",
    };
    let live = (!over).then(|| with(&Route::ReceiptEvents(id), &query, query.page));
    let head = receipt.clone();
    let Receipt {
        certificates,
        mode,
        note,
        request,
        who,
        username,
        started_at,
        finished_at,
        pace: set,
        progress,
        apps,
        ..
    } = receipt.clone();
    view! {
        <Place receipt/>
        <Heading title=verdict(&progress)>
            {over.then(|| view! { <Actions may_push receipt=head/> })}
        </Heading>
        <div class="refused" id=REFUSED>
            <RefusalSlot form=Form::DraftAgain/>
            {(!several).then(|| view! { <RefusalSlot form=Form::DraftRestore/> })}
        </div>
        {live.map(|url| view! {
            <p class="run__cut secondary" data-live=url>"The connection is cut. What you see may be old; it is tried again."</p>
            <UnderWay receipt=id progress=progress.clone()/>
            <SteerRefusal/>
        })}
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
                {pace(set).map(|words| view! { <dt>"Rollout"</dt><dd>{words}</dd> })}
                {request.map(|id| view! { <dt>"Asked for"</dt><dd><a href=Route::Request(id).to_string()>"The request that this carried out"</a></dd> })}
                <dt>"Receipt"</dt>
                <dd><Ident value=id.to_string() what="the receipt’s id"/></dd>
            </dl>
        </section>
        {several.then(|| view! { <Filter id progress now=query.outcome.clone()/> })}
        // A receipt of one app offers its undo on top.
        <Apps id query apps over undo=may_push && several/>
    }
}

/// The apps that the page shows, and the way to the next.
#[component]
fn Apps(id: Uuid, query: ReceiptQuery, apps: paging::Page<ReceiptApp>, over: bool, undo: bool) -> impl IntoView {
    let to = {
        let query = query.clone();
        move |page: u32| with(&Route::Receipt(id), &query, page)
    };
    let shown = apps.items.len();
    let (page, total, has_next) = (apps.page, apps.total, apps.has_next);
    let many = shown > UNFOLDED || page > 1;
    let list = if shown == 0 {
        view! { <div class="card"><EmptyState glyph=Glyph::Search title="No app is there now" text="Apps move on while the push runs. Look at all of them, or choose another state."/></div> }.into_html()
    } else if over {
        let mut bad = 0;
        apps.items
            .into_iter()
            .map(|app| {
                let is_bad = app.stage.outcome().is_some_and(|it| !it.is_good() && it != Outcome::Cancelled);
                bad += usize::from(is_bad);
                let open = !many || (is_bad && bad <= UNFOLDED);
                view! { <App app open undo/> }
            })
            .collect_view()
            .into_html()
    } else {
        view! { <AppsTable apps=apps.items/> }.into_html()
    };
    view! {
        <div class="receipt-apps" id="receipt-apps">
            {list}
            {(page > 1 || has_next).then(|| view! { <Pager page shown total has_next link=to/> })}
        </div>
    }
}

/// What can be done once it is over.
#[component]
fn Actions(may_push: bool, receipt: Receipt) -> impl IntoView {
    let left = (receipt.progress.total() - receipt.progress.good()) as usize;
    let id = receipt.id;
    let only = only(&receipt).map(|app| (app.object_id, app.display_name.clone(), app.undo));
    let undo = only.clone().filter(|_| may_push).and_then(|(app, name, state)| Some((app, name, state?)));
    let more = receipt.certificates.first().filter(|_| receipt.mode.is_from_upload()).map(|facts| facts.sha256);
    view! {
        <a class="button" href=Route::ReceiptFile(id).to_string() download="">
            <Icon glyph=Glyph::Download/>
            <span>"Download"</span>
            <span class="sr-only">" the whole receipt as JSON"</span>
        </a>
        <a class="button" href=Route::ReceiptPrint(id).to_string()><Icon glyph=Glyph::Receipt/><span>"To print"</span></a>
        {undo.map(|(object_id, name, state)| view! { <Undo object_id name state refused_in=REFUSED/> })}
        {only.map(|(app, name, _)| view! { <a class="button" href=Route::App(app).to_string()><Icon glyph=Glyph::Apps/><span>{format!("Back to {name}")}</span></a> })}
        {may_push.then(|| if left == 0 {
            more.map(|sha256| view! { <a class="button" href=Route::ChooseApps(sha256).to_string()><Icon glyph=Glyph::Plus/><span>"Push to more apps"</span></a> }).into_html()
        } else {
            view! {
                <form method="post" action=Form::DraftAgain.path() data-refusal-in=REFUSED>
                    <input type="hidden" name="receipt" value=id.to_string()/>
                    <button type="submit" class="button button--primary" data-pending="Reading the apps">
                        <span>{format!("Preview {} again", plural(left, "app"))}</span>
                        <Icon glyph=Glyph::ArrowRight/>
                    </button>
                </form>
            }
            .into_html()
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
fn Filter(id: Uuid, progress: Progress, now: String) -> impl IntoView {
    let path = Route::Receipt(id).to_string();
    let bad = progress.done() - progress.good();
    let link = |name: &'static str, word: &'static str, count: u32| {
        (count > 0 || name == now).then(|| {
            view! {
                <a href=href(&path, [("outcome", name)]) aria-current=(name == now).then_some("true")>
                    {word}
                    <span class="filter__count">{grouped(count as usize)}</span>
                </a>
            }
        })
    };
    view! {
        <nav class="filter" id="receipt-filter" aria-label="Apps by state">
            {link("", "All", progress.total())}
            {link("waiting", "Waiting", progress.waiting)}
            {link("not-good", "With problems", bad)}
            {Outcome::ALL.iter().map(|outcome| link(outcome.as_str(), title(*outcome), ended(&progress, *outcome))).collect_view()}
        </nav>
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
