//! What the directory holds, as the inventory knows it: how old that is, and the words for what needs somebody.

use super::message_bar::{Intent, MessageBar};
use super::page::plural;
use super::timestamp::Moment;
use crate::data::inventory::Seen;
use crate::data::overview::DirectoryReading;
use crate::glyph::Glyph;
use crate::prelude::*;
use domain::credentials::{CredentialKind, SubjectKind};
use domain::inventory::{AttentionKind, ChangeKind};

/// What keeps the counts from being the whole truth.
#[component]
pub fn Doubts(reading: DirectoryReading) -> impl IntoView {
    let DirectoryReading::Complete { from, late, unnamed } = reading else { return ().into_html() };
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
    .into_html()
}

/// A kind of attention, as a heading.
pub fn title(kind: AttentionKind) -> &'static str {
    match kind {
        AttentionKind::ExpiredAlone => "Expired, and nothing in its place",
        AttentionKind::EndsWithin7Days => "Ends within 7 days",
        AttentionKind::ChangedElsewhere => "Changed elsewhere",
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
        AttentionKind::ChangedElsewhere
        | AttentionKind::EndsWithin30Days
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

/// A kind of object, in the singular.
pub fn subject_word(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Application => "App",
        SubjectKind::ServicePrincipal => "Service principal",
        SubjectKind::AgentBlueprint => "Agent blueprint",
    }
}

/// A kind of credential, in the singular.
pub fn credential_word(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Certificate => "Certificate",
        CredentialKind::Secret => "Secret",
        CredentialKind::Federated => "Federated credential",
    }
}

/// What became of a credential.
pub fn change_word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Appeared => "Appeared",
        ChangeKind::Changed => "Changed",
        ChangeKind::Gone => "Gone",
    }
}

/// `2 certificates, 1 secret`. What could not be read is not nothing.
pub fn holds(certificates: Seen, secrets: Seen, federated: Seen) -> String {
    let part = |seen: Seen, one: &str| match (seen.count, seen.maybe_more) {
        (None, _) => Some(format!("{one}s not read")),
        (Some(0), false) => None,
        (Some(count), false) => Some(plural(count as usize, one)),
        (Some(count), true) => Some(format!("{} and what could not be read", plural(count as usize, one))),
    };
    let parts = [(certificates, "certificate"), (secrets, "secret"), (federated, "federated credential")];
    let parts: Vec<String> = parts.into_iter().filter_map(|(seen, one)| part(seen, one)).collect();
    if parts.is_empty() { "Nothing".into() } else { parts.join(", ") }
}

/// As far as this machine counts.
pub fn count(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
