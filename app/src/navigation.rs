//! What a change of page must do beside drawing it: move the focus, so that a screen reader reads on at the new heading.

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
