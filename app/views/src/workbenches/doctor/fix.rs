//! What can be done about the first verdict right here.

use crate::components::icon::Icon;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::notices::{RefusalSlot, sign_in_here};
use crate::components::thumbprint::{Ident, ThumbprintText};
use crate::data::search::EvidenceView;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::query::href;
use crate::route::{Form, Route};
use domain::certificate::Certificate;
use domain::doctor::fix::Fix;
use domain::ids::ObjectId;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use std::sync::Arc;

/// A certificate that can be registered now.
enum AtHand {
    /// In this browser.
    Here(Box<Certificate>),
    /// Uploaded before.
    Kept { sha256: Sha256Thumbprint, subject: String },
}

impl AtHand {
    fn find(thumbprint: Option<Thumbprint>, held: &[Certificate], view: &EvidenceView) -> Option<Self> {
        let fits = |sha1: Thumbprint| thumbprint.is_none_or(|wanted| wanted == sha1) && !is_on_app(sha1, view);
        if let Some(kept) = view.at_hand.iter().find(|kept| fits(kept.sha1)) {
            return Some(Self::Kept { sha256: kept.sha256, subject: kept.subject.clone() });
        }
        held.iter().find(|it| fits(it.sha1())).cloned().map(Box::new).map(Self::Here)
    }
}

fn is_on_app(sha1: Thumbprint, view: &EvidenceView) -> bool {
    let credentials = view.evidence.app_credentials.as_ref();
    credentials.is_some_and(|all| all.iter().any(|entry| entry.thumbprint() == Some(sha1)))
}

/// `view`: the directory's answer; `held`: certificates in this browser; `role`: whether the person may push, where
/// somebody is signed in.
pub(super) fn fix_here(fix: &Fix, view: Option<Arc<EvidenceView>>, held: &[Certificate], role: Option<bool>) -> Html {
    // Whatever else is the matter, a certificate at hand that the app lacks can be registered.
    let beside = view.as_ref().and_then(|view| beside(view, held, role));
    let app = view.as_ref().and_then(|view| view.app.clone());
    match fix {
        Fix::RegisterCertificate { thumbprint, .. } => register_here(*thumbprint, view, held, role),
        Fix::RestoreRemoved { thumbprint } => register_here(Some(*thumbprint), view, held, role),
        Fix::CorrectHeader { member, value: Some(value) } => view! {
            <p class="fix__value"><span>{format!("{member} has to be ")}</span><Ident value=value.clone() what=member.clone()/></p>
            {beside}
        }
        .into_html(),
        Fix::WaitForPropagation => match app {
            Some((object_id, _, name)) => view! {
                <a class="button button--primary" href=Route::Proof(object_id).to_string()><Icon glyph=Glyph::Proof/><span>{format!("Try {name} now")}</span></a>
            }
            .into_html(),
            None => ().into_html(),
        },
        _ => match app {
            Some((object_id, _, name)) => view! {
                <a class="button" href=Route::App(object_id).to_string()><Icon glyph=Glyph::Apps/><span>{format!("Look at {name}")}</span></a>
                <a class="button" href=Route::Proof(object_id).to_string()><Icon glyph=Glyph::Proof/><span>"Prove a sign-in"</span></a>
                {beside}
            }
            .into_html(),
            None => ().into_html(),
        },
    }
}

fn beside(view: &EvidenceView, held: &[Certificate], role: Option<bool>) -> Option<Html> {
    let (object_id, _, name) = view.app.clone().filter(|_| role == Some(true))?;
    // Only where the app's entries are known, so that none is offered that is there.
    view.evidence.app_credentials.as_ref()?;
    let at_hand = AtHand::find(None, held, view)?;
    Some(view! { <RegisterForm at_hand object_id name/> }.into_html())
}

fn register_here(
    thumbprint: Option<Thumbprint>,
    view: Option<Arc<EvidenceView>>,
    held: &[Certificate],
    role: Option<bool>,
) -> Html {
    let Some(may_push) = role else {
        return view! { <a class="button button--primary" href=sign_in_here()>"Sign in to register it here"</a> }
            .into_html();
    };
    let Some(view) = view else { return ().into_html() };
    let Some((object_id, _, name)) = view.app.clone() else {
        return view! {
            <MessageBar intent=Intent::Info title="Which app?">
                <p>"The paste names no app of this tenant. Enter its client id under “What the directory knows”."</p>
            </MessageBar>
        }
        .into_html();
    };
    if !may_push {
        return view! { <p class="secondary">"Your role reads only. Show this page to an owner of the app."</p> }
            .into_html();
    }
    if let Some(at_hand) = AtHand::find(thumbprint, held, &view) {
        return view! { <RegisterForm at_hand object_id name/> }.into_html();
    }
    let upload = href(&Route::Upload.to_string(), [("app", object_id.to_string().as_str())]);
    let title = match held.first() {
        Some(certificate) if is_on_app(certificate.sha1(), &view) => {
            "The certificate that you added is on the app already"
        }
        Some(_) => "The certificate that you added is another one",
        None => "Drop the certificate on the box above, and one click registers it",
    };
    view! {
        <MessageBar intent=Intent::Info title>
            {thumbprint.map(|thumbprint| view! { <p class="message-bar__support">"Wanted: "<ThumbprintText thumbprint/></p> })}
            <p>"Only the public part is needed: .cer, .crt, .pem, or the PFX. Or "<a href=upload>"upload it"</a>"."</p>
        </MessageBar>
    }
    .into_html()
}

#[component]
fn RegisterForm(at_hand: AtHand, object_id: ObjectId, name: String) -> impl IntoView {
    let (text, sha256, subject) = match at_hand {
        AtHand::Here(certificate) => (certificate.pem(), String::new(), certificate.facts().subject.clone()),
        AtHand::Kept { sha256, subject } => (String::new(), sha256.hex(), subject),
    };
    view! {
        <form method="post" action=Form::Register.path()>
            <input type="hidden" name="app" value=object_id.to_string()/>
            <input type="hidden" name="text" value=text/>
            <input type="hidden" name="certificate" value=sha256/>
            <div class="fix__register">
                <button type="submit" class="button button--primary" data-pending="Reading the app">
                    <span>{format!("Register this certificate on {name}")}</span>
                    <Icon glyph=Glyph::ArrowRight/>
                </button>
                <span class="secondary">{subject}". A preview comes first; every entry that is there stays."</span>
            </div>
            <RefusalSlot form=Form::Register/>
        </form>
    }
}
