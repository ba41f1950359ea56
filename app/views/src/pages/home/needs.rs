//! What needs the person: a card for each reason, how old all of it is, and what to do next.

use super::endings::WhatEnds;
use crate::components::directory::{Doubts, count, credential_word, title, urgency};
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{grouped, or_no_name, plural};
use crate::components::timestamp::Moment;
use crate::data::apps::Scope;
use crate::data::inventory::{GridQuery, GridView};
use crate::data::overview::{CredentialUse, DirectoryReading, Need, NeedDetail, Needs, NeedyObject, PutAside, ReadBy};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use crate::scene::use_now;
use domain::credentials::{Subject, SubjectKind};
use domain::inventory::filter::{DecidedWord, Filter};
use domain::inventory::{AttentionKind, ChangeKind, MOST_EXPANDED};
use time::OffsetDateTime;

#[component]
pub(super) fn WhatNeedsYou(needs: Needs, may_push: bool) -> impl IntoView {
    let Needs { scope, objects, reading, read_by, cards, aside, endings } = needs;
    let so_far = matches!(reading, DirectoryReading::First { .. });
    view! {
        <section class="needs" aria-labelledby="needs-title">
            <div class="needs__head">
                <h2 id="needs-title">"What needs you"</h2>
                <p class="secondary"><Age reading objects scope read_by=read_by.clone()/></p>
            </div>
            <NobodyLends read_by/>
            <Doubts reading/>
            {if cards.is_empty() {
                nothing(scope, objects, reading, aside).into_html()
            } else {
                view! {
                    <div class="needs__cards">
                        {cards.into_iter().map(|need| view! { <Card need so_far may_push/> }).collect_view()}
                    </div>
                }
                .into_html()
            }}
            <Aside aside/>
            {(objects > 0).then(|| view! { <WhatEnds of=endings so_far/> })}
            {(scope == Scope::Mine).then(|| view! {
                <p class="secondary needs__note">
                    {format!("Graph lists {MOST_EXPANDED} owners of an app and no more: one that has so many may be missing here.")}
                </p>
            })}
        </section>
    }
}

/// Where the directory is read with a sign-in that somebody lends, and nobody does.
#[component]
fn NobodyLends(read_by: ReadBy) -> impl IntoView {
    let ReadBy::Lent { now: false, may, .. } = read_by else { return ().into_html() };
    let then = if may {
        view! { <p><a href=Route::Sessions.to_string()>"Lend yours"</a>" until you sign out, or your session ends: it is used to read, and for nothing else."</p> }.into_html()
    } else {
        view! { <p>"An administrator or auditor can lend theirs."</p> }.into_html()
    };
    view! {
        <MessageBar intent=Intent::Warning title="The directory is not being read">
            <p>"Nobody lends a sign-in to read it with, and what is shown of it grows old."</p>
            {then}
        </MessageBar>
    }
    .into_html()
}

/// `14 objects that you look after: apps, service principals and agent blueprints. Read 3 hours ago.`
#[component]
fn Age(reading: DirectoryReading, objects: u64, scope: Scope, read_by: ReadBy) -> impl IntoView {
    let count = plural(count(objects), "object");
    let with = match &read_by {
        ReadBy::Lent { last, .. } if !last.is_empty() => format!(" with the sign-in of {}.", last.join(" and ")),
        _ => ".".to_owned(),
    };
    match reading {
        DirectoryReading::NotYet if matches!(read_by, ReadBy::Lent { now: false, .. }) => {
            "The directory is not read yet.".into_html()
        }
        DirectoryReading::NotYet => {
            "The directory is not read yet. That begins by itself within some minutes.".into_html()
        }
        DirectoryReading::First { begun } => view! {
            {format!("Being read, so far {count}: counts are not complete. Begun ")}
            <Moment at=begun relative=true/>
            "."
        }
        .into_html(),
        DirectoryReading::Complete { from, .. } => {
            let whose = match scope {
                Scope::All => "in all: apps, service principals and agent blueprints",
                Scope::Mine => "that you look after: apps, service principals and agent blueprints",
            };
            view! { {format!("{count} {whose}. Read ")} <Moment at=from relative=true/> {with} }.into_html()
        }
    }
}

/// `Put aside: 2 snoozed, 1 accepted.`
#[component]
fn Aside(aside: PutAside) -> impl IntoView {
    let parts = [(aside.snoozed, "snoozed", DecidedWord::Snoozed), (aside.accepted, "accepted", DecidedWord::Accepted)];
    let mut links: Vec<Html> = vec![];
    for (number, word, decided) in parts.into_iter().filter(|(number, ..)| *number > 0) {
        let filter = Filter { decided: Some(decided), ..Filter::default() };
        let to = GridQuery { filter, ..GridQuery::of(GridView::Objects) }.href();
        if !links.is_empty() {
            links.push(", ".into_html());
        }
        links.push(view! { <a href=to>{format!("{} {word}", plural(count(number), "object"))}</a> }.into_html());
    }
    (!links.is_empty()).then(|| view! { <p class="secondary">"Put aside, and in no count: "{links}"."</p> })
}

/// No card. Only of a whole and recent reading it can be said that nothing is there.
fn nothing(scope: Scope, objects: u64, reading: DirectoryReading, aside: PutAside) -> impl IntoView {
    let (title_of_none, but) = if aside == PutAside::default() {
        ("Nothing needs you", "")
    } else {
        ("Nothing else needs you", "but for what is put aside, ")
    };
    let (glyph, title, text) = match reading {
        DirectoryReading::Complete { late: false, unnamed: 0, .. } if objects > 0 => (
            Glyph::CheckCircle,
            title_of_none,
            format!(
                "{} {}: {but}none has expired, ends within 90 days, was changed elsewhere, is without an owner, lives on secrets alone or too long, or carries leftovers.",
                plural(count(objects), "object"),
                match scope {
                    Scope::All => "in the directory",
                    Scope::Mine => "that you look after",
                },
            ),
        ),
        DirectoryReading::Complete { late: false, unnamed: 0, .. } => match scope {
            Scope::All => (
                Glyph::Apps,
                "Nothing in the directory",
                "Its lists had no app, service principal or agent blueprint.".into(),
            ),
            Scope::Mine => (
                Glyph::Apps,
                "No apps of yours were found",
                "What you look after in the directory is watched here, with what it needs.".into(),
            ),
        },
        DirectoryReading::Complete { .. } => {
            (Glyph::Info, "Nothing found", "That is as of what could be read, and not all of it.".into())
        }
        DirectoryReading::NotYet | DirectoryReading::First { .. } => {
            (Glyph::Clock, "Not known yet", "Nothing was found so far, and not everything was read.".into())
        }
    };
    view! { <div class="card"><EmptyState glyph title text/></div> }
}

#[component]
fn Card(need: Need, so_far: bool, may_push: bool) -> impl IntoView {
    let Need { kind, total, worst } = need;
    let id = format!("needs-{kind}");
    let (class, glyph) = urgency(kind);
    let more = count(total).saturating_sub(worst.len());
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card__head">
                <h3 id=id.clone()>{title(kind)}</h3>
                <span class=format!("badge {class}")><Icon glyph/>{grouped(count(total))}{so_far.then_some(" so far")}</span>
            </div>
            <ul class="list">
                {worst.into_iter().map(|object| view! { <Row object kind may_push/> }).collect_view()}
            </ul>
            <p class="secondary">
                {(more > 0).then(|| format!("And {} more. ", grouped(more)))}
                <a href=list(kind)>"See the list"<span class="sr-only">{format!(": {}", title(kind))}</span></a>
            </p>
        </section>
    }
}

#[component]
fn Row(object: NeedyObject, kind: AttentionKind, may_push: bool) -> impl IntoView {
    let NeedyObject { subject, name, detail, admin_center } = object;
    let name = or_no_name(Some(name));
    let page = Route::App(subject.id).to_string();
    let reason = reason(kind, detail.as_ref(), use_now());
    match subject.kind {
        SubjectKind::Application => {
            let (step, to, of) = match step(kind, detail.as_ref(), may_push) {
                Step::Renew => ("Renew", upload_for(&subject.id.to_string()), format!(" the certificate of {name}")),
                Step::Certify => ("Add a certificate", upload_for(&subject.id.to_string()), format!(" to {name}")),
                Step::Remove => ("Choose what to remove", page.clone(), format!(" from {name}")),
                Step::Look => ("Open the app", page.clone(), format!(" {name}")),
            };
            view! {
                <li class="list__item">
                    <div class="list__main">
                        <a class="list__title" href=page>{name.clone()}</a>
                        <span class="secondary list__note">{reason}</span>
                        {decide(subject, may_push, &name)}
                    </div>
                    <div class="list__side">
                        <a class="button button--small" href=to>{step}<span class="sr-only">{of}</span></a>
                    </div>
                </li>
            }
            .into_html()
        }
        SubjectKind::ServicePrincipal => {
            read_only(name, subject, "service principals", reason.into_html(), admin_center).into_html()
        }
        SubjectKind::AgentBlueprint => {
            read_only(name, subject, "agent blueprints", reason.into_html(), admin_center).into_html()
        }
    }
}

/// Where the viewer may decide about it.
fn decide(subject: Subject, may_decide: bool, name: &str) -> Option<impl IntoView + use<>> {
    let (page, of) = (Route::InventoryObject(subject.kind, subject.id).to_string(), format!(": {name}"));
    may_decide.then(|| {
        view! { <span class="list__note"><a href=page>"Assign or snooze"<span class="sr-only">{of}</span></a></span> }
    })
}

/// `what`: of which kind it is, in the plural.
fn read_only(
    name: String,
    subject: Subject,
    what: &'static str,
    reason: Html,
    admin_center: Option<String>,
) -> impl IntoView {
    let page = Route::InventoryObject(subject.kind, subject.id).to_string();
    let of = format!(" for {name} (opens a new tab)");
    view! {
        <li class="list__item">
            <div class="list__main">
                <a class="list__title" href=page>{name}</a>
                <span class="secondary list__note">{reason}</span>
                <span class="secondary list__note">
                    {format!("Thumbprint reads {what} and cannot change them. ")}
                    {admin_center.map(|url| view! {
                        <a href=url target="_blank" rel="noopener noreferrer">"Entra admin center"<span class="sr-only">{of}</span></a>
                    })}
                </span>
            </div>
        </li>
    }
}

/// What there is to do today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Renew,
    /// A certificate beside the secrets.
    Certify,
    /// On the app's page.
    Remove,
    /// On the app's page: what to do depends on more than is known here.
    Look,
}

fn step(kind: AttentionKind, detail: Option<&NeedDetail>, may_push: bool) -> Step {
    let certificate = matches!(detail, Some(NeedDetail::End { credential: CredentialUse::Certificate, .. }));
    match kind {
        AttentionKind::ExpiredAlone
        | AttentionKind::EndsWithin7Days
        | AttentionKind::EndsWithin30Days
        | AttentionKind::EndsWithin90Days
        | AttentionKind::Weak
            if may_push && certificate =>
        {
            Step::Renew
        }
        AttentionKind::OnlySecrets if may_push => Step::Certify,
        AttentionKind::Leftovers if may_push => Step::Remove,
        _ => Step::Look,
    }
}

/// All objects of the card.
fn list(kind: AttentionKind) -> String {
    GridQuery { filter: Filter::needing(kind), ..GridQuery::of(GridView::Objects) }.href()
}

fn upload_for(app: &str) -> String {
    href(&Route::Upload.to_string(), [("app", app)])
}

/// Of one object: `Certificate ended 12 days ago`.
fn reason(kind: AttentionKind, detail: Option<&NeedDetail>, now: OffsetDateTime) -> Html {
    match detail {
        Some(NeedDetail::End { credential, at }) => {
            let what = match credential {
                CredentialUse::Certificate => "Certificate",
                CredentialUse::OtherCertificate => "Certificate that is not for sign-in",
                CredentialUse::Secret => "Secret",
            };
            let verb = if *at <= now { "ended" } else { "ends" };
            view! { {format!("{what} {verb} ")} <Moment at=*at relative=true/> }.into_html()
        }
        Some(NeedDetail::Changed { credential, kind, found_at, more }) => {
            let verb = match kind {
                ChangeKind::Appeared => "appeared",
                ChangeKind::Changed => "changed",
                ChangeKind::Gone => "went",
            };
            let more = (*more > 0).then(|| format!(", and {} more", grouped(*more as usize)));
            view! { {format!("{} {verb}, found ", credential_word(*credential))} <Moment at=*found_at relative=true/> {more} }
                .into_html()
        }
        Some(NeedDetail::Doubled) => "The same certificate is there more than once".into_html(),
        Some(NeedDetail::OwnersDisabled) => "The accounts of its owners are disabled".into_html(),
        Some(NeedDetail::Damage(why)) => why.clone().into_html(),
        None => match kind {
            AttentionKind::NoOwner => "Nobody owns it",
            AttentionKind::NamedRepository => "Whoever gets the repository’s name can sign in",
            AttentionKind::Weak => "Entra takes no assertion that is signed with it",
            _ => "When is not known",
        }
        .into_html(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn the_next_step_is_one_that_there_is() {
        let ends = |credential| NeedDetail::End { credential, at: datetime!(2026-12-01 12:00 UTC) };
        let certificate = ends(CredentialUse::Certificate);
        for (kind, detail, may_push, expected) in [
            (AttentionKind::EndsWithin7Days, Some(&certificate), true, Step::Renew),
            (AttentionKind::EndsWithin7Days, Some(&certificate), false, Step::Look),
            (AttentionKind::EndsWithin30Days, Some(&ends(CredentialUse::Secret)), true, Step::Look),
            (AttentionKind::EndsWithin90Days, Some(&ends(CredentialUse::OtherCertificate)), true, Step::Look),
            (AttentionKind::ExpiredAlone, Some(&certificate), true, Step::Renew),
            (AttentionKind::ExpiredAlone, Some(&certificate), false, Step::Look),
            (AttentionKind::ExpiredAlone, Some(&ends(CredentialUse::Secret)), true, Step::Look),
            (AttentionKind::NoOwner, None, true, Step::Look),
            (AttentionKind::OnlySecrets, None, true, Step::Certify),
            (AttentionKind::OnlySecrets, None, false, Step::Look),
            (AttentionKind::Leftovers, None, true, Step::Remove),
            (AttentionKind::Leftovers, None, false, Step::Look),
        ] {
            assert_eq!(step(kind, detail, may_push), expected, "{kind}");
        }
    }
}
