//! What the portal does for one person: one operation per file, with its error and its tests. Who may ask is checked
//! where a request comes in ([`crate::http`]); each operation takes what it uses, and knows no page.

pub(crate) mod apps;
pub(crate) mod audit;
pub(crate) mod certificates;
mod endings;
pub(crate) mod history;
pub(crate) mod inventory;
pub(crate) mod needs;
pub(crate) mod notices;
pub(crate) mod overview;
pub(crate) mod own_notices;
pub(crate) mod parallel;
pub(crate) mod plans;
pub(crate) mod proofs;
pub(crate) mod pushes;
pub(crate) mod requests;
pub(crate) mod search;
pub(crate) mod secrets;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod sight;
pub(crate) mod teams;
pub(crate) mod vaults;
pub(crate) mod views;

use crate::clock::Clock;
use crate::config::{Quotas, RequestPolicy};
use crate::parsers::Parsers;
use crate::tenants::Tenant;
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// What an operation about a tenant's directory uses.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) parsers: Parsers,
    pub(crate) quotas: Arc<Quotas>,
    pub(crate) requests: Arc<RequestPolicy>,
    /// How often the directory is read in the background; `None`: it is not.
    pub(crate) inventory_every: Option<Duration>,
    /// Owners' departments may be read, by what the configuration says.
    pub(crate) owner_departments: bool,
    /// It is read with sign-ins that people lend.
    pub(crate) reads_lent: bool,
    /// How old what was read of groups may be; `None`: they are not read.
    pub(crate) group_members_for: Option<Duration>,
}

impl Context {
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }
}
