//! What a person reads where they cannot change an app: that, why, and who can.

use super::icon::Icon;
use super::message_bar::{Intent, MessageBar};
use crate::data::apps::{Owner, Right};
use crate::glyph::Glyph;
use crate::prelude::*;

/// Owners that are named; of more, how many there are.
const NAMED: usize = 5;

/// Beside the name of an app that the person cannot change.
#[component]
pub fn RightBadge(right: Right) -> impl IntoView {
    right.is_missing().then(|| {
        view! {
            <span class="badge badge--kept" title="You are not an owner, and your sign-in shows no directory role for every app.">
                <Icon glyph=Glyph::Lock/>
                "Not yours to change"
            </span>
        }
    })
}

/// `Adele Vance, Owen Carter and 2 more`.
fn names(owners: &[Owner]) -> String {
    let mut named: Vec<_> = owners.iter().take(NAMED).map(|owner| owner.name.clone()).collect();
    let more = owners.len().saturating_sub(NAMED);
    if more > 0 {
        named.push(format!("{more} more"));
    }
    match named.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => named.concat(),
    }
}

/// Who could do it instead.
fn who(owners: &[Owner]) -> String {
    const ROLES: &str = "an Application Administrator or Cloud Application Administrator";
    match owners.len() {
        0 => format!("Nobody owns it. Ask {ROLES}."),
        1 => format!("Ask its owner, {}, or {ROLES}.", names(owners)),
        _ => format!("Ask one of its owners, {}, or {ROLES}.", names(owners)),
    }
}

/// On the app's own page. Its id is that of the reason for what is disabled there.
#[component]
pub fn NoRight(
    owners: Vec<Owner>,
    /// To where a change begins all the same.
    all_the_same: String,
    /// A team of the person looks after the app.
    team: bool,
) -> impl IntoView {
    let ask = team.then(|| all_the_same.clone());
    view! {
        <div id=NO_RIGHT>
            <MessageBar intent=Intent::Info title="You cannot change this app">
                <p>"You are not an owner, and your sign-in shows no directory role for every app. "{who(&owners)}</p>
                {ask.map(|begin| view! {
                    <p>"Your team looks after it: "<a href=begin>"begin the change"</a>", and ask for approval on its preview."</p>
                })}
                <p>
                    "A role for this app alone does not show in a sign-in. If you have one, "
                    <a href=all_the_same>"begin all the same"</a>
                    ": Entra decides."
                </p>
            </MessageBar>
        </div>
    }
}

/// Of [`NoRight`], for `aria-describedby`.
pub const NO_RIGHT: &str = "no-right";

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(names: &[&str]) -> Vec<Owner> {
        names.iter().map(|&name| Owner { name: name.into(), username: None }).collect()
    }

    #[test]
    fn owners_are_named_as_far_as_they_fit() {
        assert_eq!(names(&owners(&["A"])), "A");
        assert_eq!(names(&owners(&["A", "B", "C"])), "A, B and C");
        assert_eq!(names(&owners(&["A", "B", "C", "D", "E", "F", "G"])), "A, B, C, D, E and 2 more");
        assert!(who(&[]).starts_with("Nobody owns it."));
    }
}
