//! The icons: 20 px, stroke 1.5, always beside words that say the same, so always hidden from screen readers.

use crate::glyph::Glyph;
use crate::prelude::*;

#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            <path d=glyph.path()></path>
        </svg>
    }
}

/// The product's mark: ridges of a thumb.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
            <path d="M4.6 8.2A8.9 8.9 0 0 1 12 3.6c2.9 0 5.5 1.4 7.2 3.6M3.6 13.4c-.1-1 0-1.9.2-2.8M20.6 10.4c.5 2.9.2 5.8-.6 8.4M5.7 17.8c.8-1.8 1.1-3.7 1.1-5.7A5.2 5.2 0 0 1 12 6.9c2.9 0 5.2 2.3 5.2 5.2 0 3.3-.5 6.3-1.7 9M8.4 20c1.2-2.4 1.8-5 1.8-7.9a1.8 1.8 0 0 1 3.6 0c0 3.2-.6 6.2-1.8 8.9"></path>
        </svg>
    }
}
