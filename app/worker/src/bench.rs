//! What is done on each page.

#[cfg(feature = "doctor")]
mod doctor;
#[cfg(feature = "certificates")]
mod make;
#[cfg(feature = "doctor")]
mod proof;
#[cfg(feature = "certificates")]
mod search;
#[cfg(feature = "certificates")]
mod upload;

use crate::message::{Event, Message};
use crate::session::Desk;
use views::components::workbench::{Bench, Given};
use zeroize::Zeroizing;

/// One page's work. What a page has no use for is passed over.
pub trait Work {
    fn begin(&mut self, _: &mut Desk<'_>) {}
    /// `first`: of those that were chosen at once.
    fn file(&mut self, _: &mut Desk<'_>, _name: String, _: Zeroizing<Vec<u8>>, _first: bool) {}
    fn message(&mut self, _: &mut Desk<'_>, _: Message) {}
    fn event(&mut self, _: &mut Desk<'_>, _: Event) {}
}

/// A page that this build has nothing for.
struct Nothing;

impl Work for Nothing {}

pub fn work(given: &Given) -> Box<dyn Work> {
    match &given.bench {
        #[cfg(feature = "certificates")]
        Bench::Upload { app } => Box::new(upload::Upload::new(app.clone())),
        #[cfg(feature = "certificates")]
        Bench::Search => Box::new(search::Search::default()),
        #[cfg(feature = "certificates")]
        Bench::Make { app } => Box::new(make::Make::new(app.clone())),
        #[cfg(feature = "doctor")]
        Bench::Proof(subject) => match serde_json::from_str(subject) {
            Ok(subject) => Box::new(proof::Proof::new(subject)),
            Err(_) => Box::new(Nothing),
        },
        #[cfg(feature = "doctor")]
        Bench::Doctor => Box::new(doctor::Doctor::new(given)),
        #[allow(unreachable_patterns, reason = "with both features there is none left")]
        _ => Box::new(Nothing),
    }
}
