//! Fluent's message bar: one line or paragraph that a person must not miss. Colour, icon and words say the same.

use super::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    Info,
    Success,
    Warning,
    Error,
}

impl Intent {
    pub fn class(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    pub fn glyph(self) -> Glyph {
        match self {
            Self::Info => Glyph::Info,
            Self::Success => Glyph::CheckCircle,
            Self::Warning => Glyph::Warning,
            Self::Error => Glyph::ErrorCircle,
        }
    }

    /// Said before the text to those who see neither colour nor icon.
    fn word(self) -> &'static str {
        match self {
            Self::Info => "Note: ",
            Self::Success => "Done: ",
            Self::Warning => "Warning: ",
            Self::Error => "Problem: ",
        }
    }
}

#[component]
pub fn MessageBar(
    intent: Intent,
    #[prop(into)] title: String,
    /// Announced when it appears; for answers to something that the person just did.
    #[prop(optional)]
    live: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let role = live.then_some(if intent == Intent::Error { "alert" } else { "status" });
    view! {
        <div class=format!("message-bar message-bar--{}", intent.class()) role=role>
            <Icon glyph=intent.glyph()/>
            <div class="message-bar__body">
                <p class="message-bar__title"><span class="sr-only">{intent.word()}</span>{title}</p>
                {children.map(|children| view! { <div class="message-bar__text">{children.render()}</div> })}
            </div>
        </div>
    }
}
