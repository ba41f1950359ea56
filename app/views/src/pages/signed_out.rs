//! Where a person lands after signing out.

use crate::components::icon::{Glyph, Icon};
use crate::navigation::use_heading_focus;
use crate::route::Route;
use leptos::prelude::*;

#[component]
pub fn SignedOutPage() -> impl IntoView {
    let heading = use_heading_focus();
    view! {
        <section class="notice">
            <span class="notice__icon notice__icon--success"><Icon glyph=Glyph::CheckCircle/></span>
            <h1 tabindex="-1" node_ref=heading>"You are signed out"</h1>
            <p>"Your session and its tokens are gone from this server. On a shared computer, close the browser as well."</p>
            <p class="notice__actions">
                <a class="button button--primary" href=Route::SignIn.to_string()>"Sign in again"</a>
            </p>
        </section>
    }
}
