//! `time[datetime][data-local]`: the person's own zone, or the one of the cookie `thumbprint-zone`; UTC stands in its title.
//! `data-local` is `day` or `minute`. With `data-until`, what is still ahead begins with how much is left.

use crate::dom::{add, all, attribute, cookie, first, has, number, object, set, text, words};
use alloc::string::String;
use js_sys::{Date, Function, JsString, Object};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Node};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = DateTimeFormat)]
    type Formatter;
    /// An unknown zone is an error.
    #[wasm_bindgen(catch, constructor, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locale: &str, options: &Object) -> Result<Formatter, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn format(this: &Formatter) -> Function;
}

/// For days, or with hours and minutes; in the zone of the cookie if the browser knows it.
fn formatter(time: JsValue) -> Option<Formatter> {
    let make = |zone: JsValue| {
        Formatter::new(
            "en-GB",
            &object(&[
                ("day", "numeric".into()),
                ("month", "short".into()),
                ("year", "numeric".into()),
                ("hour", time.clone()),
                ("minute", time.clone()),
                ("timeZone", zone),
            ]),
        )
        .ok()
    };
    let own = cookie("thumbprint-zone").and_then(|zone| make(js_sys::decode_uri_component(&zone).ok()?.into()));
    own.or_else(|| make(JsValue::UNDEFINED))
}

/// All of them in `inside`.
pub fn show(inside: &Element) {
    let times = all(inside, "time[data-local]");
    if times.is_empty() {
        return;
    }
    let (day, minute) = (formatter(JsValue::UNDEFINED), formatter("2-digit".into()));
    for time in times {
        let at = Date::new(&attribute(&time, "datetime").into());
        let formatter = if attribute(&time, "data-local") == "day" { &day } else { &minute };
        if let (Some(formatter), Some(text)) = (formatter, first_text(&time))
            && let Ok(words) = formatter.format().call1(&JsValue::NULL, &at)
        {
            // The other months have three letters, here and in what the server writes.
            let words: String = words.unchecked_into::<JsString>().replace("Sept", "Sep").into();
            text.set_node_value(Some(&words));
        }
        if has(&time, "data-until") {
            left(&time, (at.get_time() - Date::now()) / 1_000.0);
        }
    }
}

/// How far away it is stands in an element of its own.
fn first_text(time: &Element) -> Option<Node> {
    let mut node = time.first_child();
    while let Some(here) = node {
        if here.node_type() == Node::TEXT_NODE {
            return Some(here);
        }
        node = here.next_sibling();
    }
    None
}

fn left(time: &Element, seconds: f64) {
    let shown = first(time, ".time__left");
    let Some((count, unit)) = distance(seconds) else {
        if let Some(shown) = shown {
            shown.remove();
        }
        return;
    };
    if let Some(shown) = shown.or_else(|| add(time, "span", time.first_child().as_ref())) {
        set(&shown, "class", "time__left");
        words(&shown, &text(&[&number(count), unit, if count == 1 { " left" } else { "s left" }]));
    }
}

/// `22 hours`; `None` for what is past. Whole units, rounded down.
fn distance(seconds: f64) -> Option<(u32, &'static str)> {
    if seconds.is_nan() || seconds <= 0.0 {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and u32 has 136 years of seconds"
    )]
    let seconds = seconds as u32;
    Some(match seconds {
        0..60 => (seconds, " second"),
        60..3_600 => (seconds / 60, " minute"),
        3_600..172_800 => (seconds / 3_600, " hour"),
        172_800..63_072_000 => (seconds / 86_400, " day"),
        _ => (seconds / 31_557_600, " year"),
    })
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn what_is_left_is_told_in_the_unit_that_fits() {
        assert_eq!(distance(30.5), Some((30, " second")));
        assert_eq!(distance(60.0), Some((1, " minute")));
        assert_eq!(distance(79_999.0), Some((22, " hour")));
        assert_eq!(distance(47.0 * 3_600.0), Some((47, " hour")));
        assert_eq!(distance(49.0 * 3_600.0), Some((2, " day")));
        assert_eq!(distance(108.5 * 86_400.0), Some((108, " day")));
        assert_eq!(distance(3.0 * 31_557_600.0), Some((3, " year")));
        assert_eq!(distance(0.0), None);
        assert_eq!(distance(f64::NAN), None);
    }
}
