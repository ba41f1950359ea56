//! What a push does, and with which certificates, in words: the preview and the receipt say the same.

use super::thumbprint::ThumbprintText;
use super::timestamp::Day;
use crate::contract::pushes::PushMode;
use crate::route::Route;
use domain::certificate::CertificateFacts;
use leptos::prelude::*;

/// More certificates than this are counted, not listed.
const LISTED: usize = 8;

impl PushMode {
    /// What happens to the apps' entries.
    pub fn words(self) -> &'static str {
        match self {
            Self::Append => "Adds; every other entry is kept",
            Self::Replace => "Replaces the other certificates",
            Self::Rotate => "Adds now; the old certificates are noted for removal",
            Self::Retire => "Removes certificates",
            Self::Copy => "Adds certificates that another app has",
            Self::Restore => "Puts back what is missing",
            Self::RestoreExactly => "Makes the certificates what they were",
            Self::Table => "Adds as a table says",
        }
    }

    /// Where no certificate gives a name: `Removal of certificates`.
    fn noun(self) -> &'static str {
        match self {
            Self::Retire => "Removal of certificates",
            Self::Restore | Self::RestoreExactly => "Restore",
            _ => "Push",
        }
    }

    /// One certificate is chosen first, then apps: the way from upload to receipt.
    pub fn is_from_upload(self) -> bool {
        matches!(self, Self::Append | Self::Replace | Self::Rotate)
    }
}

/// The certificate's own name.
pub fn name(facts: &CertificateFacts) -> String {
    facts.common_name.clone().unwrap_or_else(|| facts.subject.clone())
}

/// What a push is about, for a title.
pub fn subject(certificates: &[CertificateFacts], mode: PushMode) -> String {
    match certificates {
        [] => mode.noun().to_owned(),
        [only] => name(only),
        several => format!("{} certificates", several.len()),
    }
}

/// Rows for a list of facts: the certificates, and what is done with them.
#[component]
pub fn WhatFacts(certificates: Vec<CertificateFacts>, mode: PushMode, note: Option<String>) -> impl IntoView {
    let link = |facts: &CertificateFacts| {
        view! { <a href=Route::Certificate(facts.sha256).to_string()><strong>{name(facts)}</strong></a> }
    };
    let what = match certificates.as_slice() {
        [] => ().into_any(),
        [only] => view! {
            <dt>"Certificate"</dt>
            <dd>{link(only)}</dd>
            <dt>"Thumbprint"</dt>
            <dd><ThumbprintText thumbprint=only.sha1/></dd>
            <dt>"Ends"</dt>
            <dd><Day at=only.not_after/></dd>
        }
        .into_any(),
        several => {
            let left = several.len().saturating_sub(LISTED);
            view! {
                <dt>"Certificates"</dt>
                <dd>
                    <ul class="stacked">
                        {several
                            .iter()
                            .take(LISTED)
                            .map(|facts| view! { <li>{link(facts)}" "<code class="mono mono--grouped secondary">{facts.sha1.grouped_hex()}</code></li> })
                            .collect_view()}
                        {(left > 0).then(|| view! { <li class="secondary">{format!("and {left} more")}</li> })}
                    </ul>
                </dd>
            }
            .into_any()
        }
    };
    view! {
        {what}
        <dt>"How"</dt>
        <dd>{mode.words()}</dd>
        {note.map(|note| view! { <dt>"Note"</dt><dd>{note}</dd> })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_certificate_the_mode_gives_the_name() {
        assert_eq!(subject(&[], PushMode::Retire), "Removal of certificates");
        assert_eq!(subject(&[], PushMode::RestoreExactly), "Restore");
    }
}
