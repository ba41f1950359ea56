//! ⌘K: go anywhere, and find who holds a thumbprint, without leaving the keyboard. Without WebAssembly its button is a
//! link to the search page.

use super::holders_table;
use super::icon::{Glyph, Icon};
use crate::browser;
use crate::contract::people::Viewer;
use crate::contract::search;
use crate::contract::search::Holding;
use crate::query::href;
use crate::route::{Audience, PaletteEntry, Route, Row};
use leptos::html::{Dialog, Input};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

/// From this length on the tenant is searched.
const SEARCH_FROM: usize = 3;
const DEBOUNCE_MS: i32 = 180;
const MOST_HOLDINGS: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    glyph: Glyph,
    title: String,
    note: String,
    path: String,
}

impl Entry {
    fn page(row: &Row, entry: PaletteEntry) -> Self {
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
}

fn pages(may_push: bool) -> Vec<Entry> {
    let offered = |entry: &PaletteEntry| may_push || entry.audience != Audience::Pushers;
    let rows = Route::TABLE.iter().filter_map(|row| Some((row, row.palette.filter(offered)?)));
    rows.map(|(row, entry)| Entry::page(row, entry)).collect()
}

/// Pages whose words begin with what was typed, then everything that the tenant's search found.
fn entries(words: &str, may_push: bool, found: &[Holding]) -> Vec<Entry> {
    let lower = words.trim().to_lowercase();
    let mut entries: Vec<_> = pages(may_push)
        .into_iter()
        .filter(|entry| lower.is_empty() || entry.title.to_lowercase().contains(&lower))
        .collect();
    entries.extend(found.iter().take(MOST_HOLDINGS).map(Entry::of));
    if lower.chars().count() >= SEARCH_FROM {
        entries.push(Entry {
            glyph: Glyph::Search,
            title: format!("Search all credentials for “{}”", words.trim()),
            note: String::new(),
            path: href(&Route::Search.to_string(), [("q", words.trim())]),
        });
    }
    entries
}

#[component]
pub fn Palette(viewer: Viewer) -> impl IntoView {
    let may_push = viewer.may_push();
    let dialog = NodeRef::<Dialog>::new();
    let field = NodeRef::<Input>::new();
    let words = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<Holding>::new());
    let searching = RwSignal::new(false);
    let active = RwSignal::new(0_usize);
    let listed = Memo::new(move |_| entries(&words.read(), may_push, &found.read()));
    let navigate = use_navigate();

    let open = move || {
        browser::open_dialog(dialog);
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
            field.select();
        }
    };
    Effect::new(move |_| browser::on_palette_shortcut(open));

    let search = move |typed: String| {
        active.set(0);
        words.set(typed.clone());
        let wanted = typed.trim().to_owned();
        if wanted.chars().count() < SEARCH_FROM {
            found.set(Vec::new());
            searching.set(false);
            return;
        }
        searching.set(true);
        spawn_local(async move {
            browser::sleep(DEBOUNCE_MS).await;
            let still = || words.try_with_untracked(|words| words.trim() == wanted).unwrap_or(false);
            if !still() {
                return;
            }
            let answer = search::find_holders(wanted.clone()).await;
            if still() {
                // The palette is a shortcut: a failed search shows as nothing found; the search page says why.
                found.set(answer.map(|it| it.holdings).unwrap_or_default());
                searching.set(false);
            }
        });
    };
    let go = Callback::new(move |path: String| {
        browser::close_dialog(dialog);
        navigate(&path, NavigateOptions::default());
    });
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let count = listed.read_untracked().len();
        let at = active.get_untracked();
        let to = match event.key().as_str() {
            "ArrowDown" if count > 0 => (at + 1) % count,
            "ArrowUp" if count > 0 => (at + count - 1) % count,
            "Home" if event.ctrl_key() => 0,
            "End" if event.ctrl_key() && count > 0 => count - 1,
            "Enter" => {
                event.prevent_default();
                if let Some(entry) = listed.read_untracked().get(at) {
                    go.run(entry.path.clone());
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        active.set(to);
        browser::reveal(&format!("palette-{to}"));
    };
    let pathname = use_location().pathname;
    view! {
        <a
            class="button button--small top__search"
            href=Route::Search.to_string()
            title="Search (Ctrl+K)"
            aria-current=move || (pathname.get() == Route::Search.to_string()).then_some("page")
            on:click=move |event| {
                event.prevent_default();
                event.stop_propagation();
                open();
            }
        >
            <Icon glyph=Glyph::Search/>
            <span>"Search"</span>
            <kbd class="top__kbd needs-wasm" aria-hidden="true">"Ctrl K"</kbd>
        </a>
        <dialog
            class="dialog palette"
            node_ref=dialog
            aria-label="Search and go to"
            on:click=move |event| {
                // A click on the dialog itself, not on what is in it, is one on the backdrop.
                if event.target() == event.current_target() {
                    browser::close_dialog(dialog);
                }
            }
        >
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
                        aria-activedescendant=move || (!listed.read().is_empty()).then(|| format!("palette-{}", active.get()))
                        placeholder="Thumbprint, keyId, app or page"
                        autocomplete="off"
                        spellcheck="false"
                        node_ref=field
                        on:input=move |event| search(event_target_value(&event))
                        on:keydown=on_key
                    />
                    <kbd aria-hidden="true">"Esc"</kbd>
                </div>
                <ul class="palette__list" id="palette-list" role="listbox" aria-label="Results">
                    {move || listed
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(at, entry)| {
                            let path = entry.path.clone();
                            view! {
                                <li
                                    class="palette__entry"
                                    id=format!("palette-{at}")
                                    role="option"
                                    aria-selected=move || if active.get() == at { "true" } else { "false" }
                                    on:mousemove=move |_| if active.get_untracked() != at { active.set(at) }
                                    on:click=move |_| go.run(path.clone())
                                >
                                    <Icon glyph=entry.glyph/>
                                    <span class="stacked"><span>{entry.title}</span>{(!entry.note.is_empty()).then(|| view! { <span class="secondary">{entry.note}</span> })}</span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
                <p class="palette__state secondary" role="status">
                    {move || {
                        let holders = found.read().len();
                        if searching.get() {
                            "Searching the tenant".to_owned()
                        } else if words.read().trim().chars().count() < SEARCH_FROM {
                            "Type a thumbprint in any spelling, a keyId or a name".to_owned()
                        } else if holders == 0 {
                            "No app holds that".to_owned()
                        } else if holders > MOST_HOLDINGS {
                            format!("{holders} found, the first {MOST_HOLDINGS} shown")
                        } else {
                            format!("{holders} found")
                        }
                    }}
                </p>
            </div>
        </dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_found_by_a_part_of_their_name() {
        let titles = |words: &str| entries(words, true, &[]).into_iter().map(|it| it.title).collect::<Vec<_>>();
        assert_eq!(titles("").len(), pages(true).len());
        assert_eq!(titles(" DOC"), ["Doctor", "Search all credentials for “DOC”"]);
        assert_eq!(titles("zz"), Vec::<String>::new());
    }

    #[test]
    fn who_may_not_push_is_not_led_to_the_upload() {
        assert!(entries("upload", false, &[]).iter().all(|it| it.path != Route::Upload.to_string()));
    }
}
