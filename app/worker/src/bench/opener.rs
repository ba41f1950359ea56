//! Opens PFX files for the doctor, whose own worker has no code for it. What goes back is the certificate.

use super::Work;
use crate::desk::Desk;
use crate::message::{Effect, Message};
use crate::secret::LockedFile;
use domain::upload::{ReadError, Upload, read_pkcs12};
use leptos::prelude::*;
use views::components::message_bar::{Intent, MessageBar};
use zeroize::Zeroizing;

#[derive(Default)]
pub struct Opener {
    locked: Option<LockedFile>,
}

impl Opener {
    fn settle(&mut self, desk: &mut Desk<'_>, read: Result<Upload, ReadError>) {
        let Some(LockedFile { name, .. }) = self.locked.take() else { return };
        match read {
            Ok(upload) => desk.page(Effect::Hand { name, bytes: Zeroizing::new(upload.leaf.der().to_vec()) }),
            Err(error) => unread(desk, &error),
        }
    }
}

/// Why a file that was given to the doctor is not read.
pub fn unread(desk: &mut Desk<'_>, error: &ReadError) {
    let (title, advice) = (error.to_string(), error.advice());
    desk.show("read", || {
        view! { <MessageBar intent=Intent::Error title live=true><p>{advice}</p><p>"Nothing was sent."</p></MessageBar> }
    });
}

impl Work for Opener {
    fn file(&mut self, desk: &mut Desk<'_>, name: String, bytes: Zeroizing<Vec<u8>>, _: bool) {
        // The doctor's worker may have put something else there since.
        desk.forget("read");
        desk.ask_password(&name);
        self.locked = Some(LockedFile { name, bytes });
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
            Message::Closed => self.locked = None,
            _ => {}
        }
    }
}
