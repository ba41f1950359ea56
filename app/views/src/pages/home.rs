//! The first page: what this is, for strangers; what happened lately, for those who are signed in.

mod endings;
mod needs;

use crate::components::empty_state::EmptyState;
use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::ProblemBar;
use crate::components::outcome::state_title;
use crate::components::page::{Heading, plural, why_no_push};
use crate::components::timestamp::Moment;
use crate::components::validity_pill::ValidityPill;
use crate::data::certificates::CertificateSummary;
use crate::data::overview::{Needs, Overview};
use crate::data::problem::Problem;
use crate::data::pushes::ReceiptSummary;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::Route;
use crate::viewer::Viewer;
use domain::rollout::RunState;
use needs::WhatNeedsYou;

/// For strangers.
pub fn landing() -> Page {
    Page::new("", || view! { <Landing/> }).public()
}

/// For members. The page is there even where what happened lately, or what needs them, cannot be read. `needs`: `None`
/// where the directory is not read in the background.
pub fn page(viewer: Viewer, overview: Result<Overview, Problem>, needs: Result<Option<Needs>, Problem>) -> Page {
    Page::new("", || view! { <Desk viewer overview needs/> })
}

#[component]
fn Landing() -> impl IntoView {
    let point = |glyph: Glyph, title: &'static str, text: &'static str| {
        view! {
            <li class="point">
                <span class="point__icon"><Icon glyph/></span>
                <h2>{title}</h2>
                <p>{text}</p>
            </li>
        }
    };
    view! {
        <section class="landing">
            <div class="landing__words">
                <p class="landing__kicker">"The certificate desk for Microsoft Entra app registrations"</p>
                <h1>"Add a certificate. Lose none."</h1>
                <p class="landing__lead">
                    "Upload a certificate, see the exact change to each app’s keyCredentials, push it to the apps you choose, and see it verified."
                </p>
                <p class="landing__actions">
                    <a class="button button--primary button--large" href=Route::SignIn.to_string()>"Sign in with Microsoft Entra"</a>
                    <a class="button button--large" href=Route::Doctor.to_string()><Icon glyph=Glyph::Doctor/><span>"AADSTS700027? Ask the doctor"</span></a>
                </p>
            </div>
            <Sample/>
            <ul class="points">
                {point(Glyph::Search, "See it before it happens", "The preview shows the JSON that will be sent, and every entry that is added, kept or removed.")}
                {point(Glyph::Shield, "Nothing gets lost", "The app is read again right before writing. What others added since the preview is kept and merged, and the receipt says so. Where that cannot be done without loss, nothing is written.")}
                {point(Glyph::Key, "The private key stays with you", "PFX and PEM files are opened in your browser. Only the certificate is sent.")}
                {point(Glyph::Receipt, "Proof, not hope", "The result is read back until it is there, and kept as a receipt with request-ids.")}
            </ul>
        </section>
    }
}

/// What a preview looks like, for people who have not seen one.
#[component]
fn Sample() -> impl IntoView {
    let row = |class: &'static str, glyph: Glyph, word: &'static str, name: &'static str, thumbprint: &'static str| {
        view! {
            <li class=format!("sample__row sample__row--{class}")>
                <span class=format!("badge badge--{class}")><Icon glyph/>{word}</span>
                <span>{name}</span>
                <code class="mono">{thumbprint}</code>
            </li>
        }
    };
    view! {
        <figure class="sample">
            <figcaption class="sample__caption"><strong>"Payroll export"</strong><span>"Example of a preview"</span></figcaption>
            <ul class="sample__rows">
                {row("added", Glyph::Plus, "Added", "CN=payroll-2027", "9F2C 41D0 … 77AE")}
                {row("kept", Glyph::Equal, "Kept", "CN=payroll-2026", "03B1 C8E4 … 1D5F")}
                {row("kept", Glyph::Equal, "Kept", "CN=payroll-batch", "E7A6 590B … C240")}
            </ul>
            <p class="sample__sum">"1 added · 2 kept · 0 removed"</p>
        </figure>
    }
}

#[component]
fn Desk(viewer: Viewer, overview: Result<Overview, Problem>, needs: Result<Option<Needs>, Problem>) -> impl IntoView {
    let may_push = viewer.may_push();
    let first_name = viewer.name.split_whitespace().next().unwrap_or("there").to_owned();
    let lead = if matches!(needs, Ok(Some(_))) {
        "What needs you, and your recent certificates and pushes."
    } else {
        "Your recent certificates and pushes."
    };
    let needs = match needs {
        // One storage: said once.
        Err(_) if overview.is_err() => ().into_html(),
        Err(problem) => view! { <ProblemBar problem/> }.into_html(),
        Ok(needs) => needs.map(|needs| view! { <WhatNeedsYou needs may_push/> }).into_html(),
    };
    let lists = match overview {
        Err(problem) => view! { <ProblemBar problem/> }.into_html(),
        Ok(overview) => {
            let Overview { certificates, receipts, due } = overview;
            view! {
                {(due > 0).then(|| view! { <Due due/> })}
                <div class="columns columns--even">
                    <Certificates certificates may_push/>
                    <Pushes receipts/>
                </div>
            }
            .into_html()
        }
    };
    view! {
        <Heading title=format!("Hello, {first_name}") lead=why_no_push(&viewer).unwrap_or(lead)>
            <a class="button" href=Route::Apps.to_string()><Icon glyph=Glyph::Apps/><span>"Find an app"</span></a>
            {may_push.then(|| view! {
                <a class="button button--primary" href=Route::Upload.to_string()><Icon glyph=Glyph::Upload/><span>"Upload a certificate"</span></a>
            })}
        </Heading>
        {needs}
        {lists}
    }
}

/// After rotations: what is no longer needed.
#[component]
fn Due(due: u32) -> impl IntoView {
    let title = format!(
        "{} due for removal after a rotation",
        if due == 1 { "1 old certificate is".to_owned() } else { format!("{due} old certificates are") }
    );
    view! {
        <MessageBar intent=Intent::Warning title>
            <p><a href=Route::Retirements.to_string()>"See which"</a>". Nothing is removed by itself."</p>
        </MessageBar>
    }
}

#[component]
fn Certificates(certificates: Vec<CertificateSummary>, may_push: bool) -> impl IntoView {
    let empty = certificates.is_empty();
    view! {
        <section class="card" aria-labelledby="certificates-title">
            <div class="card__head"><h2 id="certificates-title">"Recent certificates"</h2></div>
            {if empty {
                view! {
                    <EmptyState glyph=Glyph::Certificate title="No certificates yet" text="What you upload is kept here, so that you can push it to more apps later.">
                        {may_push.then(|| view! { <a class="button" href=Route::Upload.to_string()>"Upload the first"</a> })}
                    </EmptyState>
                }
                .into_html()
            } else {
                view! {
                    <ul class="list">
                        {certificates
                            .into_iter()
                            .map(|it| view! {
                                <li class="list__item">
                                    <div class="list__main">
                                        <a class="list__title" href=Route::Certificate(it.sha256).to_string()>{it.subject}</a>
                                        <code class="mono mono--grouped secondary list__note">{it.sha1.grouped_hex()}</code>
                                    </div>
                                    <div class="list__side">
                                        <ValidityPill validity=it.validity start=None end=Some(it.not_after)/>
                                        <span class="secondary list__note"><Moment at=it.uploaded_at relative=true/></span>
                                    </div>
                                </li>
                            })
                            .collect_view()}
                    </ul>
                }
                .into_html()
            }}
        </section>
    }
}

/// How a push ended or where it is: class, icon, words.
fn ending(push: &ReceiptSummary) -> (&'static str, Glyph, String) {
    let all = plural(push.total as usize, "app");
    match push.state {
        RunState::Running => ("there", Glyph::ArrowRight, format!("Running, {} of {all}", push.verified)),
        state @ (RunState::Paused | RunState::NeedsSignIn) => {
            ("warn", Glyph::Clock, format!("{}, {} of {all}", state_title(state), push.verified))
        }
        RunState::Finished | RunState::Cancelled if push.verified == push.total => {
            ("good", Glyph::CheckCircle, format!("Verified on {all}"))
        }
        RunState::Finished | RunState::Cancelled => {
            ("warn", Glyph::Warning, format!("Verified on {} of {all}", push.verified))
        }
    }
}

#[component]
fn Pushes(receipts: Vec<ReceiptSummary>) -> impl IntoView {
    let empty = receipts.is_empty();
    view! {
        <section class="card" aria-labelledby="pushes-title">
            <div class="card__head">
                <h2 id="pushes-title">"Recent pushes"</h2>
                <a href=Route::Audit.to_string()>"All in the audit"</a>
            </div>
            {if empty {
                view! { <EmptyState glyph=Glyph::Receipt title="No pushes yet" text="Every push leaves a receipt: what was sent, what Graph answered, and how the app looked before and after."/> }.into_html()
            } else {
                view! {
                    <ul class="list">
                        {receipts
                            .into_iter()
                            .map(|it| {
                                let (class, glyph, sum) = ending(&it);
                                view! {
                                    <li class="list__item">
                                        <div class="list__main">
                                            <a class="list__title" href=Route::Receipt(it.id).to_string()>{it.subject}</a>
                                            <span class="secondary list__note">{it.who}</span>
                                        </div>
                                        <div class="list__side">
                                            <span class=format!("badge badge--{class}")><Icon glyph/>{sum}</span>
                                            <span class="secondary list__note"><Moment at=it.at relative=true/></span>
                                        </div>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                }
                .into_html()
            }}
        </section>
    }
}
