//! Stands between the desk and the tenant, for directories that the local tenant cannot be: one whose service
//! principals have credentials of their own, and one that lets nobody list.

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::ids::AppId;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::net::TcpListener;

pub enum Directory {
    /// The service principal of this app has these `keyCredentials`, `key` included.
    ServicePrincipalWith(AppId, Value),
    /// Lists are refused; single objects are not.
    NoLists,
}

struct Shared {
    upstream: String,
    http: reqwest::Client,
    directory: Directory,
}

/// Its base URL.
pub async fn start(upstream: &str, directory: Directory) -> String {
    let shared = Arc::new(Shared { upstream: upstream.to_owned(), http: reqwest::Client::new(), directory });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(shared);
    tokio::spawn(async move { axum::serve(listener, router).await });
    base_url
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let is_list = ["/v1.0/applications", "/v1.0/servicePrincipals"].contains(&path.as_str());
    if is_list && matches!(shared.directory, Directory::NoLists) {
        let error = json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges to complete the operation."}});
        return (StatusCode::FORBIDDEN, axum::Json(error)).into_response();
    }
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut sent = shared.http.request(parts.method, format!("{}{}", shared.upstream, parts.uri)).body(body);
    for name in [AUTHORIZATION, CONTENT_TYPE] {
        if let Some(value) = parts.headers.get(&name) {
            sent = sent.header(name, value);
        }
    }
    let answer = sent.send().await.unwrap();
    let status = answer.status();
    let bytes = answer.bytes().await.unwrap();
    let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else { return (status, bytes).into_response() };
    if let Directory::ServicePrincipalWith(app, keys) = &shared.directory
        && path.starts_with("/v1.0/servicePrincipals")
    {
        add(&mut value, *app, keys, !is_list);
    }
    (status, [(CONTENT_TYPE, "application/json")], Bytes::from(value.to_string())).into_response()
}

fn add(value: &mut Value, app: AppId, keys: &Value, whole: bool) {
    if let Some(rows) = value.get_mut("value").and_then(Value::as_array_mut) {
        for row in rows {
            add(row, app, keys, whole);
        }
    } else if value.get("appId").and_then(Value::as_str) == Some(app.to_string().as_str()) {
        let mut keys = keys.clone();
        // As Graph does: a list never has the key itself.
        for key in keys.as_array_mut().into_iter().flatten().filter(|_| !whole) {
            key["key"] = Value::Null;
        }
        value["keyCredentials"] = keys;
    }
}
