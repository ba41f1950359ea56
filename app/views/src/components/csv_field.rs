//! A table of comma-separated values that a person writes, or reads in from a file.

use super::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;

/// The head of the card that [`CsvField`] stands in. `id`: of its heading.
#[component]
pub fn CsvHead(id: &'static str, title: &'static str) -> impl IntoView {
    view! {
        <div class="card__head">
            <h2 id=id>{title}</h2>
            // Without a name: the shell reads it into the field below, and nothing but its text is sent.
            <label class="file needs-shell">
                <input type="file" accept=".csv,text/csv,text/plain" data-read-into="csv"/>
                <span class="button button--small"><Icon glyph=Glyph::Upload/><span>"Read a file"</span></span>
            </label>
        </div>
    }
}

/// Sent as `csv`. `begun`: what stands in it at first.
#[component]
pub fn CsvField(
    label: &'static str,
    rows: &'static str,
    hint: String,
    begun: Option<String>,
    #[prop(optional)] placeholder: Option<&'static str>,
) -> impl IntoView {
    // Leptos writes what a text field holds as it is.
    let begun = begun.map(|table| html_escape::encode_text(&table).into_owned());
    view! {
        <div class="field">
            <label for="csv">{label}</label>
            <textarea
                class="input input--mono csv"
                id="csv"
                name="csv"
                rows=rows
                required
                spellcheck="false"
                autocomplete="off"
                wrap="off"
                placeholder=placeholder
                aria-describedby="csv-hint"
            >{begun}</textarea>
            <p class="field__hint" id="csv-hint">{hint}</p>
        </div>
    }
}
