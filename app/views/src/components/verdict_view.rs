//! What the doctor says: the likeliest cause in full, the others folded.

use super::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Route;
use domain::doctor::diagnosis::{Confidence, Ground, Verdict};

/// The badge's class, its icon, and the words.
fn look(confidence: Confidence) -> (&'static str, Glyph, String) {
    let (class, glyph) = match confidence.percent() {
        85.. => ("good", Glyph::CheckCircle),
        65..85 => ("there", Glyph::Check),
        35..65 => ("warn", Glyph::Info),
        _ => ("kept", Glyph::Info),
    };
    let mut words = confidence.to_string();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    (class, glyph, words)
}

#[component]
fn ConfidenceBadge(confidence: Confidence) -> impl IntoView {
    let (class, glyph, words) = look(confidence);
    view! { <span class=format!("badge badge--{class}")><Icon glyph/>{words}</span> }
}

#[component]
fn Reasons(why: Vec<Ground>) -> impl IntoView {
    view! {
        <ul class="reasons">
            {why
                .into_iter()
                .map(|why| {
                    let (class, glyph, word) = if why.points < 0 { ("against", Glyph::Minus, "Against it: ") } else { ("for", Glyph::Check, "For it: ") };
                    view! { <li class=format!("reason reason--{class}")><Icon glyph/><span><span class="sr-only">{word}</span>{why.text}</span></li> }
                })
                .collect_view()}
        </ul>
    }
}

#[component]
fn WhatToDo(steps: Vec<String>, runbook: String) -> impl IntoView {
    let more = runbook.parse().ok().map(|topic| Route::RunbookPage(topic).to_string());
    view! {
        <ol class="todo">{steps.into_iter().map(|step| view! { <li>{step}</li> }).collect_view()}</ol>
        {more.map(|path| view! { <p class="secondary"><a href=path target="_blank" rel="noopener">"This cause in the runbook"<span class="sr-only">" (opens a new tab)"</span></a></p> })}
    }
}

/// The first verdict.
#[component]
pub fn BestVerdict(
    verdict: Verdict,
    /// What can be done about it here, as buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let Verdict { confidence, title, what_happened, why, steps, runbook, .. } = verdict;
    view! {
        <section class="card verdict" aria-label="Most likely cause">
            <p class="verdict__kicker"><span>"Most likely cause"</span><ConfidenceBadge confidence/></p>
            <h2 class="verdict__title">{title}</h2>
            <p class="card__text">{what_happened}</p>
            {children.map(|children| view! { <div class="verdict__fix">{children.render()}</div> })}
            <div class="verdict__columns">
                <div class="verdict__part">
                    <h3>"Why it is this"</h3>
                    <Reasons why/>
                </div>
                <div class="verdict__part">
                    <h3>"What to do"</h3>
                    <WhatToDo steps runbook/>
                </div>
            </div>
        </section>
    }
}

/// All others.
#[component]
pub fn OtherVerdicts(verdicts: Vec<Verdict>) -> impl IntoView {
    (!verdicts.is_empty()).then(|| {
        view! {
            <section class="verdicts" aria-labelledby="others-title">
                <h2 id="others-title" class="verdicts__title">"If it is not that"</h2>
                {verdicts
                    .into_iter()
                    .map(|verdict| view! {
                        <details class="card change">
                            <summary class="change__head">
                                <Icon glyph=Glyph::ChevronRight/>
                                <h3 class="change__name">{verdict.title}</h3>
                                <span class="change__sum"><ConfidenceBadge confidence=verdict.confidence/></span>
                            </summary>
                            <div class="change__body">
                                <p class="card__text">{verdict.what_happened}</p>
                                <Reasons why=verdict.why/>
                                <WhatToDo steps=verdict.steps runbook=verdict.runbook/>
                            </div>
                        </details>
                    })
                    .collect_view()}
            </section>
        }
    })
}
