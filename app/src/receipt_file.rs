//! `GET /receipts/{id}/receipt.json`: a whole receipt to keep, with whose it is.

use crate::contract::problem::Problem;
use crate::contract::pushes::Receipt;
use crate::pages::receipt::whole;
use crate::visit::{Unshown, Visit};
use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use domain::ids::TenantId;
use serde::Serialize;
use time::OffsetDateTime;
use uuid::Uuid;

#[derive(Serialize)]
struct File {
    product: &'static str,
    version: &'static str,
    tenant: TenantId,
    cloud: String,
    /// Name and `userPrincipalName`.
    downloaded_by: (String, String),
    /// UTC.
    #[serde(with = "time::serde::rfc3339")]
    downloaded_at: OffsetDateTime,
    receipt: Receipt,
}

pub async fn answer(visit: Visit, Path(id): Path<Uuid>) -> Response {
    match file(&visit, id).await {
        Ok(text) => {
            let name = HeaderValue::from_str(&format!("attachment; filename=\"receipt-{id}.json\""));
            let mut response = ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response();
            response.headers_mut().extend(name.ok().map(|name| (CONTENT_DISPOSITION, name)));
            response
        }
        Err(unshown) => crate::pages::unshown(&visit, unshown).await,
    }
}

async fn file(visit: &Visit, id: Uuid) -> Result<String, Unshown> {
    let member = visit.member().await?;
    let receipt = whole(member.desk.as_ref(), id, |app| app).await?;
    let viewer = member.viewer.clone();
    let file = File {
        product: "Thumbprint",
        version: env!("CARGO_PKG_VERSION"),
        tenant: viewer.tenant_id,
        cloud: viewer.cloud,
        downloaded_by: (viewer.name, viewer.username),
        downloaded_at: member.now,
        receipt,
    };
    serde_json::to_string_pretty(&file).map_err(|error| {
        tracing::error!(%error, "a receipt could not be written as JSON");
        Problem::new(500, "internal", "Something failed on the server", "The receipt could not be written as JSON.")
            .into()
    })
}
