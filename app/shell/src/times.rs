//! `time[datetime][data-local]`: the person's own zone, or the one of the cookie `thumbprint-zone`; UTC stands in its title.
//! `data-local` is `day` or `minute`. With `data-until`, what is still ahead begins with how much is left.

use crate::dom::{all, attribute, cookie, document, first, object};
use js_sys::{Date, Function, Object};
use wasm_bindgen::prelude::*;
use web_sys::Element;

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

const LEFT: &str = "time__left";

fn formatter(minutes: bool) -> Option<Formatter> {
    let make = |zone: Option<String>| {
        let mut members = vec![
            ("day", JsValue::from("numeric")),
            ("month", "short".into()),
            ("year", "numeric".into()),
            ("timeZone", zone.map_or(JsValue::UNDEFINED, Into::into)),
        ];
        if minutes {
            members.extend([("hour", "2-digit".into()), ("minute", "2-digit".into())]);
        }
        Formatter::new("en-GB", &object(&members)).ok()
    };
    cookie("thumbprint-zone").and_then(|zone| make(Some(zone.replace("%2F", "/")))).or_else(|| make(None))
}

/// All of them in `inside`, and itself.
pub fn show(inside: &Element) {
    let mut times = all(inside, "time[data-local], time[data-until]");
    if inside.matches("time").unwrap_or_default() {
        times.push(inside.clone());
    }
    if times.is_empty() {
        return;
    }
    let (day, minute) = (formatter(false), formatter(true));
    for time in times {
        let at = Date::new(&attribute(&time, "datetime").into());
        let words = match attribute(&time, "data-local").as_str() {
            "" => None,
            "day" => words(day.as_ref(), &at),
            _ => words(minute.as_ref(), &at),
        };
        if let (Some(words), Some(text)) = (words, text(&time)) {
            text.set_node_value(Some(&words));
        }
        if time.has_attribute("data-until") {
            left(&time, (at.get_time() - Date::now()) / 1_000.0);
        }
    }
}

fn words(formatter: Option<&Formatter>, at: &Date) -> Option<String> {
    let words = formatter?.format().call1(&JsValue::NULL, at).ok()?.as_string()?;
    // The other months have three letters, here and in what the server writes.
    Some(words.replace("Sept", "Sep"))
}

/// The first text that is not blank: how far away it is stands in an element of its own.
fn text(time: &Element) -> Option<web_sys::Node> {
    let mut node = time.first_child();
    while let Some(here) = node {
        if here.node_type() == web_sys::Node::TEXT_NODE && here.node_value().is_some_and(|it| !it.trim().is_empty()) {
            return Some(here);
        }
        node = here.next_sibling();
    }
    None
}

fn left(time: &Element, seconds: f64) {
    let shown = first(time, ".time__left");
    let Some(words) = distance(seconds) else {
        if let Some(shown) = shown {
            shown.remove();
        }
        return;
    };
    let shown = shown.or_else(|| {
        let new = document().create_element("span").ok()?;
        new.set_class_name(LEFT);
        time.insert_before(&new, time.first_child().as_ref()).ok()?;
        Some(new)
    });
    if let Some(shown) = shown {
        shown.set_text_content(Some(&words));
    }
}

/// `22 hours left`; `None` for what is past. Whole units, rounded down.
fn distance(seconds: f64) -> Option<String> {
    if seconds.is_nan() || seconds <= 0.0 {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and u32 has 136 years of seconds"
    )]
    let seconds = seconds as u32;
    let (count, unit) = match seconds {
        0..60 => return Some("less than a minute left".into()),
        60..3_600 => (seconds / 60, " minute"),
        3_600..172_800 => (seconds / 3_600, " hour"),
        172_800..63_072_000 => (seconds / 86_400, " day"),
        _ => (seconds / 31_557_600, " year"),
    };
    let plural = if count == 1 { " left" } else { "s left" };
    Some([&count.to_string(), unit, plural].concat())
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn what_is_left_is_told_in_the_unit_that_fits() {
        let words = |seconds: f64| distance(seconds).unwrap_or_default();
        assert_eq!(words(30.0), "less than a minute left");
        assert_eq!(words(60.0), "1 minute left");
        assert_eq!(words(79_999.0), "22 hours left");
        assert_eq!(words(47.0 * 3_600.0), "47 hours left");
        assert_eq!(words(49.0 * 3_600.0), "2 days left");
        assert_eq!(words(108.5 * 86_400.0), "108 days left");
        assert_eq!(distance(0.0), None);
        assert_eq!(distance(f64::NAN), None);
    }
}
