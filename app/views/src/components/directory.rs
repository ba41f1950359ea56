//! What the directory holds, as the inventory knows it: how old that is, and the words for what needs somebody.

use super::icon::Glyph;
use super::message_bar::{Intent, MessageBar};
use super::page::plural;
use super::timestamp::Moment;
use crate::data::overview::DirectoryReading;
use domain::inventory::AttentionKind;
use leptos::prelude::*;

/// What keeps the counts from being the whole truth.
#[component]
pub fn Doubts(reading: DirectoryReading) -> impl IntoView {
    let DirectoryReading::Complete { from, late, unnamed } = reading else { return ().into_any() };
    view! {
        {late.then(|| view! {
            <MessageBar intent=Intent::Warning title="This is old">
                <p>"The directory was read to its end for the last time " <Moment at=from relative=true/> ". What changed since may be missing. The portal’s log says why it is not read."</p>
            </MessageBar>
        })}
        {(unnamed > 0).then(|| view! {
            <MessageBar intent=Intent::Warning title="Not everything could be read">
                <p>{format!("{} of the directory’s lists could not be told from others, and no count has them.", plural(count(unnamed), "row"))}</p>
            </MessageBar>
        })}
    }
    .into_any()
}

/// A kind of attention, as a heading.
pub fn title(kind: AttentionKind) -> &'static str {
    match kind {
        AttentionKind::ExpiredAlone => "Expired, and nothing in its place",
        AttentionKind::EndsWithin7Days => "Ends within 7 days",
        AttentionKind::EndsWithin30Days => "Ends in 7 to 30 days",
        AttentionKind::EndsWithin90Days => "Ends in 30 to 90 days",
        AttentionKind::NoOwner => "No owner",
        AttentionKind::Unreadable => "Not read in full",
        AttentionKind::Weak => "Key that Entra refuses",
        AttentionKind::NamedRepository => "Trusts a repository by its name",
        AttentionKind::LivesTooLong => "Lives longer than two years",
        AttentionKind::OnlySecrets => "Only secrets",
        AttentionKind::Leftovers => "Leftovers",
    }
}

/// Class and icon of the number.
pub fn urgency(kind: AttentionKind) -> (&'static str, Glyph) {
    match kind {
        AttentionKind::ExpiredAlone | AttentionKind::EndsWithin7Days => ("badge--bad", Glyph::ErrorCircle),
        AttentionKind::EndsWithin30Days
        | AttentionKind::NoOwner
        | AttentionKind::Unreadable
        | AttentionKind::Weak
        | AttentionKind::NamedRepository => ("badge--warn", Glyph::Warning),
        AttentionKind::EndsWithin90Days
        | AttentionKind::LivesTooLong
        | AttentionKind::OnlySecrets
        | AttentionKind::Leftovers => ("badge--kept", Glyph::Info),
    }
}

/// As far as this machine counts.
pub fn count(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
