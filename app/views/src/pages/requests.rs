//! The inbox: what waits for the viewer, what they asked for, and what was decided.

use crate::components::empty_state::EmptyState;
use crate::components::field::Segmented;
use crate::components::icon::Icon;
use crate::components::page::{Heading, plural};
use crate::components::pager::Pager;
use crate::components::push_messages::{mode_title, subject};
use crate::components::timestamp::{Day, Moment};
use crate::data::paging;
use crate::data::requests::{RequestRow, RequestShow, Requested};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::pages::secret::called;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use domain::requests::RequestState;

pub fn page(show: RequestShow, page: paging::Page<RequestRow>) -> Page {
    Page::new(Route::Requests.title(), move || view! { <Requests show page/> })
}

fn path(show: RequestShow, page: u32) -> String {
    let page = if page > 1 { page.to_string() } else { String::new() };
    href(&Route::Requests.to_string(), [("show", show.as_str()), ("page", page.as_str())])
}

fn word(show: RequestShow) -> &'static str {
    match show {
        RequestShow::Waiting => "Waiting",
        RequestShow::Mine => "Asked by me",
        RequestShow::Decided => "Over",
    }
}

/// What is asked for, for a list.
pub(super) fn title(what: &Requested) -> String {
    match what {
        Requested::Change { mode, certificates, .. } => {
            format!("{}: {}", mode_title(*mode), subject(certificates, *mode))
        }
        Requested::SecretRemoval { name, .. } => format!("Remove a client secret: {}", called(name.as_deref())),
    }
}

/// Of which apps: how many, or the one.
pub(super) fn whose(what: &Requested) -> String {
    match what {
        Requested::Change { apps, .. } => plural(*apps as usize, "app"),
        Requested::SecretRemoval { app_name, .. } => app_name.clone(),
    }
}

/// Class, icon and word.
fn look(state: RequestState) -> (&'static str, Glyph, &'static str) {
    match state {
        RequestState::Open => ("kept", Glyph::Clock, "Waits for approval"),
        RequestState::Approved => ("added", Glyph::Check, "Approved: needs an executor"),
        RequestState::Executing => ("there", Glyph::ArrowRight, "Under way"),
        RequestState::Done => ("added", Glyph::CheckCircle, "Done"),
        RequestState::Failed => ("bad", Glyph::ErrorCircle, "Did not end well"),
        RequestState::Rejected => ("removed", Glyph::Minus, "Rejected"),
        RequestState::Withdrawn => ("kept", Glyph::Minus, "Withdrawn"),
        RequestState::Expired => ("kept", Glyph::Clock, "Expired"),
        RequestState::Void => ("warn", Glyph::Warning, "Void"),
    }
}

#[component]
pub fn StateBadge(state: RequestState) -> impl IntoView {
    let (class, glyph, word) = look(state);
    view! { <span class=format!("badge badge--{class}")><Icon glyph/>{word}</span> }
}

#[component]
fn Requests(show: RequestShow, page: paging::Page<RequestRow>) -> impl IntoView {
    let options = RequestShow::ALL.into_iter().map(|one| (word(one), path(one, 1), one == show)).collect();
    let paging::Page { items, page, has_next, total } = page;
    let shown = items.len();
    let list = if shown == 0 && page == 1 {
        let (title, text) = match show {
            RequestShow::Waiting => {
                ("Nothing waits", "What others ask for, and what is approved and not yet carried out, appears here.")
            }
            RequestShow::Mine => (
                "You have asked for nothing",
                "On a preview of apps that you may not change, you can ask for approval.",
            ),
            RequestShow::Decided => {
                ("Nothing was decided yet", "Requests that are over appear here, however they ended.")
            }
        };
        view! { <div class="card"><EmptyState glyph=Glyph::Person title text/></div> }.into_html()
    } else {
        view! {
            <div class="card card--table">
                <table class="table table--stack table--hover">
                    <caption class="sr-only">{format!("Requests: {}", word(show))}</caption>
                    <thead>
                        <tr>
                            <th scope="col">"What"</th>
                            <th scope="col">"Asked by"</th>
                            <th scope="col">"Where it is"</th>
                            <th scope="col">"Until"</th>
                        </tr>
                    </thead>
                    <tbody>{items.into_iter().map(|row| view! { <Row row/> }).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_html()
    };
    view! {
        <Heading title="Requests" lead="Changes that somebody asks for. An approval holds for exactly what was looked at: where an app moves, it is void.">
            <a class="button" href=Route::Rules.to_string()><Icon glyph=Glyph::Check/><span>"Rules"</span></a>
        </Heading>
        <div class="toolbar"><Segmented label="Which requests" options/></div>
        {list}
        {(page > 1 || has_next).then(|| view! { <Pager page shown total has_next link=move |page| path(show, page)/> })}
    }
}

#[component]
fn Row(row: RequestRow) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" class="table__name" data-label="What">
                <span class="stacked">
                    <a class="table__link" href=Route::Request(row.id).to_string()>{title(&row.what)}</a>
                    <span class="secondary">{whose(&row.what)}</span>
                </span>
            </th>
            <td data-label="Asked by">
                <span class="stacked"><span>{row.who}</span><span class="secondary"><Moment at=row.asked_at/></span></span>
            </td>
            <td data-label="Where it is">
                <span class="stacked">
                    <span><StateBadge state=row.state/></span>
                    {row.waits_for_viewer.then(|| view! { <span class="secondary">"Waits for you"</span> })}
                </span>
            </td>
            <td data-label="Until">
                {if row.state.is_over() {
                    view! { <span class="secondary">"over since "<Moment at=row.changed_at/></span> }.into_html()
                } else {
                    view! {
                        <span class="stacked">
                            <span><Day at=row.expires_at/></span>
                            {row.wanted_on.map(|day| view! { <span class="secondary">{format!("wanted by {day}")}</span> })}
                        </span>
                    }
                    .into_html()
                }}
            </td>
        </tr>
    }
}
