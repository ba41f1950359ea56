//! `form[data-theme-form]` with `button name=theme value=light|dark|system`: the theme changes in place. It is kept in a
//! cookie, so that the server renders the right one at once.

use crate::dom::{all, attribute, cookie, document, find, remove, root, set, state, text};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlDocument};

const COOKIE: &str = "thumbprint-theme";

pub fn choose(button: &Element) {
    let theme = attribute(button, "value");
    let age = if explicit(&theme) { "31536000" } else { "0" };
    let cookie = text(&[COOKIE, "=", &theme, "; Path=/; Max-Age=", age, "; SameSite=Lax"]);
    let _ = document().unchecked_into::<HtmlDocument>().set_cookie(&cookie);
    show();
}

fn explicit(theme: &str) -> bool {
    matches!(theme, "light" | "dark")
}

/// After Back, the cookie knows better than the page that the browser kept.
pub fn show() {
    let theme = cookie(COOKIE).filter(|theme| explicit(theme));
    let theme = theme.as_deref();
    match theme {
        Some(theme) => set(&root(), "data-theme", theme),
        None => remove(&root(), "data-theme"),
    }
    if let Some(scheme) = find("meta[name=color-scheme]") {
        set(&scheme, "content", theme.unwrap_or("light dark"));
    }
    for button in all(&root(), "[data-theme-form] [name=theme]") {
        state(&button, "aria-pressed", attribute(&button, "value") == theme.unwrap_or("system"));
    }
}
