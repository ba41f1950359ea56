//! The pages, one for each path: from what the server read to what a person sees.

pub mod app;
pub mod app_list;
pub mod app_picker;
pub mod apps;
pub mod choose_apps;
pub mod copy;
pub mod home;
pub mod plan;
pub mod receipt;
pub mod stub;
pub mod table;
