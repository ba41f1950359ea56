//! What only a browser can do: clipboard, files, dialogs, the theme. On the server each of these does nothing.

#[cfg(feature = "hydrate")]
pub use in_browser::*;
#[cfg(not(feature = "hydrate"))]
pub use on_server::*;

/// A file that a person dropped, chose or pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// Shown to the person, never used to judge the content.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Names and values of a form's fields, in order.
pub type Fields = Vec<(String, String)>;

/// The button that sent a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    pub name: String,
    pub value: String,
    /// `formmethod`; empty where the button has none.
    pub method: String,
}

/// Where the theme is kept: a cookie, so that the server renders the right one at once.
pub const THEME_COOKIE: &str = "thumbprint-theme";

#[cfg(feature = "hydrate")]
mod in_browser {
    use super::{Button, Fields, Picked, THEME_COOKIE};
    use leptos::ev;
    use leptos::html::Dialog;
    use leptos::prelude::*;
    use time::OffsetDateTime;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen_futures::{JsFuture, spawn_local};

    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit an i64 for ages")]
    pub fn now() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp((js_sys::Date::now() / 1000.0) as i64).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    fn root() -> Option<web_sys::Element> {
        document().document_element()
    }

    /// Says on the document that the page answers: buttons that need that become visible.
    pub fn mark_hydrated() {
        if let Some(root) = root() {
            let _ = root.set_attribute("data-hydrated", "");
        }
    }

    pub fn copy(text: &str, done: impl Fn(bool) + 'static) {
        let promise = window().navigator().clipboard().write_text(text);
        spawn_local(async move { done(JsFuture::from(promise).await.is_ok()) });
    }

    /// `light`, `dark`, or anything else for the system's.
    pub fn set_theme(theme: &str) {
        let explicit = matches!(theme, "light" | "dark");
        if let Some(root) = root() {
            let _ =
                if explicit { root.set_attribute("data-theme", theme) } else { root.remove_attribute("data-theme") };
        }
        let age = if explicit { 31_536_000 } else { 0 };
        if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
            let _ = document.set_cookie(&format!("{THEME_COOKIE}={theme}; Path=/; Max-Age={age}; SameSite=Lax"));
        }
    }

    fn read(file: Option<web_sys::File>, done: impl Fn(Picked) + 'static) {
        let Some(file) = file else { return };
        let name = file.name();
        // One byte over the limit is enough to be refused; the rest of a huge file need not be read.
        let blob = gloo_file::Blob::from(web_sys::Blob::from(file));
        let head = blob.slice(0, domain::upload::MAX_UPLOAD_BYTES as u64 + 1);
        spawn_local(async move {
            if let Ok(bytes) = gloo_file::futures::read_as_bytes(&head).await {
                done(Picked { name, bytes });
            }
        });
    }

    pub fn read_dropped(event: &ev::DragEvent, done: impl Fn(Picked) + 'static) {
        let Some(transfer) = event.data_transfer() else { return };
        if let Some(file) = transfer.files().and_then(|files| files.get(0)) {
            read(Some(file), done);
        } else if let Ok(text) = transfer.get_data("text/plain")
            && !text.trim().is_empty()
        {
            done(Picked { name: "Dropped text".into(), bytes: text.into_bytes() });
        }
    }

    /// Reads the file, then empties the field, so that choosing the same file again is noticed and a plain
    /// submission cannot send it.
    pub fn read_chosen(event: &ev::Event, done: impl Fn(Picked) + 'static) {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok()) else {
            return;
        };
        read(input.files().and_then(|files| files.get(0)), done);
        input.set_value("");
    }

    /// A paste anywhere but into a text field.
    pub fn read_pasted(event: &ev::ClipboardEvent, done: impl Fn(Picked) + 'static) {
        let into_field = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
        let Some(data) = event.clipboard_data().filter(|_| !into_field) else { return };
        if let Some(file) = data.files().and_then(|files| files.get(0)) {
            event.prevent_default();
            read(Some(file), done);
        } else if let Ok(text) = data.get_data("text/plain")
            && !text.trim().is_empty()
        {
            event.prevent_default();
            done(Picked { name: "Pasted text".into(), bytes: text.into_bytes() });
        }
    }

    pub fn on_paste_anywhere(handler: impl Fn(&ev::ClipboardEvent) + 'static) {
        let handle = window_event_listener(ev::paste, move |event| handler(&event));
        on_cleanup(move || handle.remove());
    }

    /// ⌘K, or Ctrl+K where there is no ⌘.
    pub fn on_palette_shortcut(handler: impl Fn() + 'static) {
        let handle = window_event_listener(ev::keydown, move |event| {
            if (event.meta_key() || event.ctrl_key()) && !event.alt_key() && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                handler();
            }
        });
        on_cleanup(move || handle.remove());
    }

    /// Brings an option of a list into view.
    pub fn reveal(id: &str) {
        if let Some(element) = document().get_element_by_id(id) {
            element.scroll_into_view_with_bool(false);
        }
    }

    pub async fn sleep(milliseconds: i32) {
        let promise = js_sys::Promise::new(&mut |resolve, _| {
            let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        });
        let _ = JsFuture::from(promise).await;
    }

    /// From the browser's own source of randomness.
    pub fn random<const N: usize>() -> Option<[u8; N]> {
        let mut bytes = [0; N];
        window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Signs with WebCrypto: RSASSA-PSS with a salt of 32 bytes, or RSASSA-PKCS1-v1_5; SHA-256 in either case.
    ///
    /// `pkcs8`: an RSA private key. The browser's copy of it cannot be read back, and ours is overwritten.
    pub async fn sign_rsa(pkcs8: &[u8], pss: bool, data: &[u8]) -> Option<Vec<u8>> {
        let subtle = window().crypto().ok()?.subtle();
        let algorithm = js_sys::Object::new();
        let set =
            |name: &str, value: &wasm_bindgen::JsValue| js_sys::Reflect::set(&algorithm, &name.into(), value).ok();
        set("name", &if pss { "RSA-PSS" } else { "RSASSA-PKCS1-v1_5" }.into())?;
        set("hash", &"SHA-256".into())?;
        set("saltLength", &32.into())?;
        let key = js_sys::Uint8Array::from(pkcs8);
        let usages = js_sys::Array::of1(&"sign".into());
        let imported = subtle.import_key_with_object("pkcs8", &key, &algorithm, false, &usages).ok()?;
        let imported = JsFuture::from(imported).await;
        key.fill(0, 0, key.length());
        let imported: web_sys::CryptoKey = imported.ok()?.dyn_into().ok()?;
        let signature = subtle.sign_with_object_and_u8_array(&algorithm, &imported, data).ok()?;
        Some(js_sys::Uint8Array::new(&JsFuture::from(signature).await.ok()?).to_vec())
    }

    /// A new RSA key pair: SubjectPublicKeyInfo and PKCS#8, both in DER.
    pub async fn generate_rsa(bits: u32) -> Option<(Vec<u8>, Vec<u8>)> {
        let subtle = window().crypto().ok()?.subtle();
        let algorithm = js_sys::Object::new();
        let set =
            |name: &str, value: &wasm_bindgen::JsValue| js_sys::Reflect::set(&algorithm, &name.into(), value).ok();
        set("name", &"RSASSA-PKCS1-v1_5".into())?;
        set("hash", &"SHA-256".into())?;
        set("modulusLength", &bits.into())?;
        set("publicExponent", &js_sys::Uint8Array::from([1, 0, 1].as_slice()))?;
        let usages = js_sys::Array::of2(&"sign".into(), &"verify".into());
        let pair = JsFuture::from(subtle.generate_key_with_object(&algorithm, true, &usages).ok()?).await.ok()?;
        let half = |name: &str| js_sys::Reflect::get(&pair, &name.into()).ok()?.dyn_into::<web_sys::CryptoKey>().ok();
        let public = JsFuture::from(subtle.export_key("spki", &half("publicKey")?).ok()?).await.ok()?;
        let private = JsFuture::from(subtle.export_key("pkcs8", &half("privateKey")?).ok()?).await.ok()?;
        Some((js_sys::Uint8Array::new(&public).to_vec(), js_sys::Uint8Array::new(&private).to_vec()))
    }

    /// Has the browser save a file. Says whether that was begun.
    pub fn save(name: &str, kind: &str, bytes: &[u8]) -> bool {
        let begin = || {
            let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
            let options = web_sys::BlobPropertyBag::new();
            options.set_type(kind);
            let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
            let url = web_sys::Url::create_object_url_with_blob(&blob).ok()?;
            let link: web_sys::HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
            link.set_href(&url);
            link.set_download(name);
            link.click();
            // Some browsers fetch it only after this.
            let revoke = move || {
                let _ = web_sys::Url::revoke_object_url(&url);
            };
            set_timeout(revoke, std::time::Duration::from_mins(1));
            Some(())
        };
        begin().is_some()
    }

    /// Listens to server-sent events until the owner goes, `on_message` answers false, or the server refuses: then
    /// `on_lost`. A connection that only broke is made again by the browser itself.
    pub fn listen(url: &str, on_message: impl Fn(&str) -> bool + 'static, on_lost: impl Fn() + 'static) {
        let Ok(source) = web_sys::EventSource::new(url) else { return on_lost() };
        let message = {
            let source = source.clone();
            Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
                if event.data().as_string().is_some_and(|text| !on_message(&text)) {
                    source.close();
                }
            })
        };
        let lost = {
            let source = source.clone();
            Closure::<dyn Fn()>::new(move || {
                if source.ready_state() == web_sys::EventSource::CLOSED {
                    on_lost();
                }
            })
        };
        source.set_onmessage(Some(message.as_ref().unchecked_ref()));
        source.set_onerror(Some(lost.as_ref().unchecked_ref()));
        let kept = StoredValue::new_local((source, message, lost));
        on_cleanup(move || _ = kept.try_with_value(|(source, ..)| source.close()));
    }

    pub fn open_dialog(dialog: NodeRef<Dialog>) {
        if let Some(dialog) = dialog.get_untracked()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    }

    pub fn close_dialog(dialog: NodeRef<Dialog>) {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    }

    /// Loads the page again where it is not the one of its address; not twice in a row, in case that does not help.
    pub fn reload_if(stale: bool) {
        const KEY: &str = "thumbprint-reloaded";
        let Ok(Some(storage)) = window().session_storage() else { return };
        let tried = storage.get_item(KEY).ok().flatten().is_some();
        if !stale {
            let _ = storage.remove_item(KEY);
        } else if !tried && storage.set_item(KEY, "").is_ok() {
            let _ = window().location().reload();
        }
    }

    /// Keeps a text in this tab and nowhere else, until it is taken or the tab is closed.
    pub fn keep_in_tab(key: &str, text: &str) {
        if let Ok(Some(storage)) = window().session_storage() {
            let _ = storage.set_item(key, text);
        }
    }

    pub fn take_from_tab(key: &str) -> Option<String> {
        let storage = window().session_storage().ok()??;
        let text = storage.get_item(key).ok()??;
        storage.remove_item(key).ok()?;
        Some(text)
    }

    /// Runs before a link to `path`, with any query, is followed.
    pub fn on_link_to(path: String, handler: impl Fn() + 'static) {
        let handle = window_event_listener(ev::click, move |event| {
            let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let link = element.and_then(|element| element.closest("a[href]").ok().flatten());
            let leads = |link: web_sys::Element| {
                let href = link.get_attribute("href").unwrap_or_default();
                href.split('?').next() == Some(path.as_str())
            };
            if link.is_some_and(leads) {
                handler();
            }
        });
        on_cleanup(move || handle.remove());
    }

    /// The successful fields of a form as it stands, without its buttons.
    pub fn fields(form: &web_sys::HtmlFormElement) -> Fields {
        let Ok(params) = web_sys::FormData::new_with_form(form)
            .and_then(|data| web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data))
        else {
            return Vec::new();
        };
        form_urlencoded::parse(String::from(params.to_string()).as_bytes()).into_owned().collect()
    }

    /// The name of the field that an event is about.
    pub fn field_name(event: &ev::Event) -> Option<String> {
        let target = event.target()?;
        target.dyn_into::<web_sys::HtmlInputElement>().ok().map(|input| input.name()).filter(|name| !name.is_empty())
    }

    /// Ticks or clears every checkbox in the form that `selector` finds.
    pub fn tick_all(form: &web_sys::HtmlFormElement, selector: &str, checked: bool) {
        let Ok(found) = form.query_selector_all(selector) else { return };
        for at in 0..found.length() {
            if let Some(input) = found.get(at).and_then(|node| node.dyn_into::<web_sys::HtmlInputElement>().ok()) {
                input.set_checked(checked);
            }
        }
    }

    /// The fields of a submitted form, and the button that sent it.
    pub fn submitted(event: &ev::SubmitEvent) -> (Fields, Option<Button>) {
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let pairs = form.map(|form| fields(&form)).unwrap_or_default();
        let button = event
            .submitter()
            .and_then(|element| element.dyn_into::<web_sys::HtmlButtonElement>().ok())
            .map(|button| Button { name: button.name(), value: button.value(), method: button.form_method() });
        (pairs, button)
    }

    /// Closes an open menu when the focus leaves it, on Escape, or on a click elsewhere.
    pub fn close_details_on_leave() {
        fn close_all(except: Option<&web_sys::Node>) {
            let Ok(open) = document().query_selector_all("details.menu[open]") else { return };
            for at in 0..open.length() {
                if let Some(node) = open.get(at)
                    && !except.is_some_and(|inside| node.contains(Some(inside)))
                    && let Ok(element) = node.dyn_into::<web_sys::Element>()
                {
                    let _ = element.remove_attribute("open");
                }
            }
        }
        let click = window_event_listener(ev::click, |event| {
            close_all(event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok()).as_ref());
        });
        let focus = window_event_listener(ev::focusin, |event| {
            close_all(event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok()).as_ref());
        });
        let escape = window_event_listener(ev::keydown, |event| {
            if event.key() == "Escape"
                && let Ok(Some(summary)) = document().query_selector("details.menu[open] > summary")
            {
                close_all(None);
                if let Ok(summary) = summary.dyn_into::<web_sys::HtmlElement>() {
                    let _ = summary.focus();
                }
            }
        });
        on_cleanup(move || {
            click.remove();
            focus.remove();
            escape.remove();
        });
    }
}

#[cfg(not(feature = "hydrate"))]
mod on_server {
    use super::{Button, Fields, Picked};
    use leptos::ev;
    use leptos::html::Dialog;
    use leptos::prelude::NodeRef;
    use leptos::web_sys::HtmlFormElement;
    use time::OffsetDateTime;

    /// The system's clock; a server that keeps its own puts a [`ServerNow`](crate::now::ServerNow) into the context.
    pub fn now() -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }

    pub fn mark_hydrated() {}
    pub fn copy(_: &str, _: impl Fn(bool) + 'static) {}
    pub fn set_theme(_: &str) {}
    pub fn read_dropped(_: &ev::DragEvent, _: impl Fn(Picked) + 'static) {}
    pub fn read_chosen(_: &ev::Event, _: impl Fn(Picked) + 'static) {}
    pub fn read_pasted(_: &ev::ClipboardEvent, _: impl Fn(Picked) + 'static) {}
    pub fn on_paste_anywhere(_: impl Fn(&ev::ClipboardEvent) + 'static) {}
    pub fn on_palette_shortcut(_: impl Fn() + 'static) {}
    pub fn reveal(_: &str) {}
    #[expect(clippy::unused_async, reason = "the browser's waits")]
    pub async fn sleep(_: i32) {}
    pub fn random<const N: usize>() -> Option<[u8; N]> {
        None
    }
    pub fn save(_: &str, _: &str, _: &[u8]) -> bool {
        false
    }
    pub fn listen(_: &str, _: impl Fn(&str) -> bool + 'static, _: impl Fn() + 'static) {}
    pub fn open_dialog(_: NodeRef<Dialog>) {}
    pub fn close_dialog(_: NodeRef<Dialog>) {}
    pub fn reload_if(_: bool) {}
    pub fn keep_in_tab(_: &str, _: &str) {}
    pub fn take_from_tab(_: &str) -> Option<String> {
        None
    }
    pub fn on_link_to(_: String, _: impl Fn() + 'static) {}
    pub fn fields(_: &HtmlFormElement) -> Fields {
        Vec::new()
    }
    pub fn field_name(_: &ev::Event) -> Option<String> {
        None
    }
    pub fn tick_all(_: &HtmlFormElement, _: &str, _: bool) {}
    pub fn submitted(_: &ev::SubmitEvent) -> (Fields, Option<Button>) {
        (Vec::new(), None)
    }
    pub fn close_details_on_leave() {}
}
