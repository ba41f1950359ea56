//! The pages, one for each path: from what the server read to what a person sees.

pub mod app;
pub mod app_list;
pub mod apps;
pub mod home;
pub mod plan;
pub mod stub;
