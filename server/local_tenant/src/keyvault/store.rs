//! Vaults and what they hold. A certificate, its key and its secret are one object under one name and version.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use time::serde::timestamp::nanoseconds;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::error::{Missing, VaultError};
use super::key::VaultKey;
use super::own_keys::OwnKey;
use super::path::VersionId;
use super::policy::Policy;
use super::rbac::VaultRole;
use crate::certificate::{Certificate, NotACertificate};
use crate::state_file::codec;

/// How long a deleted certificate can be recovered.
const RETENTION: Duration = Duration::days(90);

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Vault {
    pub(crate) name: String,
    pub(crate) subscription: Uuid,
    pub(crate) resource_group: String,
    /// Who may do what: object id of a person or a service principal.
    pub(crate) roles: Vec<(Uuid, VaultRole)>,
    /// By name, without regard to case: keys are in lower case.
    pub(super) certificates: BTreeMap<String, VaultCertificate>,
    pub(super) deleted: BTreeMap<String, DeletedCertificate>,
    /// Keys without a certificate, by name as well.
    #[serde(default)]
    pub(super) keys: BTreeMap<String, OwnKey>,
    /// Versions of which no event has told yet.
    #[serde(skip)]
    pub(super) created: Vec<NewVersion>,
}

/// A version that has just come.
#[derive(Debug, Clone)]
pub(crate) struct NewVersion {
    /// Of the certificate.
    pub(super) name: String,
    pub(super) version: Uuid,
    pub(super) not_before: OffsetDateTime,
    pub(super) not_after: OffsetDateTime,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct VaultCertificate {
    pub(super) name: String,
    /// Oldest first. None while the first one is pending.
    pub(super) versions: Vec<Version>,
    pub(super) policy: Policy,
    pub(super) pending: Option<Pending>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Version {
    pub(super) id: Uuid,
    #[serde(with = "codec::base64")]
    pub(super) der: Arc<[u8]>,
    pub(super) sha1: [u8; 20],
    #[serde(with = "nanoseconds")]
    pub(super) not_before: OffsetDateTime,
    #[serde(with = "nanoseconds")]
    pub(super) not_after: OffsetDateTime,
    #[serde(with = "nanoseconds")]
    pub(super) created: OffsetDateTime,
    #[serde(with = "nanoseconds")]
    pub(super) updated: OffsetDateTime,
    pub(super) enabled: bool,
    pub(super) tags: BTreeMap<String, String>,
    #[serde(with = "codec::shared")]
    pub(super) key: Arc<VaultKey>,
    /// Whether its secret has the private key.
    pub(super) exportable: bool,
    /// `contentType` of its secret.
    pub(super) content_type: String,
}

/// A request for a certificate, kept after it is done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) request_id: Uuid,
    #[serde(with = "codec::base64")]
    pub(super) csr: Vec<u8>,
    #[serde(with = "nanoseconds")]
    pub(super) due: OffsetDateTime,
    /// What will be added; `None` once it was, or where somebody else signs.
    pub(super) next: Option<Version>,
    /// What waits for somebody else's signature; `None` once it was merged.
    #[serde(default)]
    pub(super) manual: Option<Manual>,
    #[serde(default)]
    pub(super) cancellation_requested: bool,
    #[serde(default)]
    pub(super) cancelled: bool,
}

/// A version without its certificate.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Manual {
    pub(super) id: Uuid,
    #[serde(with = "codec::shared")]
    pub(super) key: Arc<VaultKey>,
    pub(super) enabled: bool,
    pub(super) tags: BTreeMap<String, String>,
}

impl Pending {
    pub(super) fn in_progress(&self) -> bool {
        self.next.is_some() || self.manual.is_some()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct DeletedCertificate {
    pub(super) certificate: VaultCertificate,
    #[serde(with = "nanoseconds")]
    pub(super) deleted: OffsetDateTime,
}

impl DeletedCertificate {
    pub(super) fn purge(&self) -> OffsetDateTime {
        self.deleted + RETENTION
    }
}

/// 3 to 24 letters, digits and single hyphens, beginning with a letter.
pub(crate) fn is_vault_name(name: &str) -> bool {
    (3..=24).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !name.contains("--")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl Vault {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_ascii_lowercase(),
            subscription: crate::arm::subscription(),
            resource_group: "identity".into(),
            roles: vec![],
            certificates: BTreeMap::new(),
            deleted: BTreeMap::new(),
            keys: BTreeMap::new(),
            created: vec![],
        }
    }

    /// As Resource Manager names it.
    pub(crate) fn resource_id(&self) -> String {
        format!(
            "/subscriptions/{}/resourcegroups/{}/providers/microsoft.keyvault/vaults/{}",
            self.subscription, self.resource_group, self.name
        )
    }

    pub(crate) fn certificates(&self) -> usize {
        self.certificates.len()
    }

    pub(super) fn insert(&mut self, certificate: VaultCertificate) {
        self.certificates.insert(certificate.name.to_ascii_lowercase(), certificate);
    }

    /// `None` also when the first version is still pending and `what` needs one.
    pub(super) fn certificate(&self, name: &str, what: Missing) -> Result<&VaultCertificate, VaultError> {
        self.certificates.get(&name.to_ascii_lowercase()).ok_or_else(|| VaultError::not_found(what, name))
    }

    pub(super) fn certificate_mut(&mut self, name: &str) -> Result<&mut VaultCertificate, VaultError> {
        self.certificates
            .get_mut(&name.to_ascii_lowercase())
            .ok_or_else(|| VaultError::not_found(Missing::Certificate, name))
    }

    /// A version, or the latest one; and the certificate it is of.
    pub(super) fn version(
        &self,
        name: &str,
        version: Option<VersionId>,
        what: Missing,
    ) -> Result<(&VaultCertificate, &Version), VaultError> {
        let certificate = self.certificate(name, what)?;
        certificate.version(version).map(|found| (certificate, found)).ok_or_else(|| missing(name, version, what))
    }

    /// Whether a certificate can have that name.
    pub(super) fn check_free(&self, name: &str) -> Result<(), VaultError> {
        self.check_not_deleted(name)?;
        let place = name.to_ascii_lowercase();
        if self.keys.contains_key(&place) {
            return Err(VaultError::conflict(
                None,
                format!("A key with the name {name} already exists in this vault."),
            ));
        }
        let busy = |certificate: &VaultCertificate| certificate.pending.as_ref().is_some_and(Pending::in_progress);
        if self.certificates.get(&place).is_some_and(busy) {
            return Err(VaultError::conflict(
                None,
                "A new key vault certificate can not be created or imported while a pending key vault certificate's status is inProgress.",
            ));
        }
        Ok(())
    }

    /// A deleted certificate keeps its name until it is purged.
    pub(super) fn check_not_deleted(&self, name: &str) -> Result<(), VaultError> {
        if self.deleted.contains_key(&name.to_ascii_lowercase()) {
            return Err(VaultError::conflict(
                Some("ObjectIsDeletedButRecoverable"),
                format!(
                    "Certificate {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the certificate can only be recovered or purged."
                ),
            ));
        }
        Ok(())
    }

    /// A version of a certificate that is there.
    pub(super) fn add_version(&mut self, name: &str, version: Version) -> Result<(), VaultError> {
        note(&mut self.created, name, &version);
        self.certificate_mut(name)?.versions.push(version);
        Ok(())
    }

    /// When the next one that is pending comes.
    pub(super) fn next_due(&self) -> Option<OffsetDateTime> {
        let pending = self.certificates.values().filter_map(|certificate| certificate.pending.as_ref());
        pending.filter(|pending| pending.next.is_some()).map(|pending| pending.due).min()
    }

    pub(super) fn has_due(&self, now: OffsetDateTime) -> bool {
        self.certificates
            .values()
            .filter_map(|certificate| certificate.pending.as_ref())
            .any(|pending| pending.next.is_some() && pending.due <= now)
            || self.deleted.values().any(|deleted| deleted.purge() <= now)
    }

    /// Adds the versions that are ready by now, forgets what was deleted long ago.
    pub(super) fn settle(&mut self, now: OffsetDateTime) {
        for certificate in self.certificates.values_mut() {
            if let Some(pending) = certificate.pending.as_mut().filter(|pending| pending.due <= now)
                && let Some(next) = pending.next.take()
            {
                if pending.cancellation_requested {
                    pending.cancelled = true;
                } else {
                    note(&mut self.created, &certificate.name, &next);
                    certificate.versions.push(next);
                }
            }
        }
        self.deleted.retain(|_, deleted| deleted.purge() > now);
    }
}

/// Few wait at once: whatever asks the vault next has them sent.
fn note(created: &mut Vec<NewVersion>, name: &str, version: &Version) {
    let (name, not_before, not_after) = (name.to_owned(), version.not_before, version.not_after);
    created.push(NewVersion { name, version: version.id, not_before, not_after });
}

pub(super) fn missing(name: &str, version: Option<VersionId>, what: Missing) -> VaultError {
    match version {
        None => VaultError::not_found(what, name),
        Some(VersionId::Known(id)) => VaultError::not_found(what, &format!("{name}/{}", id.simple())),
        Some(VersionId::Unknown) => VaultError::not_found(what, &format!("{name}/?")),
    }
}

impl VaultCertificate {
    pub(super) fn latest(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// Where a version is; the latest where none is named.
    fn place(&self, version: Option<VersionId>) -> Option<usize> {
        match version {
            None => self.versions.len().checked_sub(1),
            Some(VersionId::Known(id)) => self.versions.iter().position(|one| one.id == id),
            Some(VersionId::Unknown) => None,
        }
    }

    pub(super) fn version(&self, version: Option<VersionId>) -> Option<&Version> {
        self.versions.get(self.place(version)?)
    }

    pub(super) fn version_mut(&mut self, version: Option<VersionId>) -> Option<&mut Version> {
        let place = self.place(version)?;
        self.versions.get_mut(place)
    }
}

impl Version {
    /// An enabled one, created `at`.
    pub(super) fn new(
        id: Uuid,
        der: &[u8],
        key: Arc<VaultKey>,
        policy: &Policy,
        at: OffsetDateTime,
    ) -> Result<Self, NotACertificate> {
        let certificate = Certificate::read(der)?;
        Ok(Self {
            id,
            der: der.into(),
            sha1: certificate.sha1,
            not_before: certificate.not_before,
            not_after: certificate.not_after,
            created: at,
            updated: at,
            enabled: true,
            tags: BTreeMap::new(),
            key,
            exportable: policy.exportable,
            content_type: policy.content_type.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vault_names() {
        for good in ["contoso-apps", "kv1", "A-b"] {
            assert!(is_vault_name(good), "{good}");
        }
        for bad in ["kv", "1kv", "a--b", "abc-", "a.b", "abcdefghijklmnopqrstuvwxy"] {
            assert!(!is_vault_name(bad), "{bad}");
        }
    }
}
