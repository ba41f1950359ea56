//! For paths that no page has.

use crate::components::page::no_such_page;
use crate::components::notices::ProblemPage;
use leptos::prelude::*;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <ProblemPage problem=no_such_page()/> }
}
