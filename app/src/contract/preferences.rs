//! What a person sets for a browser.

use super::problem::Problem;
use leptos::prelude::*;

/// Keeps the person's choice of theme in a cookie, for browsers without WebAssembly. `theme` is `light`, `dark` or
/// `system`; `back` is the path to return to.
#[allow(clippy::unused_async, reason = "a server function has to be async")]
#[server(prefix = "/api", endpoint = "theme")]
pub async fn set_theme(theme: String, #[server(default)] back: String) -> Result<(), Problem> {
    let cookie = crate::browser::THEME_COOKIE;
    let cookie = match theme.as_str() {
        "light" | "dark" => format!("{cookie}={theme}; Path=/; Max-Age=31536000; SameSite=Lax"),
        _ => format!("{cookie}=; Path=/; Max-Age=0; SameSite=Lax"),
    };
    if let (Some(response), Ok(cookie)) =
        (use_context::<leptos_axum::ResponseOptions>(), axum::http::HeaderValue::from_str(&cookie))
    {
        response.append_header(axum::http::header::SET_COOKIE, cookie);
    }
    // Only a path of this portal: `//host` and `/\host` would leave it.
    let own = back.starts_with('/') && !back[1..].starts_with(['/', '\\']) && back.chars().all(|c| !c.is_control());
    leptos_axum::redirect(if own && back.is_ascii() { &back } else { "/" });
    Ok(())
}
