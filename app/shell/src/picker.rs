//! `form[data-picker="id"]`: checkboxes `name="app[]"`, or of the name that `data-field` gives, whose value says what is
//! chosen, such as an app's object id, with `data-name`. One on a page.
//!
//! Ticks stand in the address, so that reload, Back and the form's own buttons keep them, and in the tab's memory under the
//! picker's id, for who comes back on another way. `[data-pick-all]` ticks the page, Shift with a click a range.
//! `[data-picked]` says how many, in words that the server gives: `data-none`, `data-one`, `data-many`, `data-all`, and
//! `data-over` beyond `data-most`; `{n}` is the number. Chosen apps that the page does not show are added to
//! `[data-chosen]`, in the form; `[data-chosen-box]` around it is hidden while it is empty. `a[data-keep]` and
//! `form[data-keep]` take the ticks along. `j` and `k` go to the next row and the one before, `x` ticks it, Enter on its tick
//! opens what it is of.

use crate::dom::{
    add, all, attribute, closest, find, first, focus, forget, has, hit, input, mark, number, recall, remember, root,
    set, text, window, words,
};
use crate::place::go;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use js_sys::{Array, JsString};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Event, MouseEvent, UrlSearchParams};

const PICKER: &str = "form[data-picker]";
const CHECKBOX: &str = "input[type=checkbox][name]";
const ALL: &str = r#"input[name="all"]"#;

fn key(form: &Element) -> String {
    text(&["thumbprint-ticks:", &attribute(form, "data-picker")])
}

/// The name of its ticks.
fn field(form: &Element) -> String {
    let own = attribute(form, "data-field");
    if own.is_empty() { "app[]".into() } else { own }
}

fn is_tick(form: &Element, checkbox: &Element) -> bool {
    attribute(checkbox, "name") == field(form)
}

fn ticks(form: &Element) -> Vec<Element> {
    let mut ticks = all(form, CHECKBOX);
    ticks.retain(|checkbox| is_tick(form, checkbox));
    ticks
}

/// The tick that an event is about.
fn ticked_by(event: &Event, form: &Element) -> Option<Element> {
    hit(event, CHECKBOX).filter(|checkbox| is_tick(form, checkbox))
}

/// On loading, and after Back.
pub fn start() {
    let Some(form) = find(PICKER) else { return };
    if !query().has(&field(&form)) {
        for pair in recall(&key(&form)) {
            let part = |at| pair.unchecked_ref::<Array>().get(at).as_string().unwrap_or_default();
            if !tick(&form, &part(0), true) {
                add_chosen(&form, &part(0), &part(1));
            }
        }
    }
    changed(&form, None);
}

/// Of the page's address.
fn query() -> UrlSearchParams {
    let search = window().location().search().unwrap_or_default();
    UrlSearchParams::new_with_str(&search).unwrap_or_else(|_| JsValue::UNDEFINED.unchecked_into())
}

/// Sets every tick for this app. Whether there is one.
fn tick(form: &Element, id: &str, checked: bool) -> bool {
    let mut any = false;
    for tick in ticks(form) {
        if attribute(&tick, "value") == id {
            input(&tick).set_checked(checked);
            any = true;
        }
    }
    any
}

fn add_chosen(form: &Element, id: &str, name: &str) -> Option<()> {
    let label = add(&first(form, "[data-chosen]")?, "label", None)?;
    set(&label, "class", "checkbox");
    let tick = add(&label, "input", None)?;
    for (attribute, value) in
        [("type", "checkbox"), ("name", &field(form)), ("value", id), ("data-name", name), ("checked", "")]
    {
        set(&tick, attribute, value);
    }
    words(&add(&label, "span", None)?, name);
    Some(())
}

/// Those of the list, without the chosen ones beside it.
fn on_page(form: &Element) -> Vec<Element> {
    let mut ticks = ticks(form);
    ticks.retain(|tick| closest(tick, "[data-chosen]").is_none());
    ticks
}

pub fn change(event: &Event) {
    let Some(form) = hit(event, PICKER) else { return };
    if let Some(all_of_page) = hit(event, "[data-pick-all]") {
        for tick in on_page(&form) {
            input(&tick).set_checked(input(&all_of_page).checked());
        }
    } else if let Some(one) = ticked_by(event, &form) {
        tick(&form, &attribute(&one, "value"), input(&one).checked());
    } else if let Some(radio) = hit(event, "input[type=radio]") {
        return changed(&form, Some(&radio));
    } else if hit(event, ALL).is_none() {
        return;
    }
    changed(&form, None);
}

/// Place among the page's ticks, from 1, of the one that was clicked last.
#[derive(Default)]
pub struct LastClicked(Cell<usize>);

impl LastClicked {
    /// Shift with a click: all between the last one and this become what this one is.
    pub fn click(&self, event: &MouseEvent) {
        let Some(form) = hit(event, PICKER) else { return };
        let Some(clicked) = ticked_by(event, &form) else { return };
        let ticks = on_page(&form);
        let Some(at) = ticks.iter().position(|it| *it == clicked) else { return };
        let last = self.0.replace(at + 1);
        if event.shift_key() && last > 0 {
            let (from, to) = if last <= at { (last - 1, at) } else { (at, last - 1) };
            for between in ticks.iter().skip(from).take(to - from + 1) {
                input(between).set_checked(input(&clicked).checked());
            }
        }
    }
}

/// What is ticked, each once: pairs of object id and name.
fn ticked(form: &Element) -> (Vec<String>, Array) {
    let (mut ids, pairs) = (Vec::new(), Array::new());
    for tick in ticks(form) {
        let id = attribute(&tick, "value");
        if input(&tick).checked() && !ids.contains(&id) {
            pairs.push(&Array::of2(&id.as_str().into(), &attribute(&tick, "data-name").into()));
            ids.push(id);
        }
    }
    (ids, pairs)
}

/// Everything that follows from what is ticked, and a radio button that stands in the address from now on.
fn changed(form: &Element, radio: Option<&Element>) {
    let (chosen, pairs) = ticked(form);
    remember(&key(form), &pairs);
    if let Some(all_of_page) = first(form, "[data-pick-all]") {
        let (mut some, mut every) = (false, true);
        for tick in on_page(form) {
            some |= input(&tick).checked();
            every &= input(&tick).checked();
        }
        input(&all_of_page).set_checked(some && every);
        input(&all_of_page).set_indeterminate(some && !every);
    }
    let everything = first(form, ALL).is_some_and(|all| input(&all).checked());
    if let Some(bar) = find("[data-picked]") {
        say_how_many(&bar, chosen.len(), everything);
    }
    if let Some(around) = first(form, "[data-chosen-box]") {
        mark(&around, "hidden", first(&around, CHECKBOX).is_none());
    }
    let query = query();
    query.delete("all");
    if everything {
        query.append("all", "on");
    }
    if let Some(radio) = radio {
        query.set(&attribute(radio, "name"), &attribute(radio, "value"));
    }
    let path = window().location().pathname().unwrap_or_default();
    let field = field(form);
    let address = with(&path, &query, &field, &chosen);
    // Browsers allow only so many changes in a time: then the tab's memory has them alone.
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
    for link in all(&root(), "a[data-keep]") {
        let href = attribute(&link, "href");
        let (path, query) = href.split_once('?').unwrap_or((&href, ""));
        if let Ok(query) = UrlSearchParams::new_with_str(query) {
            set(&link, "href", &with(path, &query, &field, &chosen));
        }
    }
}

fn say_how_many(bar: &Element, count: usize, everything: bool) {
    let most = js_sys::parse_int(&attribute(bar, "data-most"), 10);
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let which = match count {
        _ if everything => "data-all",
        0 => "data-none",
        1 => "data-one",
        _ if f64::from(count) > most => "data-over",
        _ => "data-many",
    };
    let said: String = JsString::from(attribute(bar, which)).replace("{n}", &number(count)).into();
    words(bar, &said);
}

/// A path with a query that has these ticks instead of its own.
fn with(path: &str, query: &UrlSearchParams, field: &str, chosen: &[String]) -> String {
    query.delete(field);
    for id in chosen {
        query.append(field, id);
    }
    let query: String = query.to_string().into();
    if query.is_empty() { path.into() } else { text(&[path, "?", &query]) }
}

/// For the other forms of the page that keep the ticks: their name, and the values.
pub fn chosen() -> Option<(String, Vec<String>)> {
    find(PICKER).map(|form| (field(&form), ticked(&form).0))
}

/// `j`, `k`, `x`. Whether that was one of them.
pub fn pressed(event: &Event, key: &str) -> bool {
    if !matches!(key, "j" | "k" | "x" | "Enter") {
        return false;
    }
    let Some(form) = find(PICKER) else { return false };
    if key == "Enter" {
        // On a tick it would send the form.
        let ticked = ticked_by(event, &form).and_then(|tick| first(&closest(&tick, "tr")?, "a[href]"));
        return ticked.is_some_and(|link| {
            go(&attribute(&link, "href"));
            true
        });
    }
    let rows = all(&form, "tbody tr");
    let here = hit(event, "tr").and_then(|row| rows.iter().position(|it| *it == row));
    let to = match (key, here) {
        ("x", Some(at)) => {
            if let Some(tick) = rows.get(at).and_then(|row| first(row, CHECKBOX)) {
                input(&tick).click();
            }
            return true;
        }
        ("j", Some(at)) => at + 1,
        ("k", Some(at)) => at.saturating_sub(1),
        _ => 0,
    };
    if let Some(link) = rows.get(to).and_then(|row| first(row, "a[href], label, input")) {
        focus(&link);
    }
    true
}

/// What was sent is not ticked any more for who comes back on another way; Back has the address.
pub fn sent(form: &Element) {
    if has(form, "data-picker") {
        forget(&key(form));
    }
}
