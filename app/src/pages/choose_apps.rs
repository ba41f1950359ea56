//! The third step: to which apps, and how. One form carries the choice through search and paging: the ticks travel in
//! the URL, with scripts or without.

use super::app_list::{AppList, NextEnd, count, load, scope_name, wanted};
use crate::api::{self, DraftPlan};
use crate::browser;
use crate::components::breadcrumbs::{Step, Steps};
use crate::components::empty_state::EmptyState;
use crate::components::field::SearchField;
use crate::components::get_form::url;
use crate::components::icon::{Glyph, Icon};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, no_such_page, plural, signed_in, use_param, use_viewer, why_no_push};
use crate::components::pager::range;
use crate::components::problem_view::{ProblemBar, form_problem};
use crate::components::thumbprint::ThumbprintText;
use crate::components::validity_pill::ValidityPill;
use crate::desk::{AppQuery, AppRow, CertificateView, MAX_APPS_PER_PLAN, Problem, Scope, Viewer};
use crate::query::{Query, use_query};
use crate::route::Route;
use domain::thumbprint::Sha256Thumbprint;
use leptos::html::Form;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Choosing {
    certificate: CertificateView,
    list: AppList,
    /// Chosen apps that are not on the page in view: object id and name.
    elsewhere: Vec<(String, String)>,
}

/// What the person has settled so far, as the URL has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    apps: Vec<String>,
    replace: bool,
    display_name: String,
}

impl Choice {
    fn of(query: &Query) -> Self {
        Self {
            apps: query.all("app[]"),
            replace: query.get("mode") == Some("replace"),
            display_name: query.text("display_name"),
        }
    }

    fn has(&self, id: &str) -> bool {
        self.apps.iter().any(|app| app == id)
    }
}

#[component]
pub fn ChooseAppsPage() -> impl IntoView {
    let sha256 = use_param::<Sha256Thumbprint>("sha256");
    let query = use_query();
    let viewer = use_viewer();
    let certificate = Resource::new_blocking(
        move || sha256.get(),
        |sha256| async move {
            match sha256 {
                Some(sha256) => api::certificate(sha256.hex()).await,
                None => Err(no_such_page()),
            }
        },
    );
    // Ticks change the URL as well, but not this: they do not load the list again.
    let list = Memo::new(move |_| wanted(&query.read()));
    let data = Resource::new_blocking(
        move || (sha256.get(), list.get()),
        move |(_, wanted)| async move {
            let chosen = query.with_untracked(|query| query.all("app[]"));
            let certificate = certificate.await?;
            let list = load(viewer, wanted).await?;
            let elsewhere: Vec<_> = chosen
                .into_iter()
                .filter(|id| !list.page.items.iter().any(|row| row.object_id.to_string() == *id))
                .collect();
            let elsewhere = if elsewhere.is_empty() { Vec::new() } else { api::app_names(elsewhere.join(",")).await? };
            Ok::<_, Problem>(Choosing { certificate, list, elsewhere })
        },
    );
    signed_in(data, |viewer, data| view! { <Choose viewer data/> })
}

#[component]
fn Choose(viewer: Viewer, data: Choosing) -> impl IntoView {
    let Choosing { certificate, list, elsewhere } = data;
    let AppList { query, page } = list;
    let facts = certificate.facts.clone();
    let sha256 = facts.sha256;
    let path = Route::ChooseApps(sha256).to_string();
    let name = facts.common_name.clone().unwrap_or_else(|| facts.subject.clone());
    let may_push = viewer.may_push() && certificate.assessment.usable();

    let url_query = use_query();
    let choice = Memo::new(move |_| Choice::of(&url_query.read()));
    let at_first = choice.get_untracked();
    let draft = ServerAction::<DraftPlan>::new();
    let pending = draft.pending();
    let refused = form_problem::<DraftPlan>();
    let form = NodeRef::<Form>::new();
    let navigate = use_navigate();

    // Where the form's fields belong: in the URL.
    let page_now = query.page;
    let follow = Callback::new({
        let (navigate, path) = (navigate.clone(), path.clone());
        move |mut fields: Vec<(String, String)>| {
            if page_now > 1 {
                fields.push(("page".into(), page_now.to_string()));
            }
            navigate(&url(&path, &fields), NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
    });
    // What was ticked before the page was hydrated counts too.
    Effect::new(move |_| {
        if let Some(form) = form.get() {
            let fields = browser::fields(&form);
            let ticked: Vec<_> = fields.iter().filter(|(name, _)| name == "app[]").map(|(_, id)| id).collect();
            let differs = choice
                .with_untracked(|choice| choice.apps.len() != ticked.len() || ticked.iter().any(|id| !choice.has(id)));
            if differs {
                follow.run(fields);
            }
        }
    });
    let on_change = move |event: leptos::ev::Event| {
        // The search words count when they are sent.
        if browser::field_name(&event).is_some_and(|name| name != "q")
            && let Some(form) = form.get_untracked()
        {
            follow.run(browser::fields(&form));
        }
    };
    let on_submit = {
        let path = path.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let (mut fields, button) = browser::submitted(&event);
            match button {
                Some(button) if button.method == "post" => {
                    let Choice { apps, replace, display_name } = Choice::of(&Query::from(fields));
                    draft.dispatch(DraftPlan {
                        certificate: sha256.hex(),
                        app: apps,
                        mode: if replace { "replace" } else { "append" }.into(),
                        display_name,
                    });
                }
                button => {
                    fields.extend(button.map(|it| (it.name, it.value)).filter(|(name, _)| !name.is_empty()));
                    navigate(&url(&path, &fields), NavigateOptions { scroll: false, ..Default::default() });
                }
            }
        }
    };
    let problem = move || draft.value().get().and_then(Result::err);

    view! {
        <Title text=format!("Choose apps for {name}")/>
        <Steps
            current=Step::Apps
            links=vec![(Step::Upload, Route::Upload.to_string()), (Step::Certificate, Route::Certificate(sha256).to_string())]
        />
        <Heading title="Choose apps" lead="The preview comes next: nothing is changed yet."/>
        {refused.map(|problem| view! { <ProblemBar problem/> })}
        {why_no_push(&viewer).map(|why| view! { <MessageBar intent=Intent::Warning title="You cannot push"><p>{why}</p></MessageBar> })}
        {(!certificate.assessment.usable()).then(|| view! {
            <MessageBar intent=Intent::Error title="This certificate cannot be used">
                <p><a href=Route::Certificate(sha256).to_string()>"See why"</a>", or "<a href=Route::Upload.to_string()>"upload another"</a>"."</p>
            </MessageBar>
        })}
        <form class="choose" method="get" action=path autocomplete="off" node_ref=form on:submit=on_submit on:change=on_change>
            <input type="hidden" name="scope" value=scope_name(query.scope)/>
            <input type="hidden" name="sort" value=if query.descending { "desc" } else { "" }/>
            <div class="columns columns--side">
                <div class="columns__main">
                    <Toolbar query=query.clone()/>
                    {if page.items.is_empty() {
                        view! { <Nothing query=query.clone()/> }.into_any()
                    } else {
                        view! { <Table rows=page.items.clone() chosen=at_first.apps.clone() form follow/> }.into_any()
                    }}
                    <Pages page=page.page shown=page.items.len() total=page.total has_next=page.has_next/>
                </div>
                <aside class="columns__side">
                    <section class="card" aria-labelledby="what-title">
                        <div class="card__head"><h2 id="what-title">"Certificate"</h2></div>
                        <p class="card__text"><strong>{name}</strong></p>
                        <p class="card__text"><ValidityPill validity=certificate.validity start=Some(facts.not_before) end=Some(facts.not_after)/></p>
                        <p class="card__text"><ThumbprintText thumbprint=facts.sha1/></p>
                    </section>
                    <How choice=at_first subject=facts.subject.clone()/>
                    <Elsewhere apps=elsewhere choice/>
                </aside>
            </div>
            {move || problem().map(|problem| view! { <ProblemBar problem/> })}
            <div class="action-bar">
                <p class="action-bar__words" role="status">
                    {move || {
                        let count = choice.read().apps.len();
                        if count > MAX_APPS_PER_PLAN {
                            format!("{} chosen; at most {MAX_APPS_PER_PLAN} in one push", plural(count, "app"))
                        } else if count == 0 {
                            "No app chosen yet".to_owned()
                        } else {
                            format!("{} chosen", plural(count, "app"))
                        }
                    }}
                    <span class="without-wasm secondary">" · ticks on this page count when you send them"</span>
                </p>
                {may_push.then(|| view! {
                    <button
                        type="submit"
                        class="button button--primary"
                        name="certificate"
                        value=sha256.hex()
                        formmethod="post"
                        formaction=DraftPlan::url()
                        disabled=move || pending.get()
                    >
                        <span>{move || if pending.get() { "Reading the apps" } else { "Preview" }}</span>
                        <Icon glyph=Glyph::ArrowRight/>
                    </button>
                })}
            </div>
        </form>
    }
}

/// The search button comes first in the form, so that Enter searches.
#[component]
fn Toolbar(query: AppQuery) -> impl IntoView {
    let option = |scope: Scope, word: &'static str| {
        view! { <button type="submit" name="scope" value=scope_name(scope) aria-pressed=if query.scope == scope { "true" } else { "false" }>{word}</button> }
    };
    view! {
        <div class="toolbar">
            <div class="toolbar__form">
                <SearchField value=query.search.clone() label="Search apps" placeholder="Name, client id or object id"/>
                <button type="submit" class="button">"Search"</button>
            </div>
            <div class="segmented" role="group" aria-label="Whose apps">{option(Scope::Mine, "Mine")}{option(Scope::All, "All")}</div>
        </div>
    }
}

#[component]
fn Nothing(query: AppQuery) -> impl IntoView {
    let (title, text) = match (query.search.is_empty(), query.scope) {
        (false, _) => (
            format!("No app matches “{}”", query.search),
            "Search by a part of the name, or by the whole client id or object id.",
        ),
        (true, Scope::Mine) => ("You own no apps".to_owned(), "Ask an owner to add you, or look at all apps."),
        (true, Scope::All) => ("There are no apps on this page".to_owned(), "Go back to the first page."),
    };
    view! {
        <div class="card">
            <EmptyState glyph=Glyph::Apps title text>
                {(query.scope == Scope::Mine).then(|| view! { <button type="submit" class="button" name="scope" value="all">"Show all apps"</button> })}
            </EmptyState>
        </div>
    }
}

#[component]
fn Table(
    rows: Vec<AppRow>,
    chosen: Vec<String>,
    form: NodeRef<Form>,
    follow: Callback<Vec<(String, String)>>,
) -> impl IntoView {
    let all = rows.iter().all(|row| chosen.contains(&row.object_id.to_string()));
    let tick_all = move |event: leptos::ev::Event| {
        event.stop_propagation();
        if let Some(form) = form.get_untracked() {
            browser::tick_all(&form, "table input[name='app[]']", event_target_checked(&event));
            follow.run(browser::fields(&form));
        }
    };
    view! {
        <div class="card card--table">
            <table class="table table--stack table--hover table--pick">
                <caption class="sr-only">"Apps to choose from"</caption>
                <thead>
                    <tr>
                        <th scope="col" class="table__tick">
                            <input type="checkbox" class="needs-wasm" aria-label="All apps on this page" autocomplete="off" checked=all on:change=tick_all/>
                        </th>
                        <th scope="col">"Name"</th>
                        <th scope="col" class="number">"Certificates"</th>
                        <th scope="col" class="number">"Secrets"</th>
                        <th scope="col">"Next certificate ends"</th>
                    </tr>
                </thead>
                <tbody>
                    // Keyed, so that a tick belongs to an app and not to a place on the page.
                    <For each=move || rows.clone() key=|row| row.clone().object_id let:row>
                        <Row checked=chosen.contains(&row.object_id.to_string()) row/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(row: AppRow, checked: bool) -> impl IntoView {
    let id = row.object_id.to_string();
    let field = format!("app-{id}");
    view! {
        <tr>
            <td class="table__tick"><input type="checkbox" id=field.clone() name="app[]" value=id checked=checked/></td>
            <td class="table__name" data-label="Name">
                <label class="stacked" for=field>
                    <span class="table__link">{row.display_name.clone()}</span>
                    <code class="mono secondary">{row.app_id.to_string()}</code>
                </label>
            </td>
            <td data-label="Certificates" class="number">{count(row.certificates)}</td>
            <td data-label="Secrets" class="number">{count(row.secrets)}</td>
            <td data-label="Next end"><NextEnd row/></td>
        </tr>
    }
}

/// Paging by buttons of the form, which take the ticks along.
#[component]
fn Pages(page: u32, shown: usize, total: Option<u64>, has_next: bool) -> impl IntoView {
    let step = |to: Option<u32>, glyph: Glyph, word: &'static str| {
        view! {
            <button type="submit" class="button button--small" name="page" value=to.unwrap_or(page) disabled=to.is_none()><Icon glyph/><span>{word}</span></button>
        }
    };
    view! {
        <div class="pager" role="group" aria-label="Pages">
            <span class="pager__range">{range(page, shown, total)}</span>
            {step((page > 1).then(|| page - 1), Glyph::ChevronLeft, "Previous")}
            {step(has_next.then(|| page + 1), Glyph::ChevronRight, "Next")}
        </div>
    }
}

#[component]
fn How(choice: Choice, subject: String) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="how-title">
            <div class="card__head"><h2 id="how-title">"How"</h2></div>
            <fieldset class="options">
                <legend class="sr-only">"What happens to the certificates that are there"</legend>
                <label class="option">
                    <input type="radio" name="mode" value="append" checked=!choice.replace/>
                    <span class="stacked">
                        <strong>"Add"</strong>
                        <span class="secondary">"Keeps every certificate that is there. Right for a rollover: the old one works until you remove it."</span>
                    </span>
                </label>
                <label class="option">
                    <input type="radio" name="mode" value="replace" checked=choice.replace/>
                    <span class="stacked">
                        <strong>"Replace"</strong>
                        <span class="secondary">"Removes every other certificate used for signing in. Whatever still signs in with one of those stops at once. A token encryption key stays."</span>
                    </span>
                </label>
            </fieldset>
            <div class="field">
                <label for="display-name">"Name of the entry"</label>
                <input class="input" id="display-name" name="display_name" maxlength="90" value=choice.display_name placeholder=subject spellcheck="false" aria-describedby="display-name-hint"/>
                <p class="field__hint" id="display-name-hint">"Shown in the Entra admin center. Empty: the certificate’s subject."</p>
            </div>
        </section>
    }
}

/// Chosen apps that are not in view: ticked here, so that they can be left out again.
#[component]
fn Elsewhere(apps: Vec<(String, String)>, choice: Memo<Choice>) -> impl IntoView {
    (!apps.is_empty()).then(|| {
        let ticks = move || apps.clone();
        view! {
            <section class="card" aria-labelledby="elsewhere-title">
                <div class="card__head"><h2 id="elsewhere-title">"Chosen, not in view"</h2></div>
                <fieldset class="options">
                    <legend class="sr-only">"Chosen apps that are not on this page of the list"</legend>
                    <For each=ticks key=|(id, _)| id.clone() let:app>
                        <label class="checkbox">
                            <input type="checkbox" name="app[]" checked=choice.with_untracked(|choice| choice.has(&app.0)) value=app.0/>
                            <span>{app.1}</span>
                        </label>
                    </For>
                </fieldset>
            </section>
        }
    })
}
