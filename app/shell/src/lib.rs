//! What a browser does around Thumbprint's pages.
//!
//! Every page is complete HTML and works without this. The shell acts only where an attribute asks for it; that is the
//! whole contract between it and the pages:
//!
//! | HTML | what happens | module |
//! |---|---|---|
//! | `<html data-shell>` | set once the shell is there; `.needs-shell` is hidden until then, `.without-shell` afterwards | here |
//! | `#live` | an empty `role=status`, in which is said what is not seen | [`dom`] |
//! | `[data-copy="text"]` | copies; `data-copied`, or `data-not-copied`, for 2 s | [`copy`] |
//! | `details.menu` | closes on Escape, on a click elsewhere, when the focus leaves | [`menu`] |
//! | `form[data-theme-form]` | the theme changes in place | [`theme`] |
//! | `a[data-palette]`, `dialog#palette` | the command palette, also by Ctrl+K | [`palette`] |
//! | `[data-open="id"]`, `[data-close]`, `dialog` | open and close, by the backdrop too | [`dialogs`] |
//! | `dialog#shortcuts`, `[data-search]` | `?` opens the one, `/` goes to the other | here |
//! | `[data-live="/url"]` | follows server-sent events of HTML | [`live`], [`morph`] |
//! | `form[method=post]` without `data-plain` | sent by fetch, see below | [`forms`] |
//! | `form[method=get]` | what is empty stays out of the address | [`forms`] |
//! | `[data-confirm="words"]`, `[data-confirmed]` | the button waits until the words are typed | [`confirm`] |
//! | `form[data-picker="id"]` | ticks survive paging and search | [`picker`] |
//! | `time[data-local]`, `time[data-until]` | the person's zone; how much is left | [`times`] |
//! | `[data-focus]`, `#refused`, `details[id]` | focus after loading; a reload changes nothing | [`place`] |
//! | `[data-tool]` | what is read in the worker | [`tools`] |
//!
//! # A posted form
//!
//! It goes with `x-thumbprint-shell: 1`, in the form's own encoding, with the pressed button's name and value. Meanwhile
//! the form is `aria-busy`, the button `aria-disabled` with the words of its `data-pending` in its first `span`, and a
//! second submission is swallowed. The server answers
//! - with `x-location` (and 204): the browser goes there. A sign-out, which leads to another site, is `data-plain` where
//!   the server answers it with a redirect;
//! - with 4xx or 5xx and HTML: that goes into the form's `[data-refusal]`, or the element whose id `data-refusal-in`
//!   names, is brought into view and has the focus. What was typed stays.
//!
//! Of what is not this, and of no answer, the shell says so in the same place.

// Modules are named after what they are for.
pub mod confirm;
pub mod copy;
pub mod dialogs;
pub mod dom;
pub mod forms;
pub mod live;
pub mod menu;
pub mod morph;
pub mod palette;
pub mod picker;
pub mod place;
pub mod theme;
pub mod times;
pub mod tools;

use dom::{by_id, closest, first, focus, is_field, member, on, root, set, target, window};
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{Event, KeyboardEvent};

/// Call once, when the document is parsed. `import`: `path => import(path)`.
#[wasm_bindgen]
pub fn start(import: Function) {
    let page = root();
    on(&page, "click", |event| {
        menu::elsewhere(&event);
        copy::click(&event);
        palette::click(&event);
        dialogs::click(&event);
        tools::click(&event);
        picker::click(event.unchecked_ref());
    });
    on(&page, "pointerdown", |event| dialogs::press(&event));
    on(&page, "pointerover", |event| {
        palette::hovered(&event);
        tools::touched(&event);
    });
    on(&page, "focusin", |event| {
        menu::elsewhere(&event);
        tools::touched(&event);
    });
    on(&page, "keydown", |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        menu::key(event);
        palette::key(event);
        palette::shortcut(event);
        shortcut(event);
    });
    on(&page, "input", |event| typed(&event));
    on(&page, "change", |event| {
        picker::change(&event);
        tools::change(&event);
    });
    on(&page, "submit", |event| forms::submit(&event));
    on(&page, "formdata", |event| {
        if let Some(form) = target(&event) {
            forms::collected(&member(&event, "formData").unchecked_into(), &form);
        }
    });
    on(&page, "close", |_| dialogs::closed());
    on(&window(), "pagehide", |_| {
        place::leave();
        live::stop();
    });
    on(&window(), "pageshow", |event| {
        if member(&event, "persisted").is_truthy() {
            forms::release();
            theme::show();
            awake();
        }
    });
    tools::start(import);
    awake();
    set(&page, "data-shell", "");
    place::arrive();
}

/// What follows from the page as it stands, new or kept by the browser.
fn awake() {
    times::show(&root());
    confirm::start();
    picker::start();
    live::start();
}

fn typed(event: &Event) {
    if let Some(field) = target(event) {
        palette::typed(&field);
        if field.has_attribute("data-confirm") {
            confirm::typed(&field);
        }
    }
}

/// Keys of one character, where nobody is typing.
fn shortcut(event: &KeyboardEvent) {
    let busy = target(event).is_some_and(|it| is_field(&it) || closest(&it, "dialog").is_some());
    if busy || event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    match event.key().as_str() {
        "?" => {
            if let Some(dialog) = by_id("shortcuts") {
                dialogs::open(&dialog, None);
            }
        }
        "/" => {
            if let Some(field) = first(&root(), "[data-search]") {
                event.prevent_default();
                focus(&field);
            }
        }
        _ => {}
    }
}
