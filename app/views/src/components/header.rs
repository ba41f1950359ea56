//! The bar on top of every page.

use super::icon::{Icon, Mark};
use super::notices::sign_in_here;
use super::palette::Palette;
use super::theme::ThemeMenu;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::{Route, Section, section_of};
use crate::scene::{use_path, use_viewer, use_waiting};
use crate::viewer::{PortalRole, Viewer};

/// Of the navigation. Where there is room it stands in the bar; on a phone it is a popover, which the browser itself opens
/// and closes (<https://developer.mozilla.org/docs/Web/API/Popover_API>).
const NAV: &str = "nav";

/// `section`: the entry that is lit, where the path does not say it.
#[component]
pub fn Header(section: Option<Section>) -> impl IntoView {
    let viewer = use_viewer();
    let member = viewer.clone().filter(Viewer::may_enter);
    view! {
        <header class="top">
            <button type="button" class="menu__button top__menu" popovertarget=NAV title="Menu">
                <Icon glyph=Glyph::Menu/>
                <span class="sr-only">"Menu"</span>
            </button>
            <a class="top__brand" href=Route::Home.to_string()><Mark/><span>"Thumbprint"</span></a>
            <Nav viewer=member.clone() lit=section/>
            <div class="top__end">
                {member.map(|_| view! { <Palette/> })}
                <HelpMenu/>
                <ThemeMenu/>
                {match viewer {
                    Some(viewer) => view! { <PersonMenu viewer/> }.into_html(),
                    None => view! { <a class="button button--small" href=sign_in_here()>"Sign in"</a> }.into_html(),
                }}
            </div>
        </header>
    }
}

/// The bar with nothing but the way home.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <header class="top">
            <a class="top__brand" href=Route::Home.to_string()><Mark/><span>"Thumbprint"</span></a>
        </header>
    }
}

#[component]
fn Nav(viewer: Option<Viewer>, lit: Option<Section>) -> impl IntoView {
    let (here, waiting) = (use_path(), use_waiting());
    let lit = lit.or_else(|| section_of(&here));
    let entry = |section: Section| {
        let route = section.route().to_string();
        let current = if here == route {
            Some("page")
        } else if lit == Some(section) {
            Some("true")
        } else {
            None
        };
        let count = (section == Section::Requests && waiting > 0).then(|| {
            view! { <span class="count">{waiting}<span class="sr-only">" waiting for you"</span></span> }
        });
        view! { <a href=route aria-current=current><Icon glyph=section.glyph()/><span>{section.word()}</span>{count}</a> }
    };
    let sections = Section::ALL.into_iter().filter(|section| section.audience().has(viewer.as_ref()));
    view! { <nav class="top__nav" id=NAV popover="auto" aria-label="Main">{sections.map(entry).collect_view()}</nav> }
}

/// For everybody: what helps, and what this is.
#[component]
fn HelpMenu() -> impl IntoView {
    let link = |route: Route, glyph: Glyph| {
        view! { <a class="menu__item" href=route.to_string()><Icon glyph/><span>{route.title()}</span></a> }
    };
    view! {
        <details class="menu">
            <summary class="menu__button" title="Help">
                <Icon glyph=Glyph::Help/>
                <span class="sr-only">"Help"</span>
            </summary>
            <div class="menu__panel">
                <button type="button" class="menu__item needs-shell" data-open="shortcuts">
                    <Icon glyph=Glyph::Keyboard/>
                    <span>"Keyboard shortcuts"</span>
                </button>
                {link(Route::Runbook, Glyph::Doctor)}
                {link(Route::Preferences, Glyph::Clock)}
                {link(Route::About, Glyph::Info)}
            </div>
        </details>
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
                <a class="menu__item" href=Route::OwnNotices.to_string()><Icon glyph=Glyph::Clock/><span>{Route::OwnNotices.title()}</span></a>
                <a class="menu__item" href=Route::Sessions.to_string()><Icon glyph=Glyph::Lock/><span>{Route::Sessions.title()}</span></a>
                <form method="post" action=Route::SignOut.to_string() data-plain="">
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
}
