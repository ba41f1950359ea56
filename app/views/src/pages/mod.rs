//! The pages, one for each path: from what the server read to what a person sees.

pub mod app;
pub mod app_list;
pub mod apps;
pub mod audit;
pub mod certificate;
pub mod history;
pub mod home;
pub mod plan;
pub mod retirements;
pub mod search;
pub mod signed_out;
pub mod stub;
pub mod vaults;
