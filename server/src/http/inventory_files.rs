//! `GET /inventory.csv` and `GET /inventory.json`: the inventory's grid as a file, for who may see the grid.

use super::problems::not_understood;
use super::{AppState, Refusal, RequestDesk};
use app::contract::inventory::GridQuery;
use app::contract::people::PeoplePort as _;
use app::contract::problem::Problem;
use app::query::Query as ListQuery;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use std::sync::Arc;
use tower_sessions::Session;
use views::pages::inventory::Asked;

/// Takes the grid's own query.
pub async fn csv(
    State(app): State<AppState>,
    session: Session,
    RawQuery(asked): RawQuery,
) -> Result<impl IntoResponse, Refusal> {
    let (desk, query) = begin(&app, &session, asked).await?;
    let text = desk.inventory_csv(&query).await?;
    Ok((headers("text/csv; charset=utf-8; header=present", "attachment; filename=\"inventory.csv\""), text))
}

/// The same as JSON.
pub async fn json(
    State(app): State<AppState>,
    session: Session,
    RawQuery(asked): RawQuery,
) -> Result<impl IntoResponse, Refusal> {
    let (desk, query) = begin(&app, &session, asked).await?;
    let text = desk.inventory_json(&query).await?;
    Ok((headers("application/json", "attachment; filename=\"inventory.json\""), text))
}

async fn begin(app: &AppState, session: &Session, asked: Option<String>) -> Result<(RequestDesk, GridQuery), Refusal> {
    let desk = RequestDesk::new(Arc::clone(&app.desk), app.person(session).await?);
    desk.viewer().await?.ok_or_else(Problem::signed_out)?;
    let asked = Asked::read(&ListQuery::parse(&asked.unwrap_or_default()));
    let query = asked.query().map_err(|error| not_understood(&error))?;
    Ok((desk, query))
}

fn headers(kind: &'static str, disposition: &'static str) -> [(axum::http::HeaderName, &'static str); 3] {
    [(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition), (CACHE_CONTROL, "no-store")]
}
