//! A [`Problem`] shown to a person: what happened, why, what to do, and the request-id for support. And what stands in
//! place of a page that cannot be shown.

use super::icon::Icon;
use super::message_bar::{Intent, MessageBar};
use super::thumbprint::Ident;
use crate::data::problem::{Problem, SignInFor};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::query::href;
use crate::route::{Form, Route};
use crate::scene::{self, Scene, show_refusal, unshown_refusal, use_here};
use crate::viewer::Viewer;

/// In the page, beside the form or part that failed.
#[component]
pub fn ProblemBar(problem: Problem) -> impl IntoView {
    let signed_out = problem.status == 401;
    let lines: Vec<_> = problem.detail.lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect();
    let detail = if lines.len() > 1 {
        view! { <ul class="lines">{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }
            .into_html()
    } else {
        view! { <p>{problem.detail}</p> }.into_html()
    };
    view! {
        <MessageBar intent=Intent::Error title=problem.title live=true>
            {detail}
            {problem.advice.map(|advice| view! { <p>{advice}</p> })}
            {signed_out.then(|| view! { <p><a href=sign_in_here()>"Sign in"</a>", and you come back here."</p> })}
            {problem.link.map(|link| view! { <p><a href=link.path>{link.words}</a></p> })}
            {problem.sign_in.map(|purpose| view! { <p><a class="button button--primary" href=sign_in_for(purpose)>{sign_in_words(purpose)}</a></p> })}
            {problem.request_id.map(|id| view! { <p class="message-bar__support">"Request-id " <Ident value=id what="the request-id"/></p> })}
        </MessageBar>
    }
}

/// [`ProblemBar`] as a piece of HTML, for the shell to put beside the button.
pub fn piece(scene: Scene, problem: Problem) -> String {
    scene::render(scene, || view! { <ProblemBar problem/> })
}

/// The name and value of a field.
pub struct Sender(&'static str, String);

impl<T: Into<String>> From<(&'static str, T)> for Sender {
    fn from((name, value): (&'static str, T)) -> Self {
        Self(name, value.into())
    }
}

/// The id of what a person sees first when they come back to a form.
pub const REFUSED: &str = "refused";

/// Beside the button that sends `form`: why it was refused, where it just was. The shell puts here what comes back when it
/// sends the form itself.
#[component]
pub fn RefusalSlot(
    form: Form,
    /// Where the page has this form more than once: the name and value of a field that no other of them sends.
    #[prop(optional, into)]
    of: Option<Sender>,
) -> impl IntoView {
    let refusal = show_refusal(form, |refusal| of.as_ref().is_none_or(|Sender(name, value)| refusal.says(name, value)));
    let id = refusal.is_some().then_some(REFUSED);
    view! {
        <div class="refusal" data-refusal="" id=id tabindex="-1">
            {refusal.map(|refusal| match refusal.signed_in {
                Some(purpose) => view! { <MaySendAgain purpose/> }.into_html(),
                None => view! { <ProblemBar problem=refusal.problem/> }.into_html(),
            })}
        </div>
    }
}

/// On top of the page, where the form that was refused is not on it any more: decided meanwhile in another tab, or gone.
/// It is to be rendered behind the rest of the page.
#[component]
pub fn RefusalOnTop() -> impl IntoView {
    unshown_refusal().map(|refusal| {
        let written = refusal.written();
        view! {
            <div class="refusal" id=REFUSED tabindex="-1">
                {match refusal.signed_in {
                    Some(_) => view! {
                        <MessageBar intent=Intent::Warning title="You have signed in, and what you were to send is not on this page any more" live=true>
                            <p>"Nothing was sent."</p>
                        </MessageBar>
                    }
                    .into_html(),
                    None => view! { <ProblemBar problem=refusal.problem/> }.into_html(),
                }}
                {written.map(|written| view! {
                    <figure class="card written">
                        <figcaption class="secondary">"What you wrote, to copy it from here"</figcaption>
                        <blockquote class="written__words">{written}</blockquote>
                    </figure>
                })}
            </div>
        }
    })
}

/// Back from the sign-in that the refusal asked for.
#[component]
fn MaySendAgain(purpose: SignInFor) -> impl IntoView {
    let title = match purpose {
        SignInFor::Confirmation => "You have confirmed that it is you",
        SignInFor::Writing => "You have signed in for writing",
    };
    view! {
        <MessageBar intent=Intent::Success title live=true>
            <p>"Nothing was sent yet. Look at it once more, and send it."</p>
        </MessageBar>
    }
}

/// In place of a page.
#[component]
pub fn ProblemNotice(
    problem: Problem,
    /// Signing in again is what helps.
    #[prop(optional)]
    sign_in: bool,
) -> impl IntoView {
    let (icon, glyph) = if problem.status == 404 {
        ("notice__icon", Glyph::Search)
    } else {
        ("notice__icon notice__icon--error", Glyph::ErrorCircle)
    };
    let home = if sign_in || problem.link.is_some() { "button" } else { "button button--primary" };
    view! {
        <section class="notice">
            <span class=icon><Icon glyph/></span>
            <h1>{problem.title}</h1>
            <p>{problem.detail}</p>
            {problem.advice.map(|advice| view! { <p>{advice}</p> })}
            {problem.request_id.map(|id| view! { <p class="secondary">"Request-id for support: " <Ident value=id what="the request-id"/></p> })}
            <p class="notice__actions">
                {sign_in.then(|| view! { <a class="button button--primary" href=Route::SignIn.to_string()>"Sign in again"</a> })}
                {problem.link.map(|link| view! { <a class="button button--primary" href=link.path>{link.words}</a> })}
                <a class=home href=Route::Home.to_string()>"Go to the overview"</a>
            </p>
        </section>
    }
}

/// Where a sign-in begins that leads back to this page.
pub fn sign_in_here() -> String {
    let here = use_here();
    let back = if here == Route::SignedOut.to_string() { "" } else { here.as_str() };
    href(&Route::SignIn.to_string(), [("return", back)])
}

/// The same for what a refusal asks for.
fn sign_in_for(purpose: SignInFor) -> String {
    href(&Route::SignIn.to_string(), [("for", purpose.as_str()), ("return", use_here().as_str())])
}

fn sign_in_words(purpose: SignInFor) -> &'static str {
    match purpose {
        SignInFor::Confirmation => "Confirm that it is you",
        SignInFor::Writing => "Sign in for writing",
    }
}

#[component]
pub fn SignIn() -> impl IntoView {
    view! {
        <section class="notice">
            <span class="notice__icon"><Icon glyph=Glyph::Person/></span>
            <h1>"Sign in to continue"</h1>
            <p>"This page needs a signed-in person. You come back here afterwards."</p>
            <p class="notice__actions"><a class="button button--primary" href=sign_in_here()>"Sign in with Microsoft Entra"</a></p>
        </section>
    }
}

/// Signed in, but without one of the portal's app roles.
#[component]
pub fn NoAccess(viewer: Viewer) -> impl IntoView {
    view! {
        <section class="notice notice--wide">
            <span class="notice__icon"><Icon glyph=Glyph::Shield/></span>
            <h1>"You have no access yet"</h1>
            <p>
                "You are signed in as " <strong>{viewer.username.clone()}</strong> ", but nobody has given you a role in Thumbprint."
            </p>
            <div class="card">
                <h2>"What to ask for"</h2>
                <p>
                    "Send this to an administrator of your tenant: under Enterprise applications, Thumbprint, Users and groups, assign me one of these roles."
                </p>
                <dl class="facts">
                    <dt><code>"Thumbprint.User"</code></dt>
                    <dd>"Add certificates to apps that you own."</dd>
                    <dt><code>"Thumbprint.Admin"</code></dt>
                    <dd>"Work with every app that your directory role lets you change, and read the whole audit."</dd>
                    <dt><code>"Thumbprint.Auditor"</code></dt>
                    <dd>"Read apps and the whole audit; change nothing."</dd>
                    <dt>"Your object id"</dt>
                    <dd><Ident value=viewer.object_id.to_string() what="your object id"/></dd>
                </dl>
                <p class="secondary">"A role given a moment ago counts from your next sign-in."</p>
            </div>
        </section>
    }
}
