//! From where it is known when credentials were last used, and the import of exported logs.

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::directory;
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::last_use::unknown_use;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::page::{Heading, counted, grouped, or_no_name};
use crate::components::timestamp::{Day, Moment};
use crate::data::last_use::{ImportLine, UseSources};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::{Form, Route};
use domain::inventory::UseReport;
use domain::sign_in_log::{BadRow, CSV_COLUMNS, LogCounts, LogRange, MAX_BYTES};

/// `sources`: `None` where the directory is not read in the background. `made`: the import that was made just now.
pub fn page(sources: Option<UseSources>, made: Option<i64>) -> Page {
    Page::new(Route::LastUse.title(), move || match sources {
        None => view! { <Off/> }.into_html(),
        Some(sources) => view! { <Sources sources made/> }.into_html(),
    })
}

#[component]
fn Off() -> impl IntoView {
    view! {
        <Breadcrumbs trail=vec![("Inventory", Route::Inventory.to_string())] here=Route::LastUse.title()/>
        <Heading title=Route::LastUse.title()/>
        <div class="card">
            <EmptyState glyph=Glyph::Table title="The directory is not read here" text="The last use of credentials needs the inventory, which is off. Whoever runs the portal can switch it on: the page about a real tenant in its documentation says how."/>
        </div>
    }
}

#[component]
fn Sources(sources: UseSources, made: Option<i64>) -> impl IntoView {
    let UseSources { report, imports } = sources;
    let result = imports.iter().find(|import| Some(import.number) == made).cloned();
    let focus = result.is_some();
    view! {
        <Breadcrumbs trail=vec![("Inventory", Route::Inventory.to_string())] here=Route::LastUse.title()/>
        <Heading title=Route::LastUse.title() focus lead="From where Thumbprint knows when certificates and secrets were last used to sign in."/>
        {result.map(|import| view! { <Made import/> })}
        <div class="columns columns--side">
            <div class="columns__main">
                <Bring/>
                <Imports imports/>
            </div>
            <aside class="columns__side"><Report report/><HowTo/></aside>
        </div>
    }
}

/// What came of the import.
#[component]
fn Made(import: ImportLine) -> impl IntoView {
    let ImportLine { file, counts, covers, known, unknown, .. } = import;
    let LogCounts { rows, with_key, without_key, others, bad, first_bad } = counts;
    let intent = if bad > 0 || known == 0 { Intent::Warning } else { Intent::Success };
    let title = format!("{} was read", file.unwrap_or_else(|| "The log".to_owned()));
    view! {
        <MessageBar intent title live=true>
            <p>"It covers "<Covered covers/>"."</p>
            <ul>
                <li>{format!("{} read: {} with a key id, {without_key} without one, {others} that are no service principal’s of this directory, {bad} not understood.", rows_in_words(rows), big(with_key))}</li>
                <li>{known_in_words(known)}</li>
                {(unknown > 0).then(|| view! { <li>{format!("{} not known here: the inventory has none with such a client id and key id. Nothing is kept of these.", credentials_are(unknown))}</li> })}
                {(!first_bad.is_empty()).then(|| view! { <li>{format!("Not understood, among others: {}.", named(&first_bad))}</li> })}
            </ul>
        </MessageBar>
    }
}

fn big(count: u64) -> String {
    grouped(directory::count(count))
}

fn rows_in_words(count: u64) -> String {
    counted(directory::count(count), "row was", "rows were")
}

fn credentials_are(count: u64) -> String {
    counted(directory::count(count), "credential that it names is", "credentials that it names are")
}

fn known_in_words(count: u64) -> String {
    match count {
        0 => "None of the credentials that it names is known here.".to_owned(),
        _ => format!("{} known here. Their pages say what the log says.", credentials_are(count)),
    }
}

/// One day, or the first and the last.
#[component]
fn Covered(covers: LogRange) -> impl IntoView {
    let several = covers.from.date() != covers.until.date();
    view! { <Day at=covers.from bare=true/>{several.then(|| view! { " to "<Day at=covers.until bare=true/> })} }
}

fn named(bad: &[(u64, BadRow)]) -> String {
    bad.iter().map(|(row, why)| format!("row {row} ({})", bad_row(*why))).collect::<Vec<_>>().join(", ")
}

/// In words, to stand behind a row's number.
pub fn bad_row(why: BadRow) -> &'static str {
    match why {
        BadRow::Shape => "it has not the form of a sign-in",
        BadRow::Time => "no time such as 2026-11-30T08:00:00Z",
        BadRow::Future => "a time that is yet to come",
        BadRow::App => "no client id",
        BadRow::Key => "a key id that is no GUID",
        BadRow::Outcome => "whether it succeeded is not told",
    }
}

#[component]
fn Bring() -> impl IntoView {
    let most = MAX_BYTES / 1024 / 1024;
    view! {
        <section class="card" aria-labelledby="bring-title">
            <div class="card__head"><h2 id="bring-title">"Import an exported log"</h2></div>
            <form method="post" action=Form::ImportSignIns.path() enctype="multipart/form-data">
                <div class="stack">
                    <p>"What a log names was used, or tried. What it does not name it says nothing about: a log never makes a credential look unused, for nobody knows what it was filtered by."</p>
                    <div class="field">
                        <label for="log">"Log of service principal sign-ins"</label>
                        <input class="file__plain" type="file" id="log" name="file" required accept=".json,.jsonl,.ndjson,.csv,.log,.txt,application/json,text/csv,text/plain" aria-describedby="log-hint"/>
                        <p class="field__hint" id="log-hint">{format!("JSON or CSV in UTF-8, not compressed, at most {most} MiB. Import a larger log in parts: what each of them says is kept.")}</p>
                    </div>
                    <div class="actions">
                        <button type="submit" class="button button--primary" data-pending="Reading the log">
                            <Icon glyph=Glyph::Upload/>
                            <span>"Import"</span>
                        </button>
                    </div>
                    <RefusalSlot form=Form::ImportSignIns/>
                </div>
            </form>
        </section>
    }
}

#[component]
fn Imports(imports: Vec<ImportLine>) -> impl IntoView {
    if imports.is_empty() {
        return view! {
            <section class="card" aria-labelledby="imports-title">
                <div class="card__head"><h2 id="imports-title">"Imported logs"</h2></div>
                <EmptyState glyph=Glyph::Clock title="None so far" text="Each log is listed here, with the days that it covers and what was in it."/>
            </section>
        }
        .into_html();
    }
    view! {
        <section class="card card--table" aria-labelledby="imports-title">
            <div class="card__head"><h2 id="imports-title">"Imported logs"</h2></div>
            <table class="table table--stack">
                <caption class="sr-only">"The newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Log"</th>
                        <th scope="col">"Covers"</th>
                        <th scope="col">"Rows"</th>
                        <th scope="col">"Credentials"</th>
                    </tr>
                </thead>
                <tbody>{imports.into_iter().map(|import| view! { <Row import/> }).collect_view()}</tbody>
            </table>
        </section>
    }
    .into_html()
}

#[component]
fn Row(import: ImportLine) -> impl IntoView {
    let ImportLine { at, who, file, counts, covers, known, unknown, .. } = import;
    let bad = (counts.bad > 0).then(|| format!("{} not understood", big(counts.bad)));
    view! {
        <tr>
            <td class="table__first table__bare" data-label="Log">
                <span class="stacked">
                    <span class="table__name">{or_no_name(file)}</span>
                    <span class="secondary">{who}" · "<Moment at relative=true/></span>
                </span>
            </td>
            <td data-label="Covers"><Covered covers/></td>
            <td data-label="Rows">
                <span class="stacked">
                    <span>{big(counts.rows)}</span>
                    {bad.map(|bad| view! { <span class="secondary">{bad}</span> })}
                </span>
            </td>
            <td data-label="Credentials">
                <span class="stacked">
                    <span>{format!("{} known here", big(known))}</span>
                    {(unknown > 0).then(|| view! { <span class="secondary">{format!("{} not known", big(unknown))}</span> })}
                </span>
            </td>
        </tr>
    }
}

#[component]
fn Report(report: Option<UseReport>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="report-title">
            <div class="card__head"><h2 id="report-title">"Microsoft’s report"</h2></div>
            {match report {
                None => view! { <p class="card__text secondary">"It was not read yet. That begins by itself with the reading of the directory."</p> }.into_html(),
                Some(UseReport { read_at, as_of, moves_since, unknown }) => view! {
                    <dl class="facts facts--stacked">
                        <dt>"Read"</dt>
                        <dd><Moment at=read_at relative=true/></dd>
                        {as_of.map(|at| view! { <dt>"Goes up to"</dt><dd><Day at/></dd> })}
                        {moves_since.map(|at| view! { <dt>"Has moved since"</dt><dd><Day at/></dd> })}
                        {unknown.map(|why| view! { <dt>"Says nothing now"</dt><dd>{unknown_use(why)}</dd> })}
                    </dl>
                }
                .into_html(),
            }}
            <p class="card__text secondary">"appCredentialSignInActivities, of beta, twice a day. It takes AuditLog.Read.All and a licence."</p>
        </section>
    }
}

#[component]
fn HowTo() -> impl IntoView {
    let columns = CSV_COLUMNS.map(|column| view! { <li><code>{column}</code></li> }).collect_view();
    view! {
        <section class="card" aria-labelledby="how-title">
            <div class="card__head"><h2 id="how-title">"Which logs"</h2></div>
            <dl class="facts facts--stacked">
                <dt>"Entra admin center"</dt>
                <dd>"Sign-in logs, Service principal sign-ins, Download: JSON, or CSV. It goes back 7 days without a licence and 30 with one."</dd>
                <dt>"Diagnostic settings"</dt>
                <dd>"The files of the category ServicePrincipalSignInLogs in a storage account."</dd>
                <dt>"Graph"</dt>
                <dd>"The answer of auditLogs/signIns (beta), filtered by signInEventTypes."</dd>
            </dl>
            <details class="help">
                <summary>"Columns of a CSV"</summary>
                <div class="help__body">
                    <p>"Its first line has to name these. Microsoft documents no columns: they are as exports have been seen to have them. Where the admin center names them in another language, take the JSON."</p>
                    <ul>{columns}</ul>
                </div>
            </details>
        </section>
    }
}
