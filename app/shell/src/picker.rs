//! `form[data-picker="id"]`: checkboxes `name="app[]"` whose value is an app's object id, with `data-name`. One on a page.
//!
//! Ticks stand in the address, so that reload, Back and the form's own buttons keep them, and in the tab's memory under the
//! picker's id, for who comes back on another way. `[data-pick-all]` ticks the page, Shift with a click a range.
//! `[data-picked]` says how many, in words that the server gives: `data-none`, `data-one`, `data-many`, `data-all`, and
//! `data-over` beyond `data-most`; `{n}` is the number. Chosen apps that the page does not show are added to
//! `[data-chosen]`, in the form, and `[data-chosen-box]` around it is hidden while it is empty. `a[data-keep]` and
//! `form[data-keep]` take the ticks along.

use crate::dom::{all, attribute, closest, document, first, input, mark, memory, root, set, target, window};
use std::cell::Cell;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event, MouseEvent, UrlSearchParams};

const FIELD: &str = "app[]";
const TICKS: &str = r#"input[name="app[]"]"#;
const ALL: &str = r#"input[name="all"]"#;

thread_local! {
    /// Place among the page's ticks, from 1, of the one that was clicked last.
    static LAST: Cell<usize> = const { Cell::new(0) };
}

fn picker() -> Option<Element> {
    first(&root(), "form[data-picker]")
}

/// Object id and name of a chosen app.
type Chosen = Vec<(String, String)>;

fn key(form: &Element) -> String {
    ["thumbprint-ticks:", &attribute(form, "data-picker")].concat()
}

/// A line each, with a tab between id and name.
fn remembered(form: &Element) -> Chosen {
    let text = memory().and_then(|memory| memory.get_item(&key(form)).ok().flatten()).unwrap_or_default();
    text.lines().filter_map(|line| line.split_once('\t')).map(|(id, name)| (id.to_owned(), name.to_owned())).collect()
}

fn ticked(form: &Element) -> Chosen {
    let mut chosen = Chosen::new();
    for tick in all(form, TICKS) {
        let id = input(&tick).value();
        if input(&tick).checked() && !chosen.iter().any(|(other, _)| *other == id) {
            chosen.push((id, attribute(&tick, "data-name").replace(['\t', '\n'], " ")));
        }
    }
    chosen
}

/// On loading, and after Back.
pub fn start() {
    let Some(form) = picker() else { return };
    let in_address = query().is_some_and(|query| query.has(FIELD));
    if !in_address {
        recall(&form);
    }
    changed(&form);
}

fn query() -> Option<UrlSearchParams> {
    UrlSearchParams::new_with_str(&window().location().search().ok()?).ok()
}

fn recall(form: &Element) {
    let ticks = all(form, TICKS);
    for (id, name) in remembered(form) {
        let mut shown = ticks.iter().filter(|tick| input(tick).value() == id).peekable();
        if shown.peek().is_none() {
            add(form, &id, &name);
        }
        for tick in shown {
            input(tick).set_checked(true);
        }
    }
}

fn add(form: &Element, id: &str, name: &str) -> Option<()> {
    let list = first(form, "[data-chosen]")?;
    let new = |tag: &str| document().create_element(tag).ok();
    let (label, tick, words) = (new("label")?, new("input")?, new("span")?);
    label.set_class_name("checkbox");
    for (name, value) in [("type", "checkbox"), ("name", FIELD), ("value", id), ("data-name", name), ("checked", "")] {
        set(&tick, name, value);
    }
    words.set_text_content(Some(name));
    label.append_child(&tick).ok()?;
    label.append_child(&words).ok()?;
    list.append_child(&label).ok()?;
    Some(())
}

pub fn change(event: &Event) {
    let Some((form, field)) = target(event).and_then(|it| Some((closest(&it, "form[data-picker]")?, it))) else {
        return;
    };
    let checked = input(&field).checked();
    if field.has_attribute("data-pick-all") {
        for tick in on_page(&form) {
            input(&tick).set_checked(checked);
        }
        changed(&form);
    } else if field.matches(TICKS).unwrap_or_default() {
        // The same app may be in the list and among the chosen.
        for other in all(&form, TICKS).iter().filter(|it| input(it).value() == input(&field).value()) {
            input(other).set_checked(checked);
        }
        changed(&form);
    } else if field.matches(ALL).unwrap_or_default() {
        changed(&form);
    }
}

fn on_page(form: &Element) -> Vec<Element> {
    all(form, TICKS).into_iter().filter(|tick| closest(tick, "[data-chosen]").is_none()).collect()
}

/// Shift with a click: all between the last one and this become what this one is.
pub fn click(event: &MouseEvent) {
    let Some(tick) = target(event).filter(|it| it.matches(TICKS).unwrap_or_default()) else { return };
    let Some(form) = closest(&tick, "form[data-picker]") else { return };
    let ticks = on_page(&form);
    let Some(at) = ticks.iter().position(|it| *it == tick).map(|at| at + 1) else { return };
    let last = LAST.replace(at);
    if event.shift_key() && last > 0 {
        let (from, to) = if last < at { (last, at) } else { (at, last) };
        for between in ticks.iter().take(to).skip(from - 1) {
            input(between).set_checked(input(&tick).checked());
        }
    }
}

/// Everything that follows from what is ticked.
fn changed(form: &Element) {
    let chosen = ticked(form);
    let everything = first(form, ALL).is_some_and(|all| input(&all).checked());
    if let Some(memory) = memory() {
        let lines: Vec<_> = chosen.iter().map(|(id, name)| [id, "\t", name, "\n"].concat()).collect();
        let _ = memory.set_item(&key(form), &lines.concat());
    }
    if let Some(all_of_page) = first(form, "[data-pick-all]") {
        let ticks = on_page(form);
        let count = ticks.iter().filter(|tick| input(tick).checked()).count();
        input(&all_of_page).set_checked(count > 0 && count == ticks.len());
        input(&all_of_page).set_indeterminate(count > 0 && count < ticks.len());
    }
    if let Some(bar) = first(&root(), "[data-picked]") {
        bar.set_text_content(Some(&words(&bar, chosen.len(), everything)));
    }
    for around in all(form, "[data-chosen-box]") {
        mark(&around, "hidden", first(&around, TICKS).is_none());
    }
    address(&chosen, everything);
    links(&chosen);
}

fn words(bar: &Element, count: usize, everything: bool) -> String {
    let most = attribute(bar, "data-most").parse().unwrap_or(usize::MAX);
    let words = match count {
        _ if everything => "data-all",
        0 => "data-none",
        1 => "data-one",
        _ if count > most => "data-over",
        _ => "data-many",
    };
    attribute(bar, words).replace("{n}", &count.to_string())
}

/// `query` with these ticks instead of its own.
fn with(query: &UrlSearchParams, chosen: &Chosen) -> String {
    query.delete(FIELD);
    for (id, _) in chosen {
        query.append(FIELD, id);
    }
    query.to_string().into()
}

fn address(chosen: &Chosen, everything: bool) {
    let Some(query) = query() else { return };
    query.delete("all");
    if everything {
        query.append("all", "on");
    }
    let path = window().location().pathname().unwrap_or_default();
    let to = [path, with(&query, chosen)].join("?");
    // Browsers allow only so many changes in a time: then the tab's memory has them alone.
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(to.trim_end_matches('?')));
    }
}

fn links(chosen: &Chosen) {
    for link in all(&root(), "a[data-keep]") {
        let href = attribute(&link, "href");
        let (path, query) = href.split_once('?').unwrap_or((&href, ""));
        if let Ok(query) = UrlSearchParams::new_with_str(query) {
            set(&link, "href", [path, &with(&query, chosen)].join("?").trim_end_matches('?'));
        }
    }
}

/// For the other forms of the page that keep the ticks.
pub fn kept() -> Vec<(String, String)> {
    let chosen = picker().map(|form| ticked(&form)).unwrap_or_default();
    chosen.into_iter().map(|(id, _)| (FIELD.to_owned(), id)).collect()
}

/// What was sent is not ticked any more for who comes back on another way; Back has the address.
pub fn sent(form: &Element) {
    if form.has_attribute("data-picker")
        && let Some(memory) = memory()
    {
        let _ = memory.remove_item(&key(form));
    }
}
