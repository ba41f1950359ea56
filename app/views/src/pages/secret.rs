//! A client secret on its own page: what goes where it is removed, and what came of a removal. There is no way back, so that
//! everything that is known is said before.

mod ask_form;

use self::ask_form::AskForm;
use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::icon::Icon;
use crate::components::json_view::JsonView;
use crate::components::last_use::LastUseText;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::moving::Moving;
use crate::components::notices::RefusalSlot;
use crate::components::page::{Heading, or_no_name, plural, why_no_push};
use crate::components::rights::{NO_RIGHT, NoRight};
use crate::components::thumbprint::Ident;
use crate::components::timestamp::{Day, Moment};
use crate::components::validity_pill::ValidityPill;
use crate::data::apps::SecretRow;
use crate::data::secrets::{OtherWays, RemovalView, SecretToRemove, SecretView};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::{Form, Route};
use crate::scene::{use_refusal, use_typed};
use crate::viewer::Viewer;
use domain::ids::{KeyId, ObjectId};
use domain::inventory::{LONGEST_REASON, LastUse};
use domain::rollout::Outcome;
use domain::secret_removal::{MoveStep, RemovalRisk};
use time::OffsetDateTime;
use uuid::Uuid;

pub fn page(viewer: Viewer, secret: SecretView) -> Page {
    let title = format!("Client secret of {}", secret.app_name);
    Page::new(title, || view! { <Secret viewer secret/> })
}

/// After “There is no undo.”
pub(super) const NO_UNDO: &str = "Entra keeps nothing of a secret that was removed, and Thumbprint never had its value. What signs in with it stops at once.";

/// As people call it.
pub(super) fn called(name: Option<&str>) -> String {
    name.filter(|name| !name.is_empty()).map_or_else(|| "without a name".to_owned(), |name| format!("“{name}”"))
}

#[component]
fn Secret(viewer: Viewer, secret: SecretView) -> impl IntoView {
    let SecretView { object_id, app_name, right, owners, left, secret, removal, asked, read_at, .. } = secret;
    let app = Route::App(object_id).to_string();
    let (may_push, there) = (viewer.may_push(), secret.is_some());
    let name = secret
        .as_ref()
        .map_or_else(|| removal.as_ref().and_then(|it| it.name.clone()), |it| it.row.display_name.clone());
    let title = if there {
        format!("Remove the secret {}", called(name.as_deref()))
    } else {
        format!("Secret {}", called(name.as_deref()))
    };
    let trail = vec![("Apps".to_owned(), Route::Apps.to_string()), (app_name.clone(), app.clone())];
    let blocked = may_push && there && right.is_missing();
    view! {
        <Breadcrumbs trail here="Client secret"/>
        <Heading title lead=why_no_push(&viewer).map_or_else(|| format!("Of {app_name}."), str::to_owned)/>
        {removal.map(|removal| view! { <Removed removal there left app=app.clone()/> })}
        {secret.map(|it| {
            let step = it.step;
            view! {
                {blocked.then(|| view! { <NoRight owners all_the_same="#remove-form".to_owned() team=false/> })}
                <div class="columns columns--side">
                    <div class="columns__main"><ToRemove app=object_id secret=it asked read_at may_push blocked/></div>
                    <aside class="columns__side"><Moving app=object_id step here=true may_push/></aside>
                </div>
            }
        })}
    }
}

#[component]
fn ToRemove(
    app: ObjectId,
    secret: SecretToRemove,
    /// A request that asks for it already.
    asked: Option<Uuid>,
    read_at: OffsetDateTime,
    may_push: bool,
    /// The person cannot change this app; the page says why.
    blocked: bool,
) -> impl IntoView {
    let (risk, rules, confirm) = (secret.risk, secret.rules.clone(), secret.confirm.clone());
    let Some(key) = secret.row.key_id else { return ().into_html() };
    let free = rules.is_empty();
    let named = rules.iter().map(|rule| format!("“{rule}”")).collect::<Vec<_>>().join(", ");
    view! {
        <Going app secret read_at/>
        {(!free).then(|| view! {
            <MessageBar intent=Intent::Info title="This removal needs approval">
                <p>{format!("The rules of this portal say so: {named}. ")}<a href=Route::Rules.to_string()>"See the rules, and who approves"</a></p>
            </MessageBar>
        })}
        {asked.map(|request| view! {
            <MessageBar intent=Intent::Info title="Its removal is asked for">
                <p><a href=Route::Request(request).to_string()>"Open the request"</a></p>
            </MessageBar>
        })}
        {(free && may_push).then(|| view! { <RemoveForm app key confirm risk blocked/> })}
        {(may_push && asked.is_none() && (blocked || !free)).then(|| view! { <AskForm app key risk/> })}
    }
    .into_html()
}

/// The secret, what goes with it, and what would be sent: the request for its removal shows the same.
#[component]
pub(super) fn Going(app: ObjectId, secret: SecretToRemove, read_at: OffsetDateTime) -> impl IntoView {
    let SecretToRemove { row, risk, others, step, .. } = secret;
    let Some(key) = row.key_id else { return ().into_html() };
    let last = row.last_use.unwrap_or(match risk {
        RemovalRisk::Unknown(why) => LastUse::unknown(why),
        _ => LastUse::unknown(domain::inventory::UnknownUse::NotRead),
    });
    let body = serde_json::json!({"keyId": key});
    let body = serde_json::to_string_pretty(&body).unwrap_or_default();
    view! {
        <Last others risk/>
        <Risk risk/>
        {(step != MoveStep::RemoveSecret && others.certificates > 0).then(|| view! {
            <MessageBar intent=Intent::Warning title="Nobody has seen a sign-in with the app’s certificate">
                <p>"Prove it first: "<a href=Route::Proof(app).to_string()>"sign in as the app"</a>" with the certificate’s private key."</p>
            </MessageBar>
        })}
        <section class="card" aria-labelledby="secret-title">
            <div class="card__head"><h2 id="secret-title">"What goes"</h2><span class="secondary">"Read "<Moment at=read_at relative=true/></span></div>
            <Facts key row last/>
        </section>
        <section class="card" aria-labelledby="request-title">
            <div class="card__head"><h2 id="request-title">"What is sent"</h2></div>
            <p class="secondary card__text"><code class="mono mono--break">{format!("POST /v1.0/applications/{app}/removePassword")}</code></p>
            <JsonView json=body label="the body of removePassword" file_name=format!("removePassword-{app}.json")/>
            <p class="secondary card__text">"Nothing else of the app is sent, so that nothing else of it can be lost. It is read again before, and after it until several reads in a row show that this secret is gone and everything else is there."</p>
        </section>
    }
    .into_html()
}

/// Where the app cannot sign in any more afterwards.
#[component]
fn Last(others: OtherWays, risk: RemovalRisk) -> impl IntoView {
    if !others.is_none() {
        let mut parts = vec![];
        parts.extend((others.certificates > 0).then(|| plural(others.certificates, "certificate")));
        parts.extend((others.secrets > 0).then(|| plural(others.secrets, "secret")));
        parts.extend(others.federated.filter(|count| *count > 0).map(|count| plural(count, "federated credential")));
        let words = format!("In force beside it: {}.", parts.join(", "));
        return view! { <MessageBar intent=Intent::Info title="The app keeps other ways to sign in"><p>{words}</p></MessageBar> }.into_html();
    }
    let federated = others.federated.is_none().then_some(" Whether it has federated credentials is not known here.");
    let (title, words) = match risk {
        RemovalRisk::Ended => (
            "The app has nothing in force to sign in with",
            "This secret has ended as well, so that its removal changes nothing about that.",
        ),
        RemovalRisk::Quiet(_) => {
            ("This is the last credential of the app that is in force", "Afterwards the app cannot sign in.")
        }
        RemovalRisk::UsedLately(_) => (
            "This is the last credential of an app that is in use",
            "Afterwards the app cannot sign in, and what it does stops at once.",
        ),
        RemovalRisk::Unknown(_) => (
            "This is the last credential of the app that is in force",
            "Afterwards the app cannot sign in. Whether anything still does is not known.",
        ),
    };
    let intent = if matches!(risk, RemovalRisk::Ended) { Intent::Info } else { Intent::Warning };
    view! { <MessageBar intent title><p>{words}{federated}</p></MessageBar> }.into_html()
}

#[component]
fn Risk(risk: RemovalRisk) -> impl IntoView {
    let (intent, title, words) = match risk {
        RemovalRisk::Ended => (Intent::Info, "It has ended: nothing signs in with it", ""),
        RemovalRisk::Quiet(_) => (
            Intent::Info,
            "Nobody has signed in with it for 30 days or longer",
            "What comes round once a quarter may not be in so short a time.",
        ),
        RemovalRisk::UsedLately(_) => (
            Intent::Warning,
            "It may still be used",
            "It was used lately, or has not been watched for 30 days. It goes only with a reason, which is kept.",
        ),
        RemovalRisk::Unknown(_) => (
            Intent::Warning,
            "Whether it is still used is not known",
            "It goes only with a reason, which is kept: say how you know that nothing signs in with it.",
        ),
    };
    view! { <MessageBar intent title>{(!words.is_empty()).then(|| view! { <p>{words}</p> })}</MessageBar> }
}

pub(super) fn day(at: Option<OffsetDateTime>) -> Html {
    at.map_or_else(|| "Not told".into_html(), |at| view! { <Day at bare=true/> }.into_html())
}

#[component]
fn Facts(key: KeyId, row: SecretRow, last: LastUse) -> impl IntoView {
    let SecretRow { display_name, hint, start, end, validity, .. } = row;
    view! {
        <dl class="facts">
            <dt>"Name"</dt>
            <dd>{or_no_name(display_name)}</dd>
            <dt>"Begins with"</dt>
            <dd>{hint.map_or_else(|| "Not told".into_html(), |hint| view! { <code class="mono">{format!("{hint}…")}</code> }.into_html())}</dd>
            <dt>"keyId"</dt>
            <dd><Ident value=key.to_string() what="the keyId"/></dd>
            <dt>"Since"</dt>
            <dd>{day(start)}</dd>
            <dt>"Ends"</dt>
            <dd><span class="stacked"><span>{day(end)}</span><span><ValidityPill validity start end/></span></span></dd>
            <dt>"Last use"</dt>
            <dd><span class="stacked"><LastUseText last class=""/></span></dd>
        </dl>
    }
}

#[component]
fn RemoveForm(app: ObjectId, key: KeyId, confirm: String, risk: RemovalRisk, blocked: bool) -> impl IntoView {
    let refusal = use_refusal(Form::RemoveSecret);
    let reason = refusal.as_ref().and_then(|refusal| refusal.field("reason")).map(str::to_owned);
    let needed = risk.needs_reason();
    let label = if needed { "Why does it go all the same?" } else { "Why does it go?" };
    view! {
        <form method="post" action=Form::RemoveSecret.path() id="remove-form">
            <input type="hidden" name="app" value=app.to_string()/>
            <input type="hidden" name="key_id" value=key.to_string()/>
            <div class="action-bar action-bar--still">
                <div class="action-bar__words">
                    <div class="confirm">
                        <p id="typed-what"><strong>"There is no undo."</strong>" "{NO_UNDO}</p>
                        <label for="reason">{label}{(!needed).then(|| view! { <span class="secondary">" (may be empty)"</span> })}</label>
                        <input class="input" id="reason" name="reason" type="text" value=reason maxlength=LONGEST_REASON.to_string() required=needed autocomplete="off"/>
                        <label class="confirm__label" for="typed">"Type "<code class="mono confirm__words">{confirm.clone()}</code>" to go on"</label>
                        <input
                            class="input confirm__input"
                            id="typed"
                            name="typed"
                            type="text"
                            value=use_typed(Form::RemoveSecret)
                            required
                            pattern=format!(r"\s*{confirm}\s*")
                            title=format!("Type {confirm}")
                            aria-describedby="typed-what"
                            autocomplete="off"
                            autocapitalize="off"
                            spellcheck="false"
                            data-confirm=confirm
                        />
                    </div>
                    {blocked.then(|| view! {
                        <label class="checkbox">
                            <input type="checkbox" required autocomplete="off" aria-describedby=NO_RIGHT/>
                            <span>"Entra will refuse this. I have a role for this app that my sign-in does not show: remove it all the same"</span>
                        </label>
                    })}
                    <RefusalSlot form=Form::RemoveSecret/>
                    // Seen while the form is on its way.
                    <p class="action-bar__progress">"Reading again, removing, and reading back until it is gone."</p>
                </div>
                <button type="submit" class="button button--danger" data-pending="Removing" data-confirmed="">"Remove the secret"</button>
            </div>
        </form>
    }
}

/// What came of a removal. `there`: the secret is on the app at this moment.
#[component]
pub(super) fn Removed(removal: RemovalView, there: bool, left: usize, app: String) -> impl IntoView {
    let RemovalView {
        key_id,
        sent_at,
        ended_at,
        outcome,
        who,
        hint,
        start,
        end,
        last_use,
        reason,
        reads,
        missing,
        request_id,
        asked_in,
        ..
    } = removal;
    let (intent, title) = match outcome {
        Some(Outcome::Verified) if !there => (Intent::Success, "The secret is gone"),
        Some(Outcome::Verified) => (Intent::Warning, "The secret was gone, and is there again in this read"),
        Some(Outcome::Unverified) if there => (Intent::Warning, "It was sent, and the secret is still there"),
        Some(Outcome::Unverified) => (Intent::Warning, "It was sent, and its end was not seen"),
        Some(_) => (Intent::Error, "The secret was not removed"),
        None => (Intent::Info, "A removal is under way, or was cut off"),
    };
    let words = match outcome {
        Some(Outcome::Verified) if !there => seen_after(reads),
        Some(Outcome::Verified) => {
            "An old answer of a server of Entra’s may show that. Load the page again in a minute.".to_owned()
        }
        Some(Outcome::Unverified) if there => {
            "Entra may still carry it out. Load the page again in a minute before you go on.".to_owned()
        }
        Some(Outcome::Unverified) => {
            "The app does not have it in this read. Look at the app’s other credentials.".to_owned()
        }
        Some(_) => "Nothing was changed. The audit log has what Entra said.".to_owned(),
        None if there => "The app still has it in this read.".to_owned(),
        None => "The app does not have it in this read.".to_owned(),
    };
    let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
    let next = (!there && left > 0).then(|| format!("The app has {} left. ", plural(left, "secret")));
    view! {
        <MessageBar intent title live=true>
            <p>{words}</p>
            {(!missing.is_empty()).then(|| view! { <p><strong>"Also missing in the last read: "</strong><code class="mono mono--break">{missing.join(", ")}</code></p> })}
            <p>{next}<a href=app>"Open the app"</a></p>
        </MessageBar>
        {(!there).then(|| view! {
            <section class="card" aria-labelledby="record-title">
                <div class="card__head"><h2 id="record-title"><Icon glyph=Glyph::History/>"What was removed"</h2></div>
                <dl class="facts">
                    <dt>"By"</dt>
                    <dd>{who}</dd>
                    <dt>"Sent"</dt>
                    <dd><Moment at=sent_at/></dd>
                    {ended_at.map(|at| view! { <dt>"Over"</dt><dd><Moment at/></dd> })}
                    {reason.map(|reason| view! { <dt>"Why"</dt><dd>{reason}</dd> })}
                    <dt>"Began with"</dt>
                    <dd>{hint.map_or_else(|| "Not told".into_html(), |hint| view! { <code class="mono">{format!("{hint}…")}</code> }.into_html())}</dd>
                    <dt>"keyId"</dt>
                    <dd><Ident value=key_id.to_string() what="the keyId"/></dd>
                    <dt>"Since"</dt>
                    <dd>{day(start)}</dd>
                    <dt>"Would have ended"</dt>
                    <dd>{day(end)}</dd>
                    <dt>"Last use, as known then"</dt>
                    <dd><span class="stacked"><LastUseText last=last_use class=""/></span></dd>
                    {asked_in.map(|id| view! { <dt>"Asked for"</dt><dd><a href=Route::Request(id).to_string()>"The request that this carried out"</a></dd> })}
                    {request_id.map(|id| view! { <dt>"Request-id"</dt><dd><Ident value=id what="the request-id"/></dd> })}
                </dl>
            </section>
        })}
    }
}

/// `reads`: all of them, of which enough in a row came last.
fn seen_after(reads: u32) -> String {
    let shown = "showed that it is gone and that everything else of the app is there.";
    if reads == 1 {
        format!("A read {shown}")
    } else {
        format!("It took {reads} reads until enough of them in a row {shown}")
    }
}

#[cfg(test)]
mod tests {
    use super::seen_after;

    #[test]
    fn reads_are_not_all_called_in_a_row() {
        assert_eq!(
            [seen_after(1), seen_after(7)],
            [
                "A read showed that it is gone and that everything else of the app is there.",
                "It took 7 reads until enough of them in a row showed that it is gone and that everything else of the app is there.",
            ]
        );
    }
}
