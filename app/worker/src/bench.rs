//! What is done on each page.

mod make;
mod search;
mod upload;

#[cfg(feature = "doctor")]
mod doctor;
#[cfg(feature = "doctor")]
mod proof;

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
#[cfg(not(feature = "doctor"))]
struct Nothing;

#[cfg(not(feature = "doctor"))]
impl Work for Nothing {}

pub fn work(given: &Given) -> Box<dyn Work> {
    match &given.bench {
        Bench::Upload { app } => Box::new(upload::Upload::new(app.clone())),
        Bench::Search => Box::new(search::Search::default()),
        Bench::Make { app } => Box::new(make::Make::new(app.clone())),
        #[cfg(feature = "doctor")]
        Bench::Proof(subject) => Box::new(proof::Proof::new(subject.as_ref().clone())),
        #[cfg(feature = "doctor")]
        Bench::Doctor => Box::new(doctor::Doctor::new(given)),
        #[cfg(not(feature = "doctor"))]
        Bench::Proof(_) | Bench::Doctor => Box::new(Nothing),
    }
}
