//! What came of asking for a token: one attempt, or, where the certificate was registered a moment ago, several. A refusal is
//! judged by the doctor; the server does it, so that the page's worker need not carry the doctor.

use super::progress::{PAUSE_SECONDS, times};
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::thumbprint::Ident;
use crate::components::token_claims::TokenClaims;
use crate::components::verdict_view::{BestVerdict, OtherVerdicts};
use crate::data::proofs::ProofSubject;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use crate::scene::use_now;
use domain::client_assertion::AssertionAnswer;
use domain::doctor::diagnosis::diagnose;
use domain::doctor::evidence::Evidence;
use domain::doctor::paste::recognise;
use domain::ids::ObjectId;

/// “The key was not found”: what Entra also says of a certificate that is still on its way to all of its servers.
const NOT_FOUND: u32 = 700_027;
/// After this a refusal is a refusal.
const PATIENCE_SECONDS: u32 = 120;

/// Whether the refusal of the `attempt`-th attempt is no answer yet. `fresh`: the certificate was registered so lately that it
/// may not be known everywhere; only then a missing key is waited for.
pub fn is_on_its_way(proof: &AssertionAnswer, attempt: u32, fresh: bool) -> bool {
    let patient = attempt.saturating_mul(PAUSE_SECONDS) <= PATIENCE_SECONDS;
    fresh && patient && matches!(proof, AssertionAnswer::Refused { codes, .. } if codes.contains(&NOT_FOUND))
}

/// What came of it, after so many attempts.
#[component]
pub fn Outcome(subject: ProofSubject, proof: AssertionAnswer, attempts: u32) -> impl IntoView {
    match proof {
        AssertionAnswer::Issued { claims, expires_in, request_id } => {
            view! { <Issued app=subject.object_id name=subject.name claims expires_in request_id attempts/> }
                .into_html()
        }
        AssertionAnswer::Refused { answer, .. } => view! { <Refused subject answer attempts/> }.into_html(),
    }
}

#[component]
fn Issued(
    app: ObjectId,
    name: String,
    claims: String,
    expires_in: u64,
    request_id: Option<String>,
    attempts: u32,
) -> impl IntoView {
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
            <p><a href=Route::App(app).to_string()>"Back to the app"</a>": old certificates and secrets that it no longer needs can go."</p>
            {request_id.map(|id| view! { <p class="secondary">"Request-id " <Ident value=id what="the request-id"/></p> })}
        </section>
    }
}

#[component]
fn Refused(subject: ProofSubject, answer: String, attempts: u32) -> impl IntoView {
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
        let refused =
            |code: u32| AssertionAnswer::Refused { answer: String::new(), codes: vec![code], request_id: None };
        let issued = AssertionAnswer::Issued { claims: "{}".into(), expires_in: 1, request_id: None };
        assert!(is_on_its_way(&refused(NOT_FOUND), 1, true));
        assert!(is_on_its_way(&refused(NOT_FOUND), 24, true));
        assert!(!is_on_its_way(&refused(NOT_FOUND), 25, true));
        assert!(!is_on_its_way(&refused(NOT_FOUND), u32::MAX, true));
        assert!(!is_on_its_way(&refused(NOT_FOUND), 1, false));
        assert!(!is_on_its_way(&refused(700_016), 1, true));
        assert!(!is_on_its_way(&issued, 1, true));
    }
}
