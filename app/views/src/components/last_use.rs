//! When credentials were last used, in words; never that one is unused because nobody has looked.

use super::message_bar::{Intent, MessageBar};
use super::timestamp::Day;
use crate::components::page::or_no_name;
use crate::data::items::UseLine;
use crate::prelude::*;
use crate::scene::use_now;
use domain::credentials::CredentialKind;
use domain::inventory::{LastUse, QUIET_ENOUGH, SeenUse, UnknownUse, UseSource};
use time::OffsetDateTime;

/// Lines to stand one below the other.
#[component]
pub fn LastUseText(last: LastUse, #[prop(default = "list__note")] class: &'static str) -> impl IntoView {
    let (other, unknown) = if last.seen.is_some() {
        ("No other sign-in from ", "Whether it was used since is unknown")
    } else {
        ("No sign-in from ", "Last use unknown")
    };
    view! {
        {last.seen.map(|seen| view! { <span class=class><Seen seen/></span> })}
        {match last.quiet {
            // Behind what was seen nobody has looked yet: there is nothing to say of it.
            Ok(quiet) if last.seen.is_some() && quiet.since == quiet.until => ().into_html(),
            Ok(quiet) => view! { <span class=class>{other}<Day at=quiet.since/>" to "<Day at=quiet.until/></span> }.into_html(),
            Err(why) => view! { <span class=class>{format!("{unknown}: {}", unknown_use(why))}</span> }.into_html(),
        }}
    }
}

#[component]
fn Seen(seen: SeenUse) -> impl IntoView {
    let SeenUse { at, succeeded, by } = seen;
    let words = if succeeded { "Signed in on " } else { "A sign-in was tried on " };
    view! {
        {words}<Day at/>
        {match by {
            UseSource::Report if succeeded => ().into_html(),
            UseSource::Report => "; whether it succeeded is not told".into_html(),
            UseSource::Log(covers) => view! {
                {if succeeded { ", by an imported log of " } else { " and failed, by an imported log of " }}<Day at=covers.from bare=true/>" to "<Day at=covers.until bare=true/>
            }
            .into_html(),
        }}
    }
}

/// Before entries go: what may still be signed in with.
#[component]
pub fn LastUses(uses: Vec<UseLine>) -> impl IntoView {
    if uses.is_empty() {
        return ().into_html();
    }
    let (intent, title) = verdict(&uses, use_now());
    let logged = uses.iter().any(|line| matches!(line.last.seen, Some(SeenUse { by: UseSource::Log(_), .. })));
    let lines = uses.into_iter().map(|line| {
        let called = called(&line);
        view! { <li class="stacked"><strong>{called}</strong><LastUseText last=line.last class=""/></li> }
    });
    view! {
        <MessageBar intent title>
            <ul>{lines.collect_view()}</ul>
            <p class="secondary">"By Microsoft’s report of sign-ins by credential (appCredentialSignInActivities, beta), as often as Thumbprint has read it. What comes round once a quarter may not be in so short a time."{logged.then_some(" And by sign-in logs that were imported: they show uses, and never that there was none.")}</p>
        </MessageBar>
    }
    .into_html()
}

/// A certificate or a secret, by its name or what else there is.
pub fn called(line: &UseLine) -> String {
    let id = line.key_id.map(|id| id.to_string());
    or_no_name(line.name.clone().filter(|name| !name.is_empty()).or(id))
}

/// The worst of them decides.
fn verdict(uses: &[UseLine], now: OffsetDateTime) -> (Intent, &'static str) {
    if uses.iter().all(|line| line.last.is_quiet_for(QUIET_ENOUGH)) {
        return (Intent::Info, "No sign-in for 30 days or longer with what goes");
    }
    let seen_lately = uses.iter().any(|line| line.last.was_seen_within(QUIET_ENOUGH, now));
    if !seen_lately && uses.iter().any(|line| line.last.quiet.is_err()) {
        return (Intent::Warning, "Whether what goes is still used is not known");
    }
    (Intent::Warning, "What goes may still be used")
}

/// In words.
pub fn use_kind(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Certificate => "Certificate",
        CredentialKind::Secret => "Client secret",
        CredentialKind::Federated => "Federated credential",
    }
}

/// Why nothing can be told, to stand behind what that is about.
pub fn unknown_use(why: UnknownUse) -> &'static str {
    match why {
        UnknownUse::NotRead => "it has not been watched for long enough to say anything",
        UnknownUse::NotPermitted => "Thumbprint may not read the directory's sign-ins (AuditLog.Read.All)",
        UnknownUse::NoLicence => "the directory has no licence for the report of sign-ins",
        UnknownUse::NotInCloud => "this cloud has no report of sign-ins by credential",
        UnknownUse::Failed => "the report of sign-ins could not be read to its end",
        UnknownUse::Empty => "the report of sign-ins names no app of this directory",
        UnknownUse::StandsStill => "Microsoft's report of sign-ins stands still",
        UnknownUse::ReadLongAgo => "the report of sign-ins was not read for more than a week",
        UnknownUse::NoKeyId => "the entry has no key id by which the report could name it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::inventory::Quiet;
    use time::Duration;
    use time::macros::datetime;

    #[test]
    fn one_that_is_in_use_or_unknown_speaks_for_all() {
        let until = datetime!(2026-11-29 12:00 UTC);
        let line = |quiet: Result<i64, UnknownUse>| UseLine {
            kind: CredentialKind::Certificate,
            name: None,
            key_id: None,
            last: LastUse { seen: None, quiet: quiet.map(|days| Quiet { since: until - Duration::days(days), until }) },
        };
        let (quiet, used, unknown) = (line(Ok(30)), line(Ok(29)), line(Err(UnknownUse::StandsStill)));
        let says = |lines: &[&UseLine]| verdict(&lines.iter().map(|line| (*line).clone()).collect::<Vec<_>>(), until).1;
        assert_eq!(says(&[&quiet, &quiet]), "No sign-in for 30 days or longer with what goes");
        assert_eq!(says(&[&quiet, &used]), "What goes may still be used");
        assert_eq!(says(&[&quiet, &used, &unknown]), "Whether what goes is still used is not known");
        // What was seen lately is known, whatever is not.
        let seen = |days| SeenUse { at: until - Duration::days(days), succeeded: true, by: UseSource::Report };
        let mut lately = line(Err(UnknownUse::NoLicence));
        lately.last.seen = Some(seen(29));
        assert_eq!(says(&[&quiet, &lately]), "What goes may still be used");
        lately.last.seen = Some(seen(30));
        assert_eq!(says(&[&quiet, &lately]), "Whether what goes is still used is not known");
    }
}
