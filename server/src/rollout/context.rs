//! What pushes work with.

use crate::clock::Clock;
use crate::config::DeskSettings;
use crate::entropy::Entropy;
use crate::graph::{Graph, Retry};
use crate::jobs::{JobNotifier, Leases};
use crate::person::JobTokens;
use crate::rollout::app_guards::AppGuards;
use crate::rollout::audit::AuditText;
use crate::store::{Sighting, Store};
use async_trait::async_trait;
use domain::ids::TenantId;
use std::sync::Arc;
use std::time::Duration;

/// How patient a push is, and how much it does at a time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RolloutSettings {
    /// How many reads in a row must show a write before it counts.
    pub(crate) consecutive_reads: u32,
    /// Between two of these reads.
    pub(crate) read_pause: Duration,
    /// How long a write may take to show up.
    pub(crate) read_patience: Duration,
    /// How long after it was sent a write without an answer may still be carried out.
    pub(crate) late_write_bound: Duration,
    /// Apps of one push that are under way at the same time, at most.
    pub(crate) parallel_apps: usize,
    /// Apps that a push reads in one request, at most.
    pub(crate) apps_in_one_read: usize,
    /// After a write that was turned away.
    pub(crate) retry: Retry,
}

/// A state that was seen counts as known for so long: a read that lacks some of it may be an old one.
const REMEMBERED: time::Duration = time::Duration::minutes(10);

impl RolloutSettings {
    /// What was seen of an app or sent to it counts for so long; older writes have come, or will not.
    pub(crate) fn remembered(&self) -> time::Duration {
        REMEMBERED.max(self.late_write_bound.try_into().unwrap_or(time::Duration::MAX))
    }
}

impl From<&DeskSettings> for RolloutSettings {
    fn from(settings: &DeskSettings) -> Self {
        Self {
            consecutive_reads: settings.consecutive_reads,
            read_pause: settings.read_pause,
            read_patience: settings.read_patience,
            late_write_bound: settings.late_write_bound,
            parallel_apps: settings.parallel_apps,
            apps_in_one_read: settings.apps_in_one_read,
            retry: settings.retry.clone(),
        }
    }
}

/// Who else wants to know what pushes read.
#[async_trait]
pub(crate) trait Observer: Send + Sync {
    /// At once, for the search. Before a write or after it.
    fn seen(&self, tenant: TenantId, sighting: Sighting<'_>);

    /// For the history of credentials and the inventory, each app once. Failing to note it down fails no push.
    async fn note(&self, tenant: TenantId, sightings: &[Sighting<'_>]);
}

/// What all pushes of this process share.
pub(crate) struct Rollout {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) settings: RolloutSettings,
    /// That leaves something of the budget to people who wait for a page.
    pub(super) graph: Graph,
    pub(super) guards: AppGuards,
    pub(super) leases: Arc<Leases>,
    pub(super) notifier: Arc<JobNotifier>,
    /// Opens the sign-ins that pushes were given.
    pub(super) job_tokens: Arc<dyn JobTokens>,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) audit_text: Arc<dyn AuditText>,
}

impl Rollout {
    #[expect(clippy::too_many_arguments, reason = "each is a service of its own")]
    pub(crate) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        settings: RolloutSettings,
        graph: Graph,
        leases: Arc<Leases>,
        notifier: Arc<JobNotifier>,
        job_tokens: Arc<dyn JobTokens>,
        observer: Arc<dyn Observer>,
        audit_text: Arc<dyn AuditText>,
    ) -> Self {
        let guards = AppGuards::new(store.clone());
        Self { store, clock, entropy, settings, graph, guards, leases, notifier, job_tokens, observer, audit_text }
    }
}
