//! The cookie by which the tenant remembers who signed in, in this browser.

use axum::http::HeaderMap;

const NAME: &str = "LOCALTENANTAUTH";

/// The cookie's value, if the browser sent one.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all("cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .map(|(_, value)| value.to_owned())
}

/// `Set-Cookie` that signs in. A page of another site leads here by a top-level GET, so `Lax` is enough.
pub(crate) fn set(value: &str, secure: bool) -> String {
    format!("{NAME}={value}; Path=/; HttpOnly; SameSite=Lax{}", if secure { "; Secure" } else { "" })
}

/// `Set-Cookie` that signs out.
pub(crate) fn clear(secure: bool) -> String {
    format!("{NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", if secure { "; Secure" } else { "" })
}
