//! The browser's half: scripts, WebAssembly and styles. A release build holds them, a debug build reads them from disk.

use super::Refusal;
use app::contract::problem::Problem;
use app::document::Files;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;
use std::sync::LazyLock;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site/pkg"]
#[allow_missing = true]
struct Site;

/// What pages load of it.
pub fn files() -> &'static Files {
    static FILES: LazyLock<Files> =
        LazyLock::new(|| Files { css: "/pkg/thumbprint.css".to_owned(), ..Files::default() });
    &FILES
}

/// Whether the browser's half was built.
pub fn has_site() -> bool {
    Site::iter().next().is_some()
}

/// `GET /pkg/{file}`. Names do not change with the content, so browsers keep the file and ask whether it changed.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(file) = Site::get(&name) else {
        return Refusal::from(Problem::new(
            404,
            "no-such-file",
            "There is no such file",
            "The portal has no file of this name.",
        ))
        .into_response();
    };
    // Weak, since the answer may be compressed on its way.
    let etag = format!("W/\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| known.split(',').any(|one| one.trim() == etag));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, media_type(&name))], Body::from(file.data.into_owned())).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(ETAG, etag);
    }
    response
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        _ => "application/octet-stream",
    }
}

/// Compressing WebAssembly takes seconds in a debug build.
pub fn worth_compressing() -> impl Predicate {
    let wasm = if cfg!(debug_assertions) { "application/wasm" } else { "none/none" };
    DefaultPredicate::new().and(NotForContentType::const_new(wasm))
}
