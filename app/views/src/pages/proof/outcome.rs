//! What came of asking for a token: one attempt, or, where the certificate was registered a moment ago, several with a
//! countdown.

use crate::components::icon::{Glyph, Icon};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::ProblemBar;
use crate::components::thumbprint::Ident;
use crate::components::token_claims::TokenClaims;
use crate::components::verdict_view::{BestVerdict, OtherVerdicts};
use crate::data::problem::Problem;
use crate::data::proofs::{Proof, Subject};
use crate::query::href;
use crate::route::Route;
use crate::scene::use_now;
use domain::doctor::diagnosis::diagnose;
use domain::doctor::evidence::Evidence;
use domain::doctor::paste::recognise;
use leptos::prelude::*;

/// “The key was not found”: what Entra also says of a certificate that is still on its way to all of its servers.
const NOT_FOUND: u32 = 700_027;
/// Between two attempts.
pub const PAUSE_SECONDS: u32 = 5;
/// After this a refusal is a refusal.
const PATIENCE_SECONDS: u32 = 120;

/// Where an attempt to get a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
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
    Done {
        proof: Proof,
        attempts: u32,
    },
    Failed(Problem),
}

impl Progress {
    /// After the answer to an attempt, the `attempt`-th. `fresh`: the certificate was registered so lately that it may not
    /// be known everywhere; only then a refusal for a missing key is no answer yet.
    pub fn after(attempt: u32, answer: Result<Proof, Problem>, fresh: bool) -> Self {
        match answer {
            Ok(Proof::Refused { codes, .. })
                if fresh && codes.contains(&NOT_FOUND) && attempt.saturating_mul(PAUSE_SECONDS) <= PATIENCE_SECONDS =>
            {
                Self::Waiting { attempt, seconds: PAUSE_SECONDS }
            }
            Ok(proof) => Self::Done { proof, attempts: attempt },
            Err(problem) => Self::Failed(problem),
        }
    }
}

/// What came of it, or where it is.
#[component]
pub fn Outcome(subject: Subject, progress: Progress) -> impl IntoView {
    match progress {
        Progress::Asking { attempt } => view! {
            <section class="card proof__wait">
                <progress class="progress" aria-label="Asking for a token"></progress>
                <p>{if attempt == 1 { "Asking Entra for a token".to_owned() } else { format!("Asking Entra for a token, attempt {attempt}") }}</p>
            </section>
        }
        .into_any(),
        Progress::Waiting { attempt, seconds } => view! {
            <section class="card proof__wait">
                <progress class="progress" aria-label="Until the next attempt" max=PAUSE_SECONDS value=PAUSE_SECONDS - seconds></progress>
                <div class="stacked">
                    <strong>{format!("Not replicated yet. Next attempt in {seconds} s")}</strong>
                    <span class="secondary">{format!("Attempt {attempt} found no key. The certificate was registered a moment ago, and not every server of Entra knows it. This goes on for up to two minutes.")}</span>
                </div>
                <button type="button" class="button" data-tool-do="cancel-proof">"Cancel"</button>
            </section>
        }
        .into_any(),
        Progress::Cancelled { attempts } => view! {
            <MessageBar intent=Intent::Info title="Cancelled">
                <p>{format!("Entra was asked {}. The certificate is registered; try again in a minute.", times(attempts))}</p>
            </MessageBar>
        }
        .into_any(),
        Progress::Failed(problem) => view! { <ProblemBar problem/> }.into_any(),
        Progress::Done { proof: Proof::Issued { claims, expires_in, request_id }, attempts } => view! { <Issued name=subject.name claims expires_in request_id attempts/> }.into_any(),
        Progress::Done { proof: Proof::Refused { answer, .. }, attempts } => view! { <Refused subject answer attempts/> }.into_any(),
    }
}

fn times(attempts: u32) -> String {
    if attempts == 1 { "once".into() } else { format!("{attempts} times") }
}

#[component]
fn Issued(name: String, claims: String, expires_in: u64, request_id: Option<String>, attempts: u32) -> impl IntoView {
    view! {
        <section class="card summary--good issued" aria-labelledby="issued-title">
            <div class="issued__head">
                <span class="issued__icon"><Icon glyph=Glyph::Proof/></span>
                <div>
                    <h2 class="verdict__title" id="issued-title">{format!("Token issued: {name} can sign in")}</h2>
                    <p class="secondary">{format!("Good for {} minutes. The token itself was not kept.", expires_in / 60)}{(attempts > 1).then(|| format!(" It took {attempts} attempts."))}</p>
                </div>
            </div>
            <TokenClaims claims/>
            {request_id.map(|id| view! { <p class="secondary">"Request-id " <Ident value=id what="the request-id"/></p> })}
        </section>
    }
}

#[component]
fn Refused(subject: Subject, answer: String, attempts: u32) -> impl IntoView {
    let findings = recognise(&answer);
    let evidence = subject.known().cloned().unwrap_or_else(|| Evidence::at(use_now()));
    let mut verdicts = diagnose(&findings, &evidence);
    let best = verdicts.remove(0);
    let words = findings.cause().map_or_else(|| answer.chars().take(600).collect(), |cause| cause.head_text);
    let on_its_way = attempts == 1 && subject.target.fresh && findings.code() == Some(NOT_FOUND);
    let upload = href(&Route::Upload.to_string(), [("app", subject.object_id.to_string().as_str())]);
    view! {
        <MessageBar intent=Intent::Error title="Entra issued no token">
            <p>{words}</p>
            {(attempts > 1).then(|| view! { <p>{format!("It was asked {} over two minutes, so this is not the delay after a registration.", times(attempts))}</p> })}
            {on_its_way.then(|| view! { <p>"The certificate was registered a moment ago, and not every server of Entra knows it yet. Ask again in half a minute."</p> })}
        </MessageBar>
        <BestVerdict verdict=best>
            <a class="button" href=upload>"Register a certificate"</a>
            <a class="button" href=Route::Doctor.to_string()><Icon glyph=Glyph::Doctor/><span>"Open the doctor"</span></a>
        </BestVerdict>
        <OtherVerdicts verdicts/>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_missing_key_that_is_fresh_is_waited_for_and_not_for_ever() {
        let refused = |code: u32| Ok(Proof::Refused { answer: String::new(), codes: vec![code] });
        let waits = |progress: Progress| matches!(progress, Progress::Waiting { .. });
        assert!(waits(Progress::after(1, refused(NOT_FOUND), true)));
        assert!(waits(Progress::after(24, refused(NOT_FOUND), true)));
        assert!(!waits(Progress::after(25, refused(NOT_FOUND), true)));
        assert!(!waits(Progress::after(1, refused(NOT_FOUND), false)));
        assert!(!waits(Progress::after(1, refused(700_016), true)));
        assert!(!waits(Progress::after(1, Err(Problem::signed_out()), true)));
    }
}
