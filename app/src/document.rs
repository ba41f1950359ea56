//! The HTML document around a page.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use views::page::{Body, Page};
use views::scene::{self, Scene, Theme};
use views::tool::Tool;

/// Paths of the files that pages load, with a hash of the content in each name. What was not built is absent: pages then
/// work as without scripts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    pub css: String,
    pub icons: Vec<Icon>,
    pub shell: Option<Module>,
    /// Starts the worker in a page.
    pub host: Option<String>,
    pub certificates: Option<Module>,
    pub make: Option<Module>,
    pub proof: Option<Module>,
    pub doctor: Option<Module>,
}

/// An icon of the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Icon {
    /// `icon` or `apple-touch-icon`.
    pub rel: &'static str,
    /// Media type.
    pub media_type: &'static str,
    pub path: String,
}

/// WebAssembly, and the script that loads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    pub js: String,
    pub wasm: String,
}

/// Search engines may look at the page.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// A page as an answer, scripts and all.
pub fn answer(page: Page, scene: Scene, files: &'static Files, nonce: &str) -> Response {
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let public = page.public;
    let html = html(page, scene, files, Some(nonce));
    let mut response =
        (status, [(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], html).into_response();
    if !public {
        response.headers_mut().insert(ROBOTS, HeaderValue::from_static("noindex"));
    }
    response
}

/// The whole document. Without a nonce it loads no scripts.
pub fn html(page: Page, scene: Scene, files: &'static Files, nonce: Option<&str>) -> String {
    let title = page.full_title();
    let theme = scene.theme.map(Theme::as_str);
    let nonce = nonce.map(str::to_owned);
    // The one that the page has work for, and the one that is fetched only when it is needed beside it: the doctor has a PFX
    // opened, and a proof the output of a script judged.
    let (worker, second) = match page.tool {
        Some(Tool::Certificates) => (files.certificates.as_ref(), None),
        Some(Tool::Make) => (files.make.as_ref(), None),
        Some(Tool::Proof) => (files.proof.as_ref(), files.doctor.as_ref()),
        Some(Tool::Doctor) => (files.doctor.as_ref(), files.certificates.as_ref()),
        None => (None, None),
    };
    // The page's script starts the workers with these.
    let addresses = |module: Option<&Module>| module.map(|it| (it.js.clone(), it.wasm.clone())).unzip();
    let ((worker_js, worker_wasm), (second_js, second_wasm)) = (addresses(worker), addresses(second));
    let host = worker.and(files.host.clone());
    let description = page
        .public
        .then_some("Register certificates on Microsoft Entra app registrations without losing any that are there.");
    let Page { body, section, bare, .. } = page;
    let html = scene::render(scene, move || {
        view! {
            <html lang="en" data-theme=theme data-host=host data-worker-js=worker_js data-worker-wasm=worker_wasm data-second-js=second_js data-second-wasm=second_wasm>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content=theme.unwrap_or("light dark")/>
                    <title>{title}</title>
                    {description.map(|content| view! { <meta name="description" content=content/> })}
                    {files.icons.iter().map(|icon| view! { <link rel=icon.rel type=icon.media_type href=icon.path.clone()/> }).collect_view()}
                    <link rel="stylesheet" href=files.css.clone()/>
                    {nonce.zip(files.shell.as_ref()).map(|(nonce, shell)| view! { <Shell shell nonce/> })}
                </head>
                <body>
                    <Body body section bare/>
                </body>
            </html>
        }
    });
    format!("<!DOCTYPE html>{html}")
}

/// Of the shell, as the content security policy names it.
const POLICY: &str = "thumbprint";

/// Loads the shell, script and WebAssembly at once.
#[component]
fn Shell(shell: &'static Module, nonce: String) -> impl IntoView {
    let Module { js, wasm } = shell;
    // WebAssembly has no `import()` of its own, which the shell needs for the worker's host.
    // Where browsers have Trusted Types, HTML comes into the page by this policy alone: what the server itself answered.
    let start = format!(
        "import i,{{start as s}} from{js:?};const t=globalThis.trustedTypes?.createPolicy({POLICY:?},{{createHTML:h=>h}});globalThis.thumbprintHtml=h=>t?t.createHTML(h):h;i({{module_or_path:{wasm:?}}}).then(()=>s(p=>import(p)))"
    );
    view! {
        <link rel="modulepreload" href=shell.js.clone() nonce=nonce.clone()/>
        <link rel="preload" href=shell.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="module" nonce=nonce inner_html=start></script>
    }
}
