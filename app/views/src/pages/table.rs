//! An import: many certificates to many apps, line by line.

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::code_block::CodeBlock;
use crate::components::csv_field::{CsvField, CsvHead};
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::page::{Heading, why_no_push};
use crate::data::plans::MAX_APPS_PER_PLAN;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::scene::use_refusal;
use crate::viewer::Viewer;
use domain::thumbprint::Sha256Thumbprint;

const EXAMPLE: &str = "app,certificate,display_name
Payroll export,9F2C41D0A8B35E6677AEC0FFEE00112233445566,payroll-2027
0f1e2d3c-4b5a-4978-8685-9483a2b10001,9F2C41D0A8B35E6677AEC0FFEE00112233445566,";

/// `certificates`: SHA-256 thumbprints to begin with, a line each.
pub fn page(viewer: Viewer, certificates: &[Sha256Thumbprint]) -> Page {
    let begun = Some(begun(certificates)).filter(|table| !table.is_empty());
    Page::new(Route::Table.title(), || view! { <Whole viewer begun/> })
}

/// A table in which the apps are still missing; nothing where there are no certificates.
fn begun(certificates: &[Sha256Thumbprint]) -> String {
    let lines: Vec<_> = certificates.iter().map(|sha256| format!(",{},\n", sha256.hex())).collect();
    if lines.is_empty() { String::new() } else { format!("app,certificate,display_name\n{}", lines.concat()) }
}

#[component]
fn Whole(viewer: Viewer, begun: Option<String>) -> impl IntoView {
    let body = match why_no_push(&viewer) {
        Some(why) => {
            view! { <MessageBar intent=Intent::Warning title="You cannot push"><p>{why}</p></MessageBar> }.into_html()
        }
        None => view! { <TableForm begun/> }.into_html(),
    };
    view! {
        <Breadcrumbs trail=vec![("Upload", Route::Upload.to_string())] here="Import"/>
        <Heading title="Import a table" lead="One line per app and certificate. The preview comes next: nothing is changed yet."/>
        {body}
    }
}

#[component]
fn TableForm(begun: Option<String>) -> impl IntoView {
    let refused = use_refusal(Form::DraftTable);
    let begun = refused.and_then(|refusal| refusal.field("csv").map(str::to_owned)).or(begun);
    view! {
        <div class="columns columns--side">
            <section class="card" aria-labelledby="csv-title">
                <CsvHead id="csv-title" title="The table"/>
                <form method="post" action=Form::DraftTable.path()>
                    <div class="stack">
                        <CsvField
                            label="CSV with a header line"
                            rows="14"
                            hint=format!("At most {MAX_APPS_PER_PLAN} lines. Comma, semicolon or tab; double quotes around what holds one.")
                            begun
                            placeholder="app,certificate,display_name"
                        />
                        <div class="actions">
                            <button type="submit" class="button button--primary" data-pending="Reading the apps">
                                <span>"Preview"</span>
                                <Icon glyph=Glyph::ArrowRight/>
                            </button>
                        </div>
                        <RefusalSlot form=Form::DraftTable/>
                    </div>
                </form>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_begins_with_what_was_chosen() {
        assert_eq!(begun(&[]), "");
        let sha256 = Sha256Thumbprint::of(b"a certificate");
        assert_eq!(begun(&[sha256]), format!("app,certificate,display_name\n,{},\n", sha256.hex()));
    }
}
