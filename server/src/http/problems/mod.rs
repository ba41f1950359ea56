//! What people are told of what went wrong: the one place where a [`Problem`](app::contract::problem::Problem) is made of an error.

mod apps;
mod certificates;
mod entra;
pub mod graph;
mod inventory;
mod keyvault;
mod notices;
pub(crate) mod own_notices;
mod plans;
mod proofs;
pub(crate) mod push_results;
pub(crate) mod pushes;
pub(crate) mod requests;
mod search;
mod secrets;
mod sessions;
mod settings;
mod store;
mod teams;
mod vaults;

pub(crate) use entra::NotReadable;
pub(crate) use inventory::not_understood;
pub(crate) use store::store_failed;
