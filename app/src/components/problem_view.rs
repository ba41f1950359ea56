//! A [`Problem`] shown to a person: what happened, why, what to do, and the request-id for support.

use super::icon::{Glyph, Icon};
use super::message_bar::{Intent, MessageBar};
use super::thumbprint::Ident;
use crate::contract::problem::Problem;
use crate::query::href;
use crate::route::Route;
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::server_fn::ServerFn;
use leptos::server_fn::error::ServerFnUrlError;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// What a plain form post to `F` left in the URL, where it was refused.
pub fn form_problem<F: ServerFn<Error = Problem>>() -> Option<Problem> {
    use_context::<ServerActionError>()
        .filter(|error| error.path() == F::PATH)
        .map(|error| ServerFnUrlError::<Problem>::decode_err(error.err()))
}

/// Gives the page the status that fits, where it is rendered on the server.
pub fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    if let (Some(response), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), axum::http::StatusCode::from_u16(status))
    {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

/// In the page, beside the form or part that failed.
#[component]
pub fn ProblemBar(problem: Problem) -> impl IntoView {
    view! {
        <MessageBar intent=Intent::Error title=problem.title live=true>
            <p>{problem.detail}</p>
            {problem.advice.map(|advice| view! { <p>{advice}</p> })}
            {problem.request_id.map(|id| view! { <p class="message-bar__support">"Request-id " <Ident value=id what="the request-id"/></p> })}
        </MessageBar>
    }
}

/// In place of a page.
#[component]
pub fn ProblemPage(problem: Problem) -> impl IntoView {
    if problem.status == 401 {
        return view! { <SignInPage/> }.into_any();
    }
    set_status(problem.status);
    let (icon, glyph) = if problem.status == 404 {
        ("notice__icon", Glyph::Search)
    } else {
        ("notice__icon notice__icon--error", Glyph::ErrorCircle)
    };
    view! {
        <Title text=problem.title.clone()/>
        <section class="notice">
            <span class=icon><Icon glyph/></span>
            <h1>{problem.title}</h1>
            <p>{problem.detail}</p>
            {problem.advice.map(|advice| view! { <p>{advice}</p> })}
            {problem.request_id.map(|id| view! { <p class="secondary">"Request-id for support: " <Ident value=id what="the request-id"/></p> })}
            <p class="notice__actions">
                <a class="button button--primary" href=Route::Home.to_string()>"Go to the overview"</a>
            </p>
        </section>
    }
    .into_any()
}

/// The path of the current page, for coming back after signing in.
pub fn use_here() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let search = location.search.get();
        let path = location.pathname.get();
        if search.is_empty() { path } else { format!("{path}?{search}") }
    })
}

#[component]
pub fn SignInPage() -> impl IntoView {
    set_status(401);
    let here = use_here();
    let sign_in = move || href(&Route::SignIn.to_string(), [("return", here.get().as_str())]);
    view! {
        <Title text="Sign in"/>
        <section class="notice">
            <span class="notice__icon"><Icon glyph=Glyph::Person/></span>
            <h1>"Sign in to continue"</h1>
            <p>"This page needs a signed-in person. You come back here afterwards."</p>
            <p class="notice__actions"><a class="button button--primary" rel="external" href=sign_in>"Sign in with Microsoft Entra"</a></p>
        </section>
    }
}
