//! Refusals of Azure Resource Manager.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug)]
pub(super) struct ArmError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ArmError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    pub(super) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }
}

impl IntoResponse for ArmError {
    fn into_response(self) -> Response {
        let error = json!({"error": {"code": self.code, "message": self.message}});
        (self.status, Json(error)).into_response()
    }
}
