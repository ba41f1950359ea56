//! What every page shares: who is signed in, what is shown while data is on its way, and what when it does not come.

use super::icon::{Glyph, Icon};
use super::problem_view::{ProblemPage, SignInPage, set_status};
use super::thumbprint::Ident;
use crate::contract::people;
use crate::contract::people::Viewer;
use crate::contract::problem::Problem;
use crate::navigation::use_heading_focus;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use std::str::FromStr;

/// The signed-in person; read once per load of the portal.
#[derive(Clone, Copy)]
pub struct ViewerResource(pub Resource<Result<Option<Viewer>, Problem>>);

pub fn provide_viewer() {
    provide_context(ViewerResource(Resource::new_blocking(|| (), |()| people::viewer())));
}

pub fn use_viewer() -> Resource<Result<Option<Viewer>, Problem>> {
    expect_context::<ViewerResource>().0
}

/// Shows `view` once a person with a role is known and the data is there; else why not.
pub fn signed_in<T, V>(
    data: Resource<Result<T, Problem>>,
    view: impl Fn(Viewer, T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let viewer = use_viewer();
    view! {
        <Transition fallback=|| view! { <Skeleton/> }>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    let (viewer, data) = (viewer.await, data.await);
                    match (viewer, data) {
                        (Err(problem), _) => view! { <ProblemPage problem/> }.into_any(),
                        (Ok(None), _) => view! { <SignInPage/> }.into_any(),
                        (Ok(Some(viewer)), _) if !viewer.may_enter() => view! { <NoAccess viewer/> }.into_any(),
                        (Ok(Some(_)), Err(problem)) => view! { <ProblemPage problem/> }.into_any(),
                        (Ok(Some(viewer)), Ok(data)) => view(viewer, data).into_any(),
                    }
                })
            }}
        </Transition>
    }
}

/// A parameter of the path, parsed; `None` where it is nonsense.
pub fn use_param<T: FromStr + PartialEq + Send + Sync + 'static>(name: &'static str) -> Memo<Option<T>> {
    let params = use_params_map();
    Memo::new(move |_| params.read().get(name).and_then(|value| value.parse().ok()))
}

/// What stands in a path is not the name of anything.
pub fn no_such_page() -> Problem {
    Problem::new(404, "not-found", "There is no such page", "The address may be incomplete, or what it named is gone.")
        .advice("Check the address, or start again from the overview.")
}

/// Grey bars in the shape of a page.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="sr-only">"Loading"</span>
            <span class="skeleton__bar skeleton__bar--title"></span>
            <span class="skeleton__bar"></span>
            <span class="skeleton__bar"></span>
            <span class="skeleton__block"></span>
        </div>
    }
}

/// Signed in, but without one of the portal's app roles.
#[component]
pub fn NoAccess(viewer: Viewer) -> impl IntoView {
    set_status(403);
    view! {
        <Title text="No access yet"/>
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

/// A page's heading, what it is about, and its main actions.
#[component]
pub fn Heading(
    #[prop(into)] title: String,
    #[prop(optional, into)] lead: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let node_ref = use_heading_focus();
    view! {
        <header class="heading">
            <div class="heading__words">
                <h1 tabindex="-1" node_ref=node_ref>{title}</h1>
                {lead.map(|lead| view! { <p class="heading__lead">{lead}</p> })}
            </div>
            {children.map(|children| view! { <div class="heading__actions">{children()}</div> })}
        </header>
    }
}

/// `12,345`.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 app`, `3 apps`, `1,200 apps`.
pub fn plural(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {one}s", grouped(count)) }
}

/// What a person without the right to push reads in place of the button.
pub fn why_no_push(viewer: &Viewer) -> Option<&'static str> {
    (!viewer.may_push()).then_some(
        "Your role, Thumbprint.Auditor, reads only. Ask for Thumbprint.User to add certificates to your own apps.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        for (count, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(count), text);
        }
        assert_eq!([plural(1, "app"), plural(1_200, "app")], ["1 app", "1,200 apps"]);
    }
}
