//! Reads files and certificates for the doctor, whose own worker has code for text alone. What goes there is the certificate,
//! or the text of a log.

use super::Work;
use crate::desk::Desk;
use crate::message::{Effect, Letter, Message};
use crate::reading;
use crate::secret::LockedFile;
use domain::certificate::Certificate;
use domain::doctor::paste::MAX_PASTE_BYTES;
use domain::peel;
use domain::upload::{ReadError, Upload};
use keys::read_pkcs12;
use leptos::prelude::*;
use views::components::message_bar::{Intent, MessageBar};
use zeroize::Zeroizing;

#[derive(Default)]
pub struct Opener {
    locked: Option<LockedFile>,
}

impl Opener {
    fn settle(&mut self, desk: &mut Desk<'_>, read: Result<Upload, ReadError>) {
        self.locked = None;
        // The doctor's worker may have emptied that slot since.
        desk.forget("read");
        match read {
            Ok(upload) => tell(desk, certificate(&upload.leaf)),
            Err(error) => unread(desk, &error),
        }
    }
}

fn certificate(certificate: &Certificate) -> Letter {
    // Texts and numbers alone, which JSON has.
    Letter::Certificate { certificate: serde_json::to_string(certificate).unwrap_or_default() }
}

fn tell(desk: &mut Desk<'_>, letter: Letter) {
    desk.show("read", || ());
    desk.page(Effect::Tell { letter });
}

/// Why a file that was given to the doctor is not read.
fn unread(desk: &mut Desk<'_>, error: &ReadError) {
    let (title, advice) = (error.to_string(), error.advice());
    desk.show("read", || {
        view! { <MessageBar intent=Intent::Error title live=true><p>{advice}</p><p>"Nothing was sent."</p></MessageBar> }
    });
}

/// Not every file that is dropped is a certificate: a log or a manifest is read as if it were pasted, in whatever charset a
/// shell has written it.
fn as_paste(bytes: &[u8]) -> Option<String> {
    let text = (bytes.len() <= MAX_PASTE_BYTES).then(|| peel::text(bytes)).flatten()?.text;
    (!text.contains("PRIVATE KEY")).then_some(text)
}

impl Work for Opener {
    fn file(&mut self, desk: &mut Desk<'_>, name: String, bytes: Zeroizing<Vec<u8>>, _: bool) {
        match keys::read(&bytes) {
            Err(ReadError::Pkcs12) => {
                desk.ask_password(&name);
                self.locked = Some(LockedFile { name, bytes });
            }
            Err(error) => match as_paste(&bytes) {
                Some(text) => {
                    desk.forget("read");
                    tell(desk, Letter::Text { text });
                }
                None => self.settle(desk, Err(error)),
            },
            read => self.settle(desk, read),
        }
    }

    fn message(&mut self, desk: &mut Desk<'_>, message: Message) {
        match message {
            Message::Form { name, secrets, .. } if name == "password" => {
                let Some((file, password)) = self.locked.as_ref().zip(secrets.first()) else { return };
                match read_pkcs12(&file.bytes, password.as_str()) {
                    Err(ReadError::WrongPassword) => desk.wrong_password(),
                    read => {
                        desk.close_dialog();
                        self.settle(desk, read);
                    }
                }
            }
            Message::Do { what, .. } if what == "cancel" => desk.close_dialog(),
            Message::Told(Letter::Read { number, pieces }) => reading::answer(desk, number, &pieces),
            Message::Closed => self.locked = None,
            _ => {}
        }
    }
}
