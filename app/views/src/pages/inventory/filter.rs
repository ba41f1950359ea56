//! The filter: as words in the search box, and as choices that write the same words.

use super::asked::Asked;
use super::picks::LookFields;
use crate::components::directory::title;
use crate::components::field::SearchField;
use crate::data::inventory::GridQuery;
use crate::prelude::*;
use crate::route::Route;
use domain::credentials::{CredentialKind, SubjectKind};
use domain::inventory::AttentionKind;
use domain::inventory::filter::{DecidedWord, Filter, FilterKey, holder_word};

/// `filter`: absent where what was typed is not understood.
#[component]
pub(super) fn FilterForms(asked: Asked, filter: Option<Filter>) -> impl IntoView {
    let typed = filter.as_ref().map_or(asked.typed.clone(), ToString::to_string);
    let filtered = !typed.is_empty();
    let (view, sort) = (asked.view.as_str(), asked.sort.as_str());
    let (group, columns, density) = (asked.group, asked.columns.clone(), asked.density);
    let whole = GridQuery { group, columns: columns.clone(), density, ..GridQuery::of(asked.view) };
    let (clear, columns) = (whole.href(), columns.text(asked.view));
    let kept = || {
        view! {
            <input type="hidden" name="view" value=view/>
            <input type="hidden" name="sort" value=sort/>
            <LookFields group columns=columns.clone() density/>
        }
    };
    view! {
        <div class="toolbar">
            <form method="get" action=Route::Inventory.to_string() class="toolbar__form">
                {kept()}
                <SearchField value=typed label="Filter" placeholder="Part of a name, or words such as kind:secret ends:<30d"/>
                <button type="submit" class="button">"Search"</button>
                {filtered.then(|| view! { <a class="button button--subtle" href=clear>"Clear"</a> })}
            </form>
        </div>
        {filter.map(|filter| view! {
            <form method="get" action=Route::Inventory.to_string() class="toolbar choices">
                {kept()}
                <input type="hidden" name="q" value=names(&filter)/>
                {FilterKey::ALL.iter().filter_map(|key| choice(*key, &filter)).collect_view()}
                <button type="submit" class="button">"Apply"</button>
            </form>
        })}
        <details class="help">
            <summary>"Words of the filter"</summary>
            <div class="help__body">
                <p>"A word alone, or in double quotes, is a part of a name. All words have to fit; of kind and ends, one credential has to fit both."</p>
                <dl class="facts facts--small">
                    {FilterKey::ALL
                        .iter()
                        .map(|key| view! { <dt><code class="mono">{format!("{key}:")}</code></dt><dd>{key.values()}</dd> })
                        .collect_view()}
                </dl>
            </div>
        </details>
    }
}

/// The parts of names alone: the choices say the rest.
fn names(filter: &Filter) -> String {
    Filter { words: filter.words.clone(), ..Filter::default() }.to_string()
}

/// What was typed and is not among the options is one of them. Absent where there would be none.
fn choice(key: FilterKey, filter: &Filter) -> Option<impl IntoView + use<>> {
    let chosen = filter.value(key);
    let (label, any, mut options) = options(key);
    if !chosen.is_empty() && options.iter().all(|(value, _)| *value != chosen) {
        options.push((chosen.clone(), format!("{key}:{chosen}")));
    }
    if options.is_empty() {
        return None;
    }
    let id = format!("choose-{key}");
    Some(view! {
        <label class="sr-only" for=id.clone()>{label}</label>
        <select class="input select" id=id name=key.as_str() autocomplete="off">
            <option value="" selected=chosen.is_empty()>{any}</option>
            {options
                .into_iter()
                .map(|(value, words)| {
                    let selected = value == chosen;
                    view! { <option value=value selected=selected>{words}</option> }
                })
                .collect_view()}
        </select>
    })
}

/// Its label, what it says where nothing is chosen, and values with their words.
fn options(key: FilterKey) -> (&'static str, &'static str, Vec<(String, String)>) {
    let own = |value: &str, words: &str| (value.to_owned(), words.to_owned());
    match key {
        FilterKey::Kind => (
            "Kind of credential",
            "Every kind",
            CredentialKind::ALL.iter().map(|kind| own(kind.as_str(), kinds(*kind))).collect(),
        ),
        FilterKey::Ends => (
            "When it ends",
            "Any end",
            vec![
                own("past", "Has ended"),
                own("<7d", "Within 7 days"),
                own("<30d", "Within 30 days"),
                own("<90d", "Within 90 days"),
                own(">90d", "After 90 days"),
                own("unknown", "Not known"),
            ],
        ),
        FilterKey::Holder => (
            "What has it",
            "Every object",
            SubjectKind::ALL.iter().map(|kind| own(holder_word(*kind), subjects(*kind))).collect(),
        ),
        FilterKey::Owner => {
            ("Who owns it", "Every owner", vec![own("none", "Nobody"), own("me", "I do"), own("unknown", "Not known")])
        }
        FilterKey::Needs => (
            "What it needs",
            "Whatever it needs",
            AttentionKind::ALL.iter().map(|kind| own(kind.as_str(), title(*kind))).collect(),
        ),
        FilterKey::Certificate => ("Certificate", "Every certificate", vec![]),
        FilterKey::Issuer => ("Issuer", "Every issuer", vec![]),
        FilterKey::Decided => (
            "What was decided",
            "Decided or not",
            DecidedWord::ALL.iter().map(|word| own(word.as_str(), decisions(*word))).collect(),
        ),
    }
}

fn decisions(word: DecidedWord) -> &'static str {
    match word {
        DecidedWord::Assigned => "Assigned",
        DecidedWord::Mine => "Assigned to me",
        DecidedWord::Snoozed => "Snoozed",
        DecidedWord::Accepted => "Accepted",
    }
}

/// In the plural.
fn kinds(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Certificate => "Certificates",
        CredentialKind::Secret => "Secrets",
        CredentialKind::Federated => "Federated credentials",
    }
}

/// In the plural.
fn subjects(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Application => "Apps",
        SubjectKind::ServicePrincipal => "Service principals",
        SubjectKind::AgentBlueprint => "Agent blueprints",
    }
}
