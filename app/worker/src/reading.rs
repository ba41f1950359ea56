//! Certificates in a text, for a worker that has no code for X.509: the page's other one reads them.

use crate::desk::Desk;
use crate::message::{Effect, Letter};
use domain::certificate::Certificate;
use domain::doctor::paste::{Findings, recognise_with};
use domain::encoding::{base64, decode_base64};
use domain::peel::may_hold_certificate;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What was read is kept while it is no more than this.
const MOST_BYTES: usize = 1024 * 1024;

/// Reads texts, and remembers what the other worker has made of their certificates.
#[derive(Default)]
pub struct Reading {
    /// By the bytes in which one was looked for; `None`: there is none.
    known: BTreeMap<Vec<u8>, Option<Certificate>>,
    asked: Vec<Vec<u8>>,
    number: u32,
}

impl Reading {
    /// `None`: there may be certificates in the text, and the other worker was asked. When [`Reading::take`] has taken its
    /// answer, the text is to be read once more.
    pub fn recognise(&mut self, desk: &mut Desk<'_>, text: &str) -> Option<Findings> {
        let unknown = RefCell::new(vec![]);
        let findings = recognise_with(text, &|bytes| {
            let known = self.known.get(bytes);
            if known.is_none() && may_hold_certificate(bytes) {
                unknown.borrow_mut().push(bytes.to_vec());
            }
            known.cloned().flatten()
        });
        self.asked = unknown.into_inner();
        self.number += 1;
        if self.asked.is_empty() {
            return Some(findings);
        }
        let pieces = self.asked.iter().map(|bytes| base64(bytes)).collect();
        desk.page(Effect::Tell { letter: Letter::Read { number: self.number, pieces } });
        None
    }

    /// Whether it was the answer to the last question.
    pub fn take(&mut self, number: u32, certificates: &str) -> bool {
        if number != self.number || self.asked.is_empty() {
            return false;
        }
        if self.known.keys().map(Vec::len).sum::<usize>() > MOST_BYTES {
            self.known.clear();
        }
        let read: Vec<Option<Certificate>> = serde_json::from_str(certificates).unwrap_or_default();
        let asked = std::mem::take(&mut self.asked);
        self.known.extend(asked.into_iter().zip(read.into_iter().chain(std::iter::repeat(None))));
        true
    }
}

/// The other worker's part.
pub fn answer(desk: &mut Desk<'_>, number: u32, pieces: &[String]) {
    let read = |piece: &String| keys::leaf(&decode_base64(piece)?);
    let certificates: Vec<Option<Certificate>> = pieces.iter().map(read).collect();
    // Texts and numbers alone, which JSON has.
    let certificates = serde_json::to_string(&certificates).unwrap_or_default();
    desk.page(Effect::Tell { letter: Letter::Known { number, certificates } });
}
