//! One object of the inventory: what it needs, who looks after that, and what changed of it elsewhere.

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::changes::ChangesElsewhere;
use crate::components::directory::{holds, subject_word, title, urgency};
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::last_use::{LastUseText, called, use_kind};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::page::{Heading, or_no_name};
use crate::components::thumbprint::Ident;
use crate::components::timestamp::{Day, Moment};
use crate::data::items::{AsideView, ItemView, ObjectView, StandingView, UseLine};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::scene::{use_now, use_refusal, use_sent, use_viewer};
use domain::credentials::{Subject, SubjectKind};
use domain::ids::ObjectId;
use domain::inventory::{AttentionKind, LONGEST_REASON, LONGEST_SNOOZE};
use time::{Duration, OffsetDateTime};

pub fn page(object: ObjectView) -> Page {
    Page::new(or_no_name(Some(object.holder.name.clone())), || view! { <Object object/> })
}

#[component]
fn Object(object: ObjectView) -> impl IntoView {
    let ObjectView { holder, certificates, secrets, federated, people, items, changes, uses, read, gone, may_decide } =
        object;
    let (subject, name) = (holder.subject, or_no_name(Some(holder.name.clone())));
    let read_only = match subject.kind {
        SubjectKind::Application => None,
        SubjectKind::ServicePrincipal => Some("Thumbprint reads service principals and cannot change them."),
        SubjectKind::AgentBlueprint => Some("Thumbprint reads agent blueprints and cannot change them."),
    };
    let decide = may_decide && gone.is_none();
    view! {
        <Breadcrumbs trail=vec![("Inventory", Route::Inventory.to_string())] here=name.clone()/>
        <Heading title=name lead=read_only.unwrap_or_default()>
            {(subject.kind == SubjectKind::Application).then(|| view! {
                <a class="button" href=Route::App(subject.id).to_string()><Icon glyph=Glyph::Apps/><span>"Open the app"</span></a>
            })}
            {holder.admin_center.map(|url| view! {
                <a class="button" href=url target="_blank" rel="noopener noreferrer">"Entra admin center"<span class="sr-only">" (opens a new tab)"</span></a>
            })}
        </Heading>
        {gone.map(|at| view! {
            <MessageBar intent=Intent::Warning title="It is not there any more">
                <p>"The directory was found without it "<Moment at relative=true/>"."</p>
            </MessageBar>
        })}
        <div class="columns columns--side">
            <div class="columns__main">
                <section class="card" aria-labelledby="items-title">
                    <div class="card__head"><h2 id="items-title">"What it needs"</h2></div>
                    {if items.is_empty() {
                        view! { <EmptyState glyph=Glyph::CheckCircle title="Nothing needs you here" text="What needs somebody is worked out when the directory is read."/> }.into_html()
                    } else {
                        view! { <ul class="list">{items.into_iter().map(|item| view! { <Item subject item people=people.clone() decide/> }).collect_view()}</ul> }.into_html()
                    }}
                </section>
                {(!uses.is_empty()).then(|| view! { <Uses uses/> })}
                <ChangesElsewhere subject changes may_decide=decide/>
            </div>
            <aside class="columns__side">
                <section class="card" aria-labelledby="about-title">
                    <div class="card__head"><h2 id="about-title">"About"</h2></div>
                    <dl class="facts facts--stacked">
                        <dt>"What it is"</dt>
                        <dd>{subject_word(subject.kind)}{(holder.disabled == Some(true)).then_some(", disabled")}</dd>
                        <dt>"Holds"</dt>
                        <dd>{holds(certificates, secrets, federated)}</dd>
                        {holder.app_id.map(|id| view! { <dt>"Application (client) id"</dt><dd><Ident value=id.to_string() what="the client id"/></dd> })}
                        <dt>"Object id"</dt>
                        <dd><Ident value=subject.id.to_string() what="the object id"/></dd>
                        <dt>"Read"</dt>
                        <dd><Moment at=read relative=true/></dd>
                    </dl>
                </section>
            </aside>
        </div>
    }
}

/// Of each credential, when it was last used; never that it is unused because nobody has looked.
#[component]
fn Uses(uses: Vec<UseLine>) -> impl IntoView {
    let oversees = use_viewer().is_some_and(|viewer| viewer.sees_whole_audit());
    let lines = uses.into_iter().map(|line| {
        let called = called(&line);
        view! {
            <li class="list__item">
                <div class="list__main">
                    <span class="list__title">{called}</span>
                    <span class="secondary list__note">{use_kind(line.kind)}</span>
                    <LastUseText last=line.last/>
                </div>
            </li>
        }
    });
    view! {
        <section class="card" aria-labelledby="uses-title">
            <div class="card__head">
                <h2 id="uses-title">"Last use"</h2>
                {oversees.then(|| view! { <a class="button button--small" href=Route::LastUse.to_string()>"Sources"</a> })}
            </div>
            <ul class="list">{lines.collect_view()}</ul>
        </section>
    }
}

#[component]
fn Item(subject: Subject, item: ItemView, people: Vec<(ObjectId, String)>, decide: bool) -> impl IntoView {
    let ItemView { kind, standing } = item;
    let (class, glyph) = urgency(kind);
    let decided = standing.is_some();
    let refused = [Form::AssignItem, Form::SnoozeItem, Form::AcceptItem, Form::ReopenItem]
        .into_iter()
        .any(|form| use_refusal(form).is_some_and(|refusal| refusal.says("needs", kind.as_str())));
    view! {
        <li class="list__item">
            <div class="list__main">
                <span class="list__title"><span class=format!("badge {class}")><Icon glyph/>{title(kind)}</span></span>
                {standing.map(|standing| view! { <Standing standing/> })}
                {decide.then(|| view! {
                    <details class="help" open=refused>
                        <summary>"Assign, snooze or accept"<span class="sr-only">{format!(": {}", title(kind))}</span></summary>
                        <div class="help__body">
                            <Assign subject kind people/>
                            <Snooze subject kind/>
                            <Accept subject kind/>
                            {decided.then(|| view! { <Reopen subject kind/> })}
                        </div>
                    </details>
                })}
            </div>
        </li>
    }
}

#[component]
fn Standing(standing: StandingView) -> impl IntoView {
    let StandingView { assignee, aside, reason, decided_by, decided_at } = standing;
    let aside = aside.map(|aside| match aside {
        AsideView::Snoozed(until) => {
            view! { <span class="list__note">"Snoozed until "<Day at=until/></span> }.into_html()
        }
        AsideView::Accepted => view! { <span class="list__note">"Accepted for as long as it is so"</span> }.into_html(),
    });
    view! {
        {assignee.map(|name| view! { <span class="list__note">{format!("{name} looks after it")}</span> })}
        {aside}
        {reason.map(|reason| view! { <span class="secondary list__note">{format!("“{reason}”")}</span> })}
        <span class="secondary list__note">{format!("Decided by {decided_by}, ")}<Moment at=decided_at/></span>
    }
}

/// Which item, in every form.
fn hidden(subject: Subject, kind: AttentionKind) -> impl IntoView {
    view! {
        <input type="hidden" name="kind" value=subject.kind.as_str()/>
        <input type="hidden" name="object" value=subject.id.to_string()/>
        <input type="hidden" name="needs" value=kind.as_str()/>
    }
}

/// What was sent of this item, where that was just refused.
fn sent(form: Form, kind: AttentionKind, field: &str) -> Option<String> {
    use_sent(form, field, |refusal| refusal.says("needs", kind.as_str()))
}

#[component]
fn Assign(subject: Subject, kind: AttentionKind, people: Vec<(ObjectId, String)>) -> impl IntoView {
    let id = format!("assign-{kind}");
    let chosen = sent(Form::AssignItem, kind, "person");
    let person = |(id, name): (ObjectId, String)| {
        let id = id.to_string();
        let selected = chosen.as_deref() == Some(id.as_str());
        view! { <option value=id selected=selected>{name}</option> }
    };
    view! {
        <form method="post" action=Form::AssignItem.path() class="decision">
            {hidden(subject, kind)}
            <label for=id.clone()>"Who looks after it"</label>
            <div class="decision__fields">
                <select class="input select" id=id name="person" autocomplete="off">
                    {people.into_iter().map(person).collect_view()}
                </select>
                <button type="submit" class="button button--small" data-pending="Assigning">"Assign"</button>
            </div>
            <p class="secondary">"It stays in the count. Owners of the object can be chosen, and you."</p>
            <RefusalSlot form=Form::AssignItem of=("needs", kind.as_str())/>
        </form>
    }
}

/// As a field for a day has it.
fn day(at: OffsetDateTime) -> String {
    at.date().to_string()
}

#[component]
fn Snooze(subject: Subject, kind: AttentionKind) -> impl IntoView {
    let (until, why) = (format!("snooze-{kind}"), format!("snooze-{kind}-reason"));
    let (day_sent, why_sent) = (sent(Form::SnoozeItem, kind, "until"), sent(Form::SnoozeItem, kind, "reason"));
    let now = use_now();
    let (first, last) = (day(now + Duration::days(1)), day(now + LONGEST_SNOOZE));
    view! {
        <form method="post" action=Form::SnoozeItem.path() class="decision">
            {hidden(subject, kind)}
            <label for=until.clone()>"Snooze until"</label>
            <div class="decision__fields">
                <input class="input" id=until name="until" type="date" value=day_sent required min=first max=last/>
                <label class="sr-only" for=why.clone()>"Reason"</label>
                <input class="input" id=why name="reason" type="text" value=why_sent maxlength=LONGEST_REASON.to_string() placeholder="Reason, if you like" autocomplete="off"/>
                <button type="submit" class="button button--small" data-pending="Snoozing">"Snooze"</button>
            </div>
            <p class="secondary">"It is out of the count for everybody until that day begins (UTC), and owners are not told of it."</p>
            <RefusalSlot form=Form::SnoozeItem of=("needs", kind.as_str())/>
        </form>
    }
}

#[component]
fn Accept(subject: Subject, kind: AttentionKind) -> impl IntoView {
    let why = format!("accept-{kind}");
    let why_sent = sent(Form::AcceptItem, kind, "reason");
    view! {
        <form method="post" action=Form::AcceptItem.path() class="decision">
            {hidden(subject, kind)}
            <label for=why.clone()>"Why it may stay as it is"</label>
            <div class="decision__fields">
                <input class="input" id=why name="reason" type="text" value=why_sent required maxlength=LONGEST_REASON.to_string() placeholder="Switched off in March" autocomplete="off"/>
                <button type="submit" class="button button--small" data-pending="Accepting">"Accept"</button>
            </div>
            <p class="secondary">"It is out of the count for everybody for as long as it is so. When it comes back after that, it counts again."</p>
            <RefusalSlot form=Form::AcceptItem of=("needs", kind.as_str())/>
        </form>
    }
}

#[component]
fn Reopen(subject: Subject, kind: AttentionKind) -> impl IntoView {
    view! {
        <form method="post" action=Form::ReopenItem.path() class="decision">
            {hidden(subject, kind)}
            <div class="decision__fields">
                <button type="submit" class="button button--small" data-pending="Taking it back">"Take all of it back"</button>
            </div>
            <RefusalSlot form=Form::ReopenItem of=("needs", kind.as_str())/>
        </form>
    }
}
