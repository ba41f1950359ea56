//! The header of a client assertion as it should be, beside the one that was sent, character by character.

use super::code_block::CodeBlock;
use super::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;
use domain::doctor::header::{HeaderComparison, Judgement, Row};

fn look(judgement: Judgement) -> (&'static str, Glyph, &'static str) {
    match judgement {
        Judgement::Equal => ("good", Glyph::Check, "Right"),
        Judgement::Tolerated => ("there", Glyph::Info, "Tolerated"),
        Judgement::Wrong => ("bad", Glyph::ErrorCircle, "Wrong"),
        Judgement::NotNeeded => ("kept", Glyph::Minus, "Not needed"),
    }
}

/// The text with everything from the first difference on marked.
fn marked(text: &str, from: Option<usize>) -> Html {
    match from {
        None => text.to_owned().into_html(),
        Some(from) => {
            let (same, other): (String, String) =
                (text.chars().take(from).collect(), text.chars().skip(from).collect());
            let other = if other.is_empty() { "(ends here)".to_owned() } else { other };
            view! { {same}<mark>{other}</mark> }.into_html()
        }
    }
}

#[component]
pub fn HeaderComparisonView(comparison: HeaderComparison) -> impl IntoView {
    let right = comparison.is_right();
    view! {
        <div class="card__body">
            <table class="table table--stack">
                <caption class="sr-only">"The assertion’s header: expected and sent"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Member"</th>
                        <th scope="col">"Expected"</th>
                        <th scope="col">"Sent"</th>
                        <th scope="col">"Judgement"</th>
                    </tr>
                </thead>
                <tbody>{comparison.rows.into_iter().map(|row| view! { <Member row/> }).collect_view()}</tbody>
            </table>
            {(!right).then(|| view! {
                <div class="compared">
                    <h3>"The header to send"</h3>
                    <CodeBlock text=comparison.corrected label="the corrected header"/>
                </div>
            })}
        </div>
    }
}

#[component]
fn Member(row: Row) -> impl IntoView {
    let (class, glyph, word) = look(row.judgement);
    let sent = match row.sent {
        Some(sent) => {
            let from = row.first_difference.filter(|_| row.judgement != Judgement::Equal);
            view! { <code class="mono mono--break">{marked(&sent, from)}</code> }.into_html()
        }
        None => view! { <span class="secondary">"Not sent"</span> }.into_html(),
    };
    view! {
        <tr>
            <th scope="row" data-label="Member"><code class="mono">{row.name}</code></th>
            <td data-label="Expected"><code class="mono mono--break">{row.expected}</code></td>
            <td data-label="Sent">
                <span class="stacked">{sent}<span class="secondary">{row.explanation}</span></span>
            </td>
            <td data-label="Judgement"><span class=format!("badge badge--{class}")><Icon glyph/>{word}</span></td>
        </tr>
    }
}
