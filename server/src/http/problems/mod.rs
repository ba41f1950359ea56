//! What people are told of what went wrong: the one place where a [`Problem`](app::contract::problem::Problem) is made of an error.

mod entra;
pub mod graph;
mod keyvault;
pub(crate) mod pushes;
mod store;

pub(crate) use entra::NotReadable;
pub(crate) use store::store_failed;
