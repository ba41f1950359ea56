//! Every URL that the portal has: one row each, with its pattern, its place in the navigation, its title, and how the
//! palette offers it. axum's router, the palette and the check of where a sign-in leads back to read this table; the
//! entries of the bar on top are [`Section`]s. Where forms are sent stands in [`Form`].
//!
//! To add a page: write `pages/<name>.rs`, its row here, and the handler that the compiler then asks for.

mod form;
mod pattern;
mod section;
mod table;

pub use form::Form;
pub use pattern::Pattern;
pub use section::{Section, section_of};
pub use table::{Audience, PaletteEntry, RouteRow};

use crate::glyph::Glyph;
use crate::runbook::Topic;
use domain::credentials::SubjectKind;
use domain::ids::{KeyId, ObjectId};
use domain::notices::CalendarKey;
use domain::thumbprint::Sha256Thumbprint;
use table::routes;
use uuid::Uuid;

// Where two patterns fit the same path, the earlier row has it.
routes! {
    Home = "/",
        RouteRow::page("Overview").section(Section::Overview).palette(Glyph::Home, "Recent certificates and pushes");
    Apps = "/apps",
        RouteRow::page("Apps").section(Section::Apps).palette(Glyph::Apps, "App registrations and their certificates");
    /// Everything in the directory that can hold a credential.
    Inventory = "/inventory",
        RouteRow::page("Inventory").section(Section::Inventory).palette(Glyph::Table, "Every credential, and what has it");
    Upload = "/certificates/new",
        RouteRow::page("Upload a certificate").section(Section::Upload).palette(Glyph::Upload, "PEM, DER, PKCS#7 or PFX").for_pushers();
    /// A preview out of CSV.
    Table = "/table",
        RouteRow::page("Import").section(Section::Upload).palette(Glyph::Table, "A table of apps and certificates").for_pushers();
    Doctor = "/doctor",
        RouteRow::page("Doctor").section(Section::Doctor).palette(Glyph::Doctor, "What AADSTS700027 means here");
    Search = "/search",
        RouteRow::page("Search").palette(Glyph::Search, "Who holds a certificate");
    Vaults = "/vaults",
        RouteRow::page("Key Vault").section(Section::Vaults).palette(Glyph::Vault, "Certificates in a vault");
    /// Old entries to be removed after a rotation.
    Retirements = "/retirements",
        RouteRow::page("Retirements").section(Section::Retirements).palette(Glyph::Clock, "Old certificates that are to go");
    /// Changes that somebody asks for and others approve.
    Requests = "/requests",
        RouteRow::page("Requests").section(Section::Requests).palette(Glyph::Person, "What waits for approval");
    Audit = "/audit",
        RouteRow::page("Audit").section(Section::Audit).palette(Glyph::Audit, "Every push, and who made it");
    /// Who is told what, for administrators.
    Notices = "/settings/notices",
        RouteRow::page("Notices").palette(Glyph::Info, "Who is told when credentials end").for_admins();
    /// What ends, when a person is told, and their calendar.
    OwnNotices = "/notices",
        RouteRow::page("Your notices").palette(Glyph::Clock, "What ends, when you are told, and your calendar");
    /// Which changes need approval, and which rule would apply to one.
    Rules = "/settings/rules",
        RouteRow::page("Approval rules").section(Section::Requests).palette(Glyph::Check, "Which rule would apply, and why");
    /// Who looks after which apps.
    Teams = "/settings/teams",
        RouteRow::page("Teams").section(Section::Apps).palette(Glyph::Person, "Who looks after which apps");
    MakeCertificate = "/certificates/make",
        RouteRow::page("Make a certificate").section(Section::Make).palette(Glyph::Key, "A key pair made in this browser").for_pushers();
    Certificate(sha256: Sha256Thumbprint) = "/certificates/{sha256}",
        RouteRow::page("Certificate").section(Section::Upload);
    ChooseApps(sha256: Sha256Thumbprint) = "/certificates/{sha256}/apps",
        RouteRow::page("Choose apps").section(Section::Upload);
    Plan(id: Uuid) = "/plans/{id}",
        RouteRow::page("Preview").section(Section::Upload);
    Request(id: Uuid) = "/requests/{id}",
        RouteRow::page("Request").section(Section::Requests);
    Receipt(id: Uuid) = "/receipts/{id}",
        RouteRow::page("Receipt").section(Section::Audit);
    /// What a push did to one app.
    AppReceipt(id: Uuid, app: ObjectId) = "/receipts/{id}/apps/{app}",
        RouteRow::page("Receipt").section(Section::Apps);
    /// All apps of a push, to print.
    ReceiptPrint(id: Uuid) = "/receipts/{id}/print",
        RouteRow::page("Receipt to print").section(Section::Audit);
    /// Shares, ages and lifetimes of credentials.
    InventoryCharts = "/inventory/charts",
        RouteRow::page("Charts").section(Section::Inventory).palette(Glyph::Chart, "Shares over time, ages and lifetimes");
    /// From where it is known when credentials were last used.
    LastUse = "/inventory/last-use",
        RouteRow::page("Last use").section(Section::Inventory).palette(Glyph::Clock, "Sources, and the import of sign-in logs").for_overseers();
    /// What was selected in the inventory, and what can be done with it.
    InventorySelection = "/inventory/selection",
        RouteRow::page("Selection").section(Section::Inventory);
    /// What an object of the inventory needs, and who looks after it.
    InventoryObject(kind: SubjectKind, id: ObjectId) = "/inventory/{kind}/{id}",
        RouteRow::page("Object").section(Section::Inventory);
    App(id: ObjectId) = "/apps/{id}",
        RouteRow::page("App").section(Section::Apps);
    Proof(id: ObjectId) = "/apps/{id}/proof",
        RouteRow::page("Prove").section(Section::Apps);
    /// A client secret of an app: before it is removed, and after.
    Secret(app: ObjectId, key: KeyId) = "/apps/{id}/secrets/{key}",
        RouteRow::page("Client secret").section(Section::Apps);
    /// Kept states of an app.
    History(id: ObjectId) = "/apps/{id}/history",
        RouteRow::page("History").section(Section::Apps);
    /// Copies an app's certificates to others.
    Copy(id: ObjectId) = "/apps/{id}/copy",
        RouteRow::page("Copy").section(Section::Apps);
    /// What helps: one page for each cause that the doctor names, and more.
    Runbook = "/runbook",
        RouteRow::page("Runbook").palette(Glyph::Help, "What to do about each cause");
    RunbookPage(topic: Topic) = "/runbook/{topic}",
        RouteRow::page("Runbook");
    /// Where the person is signed in.
    Sessions = "/sessions",
        RouteRow::page("Your sessions").palette(Glyph::Lock, "The browsers in which you are signed in");
    /// The zone in which times are shown.
    Preferences = "/preferences",
        RouteRow::page("Time zone").palette(Glyph::Clock, "The zone in which times are shown");
    /// What this is, and which version.
    About = "/about",
        RouteRow::page("About").palette(Glyph::Info, "Version, and what becomes of keys");
    /// Where Entra sends the person after sign-out.
    SignedOut = "/signed-out",
        RouteRow::page("Signed out").no_return();
    /// Starts a sign-in at Entra; `?return=` takes a path to come back to.
    SignIn = "/sign-in", RouteRow::new("Sign in");
    /// Where Entra sends the person back to: the redirect URI.
    SignInCallback = "/sign-in/callback", RouteRow::new("Sign in");
    /// POST only.
    SignOut = "/sign-out", RouteRow::new("Sign out");
    /// The app list as CSV; takes the list's own query.
    AppsCsv = "/apps.csv", RouteRow::new("Apps as CSV");
    /// The rows of the inventory's grid; takes the grid's own query.
    InventoryCsv = "/inventory.csv", RouteRow::new("Inventory as CSV");
    /// The same as JSON.
    InventoryJson = "/inventory.json", RouteRow::new("Inventory as JSON");
    /// The same as a workbook.
    InventoryXlsx = "/inventory.xlsx", RouteRow::new("Inventory as a workbook");
    /// What the palette lists for `?q=`, as a piece of HTML.
    Palette = "/palette", RouteRow::new("Palette");
    /// All of a receipt, as JSON.
    ReceiptFile(id: Uuid) = "/receipts/{id}/receipt.json", RouteRow::new("Receipt as a file");
    /// What ends, for the program that shows a person's calendar. The key is a secret, and says whose it is.
    Calendar(key: CalendarKey) = "/calendar/{key}/thumbprint.ics", RouteRow::new("Calendar");
    /// Server-sent events: a push's [`crate::data::pushes::Progress`], as data and as HTML.
    ReceiptEvents(id: Uuid) = "/receipts/{id}/events", RouteRow::new("Progress of a push");
}

impl Route {
    /// What its row says.
    pub fn row(&self) -> &'static RouteRow {
        &Self::TABLE[self.address() as usize]
    }

    /// Of the page, where it is about no one thing.
    pub fn title(&self) -> &'static str {
        self.row().title
    }

    /// People see it, rather than programs.
    pub fn is_page(&self) -> bool {
        self.row().page
    }

    /// A sign-in may lead back to it.
    pub fn takes_return(&self) -> bool {
        self.row().takes_return
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    #[test]
    fn what_is_written_is_read_again() {
        let sha256 = Sha256Thumbprint::of(b"a certificate");
        for route in [
            Route::Home,
            Route::Upload,
            Route::MakeCertificate,
            Route::Certificate(sha256),
            Route::ChooseApps(sha256),
            Route::Plan(ID),
            Route::App(ObjectId::new(ID)),
            Route::History(ObjectId::new(ID)),
            Route::Secret(ObjectId::new(ID), KeyId::new(ID)),
            Route::InventoryCharts,
            Route::InventoryObject(SubjectKind::ServicePrincipal, ObjectId::new(ID)),
            Route::AppReceipt(ID, ObjectId::new(ID)),
            Route::ReceiptEvents(ID),
            Route::SignInCallback,
            Route::Calendar(CalendarKey::new([7; 32])),
            Route::RunbookPage("not-registered".parse().unwrap()),
        ] {
            assert_eq!(Route::parse(&route.to_string()), Some(route), "{route}");
        }
    }

    #[test]
    fn paths_are_as_they_have_always_been() {
        assert_eq!(Route::Home.to_string(), "/");
        assert_eq!(Route::Proof(ObjectId::new(ID)).to_string(), format!("/apps/{ID}/proof"));
        let sha256 = Sha256Thumbprint::of(b"a certificate");
        assert_eq!(Route::Certificate(sha256).to_string(), format!("/certificates/{}", sha256.hex().to_lowercase()));
    }

    #[test]
    fn what_has_no_row_or_a_bad_value_is_no_route() {
        for path in [
            "",
            "apps",
            "/app",
            "/apps/7",
            "/apps//proof",
            "/plans/../apps",
            "/runbook/no-such-page",
            "/certificates/xyz",
            "//",
            "/apps/",
            "/pkg/a.js",
        ] {
            assert_eq!(Route::parse(path), None, "{path:?}");
        }
    }

    #[test]
    fn a_sign_in_leads_back_to_pages_only() {
        assert!(Route::Home.is_page() && Route::App(ObjectId::new(ID)).is_page());
        for route in [
            Route::SignIn,
            Route::SignInCallback,
            Route::SignOut,
            Route::SignedOut,
            Route::AppsCsv,
            Route::ReceiptEvents(ID),
        ] {
            assert!(!route.takes_return(), "{route}");
        }
    }
}
