//! Changes made elsewhere: what became of which credential, who did it as far as that is known, and what was said of it.

use super::directory::{change_word, credential_word};
use super::icon::Icon;
use super::notices::RefusalSlot;
use super::page::plural;
use super::timestamp::{Day, Moment};
use crate::data::items::{ChangeView, WhoView};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Form;
use crate::scene::use_sent;
use domain::credentials::{CredentialKind, Subject};
use domain::inventory::{ChangeKind, LONGEST_REASON, RollEntry};
use time::OffsetDateTime;

/// Nothing where there are none.
#[component]
pub fn ChangesElsewhere(
    subject: Subject,
    changes: Vec<ChangeView>,
    /// The viewer may say what they were.
    may_decide: bool,
) -> impl IntoView {
    (!changes.is_empty()).then(|| {
        let open: Vec<i64> = changes.iter().filter(|one| one.acknowledged.is_none()).map(|one| one.number).collect();
        let badge = (!open.is_empty()).then(|| {
            view! { <span class="badge badge--warn"><Icon glyph=Glyph::Warning/>{plural(open.len(), "open change")}</span> }
        });
        view! {
            <section class="card" id="changes" aria-labelledby="changes-title">
                <div class="card__head"><h2 id="changes-title">"Changes made elsewhere"</h2>{badge}</div>
                <p class="secondary card__text">"Found by comparing one reading of the directory with the next. No push of Thumbprint made them."</p>
                <ul class="list">{changes.into_iter().map(|change| view! { <Line change/> }).collect_view()}</ul>
                {(may_decide && !open.is_empty()).then(|| view! { <Acknowledge subject open/> })}
            </section>
        }
    })
}

#[component]
fn Line(change: ChangeView) -> impl IntoView {
    let ChangeView { change, since, found_at, who, acknowledged, .. } = change;
    let (class, glyph) = match change.kind {
        ChangeKind::Appeared => ("badge--added", Glyph::Plus),
        ChangeKind::Changed => ("badge--kept", Glyph::Info),
        ChangeKind::Gone => ("badge--removed", Glyph::Minus),
    };
    let entry = change.after.as_ref().or(change.before.as_ref());
    let name = entry.and_then(|entry| entry.name.clone());
    let title = match (change.credential, name) {
        (CredentialKind::Federated, _) => format!("{} {}", credential_word(change.credential), change.id),
        (kind, Some(name)) if !name.is_empty() => format!("{} {name}", credential_word(kind)),
        (kind, _) => credential_word(kind).to_owned(),
    };
    let id = (change.credential != CredentialKind::Federated).then(|| change.id.clone());
    let what = differences(change.kind, change.before.as_ref(), change.after.as_ref());
    view! {
        <li class="list__item">
            <div class="list__main">
                <span class="list__title"><span class=format!("badge {class}")><Icon glyph/>{change_word(change.kind)}</span>" "{title}</span>
                {id.map(|id| view! { <span class="secondary list__note">"keyId "<code class="mono list__id">{id}</code></span> })}
                {what}
                <span class="secondary list__note">
                    "Between "<Moment at=since/>" and "<Moment at=found_at/>". "<Who who/>
                </span>
                {acknowledged.map(|said| view! {
                    <span class="list__note">
                        <span class="badge badge--good"><Icon glyph=Glyph::Check/>"Known"</span>
                        " "{said.by}", "<Moment at=said.at/>": "{said.reason}
                    </span>
                })}
            </div>
        </li>
    }
}

/// What it said before, and says now.
fn differences(kind: ChangeKind, before: Option<&RollEntry>, after: Option<&RollEntry>) -> Html {
    let ends = |at: Option<OffsetDateTime>| match at {
        Some(at) => view! { <Day at bare=true/> }.into_html(),
        None => "not known".into_html(),
    };
    match (kind, before, after) {
        (ChangeKind::Changed, Some(before), Some(after)) => {
            let name = (before.name != after.name).then(|| {
                let of = |entry: &RollEntry| entry.name.clone().unwrap_or_else(|| "none".into());
                view! { <span class="secondary list__note">{format!("Name: {}, now {}", of(before), of(after))}</span> }
            });
            let end = (before.end != after.end).then(|| {
                view! { <span class="secondary list__note">"End: "{ends(before.end)}", now "{ends(after.end)}</span> }
            });
            let facts = (before.facts != after.facts).then(|| {
                view! { <span class="secondary list__note">{format!("Was {}, now {}", before.facts, after.facts)}</span> }
            });
            view! { {name}{end}{facts} }.into_html()
        }
        (_, Some(entry), None) | (_, None, Some(entry)) => {
            let facts = (!entry.facts.is_empty()).then(|| {
                view! { <span class="secondary list__note">{entry.facts.clone()}</span> }
            });
            let verb = if kind == ChangeKind::Gone { "It would have ended " } else { "Ends " };
            let end = entry.end.map(|at| view! { <span class="secondary list__note">{verb}<Day at bare=true/></span> });
            view! { {facts}{end} }.into_html()
        }
        // Of what was put there and taken away between two readings.
        _ => view! { <span class="secondary list__note">"A push of Thumbprint had put it there. It was gone before the next reading of the directory."</span> }.into_html(),
    }
}

#[component]
fn Who(who: WhoView) -> impl IntoView {
    match who {
        WhoView::Known { name, app, at } => view! {
            "By "<strong>{name}</strong>{app.then_some(", an app")}", "<Moment at/>", as the directory’s audit log says."
        }
        .into_html(),
        WhoView::Waiting => "Who did it is unknown until the directory’s audit log has the record.".into_html(),
        WhoView::NotAllowed => {
            "Who did it is unknown: Thumbprint may not read the directory’s audit log (AuditLog.Read.All).".into_html()
        }
        WhoView::Unknown => "Who did it is unknown: the directory’s audit log has no record that names it.".into_html(),
    }
}

#[component]
fn Acknowledge(subject: Subject, open: Vec<i64>) -> impl IntoView {
    let count = open.len();
    let reason = use_sent(Form::AcknowledgeChanges, "reason", |_| true);
    view! {
        <form method="post" action=Form::AcknowledgeChanges.path()>
            <input type="hidden" name="kind" value=subject.kind.as_str()/>
            <input type="hidden" name="object" value=subject.id.to_string()/>
            {open.into_iter().map(|number| view! { <input type="hidden" name="change[]" value=number.to_string()/> }).collect_view()}
            <div class="action-bar action-bar--still">
                <div class="action-bar__words">
                    <label for="change-reason">"What it was"</label>
                    <input class="input" id="change-reason" name="reason" type="text" value=reason required maxlength=LONGEST_REASON.to_string() placeholder="That was us, by az" autocomplete="off"/>
                    <p class="secondary">"It leaves the list of what needs somebody, for everybody. What you write is kept in the audit."</p>
                    <RefusalSlot form=Form::AcknowledgeChanges/>
                </div>
                <button type="submit" class="button" data-pending="Keeping">{if count == 1 { "It is known".to_owned() } else { format!("All {count} are known") }}</button>
            </div>
        </form>
    }
}
