//! The contract between pages and server, a module for each resource: what crosses the wire, the port that the server
//! implements, and the server functions, which only unpack a form, call one method of the port, and redirect, so that every
//! one of them also works as a plain HTML form.
//!
//! The pages know what people see and do; they do not know Graph, sessions or storage. The server implements [`Desk`] for
//! the signed-in person's request and puts it into Leptos' context.

pub mod apps;
pub mod audit;
pub mod certificates;
pub mod history;
pub mod overview;
pub mod paging;
pub mod people;
pub mod plans;
pub mod preferences;
pub mod problem;
pub mod proofs;
pub mod pushes;
pub mod search;
#[cfg(feature = "ssr")]
mod support;
pub mod vaults;

/// What the server does for one person's request: the ports of all resources.
#[cfg(feature = "ssr")]
pub trait Desk:
    apps::AppsPort
    + audit::AuditPort
    + certificates::CertificatesPort
    + history::HistoryPort
    + overview::OverviewPort
    + people::PeoplePort
    + plans::PlansPort
    + proofs::ProofsPort
    + pushes::PushesPort
    + search::SearchPort
    + vaults::VaultsPort
{
}

#[cfg(feature = "ssr")]
impl<T> Desk for T where
    T: apps::AppsPort
        + audit::AuditPort
        + certificates::CertificatesPort
        + history::HistoryPort
        + overview::OverviewPort
        + people::PeoplePort
        + plans::PlansPort
        + proofs::ProofsPort
        + pushes::PushesPort
        + search::SearchPort
        + vaults::VaultsPort
{
}

/// The ports' traits, for who calls them on a desk of their own.
#[cfg(feature = "ssr")]
pub mod ports {
    pub use super::apps::AppsPort;
    pub use super::audit::AuditPort;
    pub use super::certificates::CertificatesPort;
    pub use super::history::HistoryPort;
    pub use super::overview::OverviewPort;
    pub use super::people::PeoplePort;
    pub use super::plans::PlansPort;
    pub use super::proofs::ProofsPort;
    pub use super::pushes::PushesPort;
    pub use super::search::SearchPort;
    pub use super::vaults::VaultsPort;
}
