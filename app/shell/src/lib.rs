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
//! | `[data-read-into="id"]` | a file's text comes into that field | [`read`] |
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

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

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
pub mod read;
pub mod theme;
pub mod times;
pub mod tools;

use alloc::boxed::Box;
use dialogs::Dialogs;
use dom::{by_id, closest, find, focus, function, listen, member, root, set, target, typing, window};
use js_sys::Function;
use live::Live;
use palette::Palette;
use picker::LastClicked;
use wasm_bindgen::prelude::*;
use web_sys::{Event, KeyboardEvent};

#[cfg(target_arch = "wasm32")]
mod without_std {
    #[global_allocator]
    static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

    /// The browser's console says where; pages work without the shell.
    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        core::arch::wasm32::unreachable()
    }
}

/// What is remembered while a page is open.
#[derive(Default)]
struct Shell {
    dialogs: Dialogs,
    last_clicked: LastClicked,
    live: Live,
    palette: Palette,
}

const KINDS: [&str; 10] =
    ["click", "pointerdown", "pointerover", "focusin", "keydown", "input", "change", "submit", "formdata", "close"];

/// Call once, when the document is parsed. `import`: `path => import(path)`.
#[wasm_bindgen]
pub fn start(import: &Function) {
    let shell: &'static Shell = Box::leak(Box::default());
    let hear = function(Box::new(|event| shell.hear(event.unchecked_ref())));
    for kind in KINDS {
        listen(&root(), kind, &hear);
    }
    for kind in ["pagehide", "pageshow"] {
        listen(&window(), kind, &hear);
    }
    tools::start(import);
    shell.awake();
    set(&root(), "data-shell", "");
    place::arrive();
}

impl Shell {
    fn hear(&'static self, event: &Event) {
        match event.type_().as_str() {
            "click" => {
                menu::elsewhere(event);
                copy::click(event);
                self.palette.click(event, &self.dialogs);
                self.dialogs.click(event);
                self.last_clicked.click(event.unchecked_ref());
            }
            "pointerdown" => self.dialogs.press(event),
            "pointerover" => palette::hovered(event),
            "focusin" => menu::elsewhere(event),
            "keydown" => self.key(event.unchecked_ref()),
            "input" => self.typed(event),
            "change" => {
                picker::change(event);
                read::change(event);
            }
            "submit" => forms::submit(event),
            "formdata" => forms::collected(event),
            "close" => self.dialogs.closed(),
            "pagehide" => {
                place::leave();
                self.live.stop();
            }
            "pageshow" if member(event, "persisted").is_truthy() => {
                forms::release();
                theme::show();
                self.awake();
            }
            _ => {}
        }
    }

    /// What follows from the page as it stands, new or kept by the browser.
    fn awake(&'static self) {
        times::show(&root());
        confirm::start();
        picker::start();
        self.live.start();
    }

    fn typed(&'static self, event: &Event) {
        if let Some(field) = target(event) {
            self.palette.typed(&field);
            if dom::has(&field, "data-confirm") {
                confirm::typed(&field);
            }
        }
    }

    fn key(&'static self, event: &KeyboardEvent) {
        let key = event.key();
        if key == "Escape" {
            return menu::escape();
        }
        self.palette.key(event);
        let with_control = event.ctrl_key() || event.meta_key();
        if event.alt_key() {
            return;
        }
        if with_control {
            if key == "k" || key == "K" {
                self.palette.open(event, &self.dialogs, None);
            }
            return;
        }
        // Keys of one character, where nobody is typing.
        if typing(event) || target(event).is_some_and(|it| closest(&it, "dialog").is_some()) {
            return;
        }
        if key == "?"
            && let Some(dialog) = by_id("shortcuts")
        {
            self.dialogs.open(&dialog, None);
        } else if picker::pressed(event, &key) {
            event.prevent_default();
        } else if key == "/"
            && let Some(field) = find("[data-search]")
        {
            event.prevent_default();
            focus(&field);
        }
    }
}
