//! Everything that was pushed or refused, newest first.

use crate::components::empty_state::EmptyState;
use crate::components::field::SearchField;
use crate::components::outcome::{AuditBadge, title, words};
use crate::components::page::Heading;
use crate::components::pager::Pager;
use crate::components::push_messages::mode_title;
use crate::components::timestamp::Moment;
use crate::data::audit::{AuditQuery, AuditRow};
use crate::data::paging;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::{Query, href};
use crate::route::Route;
use crate::viewer::Viewer;
use domain::audit::AuditAction;
use domain::rollout::Outcome;

/// What the URL asks for.
pub fn wanted(query: &Query) -> AuditQuery {
    AuditQuery { search: query.text("q"), outcome: query.text("outcome"), page: query.page() }
}

pub fn page(viewer: Viewer, query: AuditQuery, page: paging::Page<AuditRow>) -> Page {
    Page::new(Route::Audit.title(), || view! { <Audit viewer query page/> })
}

#[component]
fn Audit(viewer: Viewer, query: AuditQuery, page: paging::Page<AuditRow>) -> impl IntoView {
    let lead = if viewer.sees_whole_audit() {
        "Every push and every refusal in this tenant."
    } else {
        "Your own pushes and refusals. An auditor sees everybody’s."
    };
    view! {
        <Heading title="Audit" lead/>
        {viewer.is_admin().then(|| view! { <p><a href=Route::Notices.to_string()>"Notices: who was told what"</a></p> })}
        <List query page/>
    }
}

#[component]
fn List(query: AuditQuery, page: paging::Page<AuditRow>) -> impl IntoView {
    let to = {
        let query = query.clone();
        move |page: u32| {
            let page = if page > 1 { page.to_string() } else { String::new() };
            href(
                &Route::Audit.to_string(),
                [("q", query.search.as_str()), ("outcome", query.outcome.as_str()), ("page", page.as_str())],
            )
        }
    };
    let filtered = !query.search.is_empty() || !query.outcome.is_empty();
    let shown = page.items.len();
    let options: Vec<_> = Outcome::ALL
        .iter()
        .map(|outcome| view! { <option value=outcome.as_str() selected=query.outcome == outcome.as_str()>{title(*outcome)}</option> })
        .collect();
    view! {
        <div class="toolbar">
            <form method="get" action=Route::Audit.to_string() class="toolbar__form">
                <SearchField value=query.search.clone() label="Search the audit" placeholder="App, person, thumbprint or request-id"/>
                <label class="sr-only" for="outcome">"Outcome"</label>
                <select class="input select" id="outcome" name="outcome" autocomplete="off">
                    <option value="" selected=query.outcome.is_empty()>"Every outcome"</option>
                    {options}
                </select>
                <button type="submit" class="button">"Search"</button>
                {filtered.then(|| view! { <a class="button button--subtle" href=Route::Audit.to_string()>"Clear"</a> })}
            </form>
        </div>
        {match (shown, filtered) {
            (0, true) => view! { <div class="card"><EmptyState glyph=Glyph::Search title="Nothing matches" text="Search by a part of a name, by a thumbprint or by a request-id, or clear the filter."/></div> }.into_html(),
            (0, false) => view! { <div class="card"><EmptyState glyph=Glyph::Audit title="Nothing has happened yet" text="Pushes and refusals appear here, newest first."/></div> }.into_html(),
            _ => view! {
                <div class="card card--table">
                    <table class="table table--stack table--compact table--hover">
                        <caption class="sr-only">"Audit, newest first"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"When"</th>
                                <th scope="col">"Who"</th>
                                <th scope="col">"What"</th>
                                <th scope="col">"Outcome"</th>
                                <th scope="col">"Receipt"</th>
                            </tr>
                        </thead>
                        <tbody>{page.items.into_iter().map(|row| view! { <Row row/> }).collect_view()}</tbody>
                    </table>
                </div>
            }
            .into_html(),
        }}
        <Pager page=page.page shown total=page.total has_next=page.has_next link=to/>
    }
}

fn title_of(action: &AuditAction) -> String {
    match action {
        AuditAction::Push(mode) => mode_title(*mode).into(),
        other => words(other.as_str()),
    }
}

#[component]
fn Row(row: AuditRow) -> impl IntoView {
    let app = row.app_name.map(|name| match row.object_id {
        Some(id) => view! { <a href=Route::App(id).to_string()>{name}</a> }.into_html(),
        None => name.into_html(),
    });
    view! {
        <tr>
            <td class="table__bare" data-label="When"><Moment at=row.at/></td>
            <td class="table__bare" data-label="Who"><span class="stacked"><span>{row.who}</span><span class="secondary">{row.username}</span></span></td>
            <td class="table__first table__bare" data-label="What">
                <span class="stacked">
                    <span>{title_of(&row.action)}{app.map(|app| view! { " · " {app} })}</span>
                    {row.thumbprint.map(|thumbprint| view! { <code class="mono mono--grouped secondary">{thumbprint.grouped_hex()}</code> })}
                </span>
            </td>
            <td class="table__bare" data-label="Outcome">
                <span class="stacked">
                    <span><AuditBadge outcome=row.outcome/></span>
                    {(!row.detail.is_empty()).then(|| view! { <span class="secondary">{row.detail}</span> })}
                    {row.request_id.map(|id| view! { <span class="secondary">"Request-id "<code class="mono">{id}</code></span> })}
                </span>
            </td>
            <td class="table__bare" data-label="Receipt">
                {match row.receipt {
                    Some(id) => view! { <a href=Route::Receipt(id).to_string()>"Open"<span class="sr-only">" the receipt"</span></a> }.into_html(),
                    None => ().into_html(),
                }}
            </td>
        </tr>
    }
}
