//! Nothing here yet: says why, and what to do next.

use super::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;

#[component]
pub fn EmptyState(
    glyph: Glyph,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty__icon"><Icon glyph/></span>
            <p class="empty__title">{title}</p>
            <p class="empty__text">{text}</p>
            {children.map(|children| view! { <div class="empty__actions">{children.render()}</div> })}
        </div>
    }
}
