//! Thumbprint's pages over HTTP: which address shows what, what forms do, and the contract with the server behind them.
//! How a page looks is in `views`.

pub mod contract;
mod data;
pub mod document;
mod forms;
mod pages;
mod palette;
mod receipt_file;
pub mod visit;

pub use views::{query, route};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use domain::sign_in_log::MAX_BYTES;
use route::{Address, Form, Route};

/// Every page, and a page for addresses that the portal does not have. What the server itself answers (sign-in, files,
/// events) is not there. Each request needs a [`visit::Surroundings`] among its extensions.
pub fn pages<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Route::TABLE
        .iter()
        .filter(|row| row.page)
        .fold(Router::new(), |router, row| router.route(row.pattern.0, get(pages::show)))
        .route(Address::Palette.pattern(), get(palette::answer))
        .route(Address::ReceiptFile.pattern(), get(receipt_file::answer))
        .fallback(pages::show)
}

/// Where forms are sent, but for those that bring a certificate or a log.
pub fn forms<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let forms = Form::ALL.iter().filter(|form| !form.brings_certificate() && !form.brings_log());
    forms.fold(data::router(), |router, form| router.route(form.path(), post(forms::sent)))
}

/// Where forms with certificates are sent: dearer to answer, and limited by the server on their own.
pub fn uploads<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let forms = Form::ALL.iter().filter(|form| form.brings_certificate());
    forms.fold(Router::new(), |router, form| router.route(form.path(), post(forms::sent)))
}

/// Where logs are sent: read as they come, and larger than anything else. The bound is a file's, with the form around it.
pub fn logs<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let forms = Form::ALL.iter().filter(|form| form.brings_log());
    let most = usize::try_from(MAX_BYTES).unwrap_or(usize::MAX).saturating_add(64 * 1024);
    forms
        .fold(Router::new(), |router, form| router.route(form.path(), post(forms::sent)))
        .layer(DefaultBodyLimit::max(most))
}
