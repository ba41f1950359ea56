//! `form[data-theme-form]` with `button name=theme value=light|dark|system`: the theme changes in place. It is kept in a
//! cookie, so that the server renders the right one at once.

use crate::dom::{all, attribute, cookie, document, first, remove, root, set};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlDocument};

const COOKIE: &str = "thumbprint-theme";

/// The form's submission, if it is this one's.
pub fn submit(event: &Event, form: &Element, button: Option<&Element>) -> bool {
    if !form.has_attribute("data-theme-form") {
        return false;
    }
    let Some(button) = button else { return false };
    event.prevent_default();
    let theme = attribute(button, "value");
    let age = if explicit(&theme) { "31536000" } else { "0" };
    let cookie = [COOKIE, "=", &theme, "; Path=/; Max-Age=", age, "; SameSite=Lax"].concat();
    let _ = document().unchecked_into::<HtmlDocument>().set_cookie(&cookie);
    show();
    true
}

fn explicit(theme: &str) -> bool {
    matches!(theme, "light" | "dark")
}

/// After Back, the cookie knows better than the page that the browser kept.
pub fn show() {
    let theme = cookie(COOKIE).filter(|theme| explicit(theme));
    match &theme {
        Some(theme) => set(&root(), "data-theme", theme),
        None => remove(&root(), "data-theme"),
    }
    if let Some(scheme) = first(&root(), "meta[name=color-scheme]") {
        set(&scheme, "content", theme.as_deref().unwrap_or("light dark"));
    }
    for button in all(&root(), "[data-theme-form] [name=theme]") {
        let pressed = attribute(&button, "value") == theme.as_deref().unwrap_or("system");
        set(&button, "aria-pressed", if pressed { "true" } else { "false" });
    }
}
