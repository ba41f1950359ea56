//! Thumbprint's user interface: one set of pages, rendered on the server (`ssr`) and hydrated in the browser (`hydrate`).

// Leptos' view types nest deeply.
#![recursion_limit = "512"]

pub mod api;
pub mod desk;
pub mod route;

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};

/// The HTML document around every page.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body><App/></body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! { <main><h1>"Thumbprint"</h1></main> }
}

#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
