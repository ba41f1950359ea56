//! `?`: what the keyboard can do. The shell opens it.

use crate::prelude::*;

const KEYS: [(&str, &str); 9] = [
    ("Ctrl K", "Search and go to a page; ⌘K on a Mac"),
    ("/", "Go to the search field of this page"),
    ("?", "Show these shortcuts"),
    ("Esc", "Close a menu or a dialog"),
    ("j k", "Go to the next row of a list to choose from, and to the one before"),
    ("Enter", "Open the row that the focus is on"),
    ("x", "Choose the row, or not any more"),
    ("Shift click", "Choose all rows from the last one to this one"),
    ("Ctrl V", "Paste a certificate on a page that takes one; ⌘V on a Mac"),
];

#[component]
pub fn Shortcuts() -> impl IntoView {
    view! {
        <dialog class="dialog" id="shortcuts" aria-labelledby="shortcuts-title">
            <h2 id="shortcuts-title">"Keyboard shortcuts"</h2>
            <dl class="shortcuts">
                {KEYS.map(|(keys, what)| view! { <dt><kbd>{keys}</kbd></dt><dd>{what}</dd> }).collect_view()}
            </dl>
            <div class="dialog__actions">
                <button type="button" class="button" data-close="">"Close"</button>
            </div>
        </dialog>
    }
}
