//! What is kept of an object of the directory.

use super::entries::{Entries, Reading};
use super::owner::Owners;
use super::trust::Trust;
use crate::app_selector::AppFacts;
use crate::certificate::PublicKey;
use crate::credentials::{KeyCredentialType, KeyUsage, Subject, SubjectKind};
use crate::ids::{AppId, KeyId};
use crate::key_credential::{KeyCredential, KeyCredentials};
use crate::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;

/// An application, a service principal or a blueprint, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryObject {
    /// Which one.
    pub subject: Subject,
    /// Its application (client) id.
    pub app_id: Option<AppId>,
    /// `displayName`; empty where it has none.
    pub name: String,
    /// `createdDateTime`
    #[serde(with = "rfc3339::option")]
    pub created: Option<OffsetDateTime>,
    /// `accountEnabled` of a service principal, `isDisabled` of an application, or disabled by Microsoft. `None`: Graph did
    /// not say.
    pub disabled: Option<bool>,
    /// A managed identity: Azure makes its certificates, and renews them long before they end
    /// (<https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations>).
    pub managed_identity: bool,
    /// `signInAudience`, such as `AzureADMyOrg`.
    pub audience: Option<String>,
    /// `tags`
    pub tags: Vec<String>,
    /// `serviceManagementReference`: where the organisation's own register has it.
    pub service_management_reference: Option<String>,
    /// Who looks after it.
    pub owners: Reading<Owners>,
    /// `keyCredentials`
    pub certificates: Entries<HeldCertificate>,
    /// `passwordCredentials`
    pub secrets: Entries<HeldSecret>,
    /// `federatedIdentityCredentials`. Service principals have none.
    pub trusts: Reading<Entries<Trust>>,
    /// What else of it could not be read, property by property.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub damaged: Vec<String>,
}

/// An entry of `keyCredentials`, without its `key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldCertificate {
    /// `keyId`
    pub key_id: Option<KeyId>,
    /// `displayName`
    pub name: Option<String>,
    /// Of the certificate, or from `customKeyIdentifier`.
    pub thumbprint: Option<Thumbprint>,
    /// What it is for.
    pub usage: Option<KeyUsage>,
    /// The property `type`.
    pub kind: Option<KeyCredentialType>,
    /// `startDateTime`
    #[serde(with = "rfc3339::option")]
    pub start: Option<OffsetDateTime>,
    /// `endDateTime`
    #[serde(with = "rfc3339::option")]
    pub end: Option<OffsetDateTime>,
    /// What only a read with `key` shows. `None`: not read yet, which says nothing about it.
    pub seen: Option<SeenKey>,
}

/// What a certificate says that lists do not show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenKey {
    /// Of the certificate.
    pub issuer: String,
    /// Kind and size of its key.
    pub public_key: PublicKey,
    /// For instance `sha256WithRSAEncryption`.
    pub signature_algorithm: String,
}

/// An entry of `passwordCredentials`: all but the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSecret {
    /// `keyId`
    pub key_id: Option<KeyId>,
    /// `displayName`
    pub name: Option<String>,
    /// Its first characters, as Graph shows them.
    pub hint: Option<String>,
    /// `startDateTime`
    #[serde(with = "rfc3339::option")]
    pub start: Option<OffsetDateTime>,
    /// `endDateTime`
    #[serde(with = "rfc3339::option")]
    pub end: Option<OffsetDateTime>,
}

impl HeldCertificate {
    /// Of an entry as it was read.
    pub fn of(entry: &KeyCredential) -> Self {
        Self {
            key_id: entry.key_id(),
            name: entry.display_name().map(str::to_owned),
            thumbprint: entry.thumbprint(),
            usage: entry.usage().cloned(),
            kind: entry.kind().cloned(),
            start: entry.start(),
            end: entry.end(),
            seen: entry.certificate().map(|certificate| SeenKey {
                issuer: certificate.facts().issuer.clone(),
                public_key: certificate.facts().public_key.clone(),
                signature_algorithm: certificate.facts().signature_algorithm.clone(),
            }),
        }
    }

    fn remember(&mut self, before: &Self) {
        if self.seen.is_none() && before.seen.is_some() {
            self.seen.clone_from(&before.seen);
            // Read from the certificate itself, where customKeyIdentifier is some other text.
            self.thumbprint = self.thumbprint.or(before.thumbprint);
        }
    }
}

impl InventoryObject {
    /// What rules and teams look at, of an app registration.
    pub fn app_facts(&self) -> Option<AppFacts> {
        (self.subject.kind == SubjectKind::Application).then(|| AppFacts {
            id: self.subject.id,
            app_id: self.app_id,
            name: self.name.clone(),
            tags: Some(self.tags.clone()),
            audience: self.audience.clone(),
            ownerless: self.owners.known().and_then(Owners::anybody).map(|anybody| !anybody),
            departments: self.owners.known().into_iter().flat_map(Owners::departments).cloned().collect(),
        })
    }

    /// The same object with what an earlier read showed and this one did not ask for: what is in a certificate. An entry's
    /// `key` cannot be changed, so that its `keyId` stands for it.
    #[must_use]
    pub fn remembering(mut self, before: &Self) -> Self {
        for certificate in &mut self.certificates.readable {
            let known = |earlier: &&HeldCertificate| earlier.key_id.is_some() && earlier.key_id == certificate.key_id;
            if let Some(earlier) = before.certificates.readable.iter().find(known) {
                certificate.remember(earlier);
            }
        }
        self
    }

    /// The same object, of which a read has just shown these certificates.
    #[must_use]
    pub fn with_certificates(&self, keys: &KeyCredentials) -> Self {
        let certificates = Entries { readable: keys.iter().map(HeldCertificate::of).collect(), damaged: vec![] };
        Self { certificates, ..self.clone() }.remembering(self)
    }

    /// Why not all of it could be read; each in words.
    pub fn damages(&self) -> impl Iterator<Item = &str> {
        let trusts = self.trusts.known().map_or(&[][..], |trusts| &trusts.damaged);
        let lists = [&self.damaged[..], &self.certificates.damaged, &self.secrets.damaged, trusts];
        let failed = self.owners.failure().into_iter().chain(self.trusts.failure());
        lists.into_iter().flatten().map(String::as_str).chain(failed)
    }
}
