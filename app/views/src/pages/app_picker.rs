//! Choosing many apps: one form carries the choice through search and paging. The ticks travel in the URL, with scripts or
//! without; or all that the search finds is meant.

use super::app_list::{AppList, NextEnd, count, load, number, scope_name};
use crate::browser;
use crate::components::empty_state::EmptyState;
use crate::components::field::SearchField;
use crate::components::get_form::url;
use crate::components::icon::{Glyph, Icon};
use crate::components::page::plural;
use crate::components::pager::range;
use crate::data::apps;
use crate::data::apps::{AppQuery, AppRow, Scope};
use crate::data::people::Viewer;
use crate::data::plans::MAX_APPS_PER_PLAN;
use crate::data::problem::Problem;
use crate::query::{Query, use_query};
use leptos::html::Form;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use serde::{Deserialize, Serialize};

/// Ticks beyond this would not fit a URL.
const MOST_TICKS: usize = 1_000;

/// A page of the list, and the chosen apps that are not on it: object id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choosable {
    pub list: AppList,
    pub elsewhere: Vec<(String, String)>,
}

/// Asks for the list, and for the names of `chosen` apps that it does not show.
pub async fn choosable(
    viewer: Resource<Result<Option<Viewer>, Problem>>,
    wanted: super::app_list::Wanted,
    chosen: Vec<String>,
) -> Result<Choosable, Problem> {
    let list = load(viewer, wanted).await?;
    let elsewhere: Vec<_> = chosen
        .into_iter()
        .filter(|id| !list.page.items.iter().any(|row| row.object_id.to_string() == *id))
        .take(MOST_TICKS)
        .collect();
    let elsewhere = if elsewhere.is_empty() { Vec::new() } else { apps::app_names(elsewhere.join(",")).await? };
    Ok(Choosable { list, elsewhere })
}

/// What is chosen, as the URL has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticked {
    pub apps: Vec<String>,
    /// All that the search finds, whatever is ticked.
    pub all: bool,
}

impl Ticked {
    pub fn of(query: &Query) -> Self {
        Self { apps: query.all("app[]"), all: query.get("all") == Some("on") }
    }

    fn has(&self, id: &str) -> bool {
        self.apps.iter().any(|app| app == id)
    }

    /// `3 apps chosen`. `total`: how many the search finds, where that is known.
    fn words(&self, total: Option<u64>) -> String {
        let count = self.apps.len();
        match (self.all, total) {
            (true, Some(total)) => {
                format!("All {} that the search finds", plural(usize::try_from(total).unwrap_or(usize::MAX), "app"))
            }
            (true, None) => "All apps that the search finds".to_owned(),
            (false, _) if count > MOST_TICKS => {
                format!("{} chosen; tick at most {MOST_TICKS}, or take all that a search finds", plural(count, "app"))
            }
            (false, _) if count == 0 => "No app chosen yet".to_owned(),
            (false, _) => format!("{} chosen", plural(count, "app")),
        }
    }
}

/// The form's behaviour in the browser.
#[derive(Clone, Copy)]
pub struct Picker {
    pub form: NodeRef<Form>,
    pub ticked: Memo<Ticked>,
    path: StoredValue<String>,
    /// Of the page that the browser is on, or on its way to.
    here: Memo<String>,
    page: u32,
    go: Callback<(String, bool)>,
}

impl Picker {
    /// `path`: of the page; `page`: of the list in view.
    pub fn new(path: String, page: u32) -> Self {
        let query = use_query();
        let navigate = use_navigate();
        let picker = Self {
            form: NodeRef::new(),
            ticked: Memo::new(move |_| Ticked::of(&query.read())),
            path: StoredValue::new(path),
            here: use_location().pathname,
            page,
            go: Callback::new(move |(path, replace): (String, bool)| {
                navigate(&path, NavigateOptions { replace, scroll: false, ..Default::default() });
            }),
        };
        // What was ticked before the page was hydrated counts too.
        Effect::new(move |_| {
            if let Some(form) = picker.form.get() {
                let fields = browser::fields(&form);
                let now = Ticked::of(&Query::from(fields.clone()));
                let differs = picker.ticked.with_untracked(|then| {
                    then.all != now.all || then.apps.len() != now.apps.len() || now.apps.iter().any(|id| !then.has(id))
                });
                if differs {
                    picker.follow(fields);
                }
            }
        });
        picker
    }

    /// Puts the form's fields where they belong: into the URL.
    fn follow(self, mut fields: browser::Fields) {
        if self.page > 1 {
            fields.push(("page".into(), self.page.to_string()));
        }
        self.leave(fields, true);
    }

    fn leave(self, mut fields: browser::Fields, replace: bool) {
        // Whoever is on the way to the preview is not called back.
        if self.here.read_untracked() != *self.path.read_value() {
            return;
        }
        // The searched words, for the post alone: the URL has them as `q`.
        fields.retain(|(name, _)| name != "search");
        self.go.run((url(&self.path.get_value(), &fields), replace));
    }

    pub fn on_change(self, event: &leptos::ev::Event) {
        // The search words count when they are sent.
        if browser::field_name(event).is_some_and(|name| name != "q")
            && let Some(form) = self.form.get_untracked()
        {
            self.follow(browser::fields(&form));
        }
    }

    /// A button that posts hands its form to `send`; any other goes to another page of the list.
    pub fn on_submit(self, event: &leptos::ev::SubmitEvent, send: impl FnOnce(Query)) {
        event.prevent_default();
        let (mut fields, button) = browser::submitted(event);
        match button {
            Some(button) if button.method == "post" => send(Query::from(fields)),
            button => {
                fields.extend(button.map(|it| (it.name, it.value)).filter(|(name, _)| !name.is_empty()));
                self.leave(fields, false);
            }
        }
    }

    fn tick_page(self, checked: bool) {
        if let Some(form) = self.form.get_untracked() {
            browser::tick_all(&form, "table input[name='app[]']", checked);
            self.follow(browser::fields(&form));
        }
    }
}

/// Search, list, pages.
#[component]
pub fn AppPicker(picker: Picker, list: AppList) -> impl IntoView {
    let AppList { query, page } = list;
    let at_first = picker.ticked.get_untracked();
    let (shown, total) = (page.items.len(), page.total);
    view! {
        <input type="hidden" name="scope" value=scope_name(query.scope)/>
        <input type="hidden" name="sort" value=if query.descending { "desc" } else { "" }/>
        <input type="hidden" name="search" value=query.search.clone()/>
        <Toolbar query=query.clone()/>
        {if shown == 0 {
            view! { <Nothing query/> }.into_any()
        } else {
            view! {
                <All total=total.unwrap_or_default() known=total.is_some() checked=at_first.all/>
                <Table rows=page.items chosen=at_first.apps picker/>
            }
            .into_any()
        }}
        <Pages page=page.page shown total has_next=page.has_next/>
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
fn All(total: u64, known: bool, checked: bool) -> impl IntoView {
    let too_many = total > MAX_APPS_PER_PLAN as u64;
    let words = if known {
        format!("All {} that this search finds", plural(usize::try_from(total).unwrap_or(usize::MAX), "app"))
    } else {
        "All apps that this search finds".to_owned()
    };
    let note = if too_many {
        format!("At most {MAX_APPS_PER_PLAN} in one push: search for fewer")
    } else {
        "Those on other pages as well; ticks do not count then".to_owned()
    };
    view! {
        <label class="option pick-all">
            <input type="checkbox" name="all" value="on" checked=checked && !too_many disabled=too_many autocomplete="off"/>
            <span class="stacked"><strong>{words}</strong><span class="secondary">{note}</span></span>
        </label>
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
fn Table(rows: Vec<AppRow>, chosen: Vec<String>, picker: Picker) -> impl IntoView {
    let all = rows.iter().all(|row| chosen.contains(&row.object_id.to_string()));
    let tick_all = move |event: leptos::ev::Event| {
        event.stop_propagation();
        picker.tick_page(event_target_checked(&event));
    };
    view! {
        <div class="card card--table">
            <table class="table table--stack table--hover table--pick">
                <caption class="sr-only">"Apps to choose from"</caption>
                <thead>
                    <tr>
                        <th scope="col" class="table__tick">
                            <input type="checkbox" class="needs-shell" aria-label="All apps on this page" autocomplete="off" checked=all on:change=tick_all/>
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
            <td data-label="Certificates" class=number(row.certificates)>{count(row.certificates)}</td>
            <td data-label="Secrets" class=number(row.secrets)>{count(row.secrets)}</td>
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

/// Chosen apps that are not in view: ticked here, so that they can be left out again.
#[component]
pub fn Elsewhere(apps: Vec<(String, String)>, picker: Picker) -> impl IntoView {
    (!apps.is_empty()).then(|| {
        let ticks = move || apps.clone();
        view! {
            <section class="card" aria-labelledby="elsewhere-title">
                <div class="card__head"><h2 id="elsewhere-title">"Chosen, not in view"</h2></div>
                <fieldset class="options options--scroll">
                    <legend class="sr-only">"Chosen apps that are not on this page of the list"</legend>
                    <For each=ticks key=|(id, _)| id.clone() let:app>
                        <label class="checkbox">
                            <input type="checkbox" name="app[]" checked=picker.ticked.with_untracked(|ticked| ticked.has(&app.0)) value=app.0/>
                            <span>{app.1}</span>
                        </label>
                    </For>
                </fieldset>
            </section>
        }
    })
}

/// How many are chosen, beside the button that goes on.
#[component]
pub fn Chosen(picker: Picker, total: Option<u64>) -> impl IntoView {
    view! {
        <p class="action-bar__words" role="status">
            {move || picker.ticked.read().words(total)}
            <span class="without-shell secondary">" · ticks on this page count when you send them"</span>
        </p>
    }
}

/// Posts the form to what makes a preview. `name` and `value`: what the page is about, which only this button sends.
#[component]
pub fn PreviewButton(
    name: &'static str,
    value: String,
    action: &'static str,
    #[prop(into)] pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class="button button--primary"
            name=name
            value=value
            formmethod="post"
            formaction=action
            disabled=move || pending.get()
        >
            <span>{move || if pending.get() { "Reading the apps" } else { "Preview" }}</span>
            <Icon glyph=Glyph::ArrowRight/>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticked(count: usize, all: bool) -> Ticked {
        Ticked { apps: (0..count).map(|n| n.to_string()).collect(), all }
    }

    #[test]
    fn the_bar_says_what_is_chosen() {
        assert_eq!(ticked(0, false).words(Some(61)), "No app chosen yet");
        assert_eq!(ticked(1, false).words(None), "1 app chosen");
        assert_eq!(ticked(3, true).words(Some(61)), "All 61 apps that the search finds");
        assert_eq!(ticked(0, true).words(None), "All apps that the search finds");
        assert!(ticked(1_001, false).words(None).contains("at most 1000"));
    }
}
