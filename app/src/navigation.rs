//! What a change of page must do beside drawing it: move the focus, so that a screen reader reads on at the new heading.

use crate::browser;
use crate::query::Query;
use leptos::html::H1;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[derive(Clone, Copy)]
pub struct Navigation {
    /// Path of the page whose heading had the focus last; at first, the page that the server sent.
    path: StoredValue<String>,
    moved: StoredValue<bool>,
}

impl Navigation {
    /// Puts itself into the context. Call once, inside the router.
    pub fn provide() {
        let location = use_location();
        let navigation =
            Self { path: StoredValue::new(location.pathname.get_untracked()), moved: StoredValue::new(false) };
        provide_context(navigation);
        let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
        let sent = SharedValue::new_str({
            let (path, search) = (path.clone(), search.clone());
            move || format!("{path}?{}", search.trim_start_matches('?'))
        })
        .into_inner();
        // Whoever went back before the page was hydrated looks at one page under the address of another.
        let stale = !is_page(&sent, &path, &search);
        Effect::new(move |_| browser::reload_if(stale));
        Effect::new(move |before: Option<()>| {
            location.pathname.track();
            location.search.track();
            if before.is_some() {
                navigation.moved.set_value(true);
            }
        });
    }

    /// The browser has gone on from the page that the server sent.
    pub fn moved(self) -> bool {
        self.moved.get_value()
    }
}

/// Whether what the server sent for `sent` is the page at this path with this query, however that is written.
fn is_page(sent: &str, path: &str, search: &str) -> bool {
    let (sent_path, sent_search) = sent.split_once('?').unwrap_or((sent, ""));
    sent_path == path && Query::parse(sent_search) == Query::parse(search)
}

/// A reference for the page's heading, which takes the focus when it belongs to another page than the last one.
pub fn use_heading_focus() -> NodeRef<H1> {
    let heading = NodeRef::<H1>::new();
    let pathname = use_location().pathname;
    if let Some(navigation) = use_context::<Navigation>() {
        Effect::new(move |_| {
            let Some(heading) = heading.get() else { return };
            let path = pathname.get_untracked();
            if navigation.path.get_value() != path {
                navigation.path.set_value(path);
                let _ = heading.focus();
            }
        });
    }
    heading
}

#[cfg(test)]
mod tests {
    use super::is_page;

    #[test]
    fn spellings_of_a_query_do_not_make_another_page() {
        assert!(is_page("/apps?q=a+b&app%5B%5D=1", "/apps", "?q=a%20b&app[]=1"));
        assert!(is_page("/apps?", "/apps", ""));
        assert!(!is_page("/apps?page=2", "/apps", ""));
        assert!(!is_page("/apps?page=2", "/audit", "?page=2"));
    }
}
