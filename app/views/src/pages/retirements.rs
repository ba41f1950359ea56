//! Old entries that are to go after a rotation. Nothing goes by itself: each is previewed and pushed by a person.

use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::notices::RefusalSlot;
use crate::components::page::{Heading, or_no_name};
use crate::components::pager::Pager;
use crate::components::thumbprint::KeyIdText;
use crate::components::timestamp::Day;
use crate::data::paging;
use crate::data::pushes::Retirement;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::{Form, Route};
use crate::viewer::Viewer;

pub fn page(viewer: Viewer, page: paging::Page<Retirement>) -> Page {
    let may_push = viewer.may_push();
    Page::new(Route::Retirements.title(), move || view! { <Retirements page may_push/> })
}

#[component]
fn Retirements(page: paging::Page<Retirement>, may_push: bool) -> impl IntoView {
    view! {
        <Heading title="Retirements" lead="Old certificates of rotations, those first whose overlap is over. Nothing is removed by itself."/>
        <List page may_push/>
    }
}

#[component]
fn List(page: paging::Page<Retirement>, may_push: bool) -> impl IntoView {
    let paging::Page { items, page, has_next, total } = page;
    let shown = items.len();
    let to = |page: u32| href(&Route::Retirements.to_string(), [("page", page.to_string().as_str())]);
    if shown == 0 && page == 1 {
        return view! {
            <div class="card">
                <EmptyState glyph=Glyph::Clock title="Nothing to remove" text="When you rotate a certificate, the old ones of the app appear here, with the day from which they are no longer needed."/>
            </div>
        }
        .into_html();
    }
    view! {
        <div class="card card--table">
            <table class="table table--stack table--hover">
                <caption class="sr-only">"Old certificates, those that are due first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"App"</th>
                        <th scope="col">"Old entry"</th>
                        <th scope="col">"Due"</th>
                        <th scope="col">"Rotated by"</th>
                        <th scope="col"><span class="sr-only">"Remove"</span></th>
                    </tr>
                </thead>
                <tbody>{items.into_iter().map(|row| view! { <Row row may_push/> }).collect_view()}</tbody>
            </table>
        </div>
        {(page > 1 || has_next).then(|| view! { <Pager page shown total has_next link=to/> })}
    }
    .into_html()
}

#[component]
fn Row(row: Retirement, may_push: bool) -> impl IntoView {
    let name = or_no_name(row.entry_name);
    let of = format!(" {name} of {}", row.display_name);
    view! {
        <tr>
            <th scope="row" class="table__name" data-label="App">
                <span class="stacked">
                    <a class="table__link" href=Route::App(row.object_id).to_string()>{row.display_name}</a>
                    <code class="mono secondary">{row.app_id.to_string()}</code>
                </span>
            </th>
            <td data-label="Old entry">
                <span class="stacked">
                    <span>{name}</span>
                    <KeyIdText id=row.key_id/>
                </span>
            </td>
            <td data-label="Due">
                <span class="stacked">
                    {row.due.then(|| view! { <span class="badge badge--warn"><Icon glyph=Glyph::Clock/>"Due"</span> })}
                    <span><Day at=row.due_at until=true/></span>
                </span>
            </td>
            <td data-label="Rotated by">
                <span class="stacked">
                    <span>{row.who}</span>
                    <a href=Route::Receipt(row.receipt).to_string()>"Receipt"</a>
                </span>
            </td>
            <td data-label="">
                {may_push.then(|| view! {
                    <form method="post" action=Form::DraftRetire.path()>
                        <input type="hidden" name="app" value=row.object_id.to_string()/>
                        <input type="hidden" name="key_id[]" value=row.key_id.to_string()/>
                        <button type="submit" class="button button--small" data-pending="Reading the app">
                            "Preview the removal"<span class="sr-only">{of}</span>
                        </button>
                        <RefusalSlot form=Form::DraftRetire of=("key_id[]", row.key_id.to_string())/>
                    </form>
                })}
            </td>
        </tr>
    }
}
