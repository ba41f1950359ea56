//! `/auditLogs`: what was changed, and who signed in with what. The oldest entries go first.

pub(crate) mod activities;
pub(crate) mod entry;
pub(crate) mod sign_ins;

use std::collections::VecDeque;

use super::error::GraphError;
use super::object::Object;
use super::odata::DateOrder;
use super::odata::page::cut;
use super::path::Version;
use super::{Answer, Request};
use entry::Audit;
use sign_ins::SignIn;

/// Entries kept of each log.
const CAPACITY: usize = 50_000;

#[derive(Debug, Default)]
pub(crate) struct Logs {
    pub(crate) audits: Log<Audit>,
    pub(crate) sign_ins: Log<SignIn>,
}

#[derive(Debug)]
pub(crate) struct Log<T> {
    entries: VecDeque<T>,
    /// How many have gone before the first one.
    gone: u64,
    /// How many of all there were are in the state file, or were there; `None`: the file's entries are not these.
    saved: Option<u64>,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self { entries: VecDeque::new(), gone: 0, saved: None }
    }
}

impl<T> Log<T> {
    fn push(&mut self, entry: T) {
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
            self.gone += 1;
        }
        self.entries.push_back(entry);
    }

    /// Entries that the state file has, with the number of the first one.
    pub(crate) fn saved(first: u64, entries: VecDeque<T>) -> Self {
        let end = first + entries.len() as u64;
        Self { entries, gone: first, saved: Some(end) }
    }

    /// Number of the first entry that there still is.
    pub(crate) fn first(&self) -> u64 {
        self.gone
    }

    /// From which number on entries are to be written; from now on none are. `None`: all, in place of the file's.
    pub(crate) fn take_unsaved(&mut self) -> Option<u64> {
        self.saved.replace(self.gone + self.entries.len() as u64)
    }

    pub(crate) fn forget_saved(&mut self) {
        self.saved = None;
    }

    /// Entries from that number on, with their numbers.
    pub(crate) fn since(&self, number: u64) -> impl Iterator<Item = (u64, &T)> {
        let skipped = usize::try_from(number.saturating_sub(self.gone)).unwrap_or(usize::MAX);
        (self.gone..).zip(&self.entries).skip(skipped)
    }

    /// Newest first, with numbers that ascend in this order and stay with their entries.
    fn newest_first(&self) -> impl Iterator<Item = (u64, &T)> {
        let last = self.gone + self.entries.len() as u64;
        self.entries.iter().rev().zip(1..).map(move |(entry, place)| (u64::MAX - (last - place), entry))
    }
}

impl Logs {
    pub(crate) fn note_audits(&mut self, entries: Vec<Audit>) {
        for entry in entries {
            self.audits.push(entry);
        }
    }

    pub(crate) fn note_sign_in(&mut self, entry: SignIn) {
        self.sign_ins.push(entry);
    }
}

/// `GET /auditLogs/directoryAudits`
pub(crate) fn directory_audits(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_logs()?;
    let latest = request.now - request.tenant.behaviour().audit_delay;
    let there = |entry: &Audit| entry.at <= latest;
    list(request, "directoryAudits", &request.tenant.logs().audits, there, (Audit::property, Audit::show))
}

/// `GET /auditLogs/signIns`. Without a filter by `signInEventTypes` these are people's interactive sign-ins, which are
/// not recorded here; service principals' are in beta alone.
pub(crate) fn sign_ins(request: &Request<'_>) -> Result<Answer, GraphError> {
    request.caller.may_read_logs()?;
    let asked = request.version == Version::Beta
        && request.query.filter.as_ref().is_some_and(|filter| filter.names("signInEventTypes"));
    let none = Log::default();
    let logs = request.tenant.logs();
    let log = if asked { &logs.sign_ins } else { &none };
    list(request, "signIns", log, |_| true, (SignIn::property, SignIn::show))
}

fn list<T>(
    request: &Request<'_>,
    set: &str,
    log: &Log<T>,
    there: impl Fn(&T) -> bool,
    (property, show): (impl Fn(&T, &str) -> Option<serde_json::Value>, impl Fn(&T) -> Object),
) -> Result<Answer, GraphError> {
    let mut rows = vec![];
    for (number, entry) in log.newest_first().filter(|(_, entry)| there(entry)) {
        let get = |name: &str| property(entry, name);
        if request.query.filter.as_ref().map_or(Ok(true), |filter| filter.matches(set, &get))? {
            rows.push((number, entry));
        }
    }
    if request.query.by_date == Some(DateOrder::OldestFirst) {
        rows.reverse();
        for (number, _) in &mut rows {
            *number = u64::MAX - *number;
        }
    }
    let page = cut(rows.into_iter(), |_| "".into(), &request.query);
    let mut items: Vec<Object> = page.rows.iter().map(|entry| show(entry)).collect();
    if let Some(select) = &request.query.select {
        let names: Vec<&str> = select.iter().map(String::as_str).collect();
        for item in &mut items {
            item.keep(&names);
        }
    }
    let root = request.root();
    let body = Object::collection(
        request.query.context(&root, &format!("auditLogs/{set}"), false),
        None,
        page.next.map(|token| request.query.next_link(&root, request.raw_path, &token)),
        items,
    );
    Ok(Answer::ok(body, 1))
}
