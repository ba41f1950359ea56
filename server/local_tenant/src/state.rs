//! What every handler shares.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::clock::{Clock as _, OffsetClock};
use crate::control::Control;
use crate::entra::grants::Grants;
use crate::graph::audit::Logs;
use crate::graph::throttle::{Meters, Throttle};
use crate::keyvault::VaultChallenge;
use crate::keyvault::certificates::backup::Backups;
use crate::keyvault::events::Events;
use crate::mailbox::Mailbox;
use crate::names::Names;
use crate::not_simulated::NotSimulated;
use crate::request_log::RequestLog;
use crate::seed::Seed;
use crate::signing::SigningKey;
use crate::state_file::{StateFile, StateFileError};
use crate::store::{CustomKeyIdentifierStyle, Directory, TenantProfile};

/// What can be changed while the tenant runs. The default is a tenant without delays and faults.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named where it is set")]
pub struct Behaviour {
    /// Refuse an assertion whose `aud` is not this tenant's own token endpoint or issuer.
    pub aud_strict: bool,
    /// How long after a write through Graph the token endpoint still goes by the keys from before it.
    pub propagation_delay: Duration,
    /// Lifetime of access and ID tokens. `None`: 60 to 90 minutes for people and an hour for apps, as at Entra.
    pub token_lifetime: Option<Duration>,
    /// How a `customKeyIdentifier` of 20 raw bytes is shown on reading.
    pub custom_key_identifier: CustomKeyIdentifierStyle,
    /// How long after a write Graph still answers reads of that application with its state from before, as a replica
    /// that lags behind. Checks before a write, and the write itself, always go by the present state.
    pub stale_reads: Duration,
    /// Writes reach the token endpoint 4 to 18 seconds late, each as late as its own moment decides, as was measured at
    /// Entra (facts, B7). [`Self::propagation_delay`] does not count then.
    pub propagation_real: bool,
    /// The `resource` in Key Vault's 401 challenge.
    pub vault_challenge: VaultChallenge,
    /// How long a new certificate of a vault is pending. At Azure it was 2 to 13 seconds.
    pub certificate_issuance: Duration,
    /// Lets people use `addKey` and `removeKey`, as Graph's reference says. The product group says that apps alone can,
    /// and that is the default.
    pub delegated_key_rolling: bool,
    /// What an application with a policy of its own still takes from the tenant's policy.
    pub policy_inheritance: PolicyInheritance,
    /// `error.code` when a certificate's issuer is on no list of trusted CAs. Entra's own is not known; `None` is
    /// `CredentialIssuerNotTrustedAsPerAppPolicy`.
    pub untrusted_authority_code: Option<String>,
    /// Whose service principals `servicePrincipalLockConfiguration` locks.
    pub property_lock: PropertyLock,
    /// A person who creates a service principal does not own it, as azure-cli's `test_sp_owner` recorded. By default they do.
    pub unowned_service_principals: bool,
    /// Shows `key` in lists of applications, too, where `$select` names `keyCredentials`: of Microsoft's pages one says so
    /// and another that only a single object shows it, which is the default.
    pub keys_in_lists: bool,
    /// Shows Microsoft's own service principals in lists without `$filter`, too. They can be read by id and filtered for in
    /// any case.
    pub list_microsoft_service_principals: bool,
    /// `delta` does not report writes that change nothing but credentials. Whether Entra does is not known; by default every
    /// write is a change.
    pub delta_without_credentials: bool,
    /// A person's token has the scopes alone that an `oAuth2PermissionGrant` gives the client; without one it is AADSTS65001.
    /// By default that counts only for clients which have a grant for the resource, and others get what they ask for.
    pub consent_required: bool,
    /// Routes without a cast lead to agent identity blueprints, too, and lists of applications show them. Microsoft's pages
    /// and reports about that contradict each other; by default only `/microsoft.graph.agentIdentityBlueprint` does.
    pub plain_blueprint_routes: bool,
    /// Agent identity blueprints that the tenant takes; `None`: any number.
    pub most_agent_blueprints: Option<usize>,
    /// Owners whose kind the token may not read come with type and id alone, as Microsoft's page of permissions says of all
    /// related objects.
    pub limited_owners: bool,
    /// `$expand` gives 100 rows a page at most, and does not go with advanced queries.
    pub strict_expand: bool,
    /// How long after a change the directory's audit log shows it; at Entra it is minutes.
    pub audit_delay: Duration,
    /// Up to when the report of credentials' last sign-ins goes. `None`: up to now.
    pub activity_report_until: Option<OffsetDateTime>,
    /// Entries that `keyCredentials` can have; `None`: any number. Somebody met a limit at 600, and Microsoft's pages have 1,000
    /// and 1,200 over all collections.
    pub most_key_credentials: Option<usize>,
    /// Entries that an application's collections can have together; `None`: any number. Entra's page on the manifest has 1,200.
    pub most_entries: Option<usize>,
    /// AADSTS70021 says of a federated token that nothing trusts it, in place of the codes that say why: as Entra did before it had
    /// those.
    pub plain_federation_errors: bool,
    /// Limits on Graph requests.
    pub throttle: Throttle,
    /// Leaves `Retry-After` out of throttled answers: some say that Entra does.
    pub throttle_without_retry_after: bool,
    /// Graph requests that fail instead of being carried out: the first fault that fits is used up by one request.
    pub fail_next: Vec<Fault>,
}

impl Behaviour {
    /// How late the token endpoint sees a write to `application` made at `replaced`.
    pub(crate) fn propagation(&self, application: Uuid, replaced: OffsetDateTime) -> Duration {
        if !self.propagation_real {
            return self.propagation_delay;
        }
        let digest = Sha256::digest(format!("{application} {}", replaced.unix_timestamp_nanos()));
        let drawn = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        let (least, most) = REAL_PROPAGATION;
        least + (most - least) * f64::from(drawn) / f64::from(u32::MAX)
    }

    /// How long an application's earlier states may still be seen somewhere.
    pub(crate) fn longest_delay(&self) -> Duration {
        let propagation = if self.propagation_real { REAL_PROPAGATION.1 } else { self.propagation_delay };
        self.stale_reads.max(propagation)
    }
}

/// Least and most of [`Behaviour::propagation_real`].
const REAL_PROPAGATION: (Duration, Duration) = (Duration::seconds(4), Duration::seconds(18));

/// How an app management policy which is assigned to an application goes together with the tenant's. Microsoft's pages
/// say both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PolicyInheritance {
    /// The application's policy counts for the kinds of restriction that it names, the tenant's for the others.
    #[default]
    PerRestriction,
    /// The tenant's policy does not count for it at all.
    Replaces,
}

/// Whose service principals are locked by what their application says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PropertyLock {
    /// Those of multi-tenant applications, as Microsoft describes it.
    #[default]
    MultiTenant,
    /// Those of single-tenant ones as well.
    SingleTenantToo,
    Off,
}

/// One failure to come, of Graph. The request is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// HTTP method it waits for, such as `PATCH`.
    pub method: String,
    /// Part of the path with query; empty fits every one.
    pub path_contains: String,
    /// HTTP status to answer, such as 429.
    pub status: u16,
    /// Graph's `error.code`, such as `TooManyRequests`.
    pub code: String,
    /// Seconds for a `Retry-After` header; `None` leaves it out.
    pub retry_after: Option<u64>,
}

/// What a state file had, and the file itself; nothing for a tenant in memory.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) file: Option<StateFile>,
    pub(crate) grants: Grants,
    pub(crate) logs: Logs,
}

/// What all listeners of a tenant share.
pub(crate) struct Shared {
    /// The names of all listeners: what one of them issued is good at another.
    pub(crate) everywhere: Vec<Names>,
    pub(crate) profile: TenantProfile,
    /// What a reset goes back to.
    pub(crate) seed: Seed,
    pub(crate) log: Arc<RequestLog>,
    pub(crate) not_simulated: Arc<NotSimulated>,
    pub(crate) mailbox: Arc<Mailbox>,
    /// Webhooks for events of vaults.
    pub(crate) events: Events,
    pub(crate) backups: Backups,
    pub(crate) clock: OffsetClock,
    pub(crate) signing: Arc<SigningKey>,
    pub(crate) control: Arc<Control>,
    /// The other tenants of this process, once all of them are there.
    pub(crate) others: OnceLock<Vec<Weak<Shared>>>,
    /// `None`: all is in memory.
    pub(crate) state_file: Option<StateFile>,
    directory: RwLock<Directory>,
    /// Whether somebody may have changed the directory since the state file was last written.
    changed: AtomicBool,
    grants: Arc<Mutex<Grants>>,
    behaviour: Arc<RwLock<Behaviour>>,
    logs: Mutex<Logs>,
    meters: Mutex<Meters>,
}

/// The tenant as one of its listeners serves it.
#[derive(Clone)]
pub(crate) struct Tenant {
    /// Of the listener that was asked: answers name it.
    pub(crate) names: Names,
    pub(crate) shared: Arc<Shared>,
}

impl Deref for Tenant {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

impl Tenant {
    /// `everywhere`: the names of all listeners. The tenant is the first one's.
    pub(crate) fn new(
        everywhere: Vec<Names>,
        clock: OffsetClock,
        signing: SigningKey,
        planted: (Seed, Directory),
        behaviour: Behaviour,
        kept: Kept,
    ) -> Self {
        let names = everywhere.first().cloned().unwrap_or_else(|| Names::local(""));
        let (seed, directory) = planted;
        let shared = Shared {
            everywhere,
            profile: directory.profile.clone(),
            seed,
            log: Arc::default(),
            not_simulated: Arc::default(),
            mailbox: Arc::default(),
            events: Events::default(),
            backups: Backups::default(),
            clock,
            signing: Arc::new(signing),
            others: OnceLock::new(),
            state_file: kept.file,
            directory: RwLock::new(directory),
            changed: AtomicBool::new(true),
            grants: Arc::new(Mutex::new(kept.grants)),
            control: Arc::new(Control::new(behaviour.clone())),
            behaviour: Arc::new(RwLock::new(behaviour)),
            logs: Mutex::new(kept.logs),
            meters: Mutex::default(),
        };
        Self { names, shared: Arc::new(shared) }
    }

    /// Another tenant of the same process, in memory: a directory of its own, and all else in common.
    pub(crate) fn beside(&self, seed: Seed, directory: Directory) -> Self {
        let shared = Shared {
            everywhere: self.everywhere.clone(),
            profile: directory.profile.clone(),
            seed,
            log: self.log.clone(),
            not_simulated: self.not_simulated.clone(),
            mailbox: self.mailbox.clone(),
            events: Events::default(),
            backups: Backups::default(),
            clock: self.clock.clone(),
            signing: self.signing.clone(),
            others: OnceLock::new(),
            state_file: None,
            directory: RwLock::new(directory),
            changed: AtomicBool::new(true),
            grants: self.grants.clone(),
            control: self.control.clone(),
            behaviour: self.behaviour.clone(),
            logs: Mutex::default(),
            meters: Mutex::default(),
        };
        Self { names: self.names.clone(), shared: Arc::new(shared) }
    }

    /// The same tenant at another of its listeners.
    pub(crate) fn at(&self, names: Names) -> Self {
        Self { names, shared: self.shared.clone() }
    }

    /// The tenant's issuer, v2.0.
    pub(crate) fn issuer(&self, tenant_id: Uuid) -> String {
        format!("{}/{tenant_id}/v2.0", self.names.login())
    }

    pub(crate) fn secure(&self) -> bool {
        self.names.base.starts_with("https://")
    }
}

impl Shared {
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Directory> {
        let directory = self.directory.write().unwrap_or_else(PoisonError::into_inner);
        self.changed.store(true, Ordering::SeqCst);
        directory
    }

    /// The directory, for its changes to be taken down; `None` when there can be none.
    pub(crate) fn unsaved_directory<T>(&self, take: impl FnOnce(&mut Directory) -> T) -> Option<T> {
        let changed = self.changed.swap(false, Ordering::SeqCst);
        changed.then(|| take(&mut self.directory.write().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Writes what has changed into the state file, if there is one.
    pub(crate) async fn save(&self) -> Result<(), StateFileError> {
        match &self.state_file {
            Some(file) => file.save(self).await,
            None => Ok(()),
        }
    }

    pub(crate) fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Audit and sign-in log.
    pub(crate) fn logs(&self) -> MutexGuard<'_, Logs> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn meters(&self) -> MutexGuard<'_, Meters> {
        self.meters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn behaviour(&self) -> Behaviour {
        self.behaviour.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_behaviour(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.behaviour.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// Takes the first fault that is meant for this request, if there is one.
    pub(crate) fn take_fault(&self, method: &str, path: &str) -> Option<Fault> {
        let mut behaviour = self.behaviour.write().unwrap_or_else(PoisonError::into_inner);
        let place = behaviour
            .fail_next
            .iter()
            .position(|fault| fault.method.eq_ignore_ascii_case(method) && path.contains(&fault.path_contains))?;
        Some(behaviour.fail_next.remove(place))
    }
}
