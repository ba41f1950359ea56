//! `GET /palette?q=`: what the palette lists, as a piece of HTML.

use crate::visit::{Unshown, Visit};
use axum::response::{Html, IntoResponse as _, Response};
use leptos::prelude::*;
use views::components::palette::{PaletteAnswer, SEARCH_FROM};
use views::page::Page;
use views::scene;

pub async fn answer(visit: Visit) -> Response {
    match list(&visit).await {
        Ok(html) => Html(html).into_response(),
        // The shell leaves the list as it was, and the page says why when it is loaded again.
        Err(unshown) => axum::http::StatusCode::from_u16(Page::from(unshown).status)
            .unwrap_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR)
            .into_response(),
    }
}

async fn list(visit: &Visit) -> Result<String, Unshown> {
    let member = visit.member().await?;
    let words = visit.query().text("q");
    let found = if words.chars().count() < SEARCH_FROM {
        None
    } else {
        // The palette is a shortcut: it says that the search failed, and the search page why.
        member.desk.find_holders(&words).await.ok()
    };
    let may_push = member.viewer.may_push();
    let scene = visit.scene(Some(member.viewer), visit.back(), None);
    Ok(scene::render(scene, || view! { <PaletteAnswer words may_push found/> }))
}
