//! What stands in the grid's columns.

use super::look::word;
use crate::components::directory::{holds, title, urgency};
use crate::components::icon::Icon;
use crate::components::page::grouped;
use crate::components::timestamp::Moment;
use crate::components::validity_pill::ValidityPill;
use crate::data::inventory::{CredentialFacts, CredentialLine, GridColumn, ObjectLine, Seen};
use crate::prelude::*;
use domain::credentials::KeyUsage;
use domain::ids::AppId;
use time::OffsetDateTime;

/// Of a column that the view has not there is nothing to say.
pub(super) fn credential_cell(column: GridColumn, line: &CredentialLine) -> Html {
    match column {
        GridColumn::Credential => {
            let (name, detail) = (named(line).map(|name| format!(" · {name}")), detail(line.facts.clone()));
            let kind = kind(&line.facts);
            bare(column, view! { <span class="stacked"><span>{kind}{name}</span>{detail}</span> })
        }
        GridColumn::Ends => match line.validity {
            Some(validity) => bare(column, view! { <ValidityPill validity start=line.start end=line.end/> }),
            None => bare(column, secondary("Never ends")),
        },
        GridColumn::Begins => cell(column, moment(line.start)),
        GridColumn::KeyId => match line.key_id {
            Some(id) => cell(column, view! { <code class="mono">{id.to_string()}</code> }),
            None => cell(column, secondary("None")),
        },
        GridColumn::ClientId => cell(column, client_id(line.holder.app_id)),
        GridColumn::Read => cell(column, view! { <Moment at=line.read relative=true/> }),
        _ => ().into_html(),
    }
}

/// The same of an object.
pub(super) fn object_cell(column: GridColumn, line: &ObjectLine) -> Html {
    match column {
        GridColumn::Holds => cell(column, holds(line.certificates, line.secrets, line.federated)),
        GridColumn::Owners => cell(column, owners(line.owners, line.owned)),
        GridColumn::NextEnd => match line.validity {
            Some(validity) => bare(column, view! { <ValidityPill validity start=None end=line.next_end/> }),
            None => bare(column, secondary("Nothing that ends")),
        },
        GridColumn::Needs => {
            let needs = line.needs.iter().map(|kind| {
                let (class, glyph) = urgency(*kind);
                view! { <span class=format!("badge {class}")><Icon glyph/>{title(*kind)}</span> }
            });
            bare(column, view! { <span class="badges">{needs.collect_view()}</span> })
        }
        GridColumn::FirstSeen => cell(column, view! { <Moment at=line.first_seen relative=true/> }),
        GridColumn::Created => cell(column, moment(line.created)),
        GridColumn::ClientId => cell(column, client_id(line.holder.app_id)),
        GridColumn::Read => cell(column, view! { <Moment at=line.read relative=true/> }),
        _ => ().into_html(),
    }
}

/// On a narrow screen its heading stands beside it.
fn cell(column: GridColumn, what: impl IntoView + 'static) -> Html {
    view! { <td data-label=word(column)>{what}</td> }.into_html()
}

/// What says itself what it is.
fn bare(column: GridColumn, what: impl IntoView + 'static) -> Html {
    view! { <td class="table__bare" data-label=word(column)>{what}</td> }.into_html()
}

fn secondary(words: &'static str) -> impl IntoView {
    view! { <span class="secondary">{words}</span> }
}

fn moment(at: Option<OffsetDateTime>) -> Html {
    match at {
        Some(at) => view! { <Moment at relative=true/> }.into_html(),
        None => secondary("Not known").into_html(),
    }
}

fn client_id(id: Option<AppId>) -> Html {
    match id {
        Some(id) => view! { <code class="mono">{id.to_string()}</code> }.into_html(),
        None => secondary("Not known").into_html(),
    }
}

/// The entry's own name.
pub(super) fn named(line: &CredentialLine) -> Option<&str> {
    line.name.as_deref().filter(|name| !name.is_empty())
}

/// In words.
pub(super) fn kind(facts: &CredentialFacts) -> &'static str {
    match facts {
        CredentialFacts::Certificate { usage, .. } => match usage {
            Some(KeyUsage::Verify) => "Certificate",
            Some(KeyUsage::Sign) => "Certificate that signs SAML responses",
            Some(KeyUsage::Encrypt) => "Certificate that encrypts tokens",
            Some(KeyUsage::Other(_)) | None => "Certificate of a use that is not known",
        },
        CredentialFacts::Secret { opens_a_key: true, .. } => "Password of a private key",
        CredentialFacts::Secret { opens_a_key: false, .. } => "Secret",
        CredentialFacts::Federated { .. } => "Federated",
    }
}

/// What tells it from others.
fn detail(facts: CredentialFacts) -> Html {
    match facts {
        CredentialFacts::Certificate { thumbprint: Some(thumbprint), .. } => {
            view! { <code class="mono mono--grouped secondary">{thumbprint.grouped_hex()}</code> }.into_html()
        }
        CredentialFacts::Certificate { thumbprint: None, .. } => secondary("Thumbprint not known").into_html(),
        CredentialFacts::Secret { hint, .. } => hint
            .map(|hint| view! { <span class="secondary">"Begins with " <code class="mono">{hint}</code></span> })
            .into_html(),
        CredentialFacts::Federated { issuer, subject, named_repository } => view! {
            <span class="secondary">{issuer}</span>
            <span class="secondary">{subject.unwrap_or_else(|| "Subject by a pattern".into())}</span>
            {named_repository.then(|| view! { <span>"Whoever gets the repository’s name can sign in"</span> })}
        }
        .into_html(),
    }
}

fn owners(owners: Seen, owned: Option<bool>) -> String {
    match (owners.count, owners.maybe_more, owned) {
        (None, ..) => "Not read".into(),
        (Some(count), true, _) => format!("{} or more", grouped(count as usize)),
        (Some(0), false, _) => "Nobody".into(),
        (Some(count), false, Some(false)) => format!("{}, none enabled", grouped(count as usize)),
        (Some(count), false, Some(true)) => grouped(count as usize),
        (Some(count), false, None) => format!("{}, enabled or not is unknown", grouped(count as usize)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_read_is_not_nothing() {
        let seen = |count| Seen { count: Some(count), maybe_more: false };
        let unread = Seen { count: None, maybe_more: true };
        assert_eq!(holds(seen(2), seen(1), seen(0)), "2 certificates, 1 secret");
        assert_eq!(holds(seen(0), seen(0), seen(0)), "Nothing");
        assert_eq!(holds(seen(0), seen(0), unread), "federated credentials not read");
        let damaged = Seen { count: Some(1), maybe_more: true };
        assert_eq!(holds(damaged, seen(0), seen(0)), "1 certificate and what could not be read");
        assert_eq!(owners(unread, None), "Not read");
        assert_eq!([owners(seen(0), Some(false)), owners(seen(2), Some(false))], ["Nobody", "2, none enabled"]);
        assert_eq!([owners(seen(3), Some(true)), owners(damaged, None)], ["3", "1 or more"]);
        assert_eq!(owners(seen(1), None), "1, enabled or not is unknown");
    }
}
