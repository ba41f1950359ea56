//! What is done on each page.

mod doctor;
mod make;
mod opener;
mod proof;
mod script;
mod search;
mod upload;

use crate::desk::Desk;
use crate::message::{Event, Message};
use views::components::workbench::{Bench, Given};
use zeroize::Zeroizing;

/// One page's work. What a page has no use for is passed over.
pub trait Work {
    fn begin(&mut self, _: &mut Desk<'_>) {}
    /// `first`: of those that were chosen at once.
    fn file(&mut self, _: &mut Desk<'_>, _name: String, _: Zeroizing<Vec<u8>>, _first: bool) {}
    fn message(&mut self, _: &mut Desk<'_>, _: Message) {}
    fn event(&mut self, _: &mut Desk<'_>, _: Event) {}
    /// The page has sent what cannot be read: what was said of an earlier text is not said of this one.
    fn unreadable(&mut self, _: &mut Desk<'_>) {}
}

/// What is done on a page; `None` where the worker has nothing for it. There is one for each kind of page, so that none carries
/// what another one needs.
pub type Choose = fn(&Given) -> Option<Box<dyn Work>>;

/// Uploads, the search by a file, and what the doctor is given besides text.
pub fn certificates(given: &Given) -> Option<Box<dyn Work>> {
    match &given.bench {
        Bench::Upload { app } => Some(Box::new(upload::Upload::new(app.clone()))),
        Bench::Search => Some(Box::new(search::Search::default())),
        Bench::Doctor => Some(Box::new(opener::Opener::default())),
        _ => None,
    }
}

/// Key pairs.
pub fn make(given: &Given) -> Option<Box<dyn Work>> {
    match &given.bench {
        Bench::Make { app } => Some(Box::new(make::Make::new(app.clone()))),
        _ => None,
    }
}

/// Client assertions.
pub fn proof(given: &Given) -> Option<Box<dyn Work>> {
    match &given.bench {
        Bench::Proof(subject) => Some(Box::new(proof::Proof::new(serde_json::from_str(subject).ok()?))),
        _ => None,
    }
}

/// Errors, and what a script says about a proof.
pub fn doctor(given: &Given) -> Option<Box<dyn Work>> {
    match &given.bench {
        Bench::Doctor => Some(Box::new(doctor::Doctor::new(given))),
        Bench::Proof(subject) => Some(Box::new(script::Script::new(subject)?)),
        _ => None,
    }
}
