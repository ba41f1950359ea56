//! The bar on top of every page.

use super::icon::{Glyph, Icon, Mark};
use super::page::use_viewer;
use super::palette::Palette;
use super::problem_view::use_here;
use super::theme::ThemeMenu;
use crate::contract::people::{PortalRole, Viewer};
use crate::query::href;
use crate::route::Route;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn Header() -> impl IntoView {
    let viewer = use_viewer();
    view! {
        <header class="top">
            <a class="top__brand" href=Route::Home.to_string()><Mark/><span>"Thumbprint"</span></a>
            <Suspense fallback=|| ()>
                {move || Suspend::new(async move {
                    match viewer.await {
                        Ok(Some(viewer)) if viewer.may_enter() => view! { <Nav viewer=Some(viewer)/> }.into_any(),
                        _ => view! { <Nav viewer=None/> }.into_any(),
                    }
                })}
            </Suspense>
            <div class="top__end">
                <Suspense fallback=|| ()>
                    {move || Suspend::new(async move {
                        match viewer.await {
                            Ok(Some(viewer)) if viewer.may_enter() => view! { <Palette viewer/> }.into_any(),
                            _ => ().into_any(),
                        }
                    })}
                </Suspense>
                <ThemeMenu/>
                <Suspense fallback=|| ()>
                    {move || Suspend::new(async move {
                        match viewer.await {
                            Ok(Some(viewer)) => view! { <PersonMenu viewer/> }.into_any(),
                            _ => view! { <SignInLink/> }.into_any(),
                        }
                    })}
                </Suspense>
            </div>
        </header>
    }
}

#[component]
fn SignInLink() -> impl IntoView {
    let here = use_here();
    let path = move || {
        let here = here.get();
        let back = if here == Route::SignedOut.to_string() { String::new() } else { here };
        href(&Route::SignIn.to_string(), [("return", back.as_str())])
    };
    view! { <a class="button button--small" rel="external" href=path>"Sign in"</a> }
}

/// Which entry a path belongs to.
fn section(path: &str) -> Option<Route> {
    if path.starts_with("/apps") || path.starts_with("/retirements") {
        Some(Route::Apps)
    } else if path.starts_with("/audit") || path.starts_with("/receipts") {
        Some(Route::Audit)
    } else if ["/certificates", "/plans", "/vaults", "/table"].iter().any(|start| path.starts_with(start)) {
        Some(Route::Upload)
    } else if path.starts_with("/doctor") {
        Some(Route::Doctor)
    } else {
        (path == "/").then_some(Route::Home)
    }
}

#[component]
fn Nav(viewer: Option<Viewer>) -> impl IntoView {
    let pathname = use_location().pathname;
    let entry = move |route: Route, word: &'static str, glyph: Glyph| {
        let current = move || {
            let path = pathname.get();
            if path == route.to_string() {
                Some("page")
            } else if section(&path) == Some(route) {
                Some("true")
            } else {
                None
            }
        };
        view! { <a href=route.to_string() aria-current=current><Icon glyph/><span>{word}</span></a> }
    };
    view! {
        <nav class="top__nav" aria-label="Main">
            {viewer.as_ref().map(|_| entry(Route::Home, "Overview", Glyph::Home))}
            {viewer.as_ref().map(|_| entry(Route::Apps, "Apps", Glyph::Apps))}
            {viewer.as_ref().filter(|viewer| viewer.may_push()).map(|_| entry(Route::Upload, "Upload", Glyph::Upload))}
            {entry(Route::Doctor, "Doctor", Glyph::Doctor)}
            {viewer.as_ref().map(|_| entry(Route::Audit, "Audit", Glyph::Audit))}
        </nav>
    }
}

/// First letters of the first and last word of a name.
fn initials(name: &str) -> String {
    let words: Vec<_> = name.split_whitespace().collect();
    let ends = match words.as_slice() {
        [] => return "?".into(),
        [only] => vec![*only],
        [first, .., last] => vec![*first, *last],
    };
    ends.iter().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

fn role_name(role: PortalRole) -> &'static str {
    match role {
        PortalRole::Admin => "Admin",
        PortalRole::User => "User",
        PortalRole::Auditor => "Auditor",
    }
}

#[component]
fn PersonMenu(viewer: Viewer) -> impl IntoView {
    let roles = viewer.roles.iter().map(|role| role_name(*role)).collect::<Vec<_>>().join(", ");
    view! {
        <span class="top__cloud" title=format!("Tenant {}", viewer.tenant_id)>{viewer.cloud.clone()}</span>
        <details class="menu">
            <summary class="menu__button" title=viewer.name.clone()>
                <span class="avatar" aria-hidden="true">{initials(&viewer.name)}</span>
                <span class="sr-only">{format!("Account of {}", viewer.name)}</span>
            </summary>
            <div class="menu__panel menu__panel--wide">
                <p class="menu__name">{viewer.name.clone()}</p>
                <p class="secondary">{viewer.username.clone()}</p>
                <dl class="facts facts--small">
                    <dt>"Role"</dt>
                    <dd>{if roles.is_empty() { "None".to_owned() } else { roles }}</dd>
                    <dt>"Cloud"</dt>
                    <dd>{viewer.cloud.clone()}</dd>
                    <dt>"Tenant"</dt>
                    <dd class="mono">{viewer.tenant_id.to_string()}</dd>
                </dl>
                <form method="post" action=Route::SignOut.to_string()>
                    <button type="submit" class="menu__item"><Icon glyph=Glyph::SignOut/><span>"Sign out"</span></button>
                </form>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_two_letters_at_most() {
        assert_eq!(initials("Adele Vance"), "AV");
        assert_eq!(initials("Łukasz Jan Wójcik"), "ŁW");
        assert_eq!(initials("admin"), "A");
        assert_eq!(initials(" "), "?");
    }

    #[test]
    fn every_page_belongs_to_an_entry() {
        assert_eq!(section("/certificates/new"), Some(Route::Upload));
        assert_eq!(section("/plans/1"), Some(Route::Upload));
        assert_eq!(section("/receipts/1"), Some(Route::Audit));
        assert_eq!(section("/apps/1"), Some(Route::Apps));
        assert_eq!(section("/retirements"), Some(Route::Apps));
        assert_eq!(section("/table"), Some(Route::Upload));
        assert_eq!(section("/vaults"), Some(Route::Upload));
        assert_eq!(section("/doctor/AADSTS700027"), Some(Route::Doctor));
        assert_eq!(section("/"), Some(Route::Home));
        assert_eq!(section("/search"), None, "the search beside the navigation has it");
        assert_eq!(section("/signed-out"), None);
    }
}
