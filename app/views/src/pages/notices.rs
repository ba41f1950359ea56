//! Over which channels people are told, what was sent and answered, and what would be sent now.

mod form;

use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::kept::{KeptActions, KeptFrom};
use crate::components::notices::RefusalSlot;
use crate::components::page::Heading;
use crate::components::pager::Pager;
use crate::components::timestamp::Moment;
use crate::data::notices::{Channel, Delivery, Notices, PlannedDigest, PlannedNotices};
use crate::data::paging;
use crate::data::settings::KeptState;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::{Form, Route};
use domain::notices::{DeliveryState, NoticeKind};
use domain::settings::MOST_CHANNELS;
use form::ChannelForm;

/// `change`: the name of a channel that is to be changed.
pub fn page(notices: Notices, change: String) -> Page {
    Page::new(Route::Notices.title(), move || view! { <All notices change/> })
}

#[component]
fn All(notices: Notices, change: String) -> impl IntoView {
    let Notices { channels, mail, deliveries, planned } = notices;
    let any = !channels.is_empty();
    let kept = channels.iter().filter(|channel| channel.kept.is_some()).count();
    let changed = channels.iter().find(|channel| channel.kept.is_some() && channel.name.as_str() == change).cloned();
    let room = changed.is_some() || kept < MOST_CHANNELS as usize;
    view! {
        <Heading title="Notices" lead="Who is told when credentials end, over which channels, and what came of it. What the configuration of the portal has stays as it is there; you can add more here."/>
        {if any {
            view! { <Channels channels/> }.into_html()
        } else {
            view! {
                <div class="card">
                    <EmptyState glyph=Glyph::Info title="Nobody is told anything" text="There is no channel. Add one below, or in the section [notices] of the configuration: docs/notices.md says how."/>
                </div>
            }
            .into_html()
        }}
        {if room {
            view! { <ChannelForm channel=changed mail/> }.into_html()
        } else {
            view! { <p class="secondary">{format!("There are {MOST_CHANNELS} channels beside those of the configuration, which is the most that are kept here. Remove one before you add another.")}</p> }.into_html()
        }}
        <Preview planned/>
        {any.then(|| view! { <Deliveries page=deliveries/> })}
    }
}

#[component]
fn Channels(channels: Vec<Channel>) -> impl IntoView {
    view! {
        <h2>"Channels"</h2>
        <div class="card card--table">
            <table class="table table--stack table--hover">
                <caption class="sr-only">"Channels"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Channel"</th>
                        <th scope="col">"For"</th>
                        <th scope="col">"State"</th>
                        <th scope="col"><span class="sr-only">"Test and change"</span></th>
                    </tr>
                </thead>
                <tbody>{channels.into_iter().map(|channel| view! { <ChannelRow channel/> }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn ChannelRow(channel: Channel) -> impl IntoView {
    let name = channel.name.to_string();
    let of = format!(" {name}");
    let is_used = channel.kept.as_ref().is_none_or(|kept| kept.state == KeptState::On);
    let is_well = is_used && channel.disabled_at.is_none() && channel.held_until.is_none();
    let kept = channel.kept.clone();
    let (form, button) = if channel.disabled_at.is_some() {
        (Form::FreeChannel, "Switch on again")
    } else {
        (Form::TestChannel, "Send a test")
    };
    view! {
        <tr>
            <th scope="row" class="table__name" data-label="Channel">
                <span class="stacked">
                    <span>{name.clone()}</span>
                    <span class="secondary">{channel.kind}" · "{channel.address}</span>
                    <KeptFrom kept=kept.clone()/>
                </span>
            </th>
            <td data-label="For">{channel.tells}</td>
            <td data-label="State">
                <span class="stacked">
                    {is_well.then_some("No failure")}
                    {channel.disabled_at.map(|at| view! {
                        <span class="badge badge--warn"><Icon glyph=Glyph::Info/>"Switched off"</span>
                        <span class="secondary">"Its receiver says that it is gone, since "<Moment at/></span>
                    })}
                    {channel.held_until.filter(|_| channel.disabled_at.is_none()).map(|at| view! {
                        <span class="badge badge--warn"><Icon glyph=Glyph::Clock/>{format!("{} failures in a row", channel.failures)}</span>
                        <span class="secondary">"Tried again from "<Moment at/></span>
                    })}
                </span>
            </td>
            <td data-label="">
                <div class="kept">
                    {is_used.then(|| view! {
                        <form method="post" action=form.path()>
                            <input type="hidden" name="channel" value=name.clone()/>
                            <button type="submit" class="button button--small">{button}<span class="sr-only">{of}</span></button>
                            <RefusalSlot form of=("channel", name.clone())/>
                        </form>
                    })}
                    {kept.map(|kept| view! { <KeptActions kept what="channel" name route=Route::Notices switch=Form::SwitchChannel remove=Form::RemoveChannel/> })}
                </div>
            </td>
        </tr>
    }
}

#[component]
fn Preview(planned: PlannedNotices) -> impl IntoView {
    let PlannedNotices { read_at, digests, total } = planned;
    let shown = digests.len();
    view! {
        <h2>"What would be told now"</h2>
        {match read_at {
            None => view! {
                <p>"Not known: the directory has not been read, or not for three days."</p>
            }
            .into_html(),
            Some(at) if shown == 0 => view! {
                <p>"Nothing. Of what ends, everybody was told on the last step that it reached. The directory was read "<Moment at/>"."</p>
            }
            .into_html(),
            Some(at) => view! {
                <p>"One digest for each, once a day. The directory was read "<Moment at/>"."</p>
                <div class="card card--table">
                    <table class="table table--stack">
                        <caption class="sr-only">"Digests that would be sent"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"To"</th>
                                <th scope="col">"About"</th>
                            </tr>
                        </thead>
                        <tbody>{digests.into_iter().map(|digest| view! { <DigestRow digest/> }).collect_view()}</tbody>
                    </table>
                </div>
                {(total > shown).then(|| view! { <p>{format!("And {} more.", total - shown)}</p> })}
            }
            .into_html(),
        }}
    }
}

#[component]
fn DigestRow(digest: PlannedDigest) -> impl IntoView {
    let more = digest.total.saturating_sub(digest.apps.len());
    let apps = digest.apps.join(", ");
    view! {
        <tr>
            <th scope="row" data-label="To">{digest.audience}</th>
            <td data-label="About">{if more > 0 { format!("{apps} and {more} more") } else { apps }}</td>
        </tr>
    }
}

#[component]
fn Deliveries(page: paging::Page<Delivery>) -> impl IntoView {
    let paging::Page { items, page, has_next, total } = page;
    let shown = items.len();
    let to = |page: u32| href(&Route::Notices.to_string(), [("page", page.to_string().as_str())]);
    view! {
        <h2>"What was sent"</h2>
        {if shown == 0 {
            view! { <p>"Nothing yet."</p> }.into_html()
        } else {
            view! {
                <div class="card card--table">
                    <table class="table table--stack table--compact table--hover">
                        <caption class="sr-only">"Deliveries, the newest first"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"When"</th>
                                <th scope="col">"What"</th>
                                <th scope="col">"Channel"</th>
                                <th scope="col">"Outcome"</th>
                                <th scope="col"><span class="sr-only">"Replay"</span></th>
                            </tr>
                        </thead>
                        <tbody>{items.into_iter().map(|delivery| view! { <DeliveryRow delivery/> }).collect_view()}</tbody>
                    </table>
                </div>
                {(page > 1 || has_next).then(|| view! { <Pager page shown total has_next link=to/> })}
            }
            .into_html()
        }}
    }
}

#[component]
fn DeliveryRow(delivery: Delivery) -> impl IntoView {
    let (id, channel) = (delivery.notice.to_string(), delivery.channel.to_string());
    let tries = if delivery.attempts == 1 { "1 attempt".to_owned() } else { format!("{} attempts", delivery.attempts) };
    let of = format!(" {id} over {channel}");
    view! {
        <tr>
            <td data-label="When"><Moment at=delivery.at/></td>
            <th scope="row" class="table__name" data-label="What">
                <span class="stacked">
                    <span>{about(delivery.kind)}</span>
                    <span class="secondary">{delivery.audience}</span>
                    <code class="mono secondary">{id.clone()}</code>
                </span>
            </th>
            <td data-label="Channel">{channel.clone()}</td>
            <td data-label="Outcome">
                <span class="stacked">
                    <span>{if delivery.is_quiet && !delivery.state.has_ended() { "Waits for the end of their quiet hours" } else { state_words(delivery.state) }}</span>
                    <span class="secondary">{tries}</span>
                    {delivery.answer.map(|(status, text)| view! {
                        <span class="secondary">{status.map(|status| format!("{status} "))}{text}</span>
                    })}
                </span>
            </td>
            <td data-label="">
                {delivery.state.has_ended().then(|| view! {
                    <form method="post" action=Form::ReplayNotice.path()>
                        <input type="hidden" name="notice" value=id.clone()/>
                        <input type="hidden" name="channel" value=channel/>
                        <button type="submit" class="button button--small">"Replay"<span class="sr-only">{of}</span></button>
                        <RefusalSlot form=Form::ReplayNotice of=("notice", id)/>
                    </form>
                })}
            </td>
        </tr>
    }
}

fn about(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Ending => "Credentials that end",
        NoticeKind::Request => "A request",
        NoticeKind::Alarm => "An alarm",
        NoticeKind::Test => "A test",
    }
}

fn state_words(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => "Waits",
        DeliveryState::Delivered => "Delivered",
        DeliveryState::Accepted => "Accepted; whether it arrived is not known",
        DeliveryState::GivenUp => "Given up",
        DeliveryState::Disabled => "Not sent: the channel is switched off",
        DeliveryState::Lapsed => "Not sent: nothing of it held any more",
    }
}
