//! The desk as pages and forms ask for it: checks who asks, calls the operation, and gives its answer the form of the
//! contract. One file per resource.

mod apps;
mod audit;
mod certificates;
mod guard;
mod history;
mod inventory;
mod notices;
mod own_notices;
mod people;
mod plans;
mod proofs;
pub(crate) mod pushes;
mod requests;
mod search;
mod secrets;
mod sessions;
mod teams;
mod vaults;

use crate::http::problems::push_results::PageText;
use crate::parts::{Givens, Parts};
use crate::person::Person;
use std::sync::Arc;

/// Puts the parts together. The audit log's words about pushes are those of the pages.
pub fn parts(givens: Givens) -> Parts {
    Parts::new(givens, Arc::new(PageText))
}

/// The desk for one request: `person` is who signed in, if anyone.
pub struct RequestDesk {
    parts: Arc<Parts>,
    person: Option<Person>,
}

impl RequestDesk {
    pub fn new(parts: Arc<Parts>, person: Option<Person>) -> Self {
        Self { parts, person }
    }
}
