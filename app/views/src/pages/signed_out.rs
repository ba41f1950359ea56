//! Where a person lands after signing out.

use crate::components::icon::Icon;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::Route;

pub fn page() -> Page {
    Page::new(Route::SignedOut.title(), || view! { <SignedOut/> })
}

#[component]
fn SignedOut() -> impl IntoView {
    view! {
        <section class="notice">
            <span class="notice__icon notice__icon--success"><Icon glyph=Glyph::CheckCircle/></span>
            <h1 tabindex="-1">"You are signed out"</h1>
            <p>"Your session and its tokens are gone from this server. On a shared computer, close the browser as well."</p>
            <p class="notice__actions">
                <a class="button button--primary" href=Route::SignIn.to_string()>"Sign in again"</a>
            </p>
        </section>
    }
}
