//! Every URL that the portal has, in one place.

use domain::ids::ObjectId;
use domain::thumbprint::Sha256Thumbprint;
use std::fmt;
use uuid::Uuid;

/// A page or an endpoint. `Display` gives the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    Home,
    /// Starts a sign-in at Entra; `?return=` takes a path to come back to.
    SignIn,
    /// Where Entra sends the person back to: the redirect URI.
    SignInCallback,
    /// POST only.
    SignOut,
    /// Where Entra sends the person after sign-out.
    SignedOut,
    Upload,
    Certificate(Sha256Thumbprint),
    ChooseApps(Sha256Thumbprint),
    Plan(Uuid),
    Receipt(Uuid),
    Apps,
    App(ObjectId),
    Proof(ObjectId),
    Audit,
    Doctor,
    Search,
    Vaults,
    MakeCertificate,
    /// A preview out of CSV.
    Table,
    /// Old entries to be removed after a rotation.
    Retirements,
    /// Kept states of an app.
    History(ObjectId),
    /// Copies an app's certificates to others.
    Copy(ObjectId),
    /// The app list as CSV; takes the list's own query.
    AppsCsv,
    /// Server-sent events: a push's [`crate::contract::pushes::Progress`].
    ReceiptEvents(Uuid),
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => f.write_str("/"),
            Self::SignIn => f.write_str("/sign-in"),
            Self::SignInCallback => f.write_str("/sign-in/callback"),
            Self::SignOut => f.write_str("/sign-out"),
            Self::SignedOut => f.write_str("/signed-out"),
            Self::Upload => f.write_str("/certificates/new"),
            Self::Certificate(sha256) => write!(f, "/certificates/{}", sha256.hex().to_lowercase()),
            Self::ChooseApps(sha256) => write!(f, "/certificates/{}/apps", sha256.hex().to_lowercase()),
            Self::Plan(id) => write!(f, "/plans/{id}"),
            Self::Receipt(id) => write!(f, "/receipts/{id}"),
            Self::Apps => f.write_str("/apps"),
            Self::App(id) => write!(f, "/apps/{id}"),
            Self::Proof(id) => write!(f, "/apps/{id}/proof"),
            Self::Audit => f.write_str("/audit"),
            Self::Doctor => f.write_str("/doctor"),
            Self::Search => f.write_str("/search"),
            Self::Vaults => f.write_str("/vaults"),
            Self::MakeCertificate => f.write_str("/certificates/make"),
            Self::Table => f.write_str("/table"),
            Self::Retirements => f.write_str("/retirements"),
            Self::History(id) => write!(f, "/apps/{id}/history"),
            Self::Copy(id) => write!(f, "/apps/{id}/copy"),
            Self::AppsCsv => f.write_str("/apps.csv"),
            Self::ReceiptEvents(id) => write!(f, "/receipts/{id}/events"),
        }
    }
}
