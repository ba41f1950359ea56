//! What a push does, and with which certificates, in words: the preview and the receipt say the same.

use super::thumbprint::ThumbprintText;
use super::timestamp::Day;
use crate::prelude::*;
use crate::route::Route;
use domain::certificate::CertificateFacts;
use domain::rollout::PushMode;

/// More certificates than this are counted, not listed.
const LISTED: usize = 8;

/// What happens to the apps' entries.
fn does(mode: PushMode) -> &'static str {
    match mode {
        PushMode::Append => "Adds; every other entry is kept",
        PushMode::Replace => "Replaces the other certificates",
        PushMode::Rotate => "Adds now; the old certificates are noted for removal",
        PushMode::Retire => "Removes certificates",
        PushMode::Copy => "Adds certificates that another app has",
        PushMode::Restore => "Puts back what is missing",
        PushMode::RestoreExactly => "Undoes what came since: the certificates become what they were",
        PushMode::Table => "Adds what a table lists; every other entry is kept",
    }
}

/// Where no certificate gives a name: `Removal of certificates`.
fn noun(mode: PushMode) -> &'static str {
    match mode {
        PushMode::Retire => "Removal of certificates",
        PushMode::Restore => "Restore",
        PushMode::RestoreExactly => "Undo",
        _ => "Push",
    }
}

/// The certificate's own name.
pub fn name(facts: &CertificateFacts) -> String {
    facts.short_name()
}

/// What a push is about, for a title.
pub fn subject(certificates: &[CertificateFacts], mode: PushMode) -> String {
    match certificates {
        [] => noun(mode).to_owned(),
        [only] => name(only),
        several => format!("{} certificates", several.len()),
    }
}

/// What a push of this kind does, for lists.
pub fn mode_title(mode: PushMode) -> &'static str {
    match mode {
        PushMode::Append => "Add a certificate",
        PushMode::Replace => "Replace certificates",
        PushMode::Rotate => "Rotate a certificate",
        PushMode::Retire => "Remove certificates",
        PushMode::Copy => "Copy certificates",
        PushMode::Restore => "Put back what was missing",
        PushMode::RestoreExactly => "Undo later changes",
        PushMode::Table => "Import a table",
    }
}

/// Rows for a list of facts: the certificates, and what is done with them.
#[component]
pub fn WhatFacts(certificates: Vec<CertificateFacts>, mode: PushMode, note: Option<String>) -> impl IntoView {
    let link = |facts: &CertificateFacts| {
        view! { <a href=Route::Certificate(facts.sha256).to_string()><strong>{name(facts)}</strong></a> }
    };
    let what = match certificates.as_slice() {
        [] => ().into_html(),
        [only] => view! {
            <dt>"Certificate"</dt>
            <dd>{link(only)}</dd>
            <dt>"Thumbprint"</dt>
            <dd><ThumbprintText thumbprint=only.sha1/></dd>
            <dt>"Ends"</dt>
            <dd><Day at=only.not_after until=true/></dd>
        }
        .into_html(),
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
            .into_html()
        }
    };
    view! {
        {what}
        <dt>"How"</dt>
        <dd>{does(mode)}</dd>
        {note.map(|note| view! { <dt>"Note"</dt><dd>{note}</dd> })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_certificate_the_mode_gives_the_name() {
        assert_eq!(subject(&[], PushMode::Retire), "Removal of certificates");
        assert_eq!([subject(&[], PushMode::Restore), subject(&[], PushMode::RestoreExactly)], ["Restore", "Undo"]);
    }
}
