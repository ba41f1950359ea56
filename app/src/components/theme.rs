//! Light, dark, or as the system has it.

use super::icon::{Glyph, Icon};
use super::problem_view::use_here;
use crate::browser::{self, Button};
use crate::contract::preferences::SetTheme;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// `light`, `dark` or `system`.
#[derive(Clone, Copy)]
struct Theme(RwSignal<String>);

/// What the request's cookie says.
#[cfg(feature = "ssr")]
pub fn from_request() -> Option<&'static str> {
    let parts = use_context::<axum::http::request::Parts>()?;
    parts
        .headers
        .get_all(axum::http::header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == browser::THEME_COOKIE)
        .and_then(|(_, value)| match value {
            "light" => Some("light"),
            "dark" => Some("dark"),
            _ => None,
        })
}

#[cfg(not(feature = "ssr"))]
fn from_request() -> Option<&'static str> {
    None
}

/// Puts the theme into the context. Call once, at the root.
pub fn provide() {
    let theme = SharedValue::new_str(|| from_request().unwrap_or("system").to_owned()).into_inner();
    provide_context(Theme(RwSignal::new(theme)));
}

#[component]
pub fn ThemeMenu() -> impl IntoView {
    let Theme(theme) = expect_context();
    let here = use_here();
    let choose = move |event: leptos::ev::SubmitEvent| {
        if let (_, Some(Button { value, .. })) = browser::submitted(&event) {
            event.prevent_default();
            browser::set_theme(&value);
            theme.set(value);
        }
    };
    let option = move |value: &'static str, word: &'static str, glyph: Glyph| {
        view! {
            <button type="submit" class="menu__item" name="theme" value=value aria-pressed=move || if theme.get() == value { "true" } else { "false" }>
                <Icon glyph/>
                <span>{word}</span>
                <span class="menu__tick"><Icon glyph=Glyph::Check/></span>
            </button>
        }
    };
    view! {
        <details class="menu">
            <summary class="menu__button" title="Theme">
                {move || view! { <Icon glyph=match theme.get().as_str() { "light" => Glyph::Sun, "dark" => Glyph::Moon, _ => Glyph::Screen }/> }}
                <span class="sr-only">"Theme"</span>
            </summary>
            <form class="menu__panel" method="post" action=SetTheme::url() on:submit=choose>
                <input type="hidden" name="back" value=move || here.get()/>
                {option("light", "Light", Glyph::Sun)}
                {option("dark", "Dark", Glyph::Moon)}
                {option("system", "As the system", Glyph::Screen)}
            </form>
        </details>
    }
}
