//! A push out of a table: many certificates to many apps, line by line.

use crate::browser;
use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::code_block::CodeBlock;
use crate::components::icon::{Glyph, Icon};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, NoAccess, Skeleton, use_viewer, why_no_push};
use crate::components::notices::{ProblemPage, SignInPage, form_problem};
use crate::data::people::Viewer;
use crate::data::plans::{DraftTable, MAX_APPS_PER_PLAN};
use crate::data::problem::Problem;
use crate::route::Route;
use domain::peel::Charset;
use leptos::form::ActionForm;
use leptos::html::Textarea;
use leptos::prelude::*;

const EXAMPLE: &str = "app,certificate,display_name
Payroll export,9F2C41D0A8B35E6677AEC0FFEE00112233445566,payroll-2027
0f1e2d3c-4b5a-4978-8685-9483a2b10001,9F2C41D0A8B35E6677AEC0FFEE00112233445566,";

#[component]
pub fn TablePage() -> impl IntoView {
    let viewer = use_viewer();
    view! {
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || Suspend::new(async move {
                match viewer.await {
                    Err(problem) => view! { <ProblemPage problem/> }.into_any(),
                    Ok(None) => view! { <SignInPage/> }.into_any(),
                    Ok(Some(viewer)) if !viewer.may_enter() => view! { <NoAccess viewer/> }.into_any(),
                    Ok(Some(viewer)) => view! { <Page viewer/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Page(viewer: Viewer) -> impl IntoView {
    let body = match why_no_push(&viewer) {
        Some(why) => {
            view! { <MessageBar intent=Intent::Warning title="You cannot push"><p>{why}</p></MessageBar> }.into_any()
        }
        None => view! { <Form/> }.into_any(),
    };
    view! {
        <Breadcrumbs trail=vec![("Upload", Route::Upload.to_string())] here="Table"/>
        <Heading title="Push by a table" lead="One line per app and certificate. The preview comes next: nothing is changed yet."/>
        {body}
    }
}

#[component]
fn Form() -> impl IntoView {
    let draft = ServerAction::<DraftTable>::new();
    let pending = draft.pending();
    let refused = form_problem::<DraftTable>();
    let text = NodeRef::<Textarea>::new();
    let file = RwSignal::new(String::new());
    let take = move |picked: browser::Picked| {
        let read = domain::peel::text(&picked.bytes);
        let charset = read.as_ref().map(|read| read.charset).filter(|charset| *charset != Charset::Utf8);
        if let Some(text) = text.get_untracked() {
            // What is no text at all is refused with the table, whose signs were lost.
            let content = read.map_or_else(|| String::from_utf8_lossy(&picked.bytes).into_owned(), |read| read.text);
            text.set_value(&content);
            let _ = text.focus();
        }
        file.set(charset.map_or_else(|| picked.name.clone(), |charset| format!("{}, as {charset}", picked.name)));
    };
    view! {
        {refused.map(|problem| view! { <Lines problem/> })}
        {move || draft.value().get().and_then(Result::err).map(|problem| view! { <Lines problem/> })}
        <div class="columns columns--side">
            <section class="card" aria-labelledby="csv-title">
                <div class="card__head">
                    <h2 id="csv-title">"The table"</h2>
                    <label class="file needs-shell">
                        <input type="file" accept=".csv,text/csv,text/plain" on:change=move |event| browser::read_chosen(&event, take)/>
                        <span class="button button--small"><Icon glyph=Glyph::Upload/><span>"Read a file"</span></span>
                    </label>
                </div>
                <ActionForm action=draft>
                    <div class="stack">
                        <div class="field">
                            <label for="csv">"CSV with a header line"</label>
                            <textarea
                                class="input input--mono csv"
                                id="csv"
                                name="csv"
                                rows="14"
                                required
                                spellcheck="false"
                                autocomplete="off"
                                wrap="off"
                                placeholder="app,certificate,display_name"
                                aria-describedby="csv-hint"
                                node_ref=text
                            ></textarea>
                            <p class="field__hint" id="csv-hint">
                                {format!("At most {MAX_APPS_PER_PLAN} lines. Comma, semicolon or tab; double quotes around what holds one.")}
                                <span role="status">{move || file.read().is_empty().then_some("").map_or_else(|| format!(" Read from {}.", file.read()), str::to_owned)}</span>
                            </p>
                        </div>
                        <div class="actions">
                            <button type="submit" class="button button--primary" disabled=move || pending.get()>
                                <span>{move || if pending.get() { "Reading the apps" } else { "Preview" }}</span>
                                <Icon glyph=Glyph::ArrowRight/>
                            </button>
                        </div>
                    </div>
                </ActionForm>
            </section>
            <aside class="columns__side">
                <section class="card" aria-labelledby="how-title">
                    <div class="card__head"><h2 id="how-title">"Columns"</h2></div>
                    <dl class="facts facts--stacked">
                        <dt><code>"app"</code></dt>
                        <dd>"Client id, object id, or the whole display name where only one app has it."</dd>
                        <dt><code>"certificate"</code></dt>
                        <dd>"SHA-1 or SHA-256 thumbprint of a certificate that was uploaded here, or the certificate itself as PEM or base64."</dd>
                        <dt><code>"display_name"</code></dt>
                        <dd>"Name of the new entry. Empty, or no such column: the certificate’s subject."</dd>
                    </dl>
                    <p class="card__text secondary">"Certificates are added; every other entry is kept. The list of "<a href=Route::Apps.to_string()>"apps"</a>" can be downloaded as CSV and sent as it is: lines without a thumbprint, and entries that do not verify, are passed over."</p>
                </section>
                <section class="card" aria-labelledby="example-title">
                    <div class="card__head"><h2 id="example-title">"Example"</h2></div>
                    <CodeBlock text=EXAMPLE.to_owned() label="the example"/>
                </section>
            </aside>
        </div>
    }
}

/// A problem whose detail has a line for each line of the table that is wrong.
#[component]
fn Lines(problem: Problem) -> impl IntoView {
    let lines: Vec<_> = problem.detail.lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect();
    let detail = if lines.len() > 1 {
        view! { <ul class="lines">{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }
            .into_any()
    } else {
        view! { <p>{problem.detail}</p> }.into_any()
    };
    view! {
        <MessageBar intent=Intent::Error title=problem.title live=true>
            {detail}
            {problem.advice.map(|advice| view! { <p>{advice}</p> })}
        </MessageBar>
    }
}
