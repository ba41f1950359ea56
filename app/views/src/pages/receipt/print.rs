//! A whole receipt on paper: every app in a line, and whose it is.

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::outcome::{StageBadge, state_title};
use crate::components::page::{Heading, or_no_name};
use crate::components::push_messages::{WhatFacts, subject};
use crate::data::pushes::{Receipt, ReceiptApp};
use crate::dates::exact;
use crate::page::Page;
use crate::prelude::*;
use crate::route::Route;
use crate::scene::use_now;
use crate::viewer::Viewer;
use domain::diff::{DiffKind, DiffRow};
use domain::rollout::Outcome;

/// `receipt`: with all its apps.
pub fn page(viewer: Viewer, receipt: Receipt) -> Page {
    let title = format!("Receipt for {}", subject(&receipt.certificates, receipt.mode));
    Page::new(title.clone(), || view! { <Paper title viewer receipt/> })
}

#[component]
fn Paper(title: String, viewer: Viewer, receipt: Receipt) -> impl IntoView {
    let Receipt { id, certificates, mode, note, who, username, started_at, finished_at, progress, apps, .. } = receipt;
    view! {
        <Breadcrumbs trail=vec![("Receipt", Route::Receipt(id).to_string())] here="To print"/>
        <Heading title lead="All apps of the push, for your browser’s own print."/>
        <section class="card" aria-label="Summary">
            <dl class="facts">
                <WhatFacts certificates mode note/>
                <dt>"State"</dt>
                <dd>{format!("{}: verified on {} of {}", state_title(progress.state), progress.good(), progress.total())}</dd>
                <dt>"Pushed by"</dt>
                <dd>{format!("{who} · {username}")}</dd>
                <dt>"Began"</dt>
                <dd>{exact(started_at)}</dd>
                <dt>"Ended"</dt>
                <dd>{finished_at.map_or_else(|| "Not yet".to_owned(), exact)}</dd>
                <dt>"Receipt"</dt>
                <dd class="mono">{id.to_string()}</dd>
                <dt>"Tenant"</dt>
                <dd><span class="mono">{viewer.tenant_id.to_string()}</span>" · "{viewer.cloud}</dd>
                <dt>"Printed by"</dt>
                <dd>{format!("{} · {}, {}", viewer.name, viewer.username, exact(use_now()))}</dd>
                <dt>"Made with"</dt>
                <dd>{format!("Thumbprint {}", env!("CARGO_PKG_VERSION"))}</dd>
            </dl>
        </section>
        <div class="card card--table">
            <table class="table table--stack">
                <caption class="sr-only">"Apps of this push"</caption>
                <thead>
                    <tr>
                        <th scope="col">"App"</th>
                        <th scope="col">"Result"</th>
                        <th scope="col">"Entries"</th>
                        <th scope="col">"Request-id of the write"</th>
                    </tr>
                </thead>
                <tbody>{apps.items.into_iter().map(|app| view! { <Line app/> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// `+ payroll-2027 9F2C 41D0`
fn entry(row: &DiffRow) -> Option<String> {
    let sign = match row.kind {
        DiffKind::Added => "+",
        DiffKind::Removed => "−",
        DiffKind::Kept | DiffKind::AlreadyThere => return None,
    };
    let name = or_no_name(row.display_name.clone());
    let thumbprint = row.thumbprint.map(|it| it.grouped_hex()).unwrap_or_default();
    Some(format!("{sign} {name} {thumbprint}").trim_end().to_owned())
}

/// Graph's, of the last write.
fn write(app: &ReceiptApp) -> Option<String> {
    app.steps.iter().rev().find(|step| step.what.starts_with("PATCH")).and_then(|step| step.request_id.clone())
}

#[component]
fn Line(app: ReceiptApp) -> impl IntoView {
    let good = app.stage.outcome().is_some_and(Outcome::is_good);
    // What was planned and not done is not on paper as if it were.
    let entries: Vec<_> = app.diff.iter().filter(|_| good).flat_map(|diff| &diff.rows).filter_map(entry).collect();
    let write = write(&app);
    view! {
        <tr>
            <th scope="row" data-label="App">
                <span class="stacked">
                    <span>{app.display_name}</span>
                    <code class="mono secondary">{app.app_id.to_string()}</code>
                </span>
            </th>
            <td data-label="Result">
                <span class="stacked">
                    <StageBadge stage=app.stage/>
                    {app.problem.map(|problem| view! { <span class="secondary">{problem.title}</span> })}
                </span>
            </td>
            <td data-label="Entries"><span class="stacked">{entries.into_iter().map(|entry| view! { <span>{entry}</span> }).collect_view()}</span></td>
            <td data-label="Request-id of the write"><code class="mono">{write.unwrap_or_else(|| "—".into())}</code></td>
        </tr>
    }
}
