//! Choosing many apps: one form carries the choice through search and paging. The ticks travel in the URL, with scripts or
//! without; or all that the search finds is meant.

use super::app_list::{AppList, NextEnd, count, number, scope_name};
use crate::components::directory;
use crate::components::empty_state::EmptyState;
use crate::components::field::SearchField;
use crate::components::icon::Icon;
use crate::components::out_of_view::OutOfView;
use crate::components::page::{grouped, plural};
use crate::components::pager::range;
use crate::components::rights::RightBadge;
use crate::data::apps::{AppQuery, AppRow, Scope};
use crate::data::plans::MAX_APPS_PER_PLAN;
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::query::Query;
use crate::route::Form;
use domain::ids::ObjectId;

/// Ticks beyond this would not fit a URL.
pub const MOST_TICKS: usize = 1_000;

/// A page of the list, and the chosen apps that are not on it, with their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choosable {
    pub list: AppList,
    pub elsewhere: Vec<(ObjectId, String)>,
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

    /// `3 apps chosen`.
    fn words(&self, words: &Words) -> String {
        let count = self.apps.len();
        match count {
            _ if self.all => words.all.clone(),
            0 => words.none.to_owned(),
            1 => words.one.to_owned(),
            _ if count > MOST_TICKS => words.over.replace("{n}", &grouped(count)),
            _ => words.many.replace("{n}", &grouped(count)),
        }
    }
}

/// How a choice is told. The shell has them too, so that the bar follows the ticks; `{n}` is their number.
struct Words {
    none: &'static str,
    one: &'static str,
    many: &'static str,
    over: String,
    all: String,
}

impl Words {
    /// `total`: how many apps the search finds, where that is known.
    fn of(total: Option<u64>) -> Self {
        Self {
            none: "No app chosen yet",
            one: "1 app chosen",
            many: "{n} apps chosen",
            over: format!("{{n}} apps chosen; select at most {MOST_TICKS}, or take all that a search finds"),
            all: all(total, "the"),
        }
    }
}

fn apps(count: u64) -> String {
    plural(directory::count(count), "app")
}

/// The form around a choice: to another page of the list, or to the preview.
#[component]
pub fn PickerForm(
    /// Under which the browser remembers the ticks.
    id: String,
    /// The page's own.
    path: String,
    children: Children,
) -> impl IntoView {
    view! {
        <form class="choose" method="get" action=path autocomplete="off" data-picker=id>
            {children.render()}
        </form>
    }
}

/// Search, list, pages.
#[component]
pub fn AppPicker(list: AppList, ticked: Ticked) -> impl IntoView {
    let AppList { query, page } = list;
    let (shown, total) = (page.items.len(), page.total);
    view! {
        <input type="hidden" name="scope" value=scope_name(query.scope)/>
        <input type="hidden" name="sort" value=if query.descending { "desc" } else { "" }/>
        <input type="hidden" name="search" value=query.search.clone()/>
        <Toolbar query=query.clone()/>
        {if shown == 0 {
            view! { <Nothing query/> }.into_html()
        } else {
            view! {
                <All total checked=ticked.all/>
                <Table rows=page.items ticked/>
            }
            .into_html()
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

/// `which`: the search.
fn all(total: Option<u64>, which: &str) -> String {
    match total {
        None => format!("All apps that {which} search finds"),
        Some(1) => format!("The one app that {which} search finds"),
        Some(total) => format!("All {} that {which} search finds", apps(total)),
    }
}

#[component]
fn All(total: Option<u64>, checked: bool) -> impl IntoView {
    let too_many = total.is_some_and(|total| total > MAX_APPS_PER_PLAN as u64);
    let words = all(total, "this");
    let note = if too_many {
        format!("At most {MAX_APPS_PER_PLAN} in one push: search for fewer")
    } else {
        "Those on other pages as well; what is selected one by one does not count then".to_owned()
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
fn Table(rows: Vec<AppRow>, ticked: Ticked) -> impl IntoView {
    let all = rows.iter().all(|row| ticked.has(&row.object_id.to_string()));
    view! {
        <div class="card card--table">
            <table class="table table--stack table--compact table--hover table--pick">
                <caption class="sr-only">"Apps to choose from"</caption>
                <thead>
                    <tr>
                        <th scope="col" class="table__tick">
                            <input type="checkbox" class="needs-shell" aria-label="All apps on this page" autocomplete="off" checked=all data-pick-all=""/>
                        </th>
                        <th scope="col">"Name"</th>
                        <th scope="col" class="number">"Certificates"</th>
                        <th scope="col" class="number">"Secrets"</th>
                        <th scope="col">"Next certificate ends"</th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|row| view! { <Row checked=ticked.has(&row.object_id.to_string()) row/> })
                        .collect_view()}
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
            <td class="table__tick"><input type="checkbox" id=field.clone() name="app[]" value=id checked=checked data-name=row.display_name.clone()/></td>
            <td class="table__name" data-label="Name">
                <label class="stacked" for=field>
                    <span class="table__link">{row.display_name.clone()}</span>
                    <code class="mono secondary">{row.app_id.to_string()}</code>
                    <RightBadge right=row.right/>
                </label>
            </td>
            <td data-label="Certificates" class=number(row.certificates)>{count(row.certificates)}</td>
            <td data-label="Secrets" class=number(row.secrets)>{count(row.secrets)}</td>
            <td class="table__bare" data-label="Next end"><NextEnd row/></td>
        </tr>
    }
}

/// Paging by buttons of the form, which take the ticks along.
#[component]
pub fn Pages(page: u32, shown: usize, total: Option<u64>, has_next: bool) -> impl IntoView {
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

/// Chosen apps that are not in view.
#[component]
pub fn AppsOutOfView(apps: Vec<(ObjectId, String)>) -> impl IntoView {
    let chosen = apps.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    view! { <OutOfView field="app[]" title="Chosen, not in view" legend="Chosen apps that are not on this page of the list" chosen/> }
}

/// How many are chosen, beside the button that goes on.
#[component]
pub fn Chosen(ticked: Ticked, total: Option<u64>) -> impl IntoView {
    let words = Words::of(total);
    view! {
        <p role="status">
            <strong
                data-picked=""
                data-none=words.none
                data-one=words.one
                data-many=words.many
                data-most=MOST_TICKS.to_string()
                data-over=words.over.clone()
                data-all=words.all.clone()
            >
                {ticked.words(&words)}
            </strong>
            <span class="without-shell secondary">" · what you select on this page counts when you send it"</span>
        </p>
    }
}

/// Posts the form to what makes a preview. `name` and `value`: what the page is about, which only this button sends.
#[component]
pub fn PreviewButton(name: &'static str, value: String, form: Form) -> impl IntoView {
    view! {
        <button
            type="submit"
            class="button button--primary"
            name=name
            value=value
            formmethod="post"
            formaction=form.path()
            data-pending="Reading the apps"
        >
            <span>"Preview"</span>
            <Icon glyph=Glyph::ArrowRight/>
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(count: usize, all: bool, total: Option<u64>) -> String {
        Ticked { apps: (0..count).map(|n| n.to_string()).collect(), all }.words(&Words::of(total))
    }

    #[test]
    fn the_bar_says_what_is_chosen() {
        assert_eq!(words(0, false, Some(61)), "No app chosen yet");
        assert_eq!(words(1, false, None), "1 app chosen");
        assert_eq!(words(3, false, None), "3 apps chosen");
        assert_eq!(words(3, true, Some(61)), "All 61 apps that the search finds");
        assert_eq!(words(0, true, None), "All apps that the search finds");
        assert_eq!(words(0, true, Some(1)), "The one app that the search finds");
        assert!(words(1_001, false, None).contains("at most 1000"));
    }
}
