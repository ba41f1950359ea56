//! Looks for a certificate's thumbprint: only that goes out.

use super::Work;
use crate::desk::Desk;
use crate::message::{Effect, Message};
use crate::secret::LockedFile;
use domain::upload::{ReadError, Upload};
use keys::read_pkcs12;
use leptos::prelude::*;
use views::components::reading::Refused;
use zeroize::Zeroizing;

#[derive(Default)]
pub struct Search {
    locked: Option<LockedFile>,
}

impl Search {
    fn settle(&mut self, desk: &mut Desk<'_>, name: String, read: Result<Upload, ReadError>) {
        self.locked = None;
        match read {
            Ok(upload) => {
                desk.show("read", || ());
                desk.page(Effect::Search { thumbprint: upload.leaf.sha1() });
            }
            Err(error) => desk.show("read", || view! { <Refused name error/> }),
        }
    }
}

impl Work for Search {
    fn file(&mut self, desk: &mut Desk<'_>, name: String, bytes: Zeroizing<Vec<u8>>, _: bool) {
        match keys::read(&bytes) {
            Err(ReadError::Pkcs12) => {
                desk.ask_password(&name);
                self.locked = Some(LockedFile { name, bytes });
            }
            read => self.settle(desk, name, read),
        }
    }

    fn message(&mut self, desk: &mut Desk<'_>, message: Message) {
        match message {
            Message::Form { name, secrets, .. } if name == "password" => {
                let Some((file, password)) = self.locked.as_ref().zip(secrets.first()) else { return };
                match read_pkcs12(&file.bytes, password.as_str()) {
                    Err(ReadError::WrongPassword) => desk.wrong_password(),
                    read => {
                        let name = file.name.clone();
                        desk.close_dialog();
                        self.settle(desk, name, read);
                    }
                }
            }
            Message::Do { what, .. } if what == "cancel" => desk.close_dialog(),
            Message::Closed => self.locked = None,
            _ => {}
        }
    }
}
