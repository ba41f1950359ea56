//! What ends of what a person sees, when they want to be told, and their calendar.

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::copy_button::CopyButton;
use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::RefusalSlot;
use crate::components::page::Heading;
use crate::components::pager::Pager;
use crate::components::timestamp::{Day, Moment};
use crate::components::zone_field::ZoneField;
use crate::data::own_notices::{CalendarMade, CalendarView, EndingView, Endings, OwnNotices};
use crate::dates;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::{Form, Route};
use crate::scene::{use_now, use_refusal, use_sent};
use domain::inventory::LONGEST_REASON;
use domain::notices::{Acknowledgement, EndingApp, NoticeHours};
use domain::zone::ZoneName;
use time::Duration;

/// `zone`: in which the person is shown times in this browser; absent for the device's own.
pub fn page(notices: OwnNotices, zone: Option<ZoneName>) -> Page {
    Page::new(Route::OwnNotices.title(), move || view! { <All notices zone/> })
}

/// The address of a calendar, once.
pub fn address(url: &str) -> Page {
    let url = url.to_owned();
    Page::new("Your calendar’s address", move || view! { <Address url/> })
}

#[component]
fn All(notices: OwnNotices, zone: Option<ZoneName>) -> impl IntoView {
    let OwnNotices { endings, hours, portal_hour, calendar, may_decide, is_on } = notices;
    view! {
        <Heading title="Your notices" lead="What ends and has nothing to take its place, when you are told of it, and a calendar of it for your own program."/>
        <section class="stack" aria-labelledby="ends-title">
            <h2 id="ends-title">"What ends"</h2>
            {match endings {
                Some(endings) => view! { <Ends endings may_decide/> }.into_html(),
                None => view! {
                    <div class="card">
                        <EmptyState glyph=Glyph::Info title="Not known" text="The directory is not read in the background here, and without that nobody is told what ends."/>
                    </div>
                }
                .into_html(),
            }}
        </section>
        <div class="columns">
            <section class="card" aria-labelledby="hours-title">
                <div class="card__head"><h2 id="hours-title">"When you are told"</h2></div>
                <Hours hours portal_hour zone is_on/>
            </section>
            <section class="card" aria-labelledby="calendar-title">
                <div class="card__head"><h2 id="calendar-title">"Your calendar"</h2></div>
                {match calendar {
                    Some(calendar) => view! { <Calendar calendar/> }.into_html(),
                    None => view! { <p class="card__text">"There are no calendars in this portal: they need the inventory, and the configuration can switch them off."</p> }.into_html(),
                }}
            </section>
        </div>
    }
}

#[component]
fn Ends(endings: Endings, may_decide: bool) -> impl IntoView {
    let Endings { page, is_cut, read_at } = endings;
    let (shown, number, has_next, total) = (page.items.len(), page.page, page.has_next, page.total);
    let to = |page: u32| href(&Route::OwnNotices.to_string(), [("page", page.to_string().as_str())]);
    view! {
        <p>
            "Reminders come 30, 14, 7, 3 and 1 days before the end, and each day after it, until it is renewed or somebody acknowledges it. "
            {match read_at {
                Some(at) => view! { "The directory was read "<Moment at relative=true/>"." }.into_html(),
                None => view! { "The directory has not been read in whole yet: more may end than is listed." }.into_html(),
            }}
        </p>
        {if shown == 0 {
            view! {
                <div class="card">
                    <EmptyState glyph=Glyph::CheckCircle title="Nothing of yours ends soon" text="Nothing that you see here ends within 30 days without something to take its place."/>
                </div>
            }
            .into_html()
        } else {
            view! {
                <div class="card card--table">
                    <table class="table table--stack table--hover">
                        <caption class="sr-only">"What ends, the soonest first"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"App"</th>
                                <th scope="col">"Ends"</th>
                                <th scope="col">"Reminders"</th>
                            </tr>
                        </thead>
                        <tbody>{page.items.into_iter().map(|ending| view! { <Row ending may_decide/> }).collect_view()}</tbody>
                    </table>
                </div>
                <Pager page=number shown total has_next link=to/>
            }
            .into_html()
        }}
        {is_cut.then(|| view! { <p>"There is more than is listed here: see the "<a href=Route::Inventory.to_string()>"inventory"</a>"."</p> })}
    }
}

fn what(app: &EndingApp) -> &'static str {
    match (app.certificates, app.secrets) {
        (0, 1..) => "Secret",
        (1.., 1..) => "Certificate and secret",
        _ => "Certificate",
    }
}

#[component]
fn Row(ending: EndingView, may_decide: bool) -> impl IntoView {
    let EndingView { app, known } = ending;
    let name = if app.name.is_empty() { app.subject.id.to_string() } else { app.name.clone() };
    let to = Route::InventoryObject(app.subject.kind, app.subject.id).to_string();
    view! {
        <tr>
            <th scope="row" class="table__name" data-label="App"><a href=to>{name.clone()}</a></th>
            <td data-label="Ends">
                <span class="stacked">
                    <Day at=app.ends_at/>
                    <span class="secondary">{what(&app)}</span>
                </span>
            </td>
            <td data-label="Reminders">
                {match known {
                    Some(known) => view! { <Known known app name may_decide/> }.into_html(),
                    None if may_decide => view! { <Acknowledge app name/> }.into_html(),
                    None => view! { "On" }.into_html(),
                }}
            </td>
        </tr>
    }
}

#[component]
fn Known(known: Acknowledgement, app: EndingApp, name: String, may_decide: bool) -> impl IntoView {
    let Acknowledgement { who, at, until, reason, .. } = known;
    view! {
        <span class="stacked">
            <span class="badge badge--ok"><Icon glyph=Glyph::Check/>"Acknowledged"</span>
            <span>"No reminders until "<Day at=until bare=true/></span>
            {reason.map(|reason| view! { <span class="secondary">{format!("“{}”", reason.as_str())}</span> })}
            <span class="secondary">{format!("By {who}, ")}<Moment at/></span>
        </span>
        {may_decide.then(|| view! {
            <form method="post" action=Form::RemindAgain.path()>
                {hidden(&app)}
                <button type="submit" class="button button--small" data-pending="Taking it back">"Remind again"<span class="sr-only">{format!(" of {name}")}</span></button>
                <RefusalSlot form=Form::RemindAgain of=("object", app.subject.id.to_string())/>
            </form>
        })}
    }
}

#[component]
fn Acknowledge(app: EndingApp, name: String) -> impl IntoView {
    let id = app.subject.id;
    let (until, why, hint) = (format!("until-{id}"), format!("reason-{id}"), format!("hint-{id}"));
    let refused = use_refusal(Form::AcknowledgeEnd).is_some_and(|refusal| refusal.says("object", &id.to_string()));
    let sent = |field: &str| use_sent(Form::AcknowledgeEnd, field, |_| refused);
    let (day_sent, why_sent) = (sent("until"), sent("reason"));
    let now = use_now();
    let ended = app.ends_at <= now;
    let first = (now + Duration::days(1)).date().to_string();
    let last = (app.ends_at > now + Duration::days(1)).then(|| app.ends_at.date().to_string());
    view! {
        <details class="help" open=refused>
            <summary>"Acknowledge"<span class="sr-only">{format!(" {name}")}</span></summary>
            <form method="post" action=Form::AcknowledgeEnd.path() class="help__body decision">
                {hidden(&app)}
                <input type="hidden" name="ends" value=dates::machine(app.ends_at)/>
                <div class="decision__fields">
                    <label class="sr-only" for=why.clone()>"Reason"</label>
                    <input class="input" id=why name="reason" type="text" value=why_sent maxlength=LONGEST_REASON.to_string() placeholder="Reason, if you like" autocomplete="off"/>
                    <label for=until.clone()>"Remind again from"</label>
                    <input class="input" id=until name="until" type="date" value=day_sent min=first max=last aria-describedby=hint.clone()/>
                    <button type="submit" class="button button--small" data-pending="Acknowledging">"Stop the reminders"</button>
                </div>
                <p class="secondary" id=hint>
                    {if ended {
                        "For everybody, until that day, or without one for thirty days after the end."
                    } else {
                        "For everybody, until that day, or without one until it ends: that is told once more."
                    }}
                </p>
                <RefusalSlot form=Form::AcknowledgeEnd of=("object", id.to_string())/>
            </form>
        </details>
    }
}

fn hidden(app: &EndingApp) -> impl IntoView + use<> {
    view! {
        <input type="hidden" name="kind" value=app.subject.kind.as_str()/>
        <input type="hidden" name="object" value=app.subject.id.to_string()/>
    }
}

#[component]
fn Hours(hours: Option<NoticeHours>, portal_hour: u8, zone: Option<ZoneName>, is_on: bool) -> impl IntoView {
    let refused = use_refusal(Form::SetNoticeHours);
    let typed = |field: &str| refused.as_ref().and_then(|refusal| refusal.field(field)).map(str::to_owned);
    let own = hours.is_some();
    let quiet = hours.as_ref().and_then(|hours| hours.quiet);
    let value = |field: &str, kept: Option<String>| typed(field).or(kept).unwrap_or_default();
    let in_zone =
        value("zone", hours.as_ref().map(|hours| hours.zone.to_string()).or_else(|| zone.map(|zone| zone.to_string())));
    let morning =
        value("morning", hours.as_ref().map(|hours| hours.morning.to_string()).or_else(|| Some("07:00".into())));
    let (from, until) = (
        value("quiet_from", quiet.map(|quiet| quiet.from().to_string())),
        value("quiet_until", quiet.map(|quiet| quiet.until().to_string())),
    );
    view! {
        <form class="stack" method="post" action=Form::SetNoticeHours.path()>
            {(!is_on).then(|| view! { <p class="secondary">"The portal tells nobody anything at present: it has no channel."</p> })}
            <p>
                {if own {
                    "By your own clock:".to_owned()
                } else {
                    format!("You have not said so yet: your digest is written from {portal_hour:02}:00 UTC on, and mail comes at any hour.")
                }}
            </p>
            <ZoneField value=in_zone label="Your time zone" placeholder="Europe/Berlin" hint="A name such as Europe/Berlin. Empty: by the hours of the portal."/>
            <div class="field">
                <label for="morning">"Your digest is written from"</label>
                <input class="input" id="morning" name="morning" type="time" value=morning/>
            </div>
            <div class="field">
                <label for="quiet-from">"Quiet hours from " <span class="field__optional">"optional"</span></label>
                <input class="input" id="quiet-from" name="quiet_from" type="time" value=from aria-describedby="quiet-hint"/>
            </div>
            <div class="field">
                <label for="quiet-until">"Quiet hours until"</label>
                <input class="input" id="quiet-until" name="quiet_until" type="time" value=until aria-describedby="quiet-hint"/>
                <p class="field__hint" id="quiet-hint">"Mail to you waits until they are over. Nothing is lost."</p>
            </div>
            <div class="actions"><button type="submit" class="button button--primary" data-pending="Saving">"Save"</button></div>
            <RefusalSlot form=Form::SetNoticeHours/>
        </form>
    }
}

#[component]
fn Calendar(calendar: CalendarView) -> impl IntoView {
    let CalendarView { names, made } = calendar;
    let what = if names {
        "On which days certificates and secrets end that you look after, and of which apps."
    } else {
        "On which days certificates and secrets end that you look after, and how many. It names no app."
    };
    let has_one = made.is_some();
    view! {
        <p>{what}" Your program subscribes to a secret address: whoever has it can read along, without a sign-in."</p>
        <p class="secondary">"For planning alone: programs look again after hours or a day. Apps of a team that has you by a group are not in it, because only your own sign-in shows your groups."</p>
        {made.map(|CalendarMade { at, expires_at, fetched_at }| view! {
            <dl class="facts">
                <dt>"Address made"</dt>
                <dd><Moment at/></dd>
                <dt>"Last read"</dt>
                <dd>{match fetched_at {
                    Some(at) => view! { <Moment at/> }.into_html(),
                    None => view! { "Never" }.into_html(),
                }}</dd>
                <dt>"Expires"</dt>
                <dd><Day at=expires_at/></dd>
            </dl>
        })}
        <p class="secondary">"It expires when you have not signed in for 90 days, and with your role."</p>
        <div class="actions">
            // The answer is a page of its own: the address is shown there, once.
            <form method="post" action=Form::MakeCalendar.path() data-plain="">
                <button type="submit" class="button" data-pending="Making it">{if has_one { "Make a new address" } else { "Make an address" }}</button>
                <RefusalSlot form=Form::MakeCalendar/>
            </form>
            {has_one.then(|| view! {
                <form method="post" action=Form::RevokeCalendar.path()>
                    <button type="submit" class="button" data-pending="Taking it back">"Take the address back"</button>
                    <RefusalSlot form=Form::RevokeCalendar/>
                </form>
            })}
        </div>
        {has_one.then(|| view! { <p class="secondary">"With a new address the one before reads nothing any more."</p> })}
    }
}

#[component]
fn Address(url: String) -> impl IntoView {
    view! {
        <Breadcrumbs trail=vec![(Route::OwnNotices.title(), Route::OwnNotices.to_string())] here="Your calendar’s address".to_owned()/>
        <Heading title="Your calendar’s address" lead="Subscribe to it in your program: “From the internet” in Outlook, “From URL” in Google Calendar, “New calendar subscription” on Apple’s devices."/>
        <MessageBar intent=Intent::Warning title="It is shown this once">
            <p>"The portal does not keep it. Whoever has it can read your calendar without a sign-in: give it to nobody, and make a new one where somebody may have seen it."</p>
        </MessageBar>
        <div class="card">
            <div class="field">
                <label for="address">"Address"</label>
                <input class="input mono" id="address" type="url" readonly value=url.clone() spellcheck="false" autocomplete="off"/>
            </div>
            <div class="actions"><CopyButton text=url what="the address" worded=true/><a class="button button--primary" href=Route::OwnNotices.to_string()>"Done"</a></div>
        </div>
    }
}
