//! The contract between pages and server, a module for each resource: what is shown, and the port that the server implements.
//!
//! The pages know what people see and do; they do not know Graph, sessions or storage. The server makes a [`Desk`] for each
//! request of the signed-in person, and puts it into the request (see [`crate::visit`]).

#![deny(missing_docs)]

pub mod apps;
pub mod audit;
pub mod certificates;
pub mod history;
pub mod inventory;
pub mod notices;
pub mod overview;
pub mod own_notices;
pub mod paging;
pub mod people;
pub mod plans;
pub mod problem;
pub mod proofs;
pub mod pushes;
pub mod requests;
pub mod search;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod teams;
pub mod vaults;

/// What the server does for one person's request: the ports of all resources.
pub trait Desk:
    apps::AppsPort
    + audit::AuditPort
    + certificates::CertificatesPort
    + history::HistoryPort
    + inventory::InventoryPort
    + notices::NoticesPort
    + overview::OverviewPort
    + own_notices::OwnNoticesPort
    + people::PeoplePort
    + plans::PlansPort
    + proofs::ProofsPort
    + pushes::PushesPort
    + requests::RequestsPort
    + search::SearchPort
    + secrets::SecretsPort
    + sessions::SessionsPort
    + teams::TeamsPort
    + vaults::VaultsPort
{
}

impl<T> Desk for T where
    T: apps::AppsPort
        + audit::AuditPort
        + certificates::CertificatesPort
        + history::HistoryPort
        + inventory::InventoryPort
        + notices::NoticesPort
        + overview::OverviewPort
        + own_notices::OwnNoticesPort
        + people::PeoplePort
        + plans::PlansPort
        + proofs::ProofsPort
        + pushes::PushesPort
        + requests::RequestsPort
        + search::SearchPort
        + secrets::SecretsPort
        + sessions::SessionsPort
        + teams::TeamsPort
        + vaults::VaultsPort
{
}

/// The ports' traits, for who calls them on a desk of their own.
pub mod ports {
    pub use super::apps::AppsPort;
    pub use super::audit::AuditPort;
    pub use super::certificates::CertificatesPort;
    pub use super::history::HistoryPort;
    pub use super::inventory::InventoryPort;
    pub use super::notices::NoticesPort;
    pub use super::overview::OverviewPort;
    pub use super::own_notices::OwnNoticesPort;
    pub use super::people::PeoplePort;
    pub use super::plans::PlansPort;
    pub use super::proofs::ProofsPort;
    pub use super::pushes::PushesPort;
    pub use super::requests::RequestsPort;
    pub use super::search::SearchPort;
    pub use super::secrets::SecretsPort;
    pub use super::sessions::SessionsPort;
    pub use super::teams::TeamsPort;
    pub use super::vaults::VaultsPort;
}
