//! How a push ended, as an icon and words.

use super::icon::{Glyph, Icon};
use crate::contract::pushes::{AppStage, Outcome};
use leptos::prelude::*;

/// Every outcome, in the order in which the audit offers them.
pub const OUTCOMES: [Outcome; 7] = [
    Outcome::Verified,
    Outcome::AlreadyThere,
    Outcome::ChangedSincePreview,
    Outcome::Refused,
    Outcome::Failed,
    Outcome::Unverified,
    Outcome::Cancelled,
];

impl Outcome {
    /// As it stands in the audit and in URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::AlreadyThere => "already-there",
            Self::ChangedSincePreview => "changed-since-preview",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unverified => "unverified",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        OUTCOMES.into_iter().find(|outcome| outcome.name() == name)
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Verified => "Verified",
            Self::AlreadyThere => "Already there",
            Self::ChangedSincePreview => "Changed since the preview",
            Self::Refused => "Refused",
            Self::Failed => "Failed",
            Self::Unverified => "Needs a look",
            Self::Cancelled => "Cancelled",
        }
    }

    /// What it means for the app, in one sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Verified => "The change was written, and read back until it was there.",
            Self::AlreadyThere => "All was as wanted before. Nothing was sent.",
            Self::ChangedSincePreview => "The app is not as it was in the preview. Nothing was sent.",
            Self::Refused => "The change was refused. Nothing was changed.",
            Self::Failed => "The app could not be read before writing. Nothing was sent.",
            Self::Unverified => {
                "The change was sent, but reading it back did not show what it must. Look at the app before you go on."
            }
            Self::Cancelled => "The push was cancelled before this app’s turn. Nothing was sent.",
        }
    }

    /// The app is as wanted, and that was seen.
    pub fn is_good(self) -> bool {
        matches!(self, Self::Verified | Self::AlreadyThere)
    }

    fn look(self) -> (&'static str, Glyph) {
        match self {
            Self::Verified => ("good", Glyph::CheckCircle),
            Self::AlreadyThere => ("there", Glyph::Check),
            Self::ChangedSincePreview | Self::Unverified => ("warn", Glyph::Warning),
            Self::Refused | Self::Failed => ("bad", Glyph::ErrorCircle),
            Self::Cancelled => ("kept", Glyph::Minus),
        }
    }
}

impl AppStage {
    /// As it stands in URLs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Working => "working",
            Self::Ended(outcome) => outcome.name(),
        }
    }
}

/// Where an app of a push is, or how it ended.
#[component]
pub fn StageBadge(stage: AppStage) -> impl IntoView {
    match stage {
        AppStage::Ended(outcome) => view! { <OutcomeBadge outcome/> }.into_any(),
        AppStage::Working => {
            view! { <span class="badge badge--there"><Icon glyph=Glyph::ArrowRight/>"Under way"</span> }.into_any()
        }
        AppStage::Waiting => {
            view! { <span class="badge badge--kept"><Icon glyph=Glyph::Clock/>"Waiting"</span> }.into_any()
        }
    }
}

#[component]
pub fn OutcomeBadge(outcome: Outcome) -> impl IntoView {
    let (class, glyph) = outcome.look();
    view! { <span class=format!("badge badge--{class}")><Icon glyph/>{outcome.title()}</span> }
}

/// For the audit, which also knows of refusals that never got as far as a push.
#[component]
pub fn OutcomeName(#[prop(into)] name: String) -> impl IntoView {
    match Outcome::from_name(&name) {
        Some(outcome) => view! { <OutcomeBadge outcome/> }.into_any(),
        None => view! { <span class="badge badge--kept">{words(&name)}</span> }.into_any(),
    }
}

/// `push-append` as `Push append`.
pub fn words(name: &str) -> String {
    let mut text = name.replace('-', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_on_the_wire() {
        for outcome in OUTCOMES {
            assert_eq!(serde_json::to_value(outcome).expect("json"), outcome.name());
            assert_eq!(Outcome::from_name(outcome.name()), Some(outcome));
        }
        assert_eq!(Outcome::from_name("other"), None);
    }

    #[test]
    fn kebab_becomes_words() {
        assert_eq!(words("sign-in-refused"), "Sign in refused");
        assert_eq!(words(""), "");
    }
}
