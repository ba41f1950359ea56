//! Thumbprint's user interface: one set of pages, rendered on the server (`ssr`) and hydrated in the browser (`hydrate`).

// Leptos' view types nest deeply.
#![recursion_limit = "512"]

pub mod authority;
pub mod browser;
pub mod components;
pub mod contract;
pub mod dates;
pub mod json_tokens;
pub mod navigation;
pub mod now;
pub mod pages;
pub mod query;
pub mod route;
pub mod signer;

use components::header::Header;
use components::{page, theme};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::Router;

/// The mark on a tile, for the browser's tab.
#[cfg(feature = "ssr")]
const FAVICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='7' fill='%230f6cbd'/%3E%3Cg transform='translate(4 4)' fill='none' stroke='%23fff' stroke-width='1.7' stroke-linecap='round'%3E%3Cpath d='M4.6 8.2A8.9 8.9 0 0 1 12 3.6c2.9 0 5.5 1.4 7.2 3.6M3.6 13.4c-.1-1 0-1.9.2-2.8M20.6 10.4c.5 2.9.2 5.8-.6 8.4M5.7 17.8c.8-1.8 1.1-3.7 1.1-5.7A5.2 5.2 0 0 1 12 6.9c2.9 0 5.2 2.3 5.2 5.2 0 3.3-.5 6.3-1.7 9M8.4 20c1.2-2.4 1.8-5 1.8-7.9a1.8 1.8 0 0 1 3.6 0c0 3.2-.6 6.2-1.8 8.9'/%3E%3C/g%3E%3C/svg%3E";

/// The HTML document around every page.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = theme::from_request();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content=theme.unwrap_or("light dark")/>
                <link rel="icon" type="image/svg+xml" href=FAVICON/>
                <link rel="stylesheet" href=format!("/{}/{}.css", options.site_pkg_dir, options.output_name)/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <leptos_meta::MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    theme::provide();
    let now = now::Now::provide();
    page::provide_viewer();
    authority::provide();
    let (routing, set_routing) = signal(false);
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Thumbprint".to_owned() } else { format!("{title} · Thumbprint") }/>
        <Router set_is_routing=set_routing>
            <Inside now/>
            <a class="skip" href="#main" rel="external">"Skip to the content"</a>
            <div class="routing" class:routing--busy=move || routing.get() aria-hidden="true"></div>
            <Header/>
            <main class="main" id="main" tabindex="-1">
                {route::pages()}
            </main>
        </Router>
    }
    // The views' types end here: the crates that render the app need not take them apart again.
    .into_any()
}

/// What needs the router and shows nothing.
#[component]
fn Inside(now: now::Now) -> impl IntoView {
    navigation::Navigation::provide();
    now.follow_navigation();
    Effect::new(|_| browser::close_details_on_leave());
}

#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    hydrate_body(App);
    browser::mark_hydrated();
}
