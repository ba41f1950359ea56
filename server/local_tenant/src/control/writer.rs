//! Others who write the same application at the same time: what a portal must survive.

use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::Control;
use crate::graph::holder::HolderKind;
use crate::graph::path::{Route, parse};
use crate::graph::state::Change;
use crate::keyvault::key::VaultKey;
use crate::signing::KeyError;
use crate::state::Tenant;
use crate::store::{KeyCredential, ObjectKey};

/// Somebody else who writes an application's `keyCredentials`. Their writes are no requests: they are not in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcurrentWriter {
    /// Object id.
    pub application: Uuid,
    pub trigger: WriterTrigger,
    pub action: WriterAction,
    /// How often it writes. `None`: until it is removed.
    #[serde(default)]
    pub times: Option<u32>,
}

/// When it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
pub enum WriterTrigger {
    /// Right after a request changed the application's `keyCredentials`, by whatever way, before it is answered.
    AfterWrite,
    /// Right after a GET of the application, before it is answered: between somebody's read and their write.
    AfterRead,
    /// Every so many seconds of the tenant's clock; noticed at the next request, once however long that takes.
    Every { seconds: u32 },
}

/// What it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum WriterAction {
    /// Everything but the last entry.
    RemoveLast,
    /// Everything but this entry.
    Remove { key_id: Uuid },
    /// Nothing but an own entry, as `az ad app credential reset` does without `--append`.
    ReplaceAll,
    /// What is there now, and an own entry.
    Append,
    /// What it read earlier, and an own entry: before the write that woke it, or at its turn before. Whatever was
    /// added in between is lost.
    BlindAppend,
}

pub(super) type Entries = Arc<Vec<KeyCredential>>;

#[derive(Debug)]
pub(super) struct ArmedWriter {
    pub(super) id: u64,
    pub(super) writer: ConcurrentWriter,
    pub(super) written: u32,
    due: OffsetDateTime,
    /// What a periodic one read at its last turn.
    read: Entries,
    /// Of its own certificates.
    key: Arc<VaultKey>,
}

impl Control {
    /// Makes a key for its certificates: slow. `None` when there is no such application.
    pub(crate) fn add_writer(&self, tenant: &Tenant, writer: ConcurrentWriter) -> Result<Option<u64>, KeyError> {
        let Some(read) = entries(tenant, writer.application) else {
            return Ok(None);
        };
        let key = Arc::new(VaultKey::rsa(2048)?);
        let due = tenant.now() + interval(writer.trigger);
        let mut armed = self.armed();
        let id = armed.id();
        armed.writers.push(ArmedWriter { id, writer, written: 0, due, read, key });
        Ok(Some(id))
    }
}

fn interval(trigger: WriterTrigger) -> Duration {
    match trigger {
        WriterTrigger::Every { seconds } => Duration::seconds(i64::from(seconds.max(1))),
        _ => Duration::ZERO,
    }
}

fn entries(tenant: &Tenant, application: Uuid) -> Option<Entries> {
    tenant.read().applications.get(ObjectKey::Id(application)).map(|app| app.common.key_credentials.clone())
}

/// Lets the periodic ones write whose time has come.
pub(super) fn at_their_time(tenant: &Tenant) {
    let now = tenant.now();
    let mut armed = tenant.control.armed();
    for one in &mut armed.writers {
        if matches!(one.writer.trigger, WriterTrigger::Every { .. }) && one.due <= now {
            one.due = now + interval(one.writer.trigger);
            let read = one.read.clone();
            one.write(tenant, &read);
            one.read = entries(tenant, one.writer.application).unwrap_or_default();
        }
    }
    armed.writers.retain(|one| !one.is_done());
}

/// The entries of the applications which somebody waits to write, before a request is carried out.
pub(super) fn watch(tenant: &Tenant) -> Vec<(Uuid, Entries)> {
    let watched: Vec<Uuid> = tenant.control.armed().writers.iter().map(|one| one.writer.application).collect();
    watched.into_iter().filter_map(|id| Some((id, entries(tenant, id)?))).collect()
}

/// Lets those write whom the request woke. `before` is from [`watch`].
pub(super) fn after(tenant: &Tenant, before: &[(Uuid, Entries)], method: &str, path: &str) {
    if before.is_empty() {
        return;
    }
    let now: Vec<_> = before.iter().filter_map(|(id, _)| Some((*id, entries(tenant, *id)?))).collect();
    let mut armed = tenant.control.armed();
    for one in &mut armed.writers {
        let of = |list: &[(Uuid, Entries)]| {
            list.iter().find(|(id, _)| *id == one.writer.application).map(|(_, entries)| entries.clone())
        };
        let (Some(read), Some(present)) = (of(before), of(&now)) else { continue };
        let woken = match one.writer.trigger {
            WriterTrigger::AfterWrite => !Arc::ptr_eq(&read, &present),
            WriterTrigger::AfterRead => method == "GET" && is_read_of(tenant, path, one.writer.application),
            WriterTrigger::Every { .. } => false,
        };
        if woken {
            one.write(tenant, &read);
        }
    }
    armed.writers.retain(|one| !one.is_done());
}

fn is_read_of(tenant: &Tenant, path: &str, application: Uuid) -> bool {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let Ok((_, Route::Object(HolderKind::Application, key))) =
        parse(path, &|name| tenant.read().application_by_unique_name(name))
    else {
        return false;
    };
    tenant.read().applications.get(key).is_some_and(|app| app.id == application)
}

impl ArmedWriter {
    fn is_done(&self) -> bool {
        self.writer.times.is_some_and(|times| self.written >= times)
    }

    fn write(&mut self, tenant: &Tenant, read: &Entries) {
        if self.is_done() {
            return;
        }
        let now = tenant.now();
        let behaviour = tenant.behaviour();
        let delay = behaviour.longest_delay();
        let mut directory = tenant.write();
        let Some(app) = directory.applications.get_mut(ObjectKey::Id(self.writer.application)) else {
            return;
        };
        let mut next = app.clone();
        let mut keys = match self.writer.action {
            WriterAction::BlindAppend => read.to_vec(),
            WriterAction::ReplaceAll => vec![],
            _ => app.common.key_credentials.to_vec(),
        };
        match self.writer.action {
            WriterAction::RemoveLast => drop(keys.pop()),
            WriterAction::Remove { key_id } => keys.retain(|key| key.key_id != key_id),
            WriterAction::ReplaceAll | WriterAction::Append | WriterAction::BlindAppend => {
                match own_entry(&self.key, self.written, now) {
                    Ok(own) => keys.push(own),
                    Err(error) => return tracing::error!(%error, "a concurrent writer has no certificate"),
                }
            }
        }
        next.common.key_credentials = Arc::new(keys);
        app.replace(next, now, delay);
        let id = app.id;
        if !behaviour.delta_without_credentials {
            directory.graph.changes.note(id, Change::Written);
        }
        self.written += 1;
        tracing::info!(application = %id, action = ?self.writer.action, "a concurrent writer wrote");
    }
}

/// A new certificate each time.
fn own_entry(key: &VaultKey, number: u32, now: OffsetDateTime) -> Result<KeyCredential, KeyError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, format!("concurrent-writer-{}", number + 1));
    (params.not_before, params.not_after) = (now - Duration::hours(1), now + Duration::days(180));
    let der = params.self_signed(&key.pair)?.der().to_vec();
    KeyCredential::for_certificate(Uuid::new_v4(), &der, "Verify").map_err(|error| KeyError::Encode(error.to_string()))
}
