//! One request on one screen: what would be sent, whose approval is missing, what was said, and what can be done.

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::{ProblemBar, RefusalSlot};
use crate::components::outcome::words;
use crate::components::page::{Heading, counted, plural};
use crate::components::pager::Pager;
use crate::components::push_messages::{WhatFacts, subject};
use crate::components::thumbprint::Ident;
use crate::components::timestamp::{Day, Moment};
use crate::data::plans::PlanView;
use crate::data::problem::Problem;
use crate::data::requests::{NeedView, RequestLineView, RequestRow, RequestView, Requested, RequestedView, ReviewView};
use crate::data::secrets::{RemovalView, SecretView};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::pages::plan::app::App;
use crate::pages::requests::{StateBadge, title, whose};
use crate::pages::rules::takes;
use crate::pages::secret::{Going, NO_UNDO, Removed, called, day};
use crate::prelude::*;
use crate::query::href;
use crate::route::{Form, Route};
use crate::scene::{use_sent, use_typed};
use domain::requests::{AskedSecret, RequestState, ReviewVerdict, VoidReason};
use domain::secret_removal::words_to_type;
use uuid::Uuid;

/// With more apps than this, only the first is unfolded.
const UNFOLDED: usize = 3;

pub fn page(request: RequestView) -> Page {
    let title = match &request.row.what {
        Requested::Change { mode, certificates, .. } => format!("Request for {}", subject(certificates, *mode)),
        Requested::SecretRemoval { app_name, .. } => format!("Request for the removal of a secret of {app_name}"),
    };
    Page::new(title, || view! { <Request request/> })
}

#[component]
fn Request(request: RequestView) -> impl IntoView {
    let RequestView { row, reason, revision, what, needs, missing, reviews, lines, rights, receipt, void, .. } =
        request.clone();
    let (id, state) = (row.id, row.state);
    let lead = format!("{} asks for a change of {}.", row.who, whose(&row.what));
    let trail = vec![("Requests", Route::Requests.to_string())];
    let removes_secret = matches!(what, RequestedView::SecretRemoval(..));
    let (facts, body, execution) = match what {
        RequestedView::Change(plan) => change(&row, *plan, rights.withdraw),
        RequestedView::SecretRemoval(secret, now) => removal(state, secret, *now),
    };
    view! {
        <Breadcrumbs trail here="Request"/>
        <Heading title=title(&row.what) focus=true lead>
            <StateBadge state/>
        </Heading>
        <Standing state removes_secret missing void receipt/>
        <section class="card summary" aria-label="What is asked for">
            <dl class="facts">
                <dt>"Why"</dt>
                <dd>{reason}</dd>
                {facts}
                <dt>"Asked"</dt>
                <dd>{row.who.clone()}", "<Moment at=row.asked_at/></dd>
                {row.wanted_on.map(|day| view! { <dt>"Wanted by"</dt><dd>{day.to_string()}</dd> })}
                <dt>"Expires"</dt>
                <dd><Day at=row.expires_at/></dd>
                <dt>"Approvals are bound to"</dt>
                <dd>
                    <span class="stacked">
                        <span>"what is sent "<Ident value=request.plan_digest.clone() what="the digest of what is sent"/></span>
                        <span>"what is there "<Ident value=request.state_digest.clone() what="the digest of what is there"/></span>
                    </span>
                </dd>
            </dl>
        </section>
        {rights.groups_unknown.then(|| view! {
            <MessageBar intent=Intent::Warning title="Your groups could not be read">
                <p>"Members of a group in Entra may approve this. Whether you are one is not known, so you cannot; try again later, and if it stays so, tell who runs the portal."</p>
            </MessageBar>
        })}
        <Approvals needs reviews/>
        {body}
        {rights.review.then(|| view! { <ReviewForms id revision still=rights.execute/> })}
        // Made only where it is shown: it takes what was refused to itself.
        {rights.execute.then(|| view! { <ExecuteForm id execution/> })}
        {rights.withdraw.then(|| view! {
            <form method="post" action=Form::WithdrawRequest.path()>
                <input type="hidden" name="request" value=id.to_string()/>
                <div class="action-bar action-bar--still">
                    <p class="action-bar__words secondary">
                        {if removes_secret {
                            "You asked for this."
                        } else {
                            "You asked for this. To change it, make another preview and put it in this one’s place there."
                        }}
                    </p>
                    <button type="submit" class="button" data-pending="Withdrawing">"Withdraw"</button>
                </div>
                <RefusalSlot form=Form::WithdrawRequest/>
            </form>
        })}
        <History lines/>
        {rights.comment.then(|| view! { <CommentForm id/> })}
    }
}

/// What the form says that carries it out.
struct Execution {
    title: String,
    words: &'static str,
    confirm: Option<String>,
}

/// Facts of the preview, its apps, and what the form says that pushes it. `own`: the viewer asked.
fn change(row: &RequestRow, plan: PlanView, own: bool) -> (Html, Html, Execution) {
    let id = row.id;
    let PlanView { certificates, mode, note, apps, sum, confirm, .. } = plan;
    let (shown, paged) = (apps.items.len(), apps.page > 1 || apps.has_next);
    let many = shown > UNFOLDED || apps.page > 1;
    let to = move |page: u32| href(&Route::Request(id).to_string(), [("page", page.to_string().as_str())]);
    // Of the asker's own account: to others it would say what is not so.
    let facts = view! { <WhatFacts certificates mode note=note.filter(|_| own)/> };
    let body = view! {
        {apps.items.into_iter().enumerate().map(|(at, app)| view! { <App app open=!many || at == 0/> }).collect_view()}
        {paged.then(|| view! { <Pager page=apps.page shown total=apps.total has_next=apps.has_next link=to/> })}
    };
    let title = format!("{} will be written with your sign-in", plural(sum.writes as usize, "app"));
    let words = "Once, and exactly what was approved. Where an app is not what was approved, nothing is sent and the request is void.";
    (facts.into_html(), body.into_html(), Execution { title, words, confirm })
}

/// Facts of the secret as it was, what is there now, and what the form says that removes it.
fn removal(state: RequestState, secret: AskedSecret, now: Result<SecretView, Problem>) -> (Html, Html, Execution) {
    let AskedSecret { app, app_name, key, name, hint, start, end, .. } = secret;
    let facts = view! {
        <dt>"Secret"</dt>
        <dd>
            <span class="stacked">
                <span><a href=Route::Secret(app, key).to_string()><strong>{called(name.as_deref())}</strong></a>" of "<a href=Route::App(app).to_string()>{app_name}</a></span>
                <span class="secondary">"keyId "<Ident value=key.to_string() what="the keyId"/></span>
                {hint.map(|hint| view! { <span class="secondary">"Begins with "<code class="mono">{format!("{hint}…")}</code></span> })}
            </span>
        </dd>
        <dt>"Valid"</dt>
        <dd>{day(start)}" to "{day(end)}</dd>
    };
    let body = match now {
        Ok(SecretView { secret, removal, left, read_at, .. }) => {
            let there = secret.is_some();
            let removal = removal.filter(|_| !state.waits());
            view! {
                {removal.map(|removal| view! { <Removed removal=RemovalView { asked_in: None, ..removal } there left app=Route::App(app).to_string()/> })}
                {secret.filter(|_| !state.is_over()).map(|secret| view! {
                    <MessageBar intent=Intent::Warning title="There is no undo"><p>{NO_UNDO}</p></MessageBar>
                    <Going app secret read_at/>
                })}
            }
            .into_html()
        }
        // What came of one that was carried out is not for everybody who sees the request.
        Err(problem) => state.waits().then(|| view! { <ProblemBar problem/> }).into_html(),
    };
    let title = "The secret will be removed with your sign-in".to_owned();
    let words = "There is no undo. Once, and exactly what was approved: where the app’s credentials are not what they were, nothing is sent and the request is void.";
    let confirm = Some(words_to_type(key));
    (facts.into_html(), body, Execution { title, words, confirm })
}

/// What happens next, or why nothing will.
#[component]
fn Standing(
    state: RequestState,
    removes_secret: bool,
    missing: u8,
    void: Option<VoidReason>,
    receipt: Option<Uuid>,
) -> impl IntoView {
    let bar = |intent: Intent, title: &'static str, text: String| {
        view! {
            <MessageBar intent title>
                <p>{text}{receipt.map(|id| view! { " "<a href=Route::Receipt(id).to_string()>"Open the receipt"</a> })}</p>
            </MessageBar>
        }
        .into_html()
    };
    match state {
        RequestState::Open => bar(
            Intent::Info,
            "It waits for approval",
            format!("{} missing. Nothing has been sent.", counted(missing.into(), "approval is", "approvals are")),
        ),
        RequestState::Approved => bar(
            Intent::Success,
            "Approved. It needs an executor",
            "It waits for an owner of the apps, or somebody with a directory role for applications, to carry it out with their own sign-in. Nothing has been sent.".into(),
        ),
        RequestState::Executing => bar(Intent::Info, "It is being carried out", String::new()),
        RequestState::Done if removes_secret => {
            bar(Intent::Success, "Done", "The secret is gone, and that was read back.".into())
        }
        RequestState::Done => bar(Intent::Success, "Done", "Every app is as was asked, and that was read back.".into()),
        RequestState::Failed if removes_secret => bar(
            Intent::Error,
            "It was carried out, and the secret was not seen to go",
            "Entra refused it, or reads did not show it. The secret’s page and the audit log say what happened.".into(),
        ),
        RequestState::Failed => bar(
            Intent::Error,
            "It was carried out, and not every app is as was asked",
            "The receipt says what happened to each.".into(),
        ),
        RequestState::Rejected => bar(Intent::Warning, "Rejected", "Nothing was sent. The reason is below.".into()),
        RequestState::Withdrawn => bar(Intent::Info, "Withdrawn", "Nothing was sent.".into()),
        RequestState::Expired => bar(Intent::Warning, "Expired", "Nobody carried it out in time. Nothing was sent.".into()),
        RequestState::Void => {
            let why = match void {
                Some(VoidReason::AppGone) => "An app of it is not there any more.",
                Some(VoidReason::PlanChanged) => "What would have been sent is not what was asked for.",
                Some(VoidReason::CertificateUnsuitable) => "A certificate of it can no longer be used.",
                Some(VoidReason::AppChanged) | None => "An app no longer has what it had when this was asked for.",
            };
            let next = if removes_secret {
                "Look at the app as it is, and ask again if the secret is to go."
            } else {
                "Make a new preview of the apps as they are, and ask again."
            };
            bar(Intent::Warning, "Void", format!("{why} Nothing was sent. {next}"))
        }
    }
}

#[component]
fn Approvals(needs: Vec<NeedView>, reviews: Vec<ReviewView>) -> impl IntoView {
    let need = |need: NeedView| {
        let rule = need.rule.as_ref().map(|rule| format!(" (rule “{rule}”)")).unwrap_or_default();
        let mut lines = takes(&need).into_iter();
        let first = lines.next().unwrap_or_default();
        view! {
            <li>
                {format!("{first}{rule}")}
                {lines.map(|line| view! { <br/><span class="secondary">{line}</span> }).collect_view()}
            </li>
        }
    };
    let review = |review: ReviewView| {
        let (class, glyph, word) = match review.verdict {
            ReviewVerdict::Approve => ("added", Glyph::Check, "Approved"),
            ReviewVerdict::Reject => ("removed", Glyph::Minus, "Rejected"),
        };
        view! {
            <li>
                <span class=format!("badge badge--{class}")><Icon glyph/>{word}</span>
                " "{review.who}", "<Moment at=review.at/>
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="approvals-title">
            <div class="card__head"><h2 id="approvals-title">"Approvals"</h2></div>
            <div class="card__text">
                <p>"It takes:"</p>
                <ul class="lines">{needs.into_iter().map(need).collect_view()}</ul>
                {(!reviews.is_empty()).then(|| view! { <ul class="lines">{reviews.into_iter().map(review).collect_view()}</ul> })}
            </div>
        </section>
    }
}

#[component]
fn ReviewForms(
    id: Uuid,
    revision: u32,
    /// Another bar stays in view.
    still: bool,
) -> impl IntoView {
    let reason = use_sent(Form::ReviewRequest, "reason", |_| true).unwrap_or_default();
    // Leptos writes what a text field holds as it is.
    let reason = html_escape::encode_text(&reason).into_owned();
    view! {
        <form method="post" action=Form::ReviewRequest.path()>
            <input type="hidden" name="request" value=id.to_string()/>
            <input type="hidden" name="revision" value=revision.to_string()/>
            <div class="action-bar" class:action-bar--still=still>
                <div class="action-bar__words">
                    <label for="review-reason">"Reason"<span class="secondary">" (a rejection needs one)"</span></label>
                    // Of several lines: Enter in a field of one would press the first button, which approves.
                    <textarea class="input" id="review-reason" name="reason" rows="2" maxlength="1000" autocomplete="off">{reason}</textarea>
                    <p class="secondary">"Your approval holds for exactly this, and for the apps as they are: they are read again now, and before anything is sent."</p>
                    <RefusalSlot form=Form::ReviewRequest/>
                </div>
                <button type="submit" class="button button--primary" name="verdict" value="approve" data-pending="Reading the apps">"Approve"</button>
                <button type="submit" class="button button--danger" name="verdict" value="reject" data-pending="Rejecting">"Reject"</button>
            </div>
        </form>
    }
}

#[component]
fn ExecuteForm(id: Uuid, execution: Execution) -> impl IntoView {
    let Execution { title, words, confirm } = execution;
    let typed = use_typed(Form::ExecuteRequest);
    let button = if confirm.is_some() { "button button--danger" } else { "button button--primary" };
    view! {
        <form method="post" action=Form::ExecuteRequest.path()>
            <input type="hidden" name="request" value=id.to_string()/>
            <div class="action-bar">
                <div class="action-bar__words">
                    <p><strong>{title}</strong></p>
                    <p class="secondary">{words}</p>
                    {confirm.map(|confirm| view! {
                        <div class="confirm">
                            <label class="confirm__label" for="typed">"Type "<code class="mono confirm__words">{confirm}</code>" to go on"</label>
                            <input class="input confirm__input" id="typed" name="typed" type="text" value=typed required autocomplete="off" autocapitalize="off" spellcheck="false"/>
                        </div>
                    })}
                    <RefusalSlot form=Form::ExecuteRequest/>
                </div>
                <button type="submit" class=button data-pending="Carrying it out">"Execute"</button>
            </div>
        </form>
    }
}

#[component]
fn CommentForm(id: Uuid) -> impl IntoView {
    let words = use_sent(Form::CommentRequest, "words", |_| true);
    view! {
        <form method="post" action=Form::CommentRequest.path()>
            <input type="hidden" name="request" value=id.to_string()/>
            <div class="action-bar action-bar--still">
                <div class="action-bar__words">
                    <label for="comment">"Comment"</label>
                    <input class="input" id="comment" name="words" type="text" value=words maxlength="1000" required autocomplete="off"/>
                    <RefusalSlot form=Form::CommentRequest/>
                </div>
                <button type="submit" class="button" data-pending="Sending">"Send"</button>
            </div>
        </form>
    }
}

#[component]
fn History(lines: Vec<RequestLineView>) -> impl IntoView {
    let line = |line: RequestLineView| {
        view! {
            <li>
                <strong>{words(line.act.as_str())}</strong>
                " by "{line.who}", "<Moment at=line.at/>
                {(!line.words.is_empty()).then(|| view! { <br/><span>{line.words}</span> })}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="history-title">
            <div class="card__head"><h2 id="history-title">"What happened"</h2></div>
            <div class="card__text"><ul class="lines">{lines.into_iter().map(line).collect_view()}</ul></div>
        </section>
    }
}
