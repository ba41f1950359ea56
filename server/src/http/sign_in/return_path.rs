//! Where a person comes back to after signing in.

use app::route::Route;
use url::Url;

const LONGEST: usize = 2000;

/// `wanted` if it is a page of this portal, else the home page. Never leads to another host, and not into another
/// sign-in or sign-out.
pub fn own(portal: &Url, wanted: Option<&str>) -> String {
    let home = || Route::Home.to_string();
    let Some(wanted) = wanted.filter(|path| path.starts_with('/') && path.len() <= LONGEST) else { return home() };
    // Read as a browser would: `//host`, `/\host` and `/<tab>/host` name another host.
    let Ok(url) = portal.join(wanted) else { return home() };
    let route = Route::parse(url.path()).filter(Route::takes_return);
    match (route, url.query()) {
        _ if url.origin() != portal.origin() || !url.username().is_empty() => home(),
        (None, _) => home(),
        // Made anew from what was understood: nothing of the text but its query, which the parser has escaped, goes on.
        (Some(route), None) => route.to_string(),
        (Some(route), Some(query)) => format!("{route}?{query}"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn back_to(wanted: &str) -> String {
        own(&Url::parse("https://thumbprint.example.com").unwrap(), Some(wanted))
    }

    #[test]
    fn pages_of_the_portal_are_kept_with_their_query() {
        assert_eq!(back_to("/apps?scope=all&page=2"), "/apps?scope=all&page=2");
        assert_eq!(back_to("/plans/../apps"), "/apps");
    }

    #[test]
    fn nothing_leads_elsewhere() {
        for evil in [
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example/",
            "evil",
            "",
            "/\n/evil.example/x",
            "///evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/a/..//evil.example",
            "/./\\evil.example",
            "/%2e//evil.example",
            "/%2e%2e//evil.example",
            "/apps/..//evil.example",
            "/.\\/evil.example",
            "/apps/../../..//evil.example/%2f..",
        ] {
            assert_eq!(back_to(evil), "/", "{evil:?}");
        }
    }

    #[test]
    fn sign_in_does_not_lead_into_itself() {
        assert_eq!(back_to("/sign-in?return=/apps"), "/");
        assert_eq!(back_to("/api/push"), "/");
        assert_eq!(own(&Url::parse("https://thumbprint.example.com").unwrap(), None), "/");
    }
}
