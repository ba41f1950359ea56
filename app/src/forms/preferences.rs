use super::{Done, Fields};
use crate::contract::problem::Problem;
use crate::visit::{THEME_COOKIE, ZONE_COOKIE};
use axum::http::HeaderValue;
use domain::zone::{NoZoneName, ZoneName};
use views::route::Route;
use views::scene::Theme;

/// `theme`: `light`, `dark`, or anything else for the system's; `back`: a page of the portal.
pub fn set_theme(fields: &Fields) -> Result<Done, Problem> {
    let cookie = match Theme::parse(fields.raw("theme")) {
        Some(Theme::Light) => format!("{THEME_COOKIE}=light; Path=/; Max-Age=31536000; SameSite=Lax"),
        Some(Theme::Dark) => format!("{THEME_COOKIE}=dark; Path=/; Max-Age=31536000; SameSite=Lax"),
        None => format!("{THEME_COOKIE}=; Path=/; Max-Age=0; SameSite=Lax"),
    };
    let back = fields.raw("back");
    let route = Route::parse(back.split_once('?').map_or(back, |(path, _)| path)).filter(Route::is_page);
    let back = if route.is_some() && back.is_ascii() { back.to_owned() } else { Route::Home.to_string() };
    Ok(Done::GoWith(back, header(&cookie)?))
}

/// `zone`: a time zone's name; empty for the zone of the person's device.
pub fn set_zone(fields: &Fields) -> Result<Done, Problem> {
    let zone = fields.text("zone");
    let cookie = if zone.is_empty() {
        format!("{ZONE_COOKIE}=; Path=/; Max-Age=0; SameSite=Lax")
    } else {
        let zone: ZoneName = zone.parse().map_err(|error: NoZoneName| {
            Problem::new(422, "bad-value", "That is not the name of a time zone", format!("“{zone}”: {error}."))
                .advice("Choose one of the list, or leave the field empty for your device’s own zone.")
        })?;
        format!("{ZONE_COOKIE}={zone}; Path=/; Max-Age=31536000; SameSite=Lax")
    };
    Ok(Done::GoWith(Route::Preferences.to_string(), header(&cookie)?))
}

fn header(cookie: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(cookie)
        .map_err(|error| Problem::new(500, "internal", "Something failed on the server", error.to_string()))
}
