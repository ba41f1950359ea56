//! What goes in and what comes out.

pub use crate::secret::Password;

use domain::ids::AppId;
use domain::thumbprint::Thumbprint;
use keys::PrivateKey;
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use time::OffsetDateTime;
use views::components::workbench::Given;
use zeroize::Zeroizing;

/// What the browser alone knows, read anew for every message.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub now: OffsetDateTime,
    pub random: [u8; 16],
}

/// From the page. Tagged from outside (`{"text": {"text": "…"}}`): a tag within costs a second copy of all that reads JSON.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Message {
    /// The first one.
    Open { given: Box<Given> },
    /// A file; its bytes come beside the message.
    File {
        name: String,
        /// Of those that were chosen at once.
        first: bool,
    },
    /// The text of a `[data-tool-text]`.
    Text { text: String },
    /// A `form[data-tool-form]` was sent.
    Form {
        name: String,
        fields: Vec<(String, String)>,
        /// Of `[data-tool-secret]`, in their order.
        secrets: Vec<Password>,
    },
    /// A `button[data-tool-do]` was pressed.
    Do { what: String, value: String },
    /// The text of a `[data-tool-field]`.
    Field { name: String, value: String },
    /// The dialog was closed.
    Closed,
    /// From the page's other worker: its [`Effect::Tell`].
    Told(Letter),
    /// The answer to [`Effect::LookUp`] or [`Effect::Prove`]. `status` 0: there was none.
    Answered { number: u32, status: u16, body: String },
    /// What [`Effect::Keep`] put aside, before a sign-in.
    Held { kept: String },
}

/// From one of a page's workers to the other one. The page hands it on, and it goes nowhere else. No private key is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Letter {
    /// These may be certificates, in base64. The other worker reads them.
    Read { number: u32, pieces: Vec<String> },
    /// The answer: JSON of a list of certificates, `null` for what is none. As text, so that the workers which have no use for
    /// it have no code for it.
    Known { number: u32, certificates: String },
    /// A file held this certificate: JSON of it.
    Certificate { certificate: String },
    /// A file held text, and no certificate.
    Text { text: String },
}

/// From the rim.
#[derive(Debug)]
pub enum Event {
    /// The signature; `None` where the browser could not make it.
    Signed {
        job: u32,
        signature: Option<Vec<u8>>,
    },
    /// SubjectPublicKeyInfo and PKCS#8, both in DER; `None` where the browser could not make them.
    Generated {
        job: u32,
        pair: Option<(Vec<u8>, Zeroizing<Vec<u8>>)>,
    },
    Ticked {
        job: u32,
    },
}

/// What is to be done.
#[derive(Debug)]
pub enum Step {
    /// By the page.
    Page(Effect),
    /// WebCrypto signs: RSASSA-PSS with a salt of 32 bytes, or RSASSA-PKCS1-v1_5; SHA-256 in either case.
    Sign { job: u32, key: Rc<PrivateKey>, pss: bool, data: Vec<u8> },
    /// WebCrypto makes an RSA key pair.
    Generate { job: u32, bits: u32 },
    /// A second passes.
    Tick { job: u32 },
}

/// What the page does.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Effect {
    /// Puts HTML into the `[data-tool-answer]` of that name.
    Html { slot: &'static str, html: String },
    /// Shows or hides the `[data-tool-shown]` of that name.
    Show { slot: &'static str, shown: bool },
    /// Sets the value of a field.
    Value { id: &'static str, text: String },
    /// Opens the dialog with this in it, or closes it.
    Dialog { html: Option<String> },
    /// The field was filled wrongly: it is emptied, and has the focus.
    Again { id: &'static str },
    /// Asks the directory. Nothing but ids and thumbprints goes out.
    LookUp { number: u32, app: Option<AppId>, thumbprints: Vec<Thumbprint> },
    /// Sends a signed assertion to the token endpoint, the first time or a later one.
    Prove { number: u32, app: AppId, assertion: String, attempt: u32 },
    /// Has the browser save a file; its bytes go beside the message.
    Save {
        name: String,
        media_type: &'static str,
        #[serde(skip)]
        bytes: Zeroizing<Vec<u8>>,
    },
    /// Tells the page's other worker, which takes it as [`Message::Told`].
    Tell { letter: Letter },
    /// Goes to the search for a thumbprint.
    Search { thumbprint: Thumbprint },
    /// Keeps this ready, to be put aside in this tab when a sign-in begins. `None`: nothing.
    Keep { kept: Option<String> },
}
