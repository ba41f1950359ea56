//! One app registration: its credentials, its owners, and what does not count as a credential.

mod credentials;

use crate::components::breadcrumbs::Breadcrumbs;
use crate::components::changes::ChangesElsewhere;
use crate::components::icon::Icon;
use crate::components::last_use::LastUseText;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::moving::Moving;
use crate::components::page::{Heading, or_no_name, plural, why_no_push};
use crate::components::rights::{NO_RIGHT, NoRight};
use crate::components::thumbprint::{Ident, KeyIdText};
use crate::components::timestamp::Day;
use crate::components::validity_pill::ValidityPill;
use crate::data::apps::{AppDetail, Owner, SecretRow, TrustedSubject};
use crate::data::secrets::RemovalView;
use crate::data::teams::TeamOfApp;
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::query::href;
use crate::route::Route;
use crate::viewer::Viewer;
use credentials::Credentials;
use domain::credentials::{KeyUsage, Subject, SubjectKind};
use domain::ids::ObjectId;
use domain::rollout::Outcome;
use time::OffsetDateTime;

pub fn page(viewer: Viewer, app: AppDetail) -> Page {
    Page::new(app.display_name.clone(), || view! { <Detail viewer app/> })
}

fn date(at: Option<OffsetDateTime>) -> Html {
    match at {
        Some(at) => view! { <Day at bare=true/> }.into_html(),
        None => "—".into_html(),
    }
}

/// A link that leaves the portal.
fn elsewhere(url: String, words: &'static str) -> impl IntoView {
    view! {
        <a href=url target="_blank" rel="noopener noreferrer">{words}<span class="sr-only">" (opens a new tab)"</span></a>
    }
}

fn audience(name: &str) -> &str {
    match name {
        "AzureADMyOrg" => "This tenant only",
        "AzureADMultipleOrgs" => "Any Entra tenant",
        "AzureADandPersonalMicrosoftAccount" => "Any Entra tenant and personal accounts",
        "PersonalMicrosoftAccount" => "Personal Microsoft accounts",
        other => other,
    }
}

#[component]
fn Detail(viewer: Viewer, app: AppDetail) -> impl IntoView {
    let may_push = viewer.may_push();
    let blocked = may_push && app.right.is_missing();
    let team = app.teams.iter().any(|team| team.mine);
    let who_can = blocked.then(|| app.owners.clone());
    let add = href(&Route::Upload.to_string(), [("app", app.object_id.to_string().as_str())]);
    let offered = (may_push && !blocked).then(|| add.clone());
    let subject = Subject { kind: SubjectKind::Application, id: app.object_id };
    let usable =
        app.credentials.iter().filter(|it| it.validity.is_in_force() && it.usage == Some(KeyUsage::Verify)).count();
    let sum = match (app.credentials.len(), usable) {
        (0, _) => "No certificates".to_owned(),
        (all, usable) if all == usable => plural(all, "certificate"),
        (all, usable) => format!("{}, {usable} in force", plural(all, "certificate")),
    };
    view! {
        <Breadcrumbs trail=vec![("Apps", Route::Apps.to_string())] here=app.display_name.clone()/>
        <Heading title=app.display_name.clone() lead=why_no_push(&viewer).map_or_else(String::new, str::to_owned)>
            <a class="button" href=Route::History(app.object_id).to_string()><Icon glyph=Glyph::History/><span>"History"</span></a>
            {may_push.then(|| view! { <a class="button" href=Route::Proof(app.object_id).to_string()><Icon glyph=Glyph::Proof/><span>"Prove it"</span></a> })}
            {offered.map(|add| view! {
                <a class="button button--primary" href=add><Icon glyph=Glyph::Plus/><span>"Add a certificate to this app"</span></a>
            })}
            {blocked.then(|| view! {
                <button type="button" class="button" disabled aria-describedby=NO_RIGHT><Icon glyph=Glyph::Lock/><span>"Add a certificate to this app"</span></button>
            })}
        </Heading>
        {who_can.map(|owners| view! { <NoRight owners all_the_same=add.clone() team/> })}
        <Trusted subjects=app.trusted_subjects/>
        <ChangesElsewhere subject changes=app.changes may_decide=may_push/>
        <div class="columns columns--side">
            <div class="columns__main">
                {app.moving.map(|step| view! { <Moving app=app.object_id step may_push/> })}
                <section class="card card--table" aria-labelledby="credentials-title">
                    <div class="card__head"><h2 id="credentials-title">"Certificates"</h2><span class="secondary">{sum}</span></div>
                    <Credentials app=app.object_id rows=app.credentials may_push blocked/>
                </section>
                <section class="card card--table" aria-labelledby="secrets-title">
                    <div class="card__head"><h2 id="secrets-title">"Client secrets"</h2>{(!app.secrets.is_empty()).then(|| view! { <span class="secondary">{plural(app.secrets.len(), "secret")}</span> })}</div>
                    <Secrets app=app.object_id rows=app.secrets may_push removed=app.removed_secrets/>
                </section>
            </div>
            <aside class="columns__side">
                <section class="card" aria-labelledby="about-title">
                    <div class="card__head"><h2 id="about-title">"About"</h2></div>
                    <dl class="facts facts--stacked">
                        <dt>"Application (client) id"</dt>
                        <dd><Ident value=app.app_id.to_string() what="the client id"/></dd>
                        <dt>"Object id"</dt>
                        <dd><Ident value=app.object_id.to_string() what="the object id"/></dd>
                        {app.sign_in_audience.map(|name| view! { <dt>"Who can sign in"</dt><dd>{audience(&name).to_owned()}</dd> })}
                        {app.created.map(|at| view! { <dt>"Created"</dt><dd><Day at/></dd> })}
                        {app.in_inventory.then(|| view! {
                            <dt>"In the inventory"</dt>
                            <dd><a href=Route::InventoryObject(subject.kind, subject.id).to_string()>"What it needs, and who looks after it"</a></dd>
                        })}
                        {app.admin_center.map(|pages| view! {
                            <dt>"In the Entra admin center"</dt>
                            <dd class="stacked">
                                {elsewhere(pages.overview, "The app")}
                                {elsewhere(pages.credentials, "Its certificates and secrets")}
                            </dd>
                        })}
                    </dl>
                </section>
                <Owners owners=app.owners mine=app.mine/>
                <LookedAfter teams=app.teams/>
            </aside>
        </div>
    }
}

/// `trustedCertificateSubjects` looks like a registration and is none.
#[component]
fn Trusted(subjects: Vec<TrustedSubject>) -> impl IntoView {
    (!subjects.is_empty()).then(|| {
        let names: Vec<_> = subjects
            .into_iter()
            .map(|it| view! { <li><code class="mono">{it.subject_name}</code>" · authority "<code class="mono">{it.authority_id}</code></li> })
            .collect();
        view! {
            <MessageBar intent=Intent::Warning title="trustedCertificateSubjects registers no certificate here">
                <p>
                    "This app lists subjects there. Entra does not take them for client assertions: a sign-in with such a certificate ends with AADSTS700027 unless its certificate is also in the list of certificates below. Upload the certificate itself and add it to this app."
                </p>
                <ul>{names}</ul>
            </MessageBar>
        }
    })
}

#[component]
fn Secrets(app: ObjectId, rows: Vec<SecretRow>, may_push: bool, removed: Vec<RemovalView>) -> impl IntoView {
    let removed = (!removed.is_empty()).then(|| view! { <RemovedHere app removed/> });
    if rows.is_empty() {
        return view! { <p class="secondary card__text card__line">"This app has none."</p>{removed} }.into_html();
    }
    view! {
        <table class="table table--stack">
            <caption class="sr-only">"Client secrets: the entries of passwordCredentials"</caption>
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Validity"</th>
                    <th scope="col">"Begins with"</th>
                    <th scope="col">"Ends"</th>
                    {may_push.then(|| view! { <th scope="col"><span class="sr-only">"Remove"</span></th> })}
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(|row| view! { <Secret app row may_push/> }).collect_view()}</tbody>
        </table>
        {removed}
    }
    .into_html()
}

#[component]
fn Secret(app: ObjectId, row: SecretRow, may_push: bool) -> impl IntoView {
    let name = or_no_name(row.display_name);
    let of = format!(" of the secret {name}");
    view! {
        <tr>
            <th scope="row" data-label="Name">
                <span class="stacked">
                    <span>{name}</span>
                    {row.key_id.map(|id| view! { <KeyIdText id/> })}
                </span>
            </th>
            <td data-label="Validity">
                <span class="stacked">
                    <span><ValidityPill validity=row.validity start=None end=row.end/></span>
                    {row.last_use.map(|last| view! { <LastUseText last class="secondary"/> })}
                </span>
            </td>
            <td data-label="Begins with">{row.hint.map_or_else(|| "—".into_html(), |hint| view! { <code class="mono">{format!("{hint}…")}</code> }.into_html())}</td>
            <td data-label="Ends">{date(row.end)}</td>
            {may_push.then(|| view! {
                <td data-label="">
                    {row.key_id.map(|key| view! {
                        <a class="button button--small" href=Route::Secret(app, key).to_string()>"Preview the removal"<span class="sr-only">{of}</span></a>
                    })}
                </td>
            })}
        </tr>
    }
}

/// Removals that were made here, each with its page.
#[component]
fn RemovedHere(app: ObjectId, removed: Vec<RemovalView>) -> impl IntoView {
    let line = |removal: RemovalView| {
        let name = or_no_name(removal.name);
        let words = match removal.outcome {
            Some(Outcome::Verified) => "Removed",
            Some(Outcome::Unverified) => "Removal not seen to its end",
            Some(_) => "Removal refused",
            None => "Removal under way",
        };
        view! {
            <li>{format!("{words}: ")}<a href=Route::Secret(app, removal.key_id).to_string()>{name}</a>{format!(" by {}, ", removal.who)}<Day at=removal.sent_at bare=true/></li>
        }
    };
    view! { <ul class="secondary card__text card__line">{removed.into_iter().map(line).collect_view()}</ul> }
}

/// Teams beside the owners.
#[component]
fn LookedAfter(teams: Vec<TeamOfApp>) -> impl IntoView {
    (!teams.is_empty()).then(|| {
        let mine = teams.iter().any(|team| team.mine);
        let contact = |what: &'static str, who: Option<String>| {
            who.map(|who| view! { <span class="secondary">{format!("{what}: {who}")}</span> })
        };
        let team = |team: TeamOfApp| {
            view! {
                <li class="stacked">
                    <span>{team.name}</span>
                    {contact("Technical contact", team.technical)}
                    {contact("Business contact", team.business)}
                </li>
            }
        };
        view! {
            <section class="card" aria-labelledby="teams-title">
                <div class="card__head">
                    <h2 id="teams-title">"Looked after by"</h2>
                    {mine.then(|| view! { <span class="badge badge--there"><Icon glyph=Glyph::Person/>"Your team"</span> })}
                </div>
                <ul class="people">{teams.into_iter().map(team).collect_view()}</ul>
            </section>
        }
    })
}

#[component]
fn Owners(owners: Vec<Owner>, mine: bool) -> impl IntoView {
    let empty = owners.is_empty();
    view! {
        <section class="card" aria-labelledby="owners-title">
            <div class="card__head">
                <h2 id="owners-title">"Owners"</h2>
                {mine.then(|| view! { <span class="badge badge--there"><Icon glyph=Glyph::Person/>"You are one"</span> })}
            </div>
            {if empty {
                view! { <p class="secondary card__text">"Nobody owns this app. Only people with a directory role can change it."</p> }.into_html()
            } else {
                view! {
                    <ul class="people">
                        {owners
                            .into_iter()
                            .map(|owner| view! { <li class="stacked"><span>{owner.name}</span>{owner.username.map(|name| view! { <span class="secondary">{name}</span> })}</li> })
                            .collect_view()}
                    </ul>
                }
                .into_html()
            }}
        </section>
    }
}
