//! `GET /calendar/{key}/thumbprint.ics`: a person's calendar, for programs. The key is all that says whose it is: it is in no
//! log, and what it opens is read from the inventory anew each time.

use super::problems::own_notices::no_calendar;
use super::{AppState, Refusal};
use crate::notices::calendar::written;
use crate::operations::own_notices::feed;
use app::contract::problem::Problem;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use domain::notices::CalendarKey;

pub async fn feed(State(app): State<AppState>, Path(key): Path<String>) -> Result<impl IntoResponse, Refusal> {
    let none = || Refusal::from(no_calendar());
    let key: CalendarKey = key.parse().map_err(|_| none())?;
    let now = app.clock.now();
    let found = app.store.fetch_calendar(&key.digest(), now).await.map_err(Problem::from)?;
    let (tenant, person) = found.ok_or_else(none)?;
    let context = app.desk.context(tenant).ok_or_else(none)?;
    let facts = feed::handle(&app.desk.notices(context), person).await.map_err(Problem::from)?.ok_or_else(none)?;
    let host = app.config.public_url.host_str().unwrap_or("localhost");
    let text = written(&facts, (&app.config.origin(), host), now);
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CONTENT_DISPOSITION, "inline; filename=\"thumbprint.ics\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text))
}
