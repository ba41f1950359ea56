//! The control API: makes the tenant misbehave on purpose, moves its clock, shows what it was asked. On a port of its
//! own, on loopback addresses alone, for whoever can reach that: it asks for no credentials. Nothing of it is on the
//! tenant's main port. What it does, [`RunningTenant`](crate::RunningTenant) does from within the process.
//!
//! JSON in and out; an error is a problem document (RFC 9457). A request with an `Origin` header, or with a `Host`
//! that is no loopback name, is refused: pages in a browser have no business here.
//!
//! | request | what it does |
//! |---|---|
//! | `GET /` | the tenant's address and id, its time, and all that is set here |
//! | `GET /behaviour`, `PATCH /behaviour` | [`Behaviour`]; a member that is not sent stays |
//! | `GET /faults` | faults that are armed, with their ids |
//! | `POST /faults` | arms one; 201 with its id |
//! | `DELETE /faults`, `DELETE /faults/{id}` | disarms |
//! | `GET /writers`, `POST /writers`, `DELETE /writers`, `DELETE /writers/{id}` | the same for concurrent writers |
//! | `GET /clock`, `POST /clock` | `{"advance_seconds": 60}` or `{"offset_seconds": 0}` |
//! | `GET /requests`, `DELETE /requests` | the request log, oldest first; forgets it |
//! | `GET /not-simulated`, `DELETE /not-simulated` | what was asked and is not simulated, with how often; forgets it |
//! | `GET /mail`, `DELETE /mail` | what `sendMail` took, oldest first; forgets it |
//! | `POST /issuer/tokens` | a token of another issuer, for an application's federated credentials |
//! | `POST /reset` | back to the seed: directory, vaults, behaviour, faults, writers, clock, log |
//! | `GET /vaults`, `POST /vaults` | `{"name": "contoso-more"}` makes an empty one |
//! | `GET /event-subscriptions`, `POST /event-subscriptions`, `DELETE /event-subscriptions/{id}` | webhooks of a vault: `{"vault": "contoso-apps", "endpoint": "http://127.0.0.1:8080/hook", "wait_factor": 1.0}` |
//! | `GET /event-subscriptions/validate?id=…` | ends a handshake by hand |
//! | `POST /vaults/{vault}/roles` | `{"principal": "…", "role": "Key Vault Reader"}`; object id or user principal name |
//! | `DELETE /vaults/{vault}/roles` | takes such a one away |
//! | `GET /role-assignments` | who has which of Azure's roles at which scope |
//! | `POST /role-assignments` | `{"principal": "…", "role": "Owner"}`, and `"scope"` where it is not the whole subscription |
//! | `POST /vaults/{vault}/certificates/{name}/renew` | a new version, as auto-renewal makes one |
//!
//! `PATCH /behaviour` takes:
//!
//! ```json
//! {"propagation": "real", "stale_reads_seconds": 5, "aud_strict": false, "token_lifetime_seconds": null,
//!  "custom_key_identifier": "hex", "vault_challenge": "local", "certificate_issuance_seconds": 4,
//!  "throttle": {"scaled": 0.01}, "throttle_without_retry_after": false, "delegated_key_rolling": false, "keys_in_lists": false, "unowned_service_principals": false, "most_key_credentials": null, "most_entries": null, "plain_federation_errors": false,
//!  "list_microsoft_service_principals": false, "delta_without_credentials": false, "consent_required": false, "plain_blueprint_routes": false,
//!  "most_agent_blueprints": null, "limited_owners": false, "strict_expand": false, "audit_delay_seconds": 0,
//!  "activity_report_until": null,
//!  "policy_inheritance": "per_restriction", "property_lock": "multi_tenant",
//!  "untrusted_authority_code": null}
//! ```
//!
//! where `propagation` is a number of seconds, or `"real"`: 4 to 18 seconds, each write its own; and `throttle` is
//! `"off"`, `"real"`, or Graph's figures times a factor.
//!
//! `POST /faults` takes ([`FaultRule`]):
//!
//! ```json
//! {"method": "PATCH", "path": "/v1.0/applications/*", "when": "after", "times": 1, "rate": 1.0, "seed": 0, "skip": 0,
//!  "fault": {"kind": "reset"}}
//! ```
//!
//! - `fault` is `{"kind": "status", "status": 429, "code": null, "message": null, "retry_after": 10}`,
//!   `{"kind": "timeout", "milliseconds": 30000}`, `{"kind": "reset"}` or `{"kind": "slow", "milliseconds": 2000}`.
//! - `when` is `before` (the request is not carried out) or `after` (it is, and its answer is lost).
//! - Everything but `fault` may be left out: any method, any path, `before`, until it is disarmed.
//!
//! `POST /issuer/tokens` takes the following, of which `issuer` and `subject` must be there, and answers `{"token": "…"}`:
//!
//! ```json
//! {"issuer": "https://token.actions.githubusercontent.com", "subject": "repo:contoso/app:ref:refs/heads/main",
//!  "audience": "api://AzureADTokenExchange", "lifetime_seconds": 600, "claims": {"actor": "owen"}}
//! ```
//!
//! `POST /writers` takes ([`ConcurrentWriter`]):
//!
//! ```json
//! {"application": "<object id>", "trigger": {"on": "after_write"}, "action": {"do": "blind_append"}, "times": 1}
//! ```
//!
//! - `trigger`: `after_write` (of that application's keyCredentials), `after_read` (a GET of that application),
//!   `{"on": "every", "seconds": 30}` of the tenant's clock, noticed at the next request.
//! - `action`: `remove_last`, `replace_all`, `append`, `blind_append`, `{"do": "remove", "key_id": "…"}`.

mod answer;
mod api;
pub(crate) mod delivery;
mod events;
pub(crate) mod fault;
mod in_process;
pub(crate) mod intercept;
pub(crate) mod reset;
pub(crate) mod server;
mod settings;
pub(crate) mod writer;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use fault::{FaultKind, FaultMoment, FaultRule};
pub use writer::{ConcurrentWriter, WriterAction, WriterTrigger};

use crate::registration::PortalRegistration;
use crate::state::Behaviour;
use fault::ArmedFault;
use writer::ArmedWriter;

/// What is armed, and what a reset goes back to.
pub(crate) struct Control {
    behaviour: Behaviour,
    armed: Mutex<Armed>,
}

#[derive(Default)]
pub(crate) struct Armed {
    next_id: u64,
    faults: Vec<ArmedFault>,
    writers: Vec<ArmedWriter>,
    /// Portals are registered anew after a reset: they are no part of the seed, and the demo needs its own.
    portals: Vec<PortalRegistration>,
}

impl Control {
    pub(crate) fn new(behaviour: Behaviour) -> Self {
        Self { behaviour, armed: Mutex::default() }
    }

    fn armed(&self) -> MutexGuard<'_, Armed> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn remember_portal(&self, registration: PortalRegistration) {
        self.armed().portals.push(registration);
    }

    pub(crate) fn add_fault(&self, rule: FaultRule) -> u64 {
        let mut armed = self.armed();
        let id = armed.id();
        armed.faults.push(ArmedFault::new(id, rule));
        id
    }

    /// Whether there was one of that id.
    pub(crate) fn remove_fault(&self, id: u64) -> bool {
        let mut armed = self.armed();
        let before = armed.faults.len();
        armed.faults.retain(|fault| fault.id != id);
        armed.faults.len() < before
    }

    pub(crate) fn clear_faults(&self) {
        self.armed().faults.clear();
    }

    /// Whether there was one of that id.
    pub(crate) fn remove_writer(&self, id: u64) -> bool {
        let mut armed = self.armed();
        let before = armed.writers.len();
        armed.writers.retain(|writer| writer.id != id);
        armed.writers.len() < before
    }

    pub(crate) fn clear_writers(&self) {
        self.armed().writers.clear();
    }

    fn is_idle(&self) -> bool {
        let armed = self.armed();
        armed.faults.is_empty() && armed.writers.is_empty()
    }
}

impl Armed {
    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}
