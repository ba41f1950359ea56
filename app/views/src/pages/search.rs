//! Who holds a certificate, and which app it is: a thumbprint in any spelling, a keyId, a name, an app's id, or a dropped file.

use crate::components::directory;
use crate::components::empty_state::EmptyState;
use crate::components::field::SearchField;
use crate::components::holders_table::HoldersTable;
use crate::components::icon::Icon;
use crate::components::page::{Heading, counted, plural};
use crate::components::timestamp::Moment;
use crate::components::workbench::{Bench, Workbench};
use crate::data::search::{BareApp, Holders};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::Route;
use crate::tool::Tool;

/// `found`: absent where no words were given.
pub fn page(words: String, found: Option<Holders>) -> Page {
    Page::new(Route::Search.title(), || view! { <Search words found/> }).tool(Tool::Certificates)
}

#[component]
fn Search(words: String, found: Option<Holders>) -> impl IntoView {
    view! {
        <Heading title="Who holds this certificate?" lead="Searches every app and service principal in the tenant, and their keyCredentials."/>
        <Ask words=words.clone()/>
        <Answer words found/>
    }
}

/// The search box, and a place to drop a file whose thumbprint is computed in the browser.
#[component]
fn Ask(words: String) -> impl IntoView {
    view! {
        <Workbench tool=Tool::Certificates bench=Bench::Search lazy=true class="card ask" drop=true>
            <form method="get" action=Route::Search.to_string() class="toolbar__form">
                <SearchField value=words label="Thumbprint, keyId, name or id of an app" placeholder="Thumbprint in any spelling, keyId, name or id of an app"/>
                <button type="submit" class="button button--primary">"Search"</button>
                <label class="file needs-shell">
                    <input type="file" data-tool-file=""/>
                    <span class="button"><Icon glyph=Glyph::Certificate/><span>"By a file"</span></span>
                </label>
            </form>
            <p class="secondary">"SHA-1 or SHA-256, as hexadecimal with or without colons, base64, base64url, or as it stands in an error. "<span class="needs-shell">"A file can be dropped here as well: only its thumbprint is sent."</span></p>
            <div data-tool-answer="read" aria-live="polite"></div>
        </Workbench>
    }
}

/// What it means that nothing was found: it depends on what was looked for.
#[derive(Clone, Copy)]
struct Nothing {
    title: &'static str,
    of: &'static str,
    text: &'static str,
}

impl Nothing {
    fn of(taken_for: &str) -> Self {
        if taken_for.starts_with("SHA-1 thumbprint") {
            Self {
                title: "Nobody holds it",
                of: "No app holds",
                text: "If a client signs with it, Entra answers AADSTS700027. Upload the certificate and register it, or see in the doctor what else can be wrong.",
            }
        } else if taken_for.starts_with("SHA-256") {
            Self {
                title: "Not found",
                of: "No certificate that was seen here has",
                text: "Graph's lists do not show SHA-256 thumbprints: only certificates that this portal has seen itself are found by one. Search for the SHA-1 thumbprint, or drop the certificate here.",
            }
        } else if taken_for == "part of a name" || taken_for.is_empty() {
            Self {
                title: "Not found",
                of: "No app holds",
                text: "It was looked for in the names of apps and of their certificates. Search for the thumbprint to see who holds a certificate.",
            }
        } else {
            Self {
                title: "Not found",
                of: "Nothing has",
                text: "No app and no certificate that you may see has it. Search for the whole thumbprint, or for the app's name.",
            }
        }
    }

    fn headline(self, words: &str) -> String {
        format!("{} “{words}”", self.of)
    }
}

#[component]
fn Answer(words: String, found: Option<Holders>) -> impl IntoView {
    let Some(Holders { taken_for, holdings, bare, apps, indexed_at }) = found else {
        return view! {
            <section class="card">
                <EmptyState glyph=Glyph::Search title="Nothing searched yet" text="Paste the thumbprint from an AADSTS700027 error to see which app has that certificate. Ctrl+K opens the same search on every page."/>
            </section>
        }
        .into_html();
    };
    let count = directory::count(apps);
    let searched = view! {
        <p class="secondary">{format!("Taken for: {taken_for}. {} searched, as they were ", plural(count, "app"))}<Moment at=indexed_at relative=true/></p>
    };
    if holdings.is_empty() && bare.is_empty() {
        let nothing = Nothing::of(&taken_for);
        return view! {
            <section class="card card--table" aria-labelledby="holders-title">
                <div class="card__head"><h2 id="holders-title">{nothing.title}</h2>{searched}</div>
                <EmptyState glyph=Glyph::Search title=nothing.headline(&words) text=nothing.text>
                    <a class="button" href=Route::Doctor.to_string()>"Open the doctor"</a>
                    <a class="button" href=Route::Upload.to_string()>"Upload the certificate"</a>
                </EmptyState>
            </section>
        }
        .into_html();
    }
    let (holders, only_bare) = (!holdings.is_empty(), holdings.is_empty());
    let on = format!("On {}", counted(holdings.len(), "entry", "entries"));
    let (above, beside) = if holders { (Some(searched), None) } else { (None, Some(searched)) };
    view! {
        {holders.then(|| view! {
            <section class="card card--table" aria-labelledby="holders-title">
                <div class="card__head"><h2 id="holders-title">{on}</h2>{above}</div>
                <HoldersTable holdings/>
            </section>
        })}
        {(!bare.is_empty()).then(|| view! {
            <section class="card card--table" aria-labelledby="bare-title">
                <div class="card__head">
                    <h2 id="bare-title">{if only_bare { "Apps without a certificate" } else { "And apps without a certificate" }}</h2>
                    {beside}
                </div>
                <BareApps apps=bare/>
            </section>
        })}
    }
    .into_html()
}

#[component]
fn BareApps(apps: Vec<BareApp>) -> impl IntoView {
    view! {
        <table class="table table--stack table--hover">
            <caption class="sr-only">"Apps that have no certificate"</caption>
            <thead>
                <tr>
                    <th scope="col">"App"</th>
                    <th scope="col">"Client id"</th>
                    <th scope="col">"Object id"</th>
                </tr>
            </thead>
            <tbody>
                {apps
                    .into_iter()
                    .map(|app| view! {
                        <tr>
                            <th scope="row" class="table__name" data-label="App"><a class="table__link" href=Route::App(app.object_id).to_string()>{app.display_name}</a></th>
                            <td data-label="Client id"><code class="mono secondary">{app.app_id.to_string()}</code></td>
                            <td data-label="Object id"><code class="mono secondary">{app.object_id.to_string()}</code></td>
                        </tr>
                    })
                    .collect_view()}
            </tbody>
        </table>
    }
}
