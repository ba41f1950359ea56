//! The runbook inside the portal.

use crate::components::breadcrumbs::Breadcrumbs;
use crate::page::Page;
use crate::prelude::*;
use crate::route::Route;

/// The list of all pages. `html`: its text, with its title.
pub fn index(html: String) -> Page {
    Page::new(Route::Runbook.title(), move || view! { <article class="card prose" inner_html=html></article> })
}

/// One of them. `html`: its text, with its title.
pub fn page(title: String, html: String) -> Page {
    let here = title.clone();
    Page::new(title, move || {
        view! {
            <Breadcrumbs trail=vec![(Route::Runbook.title(), Route::Runbook.to_string())] here/>
            <article class="card prose" inner_html=html></article>
        }
    })
}
