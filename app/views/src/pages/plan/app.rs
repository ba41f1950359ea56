//! One app of a preview.

use crate::components::command_tabs::CommandTabs;
use crate::components::diff_table::{DiffTable, counts};
use crate::components::icon::Icon;
use crate::components::json_view::JsonView;
use crate::components::last_use::LastUses;
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::rights::RightBadge;
use crate::components::tabs::Tabs;
use crate::components::thumbprint::Ident;
use crate::data::plans::{PlannedApp, PlannedChange};
use crate::data::problem::Problem;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::route::Route;
use domain::credentials::Finding;
use domain::diff::DiffKind;

/// Class, icon and word of what happens to an app.
fn look(change: &PlannedChange) -> (&'static str, Glyph, &'static str) {
    let (added, removed) = (change.diff.count(DiffKind::Added), change.diff.count(DiffKind::Removed));
    match (added, removed) {
        _ if change.noop => ("there", Glyph::Check, "Already there"),
        (_, 0) => ("added", Glyph::Plus, "Adds"),
        (0, _) => ("removed", Glyph::Minus, "Removes"),
        _ => ("removed", Glyph::Minus, "Replaces"),
    }
}

#[component]
pub fn App(app: PlannedApp, open: bool) -> impl IntoView {
    let badge = |(class, glyph, word): (&'static str, Glyph, &'static str)| {
        view! { <span class=format!("badge badge--{class}")><Icon glyph/>{word}</span> }
    };
    let (badge, sum) = match &app.change {
        Err(problem) => (badge(("bad", Glyph::ErrorCircle, "Cannot be changed")), problem.title.clone()),
        Ok(change) if change.noop => (badge(look(change)), "nothing will be sent".to_owned()),
        Ok(change) => (badge(look(change)), counts(&change.diff)),
    };
    let warned = app.change.as_ref().is_ok_and(|change| !change.cautions.is_empty() || !change.findings.is_empty());
    let missing = app.right.is_missing() && app.change.as_ref().is_ok_and(|change| !change.noop);
    let name = app.display_name.clone();
    let body = match app.change {
        Ok(change) => {
            view! { <LastUses uses=app.uses/><Change name=name.clone() object_id=app.object_id.to_string() change/> }
                .into_html()
        }
        Err(problem) => view! { <RefusedApp problem/> }.into_html(),
    };
    view! {
        <details class="card change" open=open>
            <summary class="change__head">
                <Icon glyph=Glyph::ChevronRight/>
                <h2 class="change__name">{name}</h2>
                {badge}
                <RightBadge right=app.right/>
                {warned.then(|| view! { <span class="badge badge--warn"><Icon glyph=Glyph::Warning/>"Has a warning"</span> })}
                <span class="change__sum secondary">{sum}</span>
            </summary>
            <div class="change__body">
                <p class="change__ids secondary">
                    <span>"Client id " <Ident value=app.app_id.to_string() what="the client id"/></span>
                    <a href=Route::App(app.object_id).to_string()>"Look at the app"</a>
                </p>
                {missing.then(|| view! {
                    <MessageBar intent=Intent::Warning title="Entra will refuse this, as far as your sign-in shows">
                        <p>"You are not an owner of this app, and have no directory role for every app. "<a href=Route::App(app.object_id).to_string()>"See who can change it"</a>"."</p>
                    </MessageBar>
                })}
                {body}
            </div>
        </details>
    }
}

#[component]
fn RefusedApp(problem: Problem) -> impl IntoView {
    view! {
        <MessageBar intent=Intent::Error title=problem.title>
            <p>{problem.detail}</p>
            {problem.advice.map(|advice| view! { <p>{advice}</p> })}
            {problem.request_id.map(|id| view! { <p class="message-bar__support">"Request-id " <Ident value=id what="the request-id"/></p> })}
        </MessageBar>
    }
}

#[component]
fn Found(finding: Finding) -> impl IntoView {
    view! {
        <MessageBar intent=Intent::Warning title=finding.title>
            <p>{finding.why}</p>
            <p>{finding.advice}</p>
        </MessageBar>
    }
}

#[component]
fn Change(name: String, object_id: String, change: PlannedChange) -> impl IntoView {
    let PlannedChange { key_ids, diff, body, manifest, commands, noop, cautions, findings, .. } = change;
    let marks: Vec<_> = key_ids.iter().map(ToString::to_string).collect();
    let request = if noop {
        view! { <p class="card__text secondary">"Nothing will be sent: the app is as this push would make it."</p> }
            .into_html()
    } else {
        view! {
            <p class="card__text secondary"><code class="mono">{format!("PATCH /applications/{object_id}")}</code>" with exactly this body. The whole collection is sent, because Graph replaces it as a whole."</p>
            <JsonView json=body label=format!("the request for {name}") file_name=format!("keyCredentials-{object_id}.json") marks/>
        }
        .into_html()
    };
    let mut tabs = vec![("Exact request", request)];
    if !manifest.is_empty() {
        tabs.push((
            "App manifest",
            view! {
                <p class="card__text secondary">"What is new, as the manifest editor of the Entra admin center takes it, to add by hand to keyCredentials."</p>
                <JsonView json=manifest label=format!("the manifest entry for {name}") file_name=format!("manifest-{object_id}.json")/>
            }
            .into_html(),
        ));
    }
    tabs.push((
        "Commands",
        view! {
            <p class="card__text secondary">"The same change without this portal. Run it soon: it sends the whole collection as it is now."</p>
            <CommandTabs id=format!("tool-{object_id}") commands app=name.clone()/>
        }
        .into_html(),
    ));
    view! {
        {cautions.into_iter().map(|caution| view! { <MessageBar intent=Intent::Warning title=caution/> }).collect_view()}
        {findings.into_iter().map(|finding| view! { <Found finding/> }).collect_view()}
        <DiffTable diff caption=format!("Certificates of {name} after the push")/>
        <Tabs id=format!("form-{object_id}") label="The change as" tabs/>
    }
}
