//! ⌘K: go anywhere, and find who holds a thumbprint, without leaving the keyboard. The shell opens it and asks for what it
//! lists; without scripts its button is a link to the search page.

use super::holders_table;
use super::icon::Icon;
use crate::data::search::{BareApp, Holders, Holding};
use crate::glyph::Glyph;
use crate::prelude::*;
use crate::query::href;
use crate::route::{Audience, PaletteEntry, Route, RouteRow};
use crate::scene::use_path;

/// From this length on the tenant is searched.
pub const SEARCH_FROM: usize = 3;
const MOST_FOUND: usize = 8;
/// Of these, apps without a certificate.
const MOST_BARE: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    glyph: Glyph,
    title: String,
    note: String,
    path: String,
}

impl Entry {
    fn page(row: &RouteRow, entry: PaletteEntry) -> Self {
        Self { glyph: entry.glyph, title: row.title.into(), note: entry.note.into(), path: row.pattern.fill(&[]) }
    }

    fn of(holding: &Holding) -> Self {
        let entry = holding.entry_name.clone().unwrap_or_default();
        let thumbprint = holding.thumbprint.map(|it| it.grouped_hex()).unwrap_or_default();
        Self {
            glyph: Glyph::Apps,
            title: holding.display_name.clone(),
            note: [entry, thumbprint].join(" ").trim().to_owned(),
            path: holders_table::path(holding),
        }
    }

    fn bare(app: &BareApp) -> Self {
        Self {
            glyph: Glyph::Apps,
            title: app.display_name.clone(),
            note: format!("No certificate · {}", app.app_id),
            path: Route::App(app.object_id).to_string(),
        }
    }
}

fn pages(may_push: bool) -> Vec<Entry> {
    let offered = |entry: &PaletteEntry| may_push || entry.audience != Audience::Pushers;
    let rows = Route::TABLE.iter().filter_map(|row| Some((row, row.palette.filter(offered)?)));
    rows.map(|(row, entry)| Entry::page(row, entry)).collect()
}

/// Pages whose words begin with what was typed, then what the tenant's search found.
fn entries(words: &str, may_push: bool, found: Option<&Holders>) -> Vec<Entry> {
    let lower = words.trim().to_lowercase();
    let mut entries: Vec<_> = pages(may_push)
        .into_iter()
        .filter(|entry| lower.is_empty() || entry.title.to_lowercase().contains(&lower))
        .collect();
    if let Some(found) = found {
        let bare = found.bare.iter().take(MOST_BARE);
        let holdings = found.holdings.iter().take(MOST_FOUND - bare.len());
        entries.extend(bare.map(Entry::bare).chain(holdings.map(Entry::of)));
    }
    if lower.chars().count() >= SEARCH_FROM {
        entries.push(Entry {
            glyph: Glyph::Search,
            title: format!("Search all apps and credentials for “{}”", words.trim()),
            note: String::new(),
            path: href(&Route::Search.to_string(), [("q", words.trim())]),
        });
    }
    entries
}

/// The button, and the dialog that the shell opens.
#[component]
pub fn Palette() -> impl IntoView {
    let current = (use_path() == Route::Search.to_string()).then_some("page");
    view! {
        <a class="button button--small top__search" href=Route::Search.to_string() title="Search (Ctrl+K)" aria-current=current data-palette=Route::Palette.to_string()>
            <Icon glyph=Glyph::Search/>
            <span>"Search"</span>
            <kbd class="top__kbd needs-shell" aria-hidden="true">"Ctrl K"</kbd>
        </a>
        <dialog class="dialog palette" id="palette" aria-label="Search and go to">
            <div class="palette__body">
                <div class="palette__ask">
                    <Icon glyph=Glyph::Search/>
                    <input
                        class="palette__input"
                        type="text"
                        role="combobox"
                        aria-label="Thumbprint, keyId, app or page"
                        aria-expanded="true"
                        aria-controls="palette-list"
                        aria-autocomplete="list"
                        placeholder="Thumbprint, keyId, app or page"
                        autocomplete="off"
                        spellcheck="false"
                    />
                    <button type="button" class="button button--small palette__close" data-close="" title="Close (Esc)">"Close"</button>
                </div>
                <ul class="palette__list" id="palette-list" role="listbox" aria-label="Results"></ul>
                <p class="palette__state secondary" id="palette-state" role="status"></p>
            </div>
        </dialog>
    }
}

/// What the palette lists for what was typed: the content of `#palette-list` and of `#palette-state`. `found`: what the
/// tenant's search found; `None` where there was too little to search for, or the search failed.
#[component]
pub fn PaletteAnswer(words: String, may_push: bool, found: Option<Holders>) -> impl IntoView {
    let all = found.as_ref().map_or(0, |found| found.holdings.len() + found.bare.len());
    let shown = found.as_ref().map_or(0, |found| {
        let bare = found.bare.len().min(MOST_BARE);
        bare + found.holdings.len().min(MOST_FOUND - bare)
    });
    let state = match all {
        _ if words.trim().chars().count() < SEARCH_FROM => {
            "Type a thumbprint in any spelling, a keyId, or the name or id of an app".to_owned()
        }
        _ if found.is_none() => "The tenant could not be searched; the search page says why".to_owned(),
        0 => "No app has that name, id or certificate".to_owned(),
        count if count > shown => format!("{count} found, {shown} shown"),
        count => format!("{count} found"),
    };
    let option = |(at, entry): (usize, Entry)| {
        view! {
            <li class="palette__entry" id=format!("palette-{at}") role="option" aria-selected=if at == 0 { "true" } else { "false" } data-path=entry.path>
                <Icon glyph=entry.glyph/>
                <span class="stacked">
                    <span>{entry.title}</span>
                    {(!entry.note.is_empty()).then(|| view! { <span class="secondary">{entry.note}</span> })}
                </span>
            </li>
        }
    };
    let options = entries(&words, may_push, found.as_ref()).into_iter().enumerate().map(option).collect_view();
    view! {
        <ul class="palette__list" id="palette-list" role="listbox" aria-label="Results">{options}</ul>
        <p class="palette__state secondary" id="palette-state" role="status">{state}</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{AppId, ObjectId};
    use uuid::Uuid;

    #[test]
    fn pages_are_found_by_a_part_of_their_name() {
        let titles = |words: &str| entries(words, true, None).into_iter().map(|it| it.title).collect::<Vec<_>>();
        assert_eq!(titles("").len(), pages(true).len());
        assert_eq!(titles(" DOC"), ["Doctor", "Search all apps and credentials for “DOC”"]);
        assert_eq!(titles("zz"), Vec::<String>::new());
    }

    #[test]
    fn apps_without_a_certificate_are_found_too() {
        let id = |n| ObjectId::new(Uuid::from_u128(n));
        let bare = |n| BareApp {
            object_id: id(n),
            app_id: AppId::new(Uuid::from_u128(n + 100)),
            display_name: format!("app {n}"),
        };
        let found = Holders {
            taken_for: "part of a name".into(),
            holdings: vec![],
            bare: (1..=6).map(bare).collect(),
            apps: 6,
            indexed_at: time::OffsetDateTime::UNIX_EPOCH,
        };
        let entries = entries("app 1", true, Some(&found));
        assert_eq!(entries[0].path, Route::App(id(1)).to_string());
        assert_eq!(entries.len(), MOST_BARE + 1, "and the whole search");
    }

    #[test]
    fn who_may_not_push_is_not_led_to_the_upload() {
        assert!(entries("upload", false, None).iter().all(|it| it.path != Route::Upload.to_string()));
    }
}
