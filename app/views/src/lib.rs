//! Thumbprint's pages and components, as functions of data: they ask nothing of anybody. The server renders them to HTML,
//! and so does the browser's worker with what must not leave the browser.

// Leptos' view types nest deeply.
#![recursion_limit = "512"]

pub mod components;
mod controls;
pub mod data;
pub mod dates;
pub mod glyph;
pub mod html;
pub mod json_tokens;
pub mod page;
// Rendered by the server alone, and half of this crate: what the worker does not need is not compiled for it.
#[cfg(not(target_family = "wasm"))]
pub mod pages;
pub mod prelude;
pub mod query;
pub mod route;
pub mod runbook;
pub mod scene;
pub mod tool;
pub mod viewer;
pub mod workbenches;
