//! What every view is made with.

pub use crate::html::{Children, Html, IntoHtml};
pub use leptos::prelude::*;
