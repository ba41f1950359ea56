//! The pages, one for each path: from what the server read to what a person sees.

pub mod about;
pub mod app;
pub mod app_list;
pub mod app_picker;
pub mod apps;
pub mod audit;
pub mod certificate;
pub mod choose_apps;
pub mod copy;
pub mod doctor;
pub mod history;
pub mod home;
pub mod make;
pub mod plan;
pub mod preferences;
pub mod proof;
pub mod receipt;
pub mod request;
pub mod requests;
pub mod retirements;
pub mod runbook;
pub mod search;
pub mod signed_out;
pub mod table;
pub mod upload;
pub mod vaults;
