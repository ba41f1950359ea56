//! What every handler shares.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::clock::{Clock as _, OffsetClock};
use crate::entra::grants::Grants;
use crate::request_log::RequestLog;
use crate::signing::SigningKey;
use crate::store::{CustomKeyIdentifierStyle, Directory, TenantProfile};

/// What can be changed while the tenant runs. The default is a tenant without delays and faults.
#[derive(Debug, Clone, Default)]
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
    /// Graph requests that fail instead of being carried out: the first fault that fits is used up by one request.
    pub fail_next: Vec<Fault>,
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

pub(crate) struct Tenant {
    /// Without a slash at the end.
    pub(crate) base: String,
    pub(crate) profile: TenantProfile,
    pub(crate) log: RequestLog,
    pub(crate) clock: OffsetClock,
    pub(crate) signing: SigningKey,
    directory: RwLock<Directory>,
    grants: Mutex<Grants>,
    behaviour: RwLock<Behaviour>,
}

impl Tenant {
    pub(crate) fn new(
        base: String,
        clock: OffsetClock,
        signing: SigningKey,
        directory: Directory,
        behaviour: Behaviour,
    ) -> Self {
        Self {
            base,
            profile: directory.profile.clone(),
            log: RequestLog::default(),
            clock,
            signing,
            directory: RwLock::new(directory),
            grants: Mutex::default(),
            behaviour: RwLock::new(behaviour),
        }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Directory> {
        self.directory.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// The tenant's issuer, v2.0.
    pub(crate) fn issuer(&self, tenant_id: Uuid) -> String {
        format!("{}/{tenant_id}/v2.0", self.base)
    }

    pub(crate) fn secure(&self) -> bool {
        self.base.starts_with("https://")
    }
}
