//! Reads certificates out of files. Each file's fate is said; what is good goes on.

use super::Work;
use crate::desk::Desk;
use crate::message::{Effect, Message, Password};
use domain::csv::Table;
use domain::upload::{self, ReadError};
use keys::read_pkcs12;
use leptos::prelude::*;
use views::components::reading::{Fate, FileRead, FilesRead, MOST_FILES};
use zeroize::Zeroizing;

struct Entry {
    read: FileRead,
    /// Of a file that is locked.
    bytes: Zeroizing<Vec<u8>>,
    /// The person has closed the question for the password.
    put_off: bool,
}

pub struct Upload {
    app: String,
    entries: Vec<Entry>,
    over: usize,
    /// Whose password is asked for.
    asking: Option<usize>,
}

impl Upload {
    pub fn new(app: String) -> Self {
        Self { app, entries: vec![], over: 0, asking: None }
    }

    fn add(&mut self, desk: &mut Desk<'_>, name: String, bytes: Zeroizing<Vec<u8>>, first: bool) {
        // Who chooses one file after the other looks for the right one; who has several goes on collecting.
        if first && self.entries.len() < 2 {
            self.clear(desk);
        }
        if self.entries.len() >= MOST_FILES {
            self.over += 1;
            return self.show(desk);
        }
        let (fate, bytes) = match keys::read(&bytes) {
            Ok(upload) => (self.ready(upload), Zeroizing::default()),
            Err(ReadError::Pkcs12) => (Fate::Locked, bytes),
            Err(error) => (Fate::Refused(error), Zeroizing::default()),
        };
        self.entries.push(Entry { read: FileRead { name, fate, app: String::new() }, bytes, put_off: false });
        self.show(desk);
        self.ask_next(desk);
    }

    fn ready(&self, upload: upload::Upload) -> Fate {
        let same = |entry: &&Entry| matches!(&entry.read.fate, Fate::Ready(known) if known.leaf.sha256() == upload.leaf.sha256());
        match self.entries.iter().find(same) {
            Some(entry) => Fate::Same { first: entry.read.name.clone() },
            None => Fate::Ready(Box::new(upload)),
        }
    }

    fn show(&self, desk: &mut Desk<'_>) {
        let files: Vec<_> = self.entries.iter().map(|entry| entry.read.clone()).collect();
        desk.show("read", || view! { <FilesRead files over=self.over app=self.app.clone()/> });
        self.fill_table(desk);
    }

    fn ask_next(&mut self, desk: &mut Desk<'_>) {
        let waits = |entry: &Entry| entry.read.fate == Fate::Locked && !entry.put_off;
        if self.asking.is_none()
            && let Some(at) = self.entries.iter().position(waits)
        {
            self.ask(desk, at);
        }
    }

    fn ask(&mut self, desk: &mut Desk<'_>, at: usize) {
        if let Some(entry) = self.entries.get(at).filter(|entry| entry.read.fate == Fate::Locked) {
            self.asking = Some(at);
            desk.ask_password(&entry.read.name);
        }
    }

    fn unlock(&mut self, desk: &mut Desk<'_>, password: &Password) {
        let Some((at, entry)) = self.asking.and_then(|at| Some((at, self.entries.get(at)?))) else { return };
        let fate = match read_pkcs12(&entry.bytes, password.as_str()) {
            Err(ReadError::WrongPassword) => return desk.wrong_password(),
            Ok(upload) => self.ready(upload),
            Err(error) => Fate::Refused(error),
        };
        if let Some(entry) = self.entries.get_mut(at) {
            entry.read.fate = fate;
            entry.bytes = Zeroizing::default();
        }
        self.asking = None;
        desk.close_dialog();
        self.show(desk);
        self.ask_next(desk);
    }

    /// The dialog was closed: by the person, where something is still asked.
    fn put_off(&mut self, desk: &mut Desk<'_>) {
        let Some(at) = self.asking.take() else { return };
        if let Some(entry) = self.entries.get_mut(at) {
            entry.put_off = true;
        }
        self.show(desk);
        self.ask_next(desk);
    }

    fn leave_out(&mut self, desk: &mut Desk<'_>, at: usize) {
        if at < self.entries.len() {
            self.entries.remove(at);
            self.show(desk);
        }
    }

    fn clear(&mut self, desk: &mut Desk<'_>) {
        self.entries.clear();
        self.over = 0;
        if self.asking.take().is_some() {
            desk.close_dialog();
        }
    }

    /// The table for those that go to an app each.
    fn fill_table(&self, desk: &mut Desk<'_>) {
        let mut table = Table::new(&["app", "certificate"]);
        let rows = self.entries.iter().filter(|entry| !entry.read.app.trim().is_empty());
        for entry in rows {
            if let Some(certificate) = entry.read.fate.usable(desk.moment.now) {
                table.row([entry.read.app.trim(), certificate.der_base64().as_str()]);
            }
        }
        if self.entries.len() > 1 {
            desk.page(Effect::Value { id: "apart-csv", text: table.into_text() });
        }
    }
}

impl Work for Upload {
    fn file(&mut self, desk: &mut Desk<'_>, name: String, bytes: Zeroizing<Vec<u8>>, first: bool) {
        self.add(desk, name, bytes, first);
    }

    fn message(&mut self, desk: &mut Desk<'_>, message: Message) {
        match message {
            Message::Form { name, secrets, .. } if name == "password" => {
                if let Some(password) = secrets.first() {
                    self.unlock(desk, password);
                }
            }
            Message::Form { name, fields, .. } if name == "read" => {
                let text =
                    fields.into_iter().find(|(name, _)| name == "text").map(|(_, text)| text).unwrap_or_default();
                // Who presses the button while a file is on its way loses nothing by it.
                if !text.trim().is_empty() || self.entries.is_empty() {
                    self.add(desk, "Pasted text".into(), Zeroizing::new(text.into_bytes()), true);
                }
            }
            Message::Do { what, value } => match (what.as_str(), value.parse()) {
                ("cancel", _) => desk.close_dialog(),
                ("clear", _) => {
                    self.clear(desk);
                    self.show(desk);
                }
                ("unlock", Ok(at)) => self.ask(desk, at),
                ("leave-out", Ok(at)) => self.leave_out(desk, at),
                _ => {}
            },
            Message::Field { name, value } => {
                let at = name.strip_prefix("app ").and_then(|at| at.parse::<usize>().ok());
                if let Some(entry) = at.and_then(|at| self.entries.get_mut(at)) {
                    entry.read.app = value;
                    self.fill_table(desk);
                }
            }
            Message::Closed => self.put_off(desk),
            _ => {}
        }
    }
}
