//! Light, dark, or as the system has it.

use super::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Form;
use crate::scene::{Theme, use_here, use_theme};

/// A form, which the shell answers in place: it sets the cookie, and the document's theme.
#[component]
pub fn ThemeMenu() -> impl IntoView {
    let theme = use_theme();
    let option = move |value: Option<Theme>, word: &'static str, glyph: Glyph| {
        view! {
            <button
                type="submit"
                class="menu__item"
                name="theme"
                value=value.map_or("system", Theme::as_str)
                aria-pressed=if theme == value { "true" } else { "false" }
            >
                <Icon glyph/>
                <span>{word}</span>
                <span class="menu__tick"><Icon glyph=Glyph::Check/></span>
            </button>
        }
    };
    view! {
        <details class="menu">
            <summary class="menu__button" title="Theme">
                <span class="theme-is theme-is--light"><Icon glyph=Glyph::Sun/></span>
                <span class="theme-is theme-is--dark"><Icon glyph=Glyph::Moon/></span>
                <span class="theme-is theme-is--system"><Icon glyph=Glyph::Screen/></span>
                <span class="sr-only">"Theme"</span>
            </summary>
            <form class="menu__panel" method="post" action=Form::SetTheme.path() data-theme-form="">
                <input type="hidden" name="back" value=use_here()/>
                {option(Some(Theme::Light), "Light", Glyph::Sun)}
                {option(Some(Theme::Dark), "Dark", Glyph::Moon)}
                {option(None, "As the system", Glyph::Screen)}
            </form>
        </details>
    }
}
