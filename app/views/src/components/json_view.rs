//! JSON to read, copy and download. What is copied or downloaded is the text itself, not what is drawn.

use super::copy_button::CopyButton;
use super::icon::Icon;
use crate::controls;
use crate::glyph::Glyph;
use crate::json_tokens::{self, JsonToken};
use crate::prelude::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

fn class(kind: JsonToken) -> Option<&'static str> {
    match kind {
        JsonToken::Space | JsonToken::Other => None,
        JsonToken::Punctuation => Some("json-punctuation"),
        JsonToken::Name => Some("json-name"),
        JsonToken::Text => Some("json-text"),
        JsonToken::LongText => Some("json-text json-long"),
        JsonToken::Number => Some("json-number"),
        JsonToken::Word => Some("json-word"),
    }
}

#[component]
pub fn JsonView(
    #[prop(into)] json: String,
    /// Names the block for screen readers and tells two blocks on a page apart.
    #[prop(into)]
    label: String,
    #[prop(into)] file_name: String,
    /// Entries that mention one of these (a keyId) are marked as new.
    #[prop(optional)]
    marks: Vec<String>,
    /// They are marked as gone instead.
    #[prop(optional)]
    gone: bool,
) -> impl IntoView {
    let href = format!("data:application/json;base64,{}", STANDARD.encode(&json));
    let folds = json_tokens::pieces(&json).iter().any(|(kind, _)| *kind == JsonToken::LongText);
    let mark = if gone { "json-line json-line--gone" } else { "json-line json-line--new" };
    let lines: Vec<_> = json_tokens::lines(&json, &marks)
        .into_iter()
        .map(|(marked, line)| {
            let pieces: Vec<_> = json_tokens::pieces(line)
                .into_iter()
                .map(|(kind, text)| match class(kind) {
                    Some(class) => view! { <span class=class>{controls::escaped(text)}</span> }.into_html(),
                    None => text.to_owned().into_html(),
                })
                .collect();
            view! { <span class=if marked { mark } else { "json-line" }>{pieces}"\n"</span> }
        })
        .collect();
    view! {
        <div class="json">
            <div class="json__bar">
                {folds.then(|| view! {
                    <label class="checkbox checkbox--small">
                        <input type="checkbox" class="json__unfold" autocomplete="off"/>
                        <span>"Show long values in full"</span>
                    </label>
                })}
                <span class="json__actions">
                    <CopyButton text=json.clone() what=label.clone() worded=true/>
                    <a class="button button--small" href=href download=file_name>
                        <Icon glyph=Glyph::Download/>
                        <span>"Download"</span>
                        <span class="sr-only">{format!(" {label}")}</span>
                    </a>
                </span>
            </div>
            <pre class="json__text" tabindex="0" role="region" aria-label=label><code>{lines}</code></pre>
        </div>
    }
}
