//! The browser's half: scripts, WebAssembly, styles and icons. A release build holds them, a debug build reads them from
//! disk when it starts. Their names have a hash of the content, so that browsers keep them for ever, and they were
//! compressed when they were built.

use super::Refusal;
use app::contract::problem::Problem;
use app::document::{Files, Icon, Module};
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What `pack` made.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site/packed"]
#[allow_missing = true]
struct Packed;

/// What cargo-leptos leaves while it watches: names without hashes.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site/pkg"]
#[allow_missing = true]
#[cfg(debug_assertions)]
struct Raw;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("public, no-cache");
/// A worker reads keys. It has no network, and no script but its own.
const WORKER_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; script-src 'wasm-unsafe-eval'");
const WORKERS: [&str; 4] = ["worker-certificates.js", "worker-make.js", "worker-proof.js", "worker-doctor.js"];

#[derive(Debug, Clone)]
struct Asset {
    /// Without the hash: `thumbprint.css`.
    stands_for: String,
    identity: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

/// All files, by the name in their address.
#[derive(Debug, Default)]
struct Site {
    assets: BTreeMap<String, Asset>,
    for_ever: bool,
}

static SITE: LazyLock<Site> = LazyLock::new(Site::load);
static FILES: LazyLock<Files> = LazyLock::new(|| SITE.files());

/// `thumbprint.css` of `thumbprint.0123456789abcdef.css`.
fn without_hash(name: &str) -> Option<String> {
    let (rest, ending) = name.rsplit_once('.')?;
    let (stem, hash) = rest.rsplit_once('.')?;
    let is_hash = hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| format!("{stem}.{ending}"))
}

fn static_bytes(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

impl Site {
    fn load() -> Self {
        #[cfg(debug_assertions)]
        if std::env::var_os("LEPTOS_WATCH").is_some() {
            let files = Raw::iter().filter_map(|name| Some((name.to_string(), static_bytes(Raw::get(&name)?.data))));
            return Self::of(files, |name| Some(name.to_owned()), false);
        }
        let files = Packed::iter().filter_map(|name| Some((name.to_string(), static_bytes(Packed::get(&name)?.data))));
        Self::of(files, without_hash, true)
    }

    fn of(
        files: impl Iterator<Item = (String, Bytes)>,
        stands_for: impl Fn(&str) -> Option<String>,
        for_ever: bool,
    ) -> Self {
        let files: BTreeMap<_, _> = files.collect();
        let compressed = |name: &str, ending: &str| files.get(&format!("{name}.{ending}")).cloned();
        let asset = |(name, content): (&String, &Bytes)| {
            if matches!(name.rsplit_once('.'), Some((_, "br" | "gz"))) {
                return None;
            }
            let asset = Asset {
                stands_for: stands_for(name)?,
                identity: content.clone(),
                brotli: compressed(name, "br"),
                gzip: compressed(name, "gz"),
            };
            Some((name.clone(), asset))
        };
        Self { assets: files.iter().filter_map(asset).collect(), for_ever }
    }

    /// The address of what has this name without its hash.
    fn path(&self, stands_for: &str) -> Option<String> {
        let (name, _) = self.assets.iter().find(|(_, asset)| asset.stands_for == stands_for)?;
        Some(format!("/pkg/{name}"))
    }

    fn files(&self) -> Files {
        let module = |stem: &str| {
            Some(Module { js: self.path(&format!("{stem}.js"))?, wasm: self.path(&format!("{stem}.wasm"))? })
        };
        let icon = |rel, media_type, name| Some(Icon { rel, media_type, path: self.path(name)? });
        let icons = [
            icon("icon", "image/x-icon", "favicon.ico"),
            icon("icon", "image/svg+xml", "favicon.svg"),
            icon("apple-touch-icon", "image/png", "apple-touch-icon.png"),
        ];
        Files {
            css: self.path("thumbprint.css").unwrap_or_default(),
            icons: icons.into_iter().flatten().collect(),
            shell: module("thumbprint"),
            host: self.path("worker-host.js"),
            certificates: module("worker-certificates"),
            make: module("worker-make"),
            proof: module("worker-proof"),
            doctor: module("worker-doctor"),
        }
    }
}

/// What pages load of it.
pub fn files() -> &'static Files {
    &FILES
}

/// Whether the browser's half was built.
pub fn has_site() -> bool {
    !SITE.assets.is_empty()
}

/// `GET /pkg/{file}`.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match SITE.assets.get(&name) {
        Some(asset) => answer(asset, &headers, SITE.for_ever),
        None => Refusal::from(Problem::new(
            404,
            "no-such-file",
            "There is no such file",
            "The portal has no file of this name.",
        ))
        .into_response(),
    }
}

/// `GET /favicon.ico`, which browsers ask for by themselves where a page names none.
pub async fn favicon(headers: HeaderMap) -> Response {
    let name = SITE.path("favicon.ico").and_then(|path| path.strip_prefix("/pkg/").map(str::to_owned));
    let mut response = serve(Path(name.unwrap_or_default()), headers).await;
    // This name does not change with the content.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    response
}

fn answer(asset: &Asset, asked: &HeaderMap, for_ever: bool) -> Response {
    let (content, encoding) = match (&asset.brotli, &asset.gzip) {
        (Some(brotli), _) if accepts(asked, "br") => (brotli, Some("br")),
        (_, Some(gzip)) if accepts(asked, "gzip") => (gzip, Some("gzip")),
        _ => (&asset.identity, None),
    };
    let mut response = Body::from(content.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type(&asset.stands_for)));
    headers.insert(CACHE_CONTROL, if for_ever { FOR_EVER } else { ASK_AGAIN });
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if WORKERS.contains(&asset.stands_for.as_str()) {
        headers.insert(CONTENT_SECURITY_POLICY, WORKER_POLICY);
    }
    response
}

/// Whether `Accept-Encoding` has this coding with another weight than 0 (RFC 9110 section 12.5.3).
fn accepts(asked: &HeaderMap, coding: &str) -> bool {
    let values = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|one| {
        let (name, parameters) = one.split_once(';').unwrap_or((one, ""));
        let weight = parameters.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(coding) && weight.is_ok_and(|weight| weight > 0.0)
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn site() -> Site {
        let names = [
            "thumbprint.0123456789abcdef.css",
            "thumbprint.0123456789abcdef.css.br",
            "thumbprint.0123456789abcdef.css.gz",
            "thumbprint.aaaaaaaaaaaaaaaa.js",
            "thumbprint.bbbbbbbbbbbbbbbb.wasm",
            "worker-doctor.cccccccccccccccc.js",
            "leftover.js",
        ];
        let files = names.into_iter().map(|name| (name.to_owned(), Bytes::copy_from_slice(name.as_bytes())));
        Site::of(files, without_hash, true)
    }

    fn asked(encoding: &str) -> HeaderMap {
        [(ACCEPT_ENCODING, encoding.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn pages_are_told_the_names_with_hashes() {
        let files = site().files();
        assert_eq!(files.css, "/pkg/thumbprint.0123456789abcdef.css");
        assert_eq!(files.shell.unwrap().wasm, "/pkg/thumbprint.bbbbbbbbbbbbbbbb.wasm");
        assert_eq!(files.doctor, None, "half a module is none");
        assert_eq!(site().assets.len(), 4, "what is compressed has no address of its own, nor what has no hash");
    }

    #[test]
    fn the_best_coding_that_a_browser_takes_is_sent() {
        let site = site();
        let css = &site.assets["thumbprint.0123456789abcdef.css"];
        let coding = |accepts: &str| {
            let response = answer(css, &asked(accepts), true);
            assert_eq!(response.headers()[VARY], "accept-encoding");
            assert_eq!(response.headers()[CACHE_CONTROL], FOR_EVER);
            response.headers().get(CONTENT_ENCODING).map(|it| it.to_str().unwrap().to_owned())
        };
        assert_eq!(coding("gzip, deflate, br, zstd"), Some("br".into()));
        assert_eq!(coding("gzip;q=1.0, br;q=0"), Some("gzip".into()));
        assert_eq!(coding("BR"), Some("br".into()));
        assert_eq!(coding("identity"), None);
        assert_eq!(coding("br;q=nonsense"), None);
        let script = &site.assets["thumbprint.aaaaaaaaaaaaaaaa.js"];
        assert_eq!(answer(script, &asked("br"), true).headers().get(CONTENT_ENCODING), None, "there is none of it");
    }

    #[test]
    fn a_worker_has_no_network() {
        let site = site();
        let worker = answer(&site.assets["worker-doctor.cccccccccccccccc.js"], &asked("br"), true);
        assert_eq!(worker.headers()[CONTENT_SECURITY_POLICY], WORKER_POLICY);
        let shell = answer(&site.assets["thumbprint.aaaaaaaaaaaaaaaa.js"], &asked("br"), true);
        assert_eq!(shell.headers().get(CONTENT_SECURITY_POLICY), None);
    }
}
