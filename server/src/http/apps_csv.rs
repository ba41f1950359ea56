//! `GET /apps.csv`: the list of apps as a file, for who may see the list.

use super::{AppState, Refusal, RequestDesk};
use app::contract::apps::{AppQuery, Scope};
use app::contract::people::PeoplePort as _;
use app::contract::problem::Problem;
use app::query::Query as ListQuery;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use std::sync::Arc;
use tower_sessions::Session;

/// Takes the list's own query.
pub async fn download(
    State(app): State<AppState>,
    session: Session,
    RawQuery(asked): RawQuery,
) -> Result<impl IntoResponse, Refusal> {
    let desk = RequestDesk::new(Arc::clone(&app.desk), app.person(&session).await?);
    let viewer = desk.viewer().await?.ok_or_else(Problem::signed_out)?;
    let asked = ListQuery::parse(&asked.unwrap_or_default());
    let query = AppQuery {
        scope: match asked.get("scope") {
            Some("mine") => Scope::Mine,
            Some("all") => Scope::All,
            _ => Scope::of(&viewer),
        },
        search: asked.text("q"),
        page: 1,
        descending: asked.get("sort") == Some("desc"),
    };
    let text = desk.apps_csv(&query).await?;
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (CONTENT_DISPOSITION, "attachment; filename=\"apps.csv\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text))
}
