//! A place where a file, or text, can be dropped.

use crate::browser::{self, Picked};
use leptos::prelude::*;

/// Hands on what is dropped on it. While something is held over it, it has the class `over`.
#[component]
pub fn DropTarget<F>(
    #[prop(into)] class: String,
    on_file: F,
    /// Makes it a region of that name.
    #[prop(optional, into)]
    label: Option<&'static str>,
    children: Children,
) -> impl IntoView
where
    F: Fn(Picked) + Copy + Send + Sync + 'static,
{
    let over = RwSignal::new(false);
    view! {
        <div
            class=class
            class:over=move || over.get()
            role=label.map(|_| "region")
            aria-label=label
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                browser::read_dropped(&event, on_file);
            }
        >
            {children()}
        </div>
    }
}
