//! From secrets to a certificate: three steps, and the next one of them.

use super::breadcrumbs::StepList;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use domain::ids::ObjectId;
use domain::secret_removal::MoveStep;

/// Of its card, so that other pages can lead there.
pub const MOVING: &str = "moving";

/// `here`: the page is that of the secret that the last step removes.
#[component]
pub fn Moving(
    app: ObjectId,
    step: MoveStep,
    #[prop(optional)] here: bool,
    /// The person is offered to do it.
    may_push: bool,
) -> impl IntoView {
    let add = href(&Route::Upload.to_string(), [("app", app.to_string().as_str())]);
    let secrets = if here { None } else { Some(format!("{}#secrets-title", Route::App(app))) };
    let (to, verb, words) = match step {
        MoveStep::AddCertificate => (
            Some(add.clone()),
            "Add a certificate",
            "The app keeps its secret meanwhile: nothing that signs in with it notices.",
        ),
        MoveStep::Prove => (
            Some(Route::Proof(app).to_string()),
            "Prove the certificate",
            "The app has a certificate, and nobody has seen a sign-in with it in the last 30 days. Switch over who signs in, and prove it before the secret goes.",
        ),
        MoveStep::RemoveSecret => (
            secrets,
            "Choose the secret",
            "A certificate of the app has signed in. What does not sign in with it yet has to be switched over before the secret goes.",
        ),
    };
    let steps = [
        (MoveStep::AddCertificate, "Add a certificate"),
        (MoveStep::Prove, "Prove it"),
        (MoveStep::RemoveSecret, "Remove the secret"),
    ];
    let steps = steps.map(|(each, title)| (title, each.cmp(&step), None)).to_vec();
    view! {
        <section class="card" id=MOVING aria-labelledby="moving-title">
            <div class="card__head"><h2 id="moving-title">"From a secret to a certificate"</h2></div>
            <StepList label="Steps from a secret to a certificate" steps/>
            <p class="secondary">{words}</p>
            {to.filter(|_| may_push).map(|to| view! { <div class="actions"><a class="button" href=to>{verb}</a></div> })}
        </section>
    }
}
