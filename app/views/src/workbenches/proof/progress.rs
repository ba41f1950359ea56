//! Where asking for a token is, until its outcome is there.

use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::ProblemBar;
use crate::data::problem::Problem;
use crate::prelude::*;

/// Between two attempts.
pub const PAUSE_SECONDS: u32 = 5;

/// Where an attempt to get a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofProgress {
    Asking {
        attempt: u32,
    },
    /// Not replicated yet: the next attempt is so many seconds away.
    Waiting {
        attempt: u32,
        seconds: u32,
    },
    Cancelled {
        attempts: u32,
    },
    Failed(Problem),
}

#[component]
pub fn ProgressView(progress: ProofProgress) -> impl IntoView {
    match progress {
        ProofProgress::Asking { attempt } => view! {
            <section class="card proof__wait">
                <progress class="progress" aria-label="Asking for a token"></progress>
                <p>{if attempt == 1 { "Asking Entra for a token".to_owned() } else { format!("Asking Entra for a token, attempt {attempt}") }}</p>
            </section>
        }
        .into_html(),
        ProofProgress::Waiting { attempt, seconds } => view! {
            <section class="card proof__wait">
                <progress class="progress" aria-label="Until the next attempt" max=PAUSE_SECONDS value=PAUSE_SECONDS - seconds></progress>
                <div class="stacked">
                    <strong>{format!("Not replicated yet. Next attempt in {seconds} s")}</strong>
                    <span class="secondary">{format!("Attempt {attempt} found no key. The certificate was registered a moment ago, and not every server of Entra knows it. This goes on for up to two minutes.")}</span>
                </div>
                <button type="button" class="button" data-tool-do="cancel-proof">"Cancel"</button>
            </section>
        }
        .into_html(),
        ProofProgress::Cancelled { attempts } => view! {
            <MessageBar intent=Intent::Info title="Cancelled">
                <p>{format!("Entra was asked {}. The certificate is registered; try again in a minute.", times(attempts))}</p>
            </MessageBar>
        }
        .into_html(),
        ProofProgress::Failed(problem) => view! { <ProblemBar problem/> }.into_html(),
    }
}

pub(super) fn times(attempts: u32) -> String {
    if attempts == 1 { "once".into() } else { format!("{attempts} times") }
}
