//! The directory: people, applications, service principals. In memory, behind one lock.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::serde::timestamp::nanoseconds;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::arm::assignments::RoleAssignment;
pub(crate) use crate::assignment::{Assignment, GraphPermission};
use crate::certificate::{Certificate, NotACertificate};
use crate::format::base64;
use crate::graph::agents::{AgentIdentity, Blueprint};
use crate::graph::federated::FederatedCredential;
use crate::keyvault::store::Vault;
use crate::state_file::codec;
pub(crate) use crate::table::{Keyed, ObjectKey, Table};

/// How Graph shows a `customKeyIdentifier` that was written as the 20 raw bytes of a SHA-1 thumbprint.
/// Which one Entra does is not known; what it does for an omitted one is (hex).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CustomKeyIdentifierStyle {
    /// 40 upper-case hex digits.
    #[default]
    Hex,
    /// 28 characters of base64.
    Base64,
}

/// What sets a tenant apart from another.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TenantProfile {
    pub(crate) id: Uuid,
    pub(crate) display_name: String,
    pub(crate) domain: String,
}

/// A directory role which a person holds, as its template id in `wids`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum DirectoryRole {
    GlobalAdministrator,
    ApplicationAdministrator,
    CloudApplicationAdministrator,
    GlobalReader,
    SecurityAdministrator,
    GroupsAdministrator,
    AgentIdAdministrator,
    AgentIdDeveloper,
}

impl DirectoryRole {
    pub(crate) const ALL: [Self; 8] = [
        Self::GlobalAdministrator,
        Self::ApplicationAdministrator,
        Self::CloudApplicationAdministrator,
        Self::GlobalReader,
        Self::SecurityAdministrator,
        Self::GroupsAdministrator,
        Self::AgentIdAdministrator,
        Self::AgentIdDeveloper,
    ];

    /// Whether whoever holds it may read the logs: assumed of all that are not about groups and agents alone.
    pub(crate) fn reads_logs(wid: &str) -> bool {
        let narrow = [Self::GroupsAdministrator, Self::AgentIdAdministrator, Self::AgentIdDeveloper];
        Self::ALL.iter().any(|role| role.template_id() == wid && !narrow.contains(role))
    }

    pub(crate) const fn template_id(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "62e90394-69f5-4237-9190-012177145e10",
            Self::ApplicationAdministrator => "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
            Self::CloudApplicationAdministrator => "158c047a-c907-4556-b7ef-446551a6b5f7",
            Self::GlobalReader => "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
            Self::SecurityAdministrator => "194ae4cb-b126-40b2-bd5b-6091b380977d",
            Self::GroupsAdministrator => "fdd7a751-b60b-444a-984c-02652fe8fa1c",
            Self::AgentIdAdministrator => "db506228-d27e-4b7d-95e5-295956d6615f",
            Self::AgentIdDeveloper => "adb2368d-a9be-41b5-8667-d96778e081b0",
        }
    }

    pub(crate) const fn display_name(self) -> &'static str {
        match self {
            Self::GlobalAdministrator => "Global Administrator",
            Self::ApplicationAdministrator => "Application Administrator",
            Self::CloudApplicationAdministrator => "Cloud Application Administrator",
            Self::GlobalReader => "Global Reader",
            Self::SecurityAdministrator => "Security Administrator",
            Self::GroupsAdministrator => "Groups Administrator",
            Self::AgentIdAdministrator => "Agent ID Administrator",
            Self::AgentIdDeveloper => "Agent ID Developer",
        }
    }

    /// May change every application, whoever owns it (facts, C2).
    pub(crate) fn manages_applications(wid: &str) -> bool {
        [Self::GlobalAdministrator, Self::ApplicationAdministrator, Self::CloudApplicationAdministrator]
            .iter()
            .any(|role| role.template_id() == wid)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) user_principal_name: String,
    pub(crate) display_name: String,
    pub(crate) given_name: String,
    pub(crate) surname: String,
    pub(crate) job_title: String,
    /// In a state file of an earlier version there is none.
    #[serde(default)]
    pub(crate) department: Option<String>,
    pub(crate) directory_roles: Vec<DirectoryRole>,
    /// Values of app roles that this person gets on the portal's registration once there is one.
    pub(crate) portal_roles: Vec<String>,
    /// Custom security attributes, by set.
    pub(crate) security_attributes: Map<String, Value>,
    /// Refresh tokens issued before this are dead.
    #[serde(with = "nanoseconds")]
    pub(crate) tokens_valid_from: OffsetDateTime,
}

/// One entry of `keyCredentials`, as the service keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyCredential {
    pub(crate) key_id: Uuid,
    /// Opaque bytes. A defaulted one is the 30 bytes whose base64 spells the 40 hex digits of the thumbprint:
    /// that is what makes the recorded wire form and the schema's `Edm.Binary` agree.
    #[serde(with = "codec::base64_option")]
    pub(crate) custom_key_identifier: Option<Vec<u8>>,
    pub(crate) display_name: Option<String>,
    #[serde(with = "nanoseconds")]
    pub(crate) start: OffsetDateTime,
    #[serde(with = "nanoseconds")]
    pub(crate) end: OffsetDateTime,
    /// As sent, base64 decoded: DER or PEM text.
    #[serde(with = "codec::base64")]
    pub(crate) key: Arc<[u8]>,
    pub(crate) kind: String,
    pub(crate) usage: String,
    pub(crate) sha1: [u8; 20],
    pub(crate) sha256: [u8; 32],
}

impl KeyCredential {
    /// An entry for a certificate with the service's defaults: the certificate's own dates, its subject as name.
    pub(crate) fn for_certificate(key_id: Uuid, stored: &[u8], usage: &str) -> Result<Self, NotACertificate> {
        let certificate = Certificate::read(stored)?;
        Ok(Self {
            key_id,
            custom_key_identifier: Some(default_custom_key_identifier(&certificate.sha1)),
            display_name: Some(certificate.subject.chars().take(90).collect()),
            start: certificate.not_before,
            end: certificate.not_after,
            key: stored.into(),
            kind: if usage == "Sign" { "X509CertAndPassword" } else { "AsymmetricX509Cert" }.into(),
            usage: usage.into(),
            sha1: certificate.sha1,
            sha256: certificate.sha256,
        })
    }

    /// `customKeyIdentifier` on the wire.
    pub(crate) fn custom_key_identifier_text(&self, style: CustomKeyIdentifierStyle) -> Option<String> {
        let bytes = self.custom_key_identifier.as_ref()?;
        Some(match style {
            CustomKeyIdentifierStyle::Hex if bytes[..] == self.sha1 => hex::encode_upper(bytes),
            _ => base64(bytes),
        })
    }
}

/// See [`KeyCredential::custom_key_identifier`].
pub(crate) fn default_custom_key_identifier(sha1: &[u8; 20]) -> Vec<u8> {
    crate::format::binary(&hex::encode_upper(sha1)).unwrap_or_default()
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PasswordCredential {
    pub(crate) key_id: Uuid,
    pub(crate) display_name: Option<String>,
    #[serde(with = "nanoseconds")]
    pub(crate) start: OffsetDateTime,
    #[serde(with = "nanoseconds")]
    pub(crate) end: OffsetDateTime,
    pub(crate) secret: String,
}

/// An app role that a registration defines.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AppRole {
    pub(crate) id: Uuid,
    pub(crate) value: String,
    pub(crate) display_name: String,
    pub(crate) description: String,
    /// `User`, `Application` or both.
    pub(crate) allowed_member_types: Vec<String>,
    pub(crate) enabled: bool,
}

/// What applications and service principals both have.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Common {
    pub(crate) owners: Vec<Uuid>,
    #[serde(with = "codec::shared")]
    pub(crate) key_credentials: Arc<Vec<KeyCredential>>,
    pub(crate) password_credentials: Vec<PasswordCredential>,
    /// The app management policy assigned to it; one at most.
    pub(crate) management_policy: Option<Uuid>,
    /// Properties without a field of their own under their wire names, and only when they differ from what the service
    /// answers by default: a tenant may hold very many of these.
    pub(crate) extra: Map<String, Value>,
}

/// An app registration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) id: Uuid,
    pub(crate) app_id: Uuid,
    pub(crate) display_name: String,
    #[serde(with = "nanoseconds")]
    pub(crate) created: OffsetDateTime,
    pub(crate) sign_in_audience: String,
    pub(crate) identifier_uris: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) public_redirect_uris: Vec<String>,
    pub(crate) spa_redirect_uris: Vec<String>,
    pub(crate) logout_url: Option<String>,
    pub(crate) app_roles: Vec<AppRole>,
    /// Beta only; it registers no certificate at all.
    pub(crate) trusted_certificate_subjects: Vec<Value>,
    #[serde(default)]
    pub(crate) federated: Vec<FederatedCredential>,
    /// It is an agent identity blueprint.
    #[serde(default)]
    pub(crate) blueprint: Option<Box<Blueprint>>,
    pub(crate) common: Common,
    /// Earlier states, oldest first, with the moment at which each was replaced: replicas see a write late.
    #[serde(skip)]
    pub(crate) superseded: Vec<(OffsetDateTime, Arc<Self>)>,
}

impl Application {
    pub(crate) fn new(id: Uuid, app_id: Uuid, display_name: impl Into<String>, created: OffsetDateTime) -> Self {
        Self {
            id,
            app_id,
            display_name: display_name.into(),
            created,
            sign_in_audience: "AzureADMyOrg".into(),
            identifier_uris: vec![],
            tags: vec![],
            redirect_uris: vec![],
            public_redirect_uris: vec![],
            spa_redirect_uris: vec![],
            logout_url: None,
            app_roles: vec![],
            trusted_certificate_subjects: vec![],
            federated: vec![],
            blueprint: None,
            common: Common::default(),
            superseded: vec![],
        }
    }

    /// Whether people of other tenants may sign in to it, by `signInAudience`.
    pub(crate) fn is_multi_tenant(&self) -> bool {
        ["AzureADMultipleOrgs", "AzureADandPersonalMicrosoftAccount"].contains(&self.sign_in_audience.as_str())
    }

    /// Puts `next` in this one's place. The present state is kept for `delay`, for those who see writes that late.
    pub(crate) fn replace(&mut self, next: Self, now: OffsetDateTime, delay: Duration) {
        let mut superseded = std::mem::take(&mut self.superseded);
        superseded.retain(|(replaced, _)| now - *replaced < delay);
        let before = std::mem::replace(self, next);
        if delay.is_positive() {
            superseded.push((now, Arc::new(before)));
        }
        self.superseded = superseded;
    }

    /// The state that was in force `delay` ago.
    pub(crate) fn seen(&self, now: OffsetDateTime, delay: Duration) -> &Self {
        self.seen_by(now, |_| delay)
    }

    /// The state seen by those to whom a write comes as late as `delay` says of its moment.
    pub(crate) fn seen_by(&self, now: OffsetDateTime, delay: impl Fn(OffsetDateTime) -> Duration) -> &Self {
        let unseen = |replaced: OffsetDateTime| replaced + delay(replaced) > now;
        self.superseded.iter().find(|(replaced, _)| unseen(*replaced)).map_or(self, |(_, state)| state)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ServicePrincipal {
    pub(crate) id: Uuid,
    pub(crate) app_id: Uuid,
    pub(crate) display_name: String,
    #[serde(with = "nanoseconds")]
    pub(crate) created: OffsetDateTime,
    pub(crate) enabled: bool,
    /// Application permissions on Graph that an administrator granted; they become `roles` of its tokens.
    pub(crate) graph_permissions: Vec<GraphPermission>,
    /// Who holds which app role of this application.
    pub(crate) assignments: Vec<Assignment>,
    /// It is an agent identity.
    #[serde(default)]
    pub(crate) agent: Option<Box<AgentIdentity>>,
    /// It stands for an application of another tenant: that one as it was when this was made. What changes there is seen there
    /// alone (Entra's page on applications and service principals).
    #[serde(default)]
    pub(crate) home: Option<Box<HomeApplication>>,
    /// Its own credentials are here; those of the application are good for it too, and not among them.
    pub(crate) common: Common,
}

impl ServicePrincipal {
    pub(crate) fn new(id: Uuid, app_id: Uuid, display_name: impl Into<String>, created: OffsetDateTime) -> Self {
        Self {
            id,
            app_id,
            display_name: display_name.into(),
            created,
            enabled: true,
            graph_permissions: vec![],
            assignments: vec![],
            agent: None,
            home: None,
            common: Common::default(),
        }
    }
}

/// An application and the tenant that it is registered in.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HomeApplication {
    pub(crate) tenant: Uuid,
    pub(crate) application: Application,
}

impl HomeApplication {
    /// What another tenant gets to know of it: no credentials, no owners.
    pub(crate) fn template(&self) -> Self {
        let mut application = Application { superseded: vec![], federated: vec![], ..self.application.clone() };
        application.common = Common { extra: application.common.extra, ..Common::default() };
        Self { tenant: self.tenant, application }
    }
}

impl Keyed for Application {
    fn id(&self) -> Uuid {
        self.id
    }
    fn app_id(&self) -> Uuid {
        self.app_id
    }
}

impl Keyed for ServicePrincipal {
    fn id(&self) -> Uuid {
        self.id
    }
    fn app_id(&self) -> Uuid {
        self.app_id
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(crate) profile: TenantProfile,
    pub(crate) people: Vec<Person>,
    pub(crate) applications: Table<Application>,
    pub(crate) service_principals: Table<ServicePrincipal>,
    pub(crate) graph: crate::graph::state::GraphState,
    pub(crate) vaults: Vec<Vault>,
    /// In Azure's subscription.
    pub(crate) role_assignments: Vec<RoleAssignment>,
}

impl Directory {
    pub(crate) fn new(profile: TenantProfile) -> Self {
        Self {
            profile,
            people: vec![],
            applications: Table::default(),
            service_principals: Table::default(),
            graph: crate::graph::state::GraphState::default(),
            vaults: vec![],
            role_assignments: vec![],
        }
    }

    /// Object id of the application of that `uniqueName`.
    pub(crate) fn application_by_unique_name(&self, name: &str) -> Option<Uuid> {
        let named = |app: &&Application| app.common.extra.get("uniqueName").and_then(Value::as_str) == Some(name);
        self.applications.iter().find(named).map(|app| app.id)
    }

    /// An application by its client id: one that is registered here, or another tenant's that has a service principal here.
    pub(crate) fn application(&self, app_id: Uuid) -> Option<&Application> {
        let key = ObjectKey::AppId(app_id);
        let home = || Some(&self.service_principals.get(key)?.home.as_ref()?.application);
        self.applications.get(key).or_else(home)
    }

    pub(crate) fn person(&self, id: Uuid) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    pub(crate) fn person_by_name(&self, user_principal_name: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.user_principal_name.eq_ignore_ascii_case(user_principal_name))
    }
}
