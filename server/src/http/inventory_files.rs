//! `GET /inventory.csv`, `/inventory.json` and `/inventory.xlsx`: the inventory's grid as a file, or what is selected of it,
//! for who may see the grid.

use super::problems::not_understood;
use super::{AppState, Refusal, RequestDesk};
use crate::operations::inventory::export::FileFormat;
use app::contract::inventory::{Selection, Which};
use app::contract::people::PeoplePort as _;
use app::contract::problem::Problem;
use app::query::Query as ListQuery;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use std::sync::Arc;
use tower_sessions::Session;
use views::pages::inventory::Asked;

/// Takes the grid's own query, with what is selected. Nothing that is selected is all.
pub async fn csv(
    State(app): State<AppState>,
    session: Session,
    RawQuery(asked): RawQuery,
) -> Result<impl IntoResponse, Refusal> {
    file(&app, &session, asked, FileFormat::Csv).await
}

/// The same as JSON.
pub async fn json(
    State(app): State<AppState>,
    session: Session,
    RawQuery(asked): RawQuery,
) -> Result<impl IntoResponse, Refusal> {
    file(&app, &session, asked, FileFormat::Json).await
}

/// The same as a workbook.
pub async fn xlsx(
    State(app): State<AppState>,
    session: Session,
    RawQuery(asked): RawQuery,
) -> Result<impl IntoResponse, Refusal> {
    file(&app, &session, asked, FileFormat::Xlsx).await
}

async fn file(
    app: &AppState,
    session: &Session,
    asked: Option<String>,
    format: FileFormat,
) -> Result<impl IntoResponse + use<>, Refusal> {
    let desk = RequestDesk::new(Arc::clone(&app.desk), app.person(session).await?);
    desk.viewer().await?.ok_or_else(Problem::signed_out)?;
    let asked = Asked::read(&ListQuery::parse(&asked.unwrap_or_default()));
    let mut selection = asked.selection().map_err(|error| not_understood(&error))?;
    if selection.which == Which::These(vec![]) {
        selection = Selection { which: Which::All, ..selection };
    }
    let (kind, disposition) = match format {
        FileFormat::Csv => ("text/csv; charset=utf-8; header=present", "attachment; filename=\"inventory.csv\""),
        FileFormat::Json => ("application/json", "attachment; filename=\"inventory.json\""),
        FileFormat::Xlsx => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "attachment; filename=\"inventory.xlsx\"",
        ),
    };
    let bytes = desk.inventory_file(&selection, format).await?;
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition), (CACHE_CONTROL, "no-store")], bytes))
}
