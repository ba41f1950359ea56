//! How a push ended, as an icon and words.

use super::icon::Icon;
use crate::glyph::Glyph;
use crate::prelude::*;
use domain::audit::AuditOutcome;
use domain::rollout::{AppStage, Outcome, RunState};

/// In a few words.
pub fn title(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Verified => "Verified",
        Outcome::AlreadyThere => "Already there",
        Outcome::ChangedSincePreview => "Changed since the preview",
        Outcome::Refused => "Refused",
        Outcome::Failed => "Failed",
        Outcome::Unverified => "Needs a look",
        Outcome::Cancelled => "Cancelled",
    }
}

/// Where a push is, in a few words.
pub fn state_title(state: RunState) -> &'static str {
    match state {
        RunState::Running => "Running",
        RunState::Paused => "Paused",
        RunState::NeedsSignIn => "Waits for a sign-in",
        RunState::Cancelled => "Cancelled",
        RunState::Finished => "Finished",
    }
}

/// What it means for the app, in one sentence.
pub fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Verified => "The change was written, and read back until it was there.",
        Outcome::AlreadyThere => "The app was as this push would make it. Nothing was sent.",
        Outcome::ChangedSincePreview => "The app is not as it was in the preview. Nothing was sent.",
        Outcome::Refused => "The change was refused. Nothing was changed.",
        Outcome::Failed => "The app could not be read before writing. Nothing was sent.",
        Outcome::Unverified => {
            "The change was sent, but reading it back did not show what it must. Look at the app before you go on."
        }
        Outcome::Cancelled => "The push was cancelled before this app’s turn. Nothing was sent.",
    }
}

fn look(outcome: Outcome) -> (&'static str, Glyph) {
    match outcome {
        Outcome::Verified => ("good", Glyph::CheckCircle),
        Outcome::AlreadyThere => ("there", Glyph::Check),
        Outcome::ChangedSincePreview | Outcome::Unverified => ("warn", Glyph::Warning),
        Outcome::Refused | Outcome::Failed => ("bad", Glyph::ErrorCircle),
        Outcome::Cancelled => ("kept", Glyph::Minus),
    }
}

/// Where an app of a push is, or how it ended.
#[component]
pub fn StageBadge(stage: AppStage) -> impl IntoView {
    match stage {
        AppStage::Ended(outcome) => view! { <OutcomeBadge outcome/> }.into_html(),
        AppStage::Working => {
            view! { <span class="badge badge--there"><Icon glyph=Glyph::ArrowRight/>"Under way"</span> }.into_html()
        }
        AppStage::Waiting => {
            view! { <span class="badge badge--kept"><Icon glyph=Glyph::Clock/>"Waiting"</span> }.into_html()
        }
    }
}

#[component]
pub fn OutcomeBadge(outcome: Outcome) -> impl IntoView {
    let (class, glyph) = look(outcome);
    view! { <span class=format!("badge badge--{class}")><Icon glyph/>{title(outcome)}</span> }
}

/// For the audit, which also knows of other things than apps.
#[component]
pub fn AuditBadge(outcome: AuditOutcome) -> impl IntoView {
    match outcome {
        AuditOutcome::Ended(outcome) => view! { <OutcomeBadge outcome/> }.into_html(),
        other => view! { <span class="badge badge--kept">{words(other.as_str())}</span> }.into_html(),
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
    fn kebab_becomes_words() {
        assert_eq!(words("sign-in-refused"), "Sign in refused");
        assert_eq!(words(""), "");
    }
}
