//! A seed as somebody writes it, in JSON or TOML.
//!
//! ```toml
//! [tenant]
//! display_name = "Fabrikam"
//! domain = "fabrikam.onmicrosoft.com"
//!
//! [[people]]
//! user_principal_name = "ada@fabrikam.onmicrosoft.com"
//! display_name = "Ada Berg"
//! directory_roles = ["Application Administrator"]
//! portal_roles = ["Thumbprint.Admin"]
//!
//! [[applications]]
//! display_name = "billing"
//! owners = ["ada@fabrikam.onmicrosoft.com"]
//! graph_permissions = ["Application.Read.All"]
//! certificates = [{ common_name = "billing", starts_in_days = -300, ends_in_days = 65 }]
//! secrets = [{ display_name = "ci", value = "not-much-of-a-secret", ends_in_days = 90 }]
//!
//! [[groups]]
//! display_name = "billing-owners"
//! owners = ["ada@fabrikam.onmicrosoft.com"]
//! members = ["ada@fabrikam.onmicrosoft.com"]
//! ```
//!
//! GUIDs that are left out follow from names, and are the same in every run.

use std::sync::Arc;

use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::groups::{self, SeedGroup};
use super::{CertificateMaker, size, stable_guid};
use crate::TenantError;
use crate::graph::applications::patch::AUDIENCES;
use crate::store::{
    Application, Directory, DirectoryRole, KeyCredential, PasswordCredential, Person, ServicePrincipal, TenantProfile,
};

/// A whole tenant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedFile {
    pub tenant: SeedTenant,
    #[serde(default)]
    pub people: Vec<SeedPerson>,
    #[serde(default)]
    pub applications: Vec<SeedApplication>,
    #[serde(default)]
    pub groups: Vec<SeedGroup>,
    /// So many applications more, as `--apps` makes them, which people own in turns.
    #[serde(default)]
    pub more_applications: u32,
}

/// The directory itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedTenant {
    pub id: Option<Uuid>,
    pub display_name: String,
    /// The initial domain.
    pub domain: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedPerson {
    pub id: Option<Uuid>,
    pub user_principal_name: String,
    pub display_name: String,
    #[serde(default)]
    pub job_title: String,
    pub department: Option<String>,
    /// Display names, such as `Application Administrator`.
    #[serde(default)]
    pub directory_roles: Vec<String>,
    /// Such as `Thumbprint.User`.
    #[serde(default)]
    pub portal_roles: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedApplication {
    /// Object id.
    pub id: Option<Uuid>,
    /// Client id.
    pub app_id: Option<Uuid>,
    pub display_name: String,
    /// User principal names.
    #[serde(default)]
    pub owners: Vec<String>,
    /// `AzureADMyOrg` by default.
    pub sign_in_audience: Option<String>,
    /// Redirect URIs of a web application, which authenticates.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Redirect URIs of pages that get tokens themselves.
    #[serde(default)]
    pub spa_redirect_uris: Vec<String>,
    /// `groupMembershipClaims`, such as `SecurityGroup`: which groups tokens tell of.
    pub group_membership_claims: Option<String>,
    /// Application permissions on Graph with an administrator's consent.
    #[serde(default)]
    pub graph_permissions: Vec<String>,
    #[serde(default)]
    pub certificates: Vec<SeedCertificate>,
    #[serde(default)]
    pub secrets: Vec<SeedSecret>,
}

/// A certificate that exists (`pem`), or one to be made: days are from the start's midnight.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum SeedCertificate {
    Pem { pem: String },
    Made { common_name: String, starts_in_days: i64, ends_in_days: i64 },
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedSecret {
    pub display_name: Option<String>,
    pub value: String,
    pub ends_in_days: i64,
}

impl SeedFile {
    pub(super) fn plant(&self, today: OffsetDateTime) -> Result<Directory, TenantError> {
        let domain = &self.tenant.domain;
        let mut directory = Directory::new(TenantProfile {
            id: self.tenant.id.unwrap_or_else(|| stable_guid("tenant", domain)),
            display_name: self.tenant.display_name.clone(),
            domain: domain.clone(),
        });
        directory.people = self.people.iter().map(person).collect::<Result<_, _>>()?;
        let maker = CertificateMaker::new()?;
        for app in &self.applications {
            plant(app, &mut directory, &maker, today)?;
        }
        groups::plant(&self.groups, &mut directory, today)?;
        if self.more_applications > 0 {
            size::plant(&mut directory, self.more_applications, today)?;
        }
        Ok(directory)
    }
}

fn person(described: &SeedPerson) -> Result<Person, TenantError> {
    let name = &described.user_principal_name;
    let (given, family) = described.display_name.split_once(' ').unwrap_or((&described.display_name, ""));
    let role = |role: &String| {
        DirectoryRole::ALL
            .into_iter()
            .find(|one| one.display_name() == role)
            .ok_or_else(|| TenantError::Seed(format!("{name}: there is no directory role '{role}' here")))
    };
    Ok(Person {
        id: described.id.unwrap_or_else(|| stable_guid("person", name)),
        user_principal_name: name.clone(),
        display_name: described.display_name.clone(),
        given_name: given.into(),
        surname: family.into(),
        job_title: described.job_title.clone(),
        department: described.department.clone(),
        directory_roles: described.directory_roles.iter().map(role).collect::<Result<_, _>>()?,
        portal_roles: described.portal_roles.clone(),
        security_attributes: serde_json::Map::new(),
        tokens_valid_from: OffsetDateTime::UNIX_EPOCH,
    })
}

fn plant(
    described: &SeedApplication,
    directory: &mut Directory,
    maker: &CertificateMaker,
    today: OffsetDateTime,
) -> Result<(), TenantError> {
    let name = &described.display_name;
    let id = described.id.unwrap_or_else(|| stable_guid("application", name));
    let mut app = Application::new(id, described.app_id.unwrap_or_else(|| stable_guid("client", name)), name, today);
    for owner in &described.owners {
        let person = directory.person_by_name(owner);
        let person = person.ok_or_else(|| TenantError::Seed(format!("{name}: its owner {owner} is not in people")))?;
        app.common.owners.push(person.id);
    }
    if let Some(audience) = &described.sign_in_audience {
        if !AUDIENCES.contains(&audience.as_str()) {
            return Err(TenantError::Seed(format!("{name}: '{audience}' is no sign-in audience")));
        }
        app.sign_in_audience.clone_from(audience);
    }
    app.redirect_uris.clone_from(&described.redirect_uris);
    app.spa_redirect_uris.clone_from(&described.spa_redirect_uris);
    if let Some(claims) = &described.group_membership_claims {
        app.common.extra.insert("groupMembershipClaims".into(), claims.clone().into());
    }
    let mut keys = vec![];
    for (place, certificate) in described.certificates.iter().enumerate() {
        let stored = match certificate {
            SeedCertificate::Pem { pem } => pem.clone().into_bytes(),
            SeedCertificate::Made { common_name, starts_in_days, ends_in_days } => {
                let day = |days: i64| today + Duration::days(days);
                maker.make(common_name, place, day(*starts_in_days), day(*ends_in_days))?
            }
        };
        let key_id = stable_guid("credential", &format!("{name}/{place}"));
        let entry = KeyCredential::for_certificate(key_id, &stored, "Verify")
            .map_err(|error| TenantError::Seed(format!("{name}: certificate {place}: {error}")))?;
        keys.push(entry);
    }
    app.common.key_credentials = Arc::new(keys);
    for (place, secret) in described.secrets.iter().enumerate() {
        app.common.password_credentials.push(PasswordCredential {
            key_id: stable_guid("secret", &format!("{name}/{place}")),
            display_name: secret.display_name.clone(),
            start: today,
            end: today + Duration::days(secret.ends_in_days),
            secret: secret.value.clone(),
        });
    }
    directory.service_principals.insert(ServicePrincipal {
        graph_permissions: described.graph_permissions.iter().cloned().map(Into::into).collect(),
        ..ServicePrincipal::new(stable_guid("service", name), app.app_id, name, today)
    });
    directory.applications.insert(app);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::seed::{Seed, SeedReport};
    use serde_json::json;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-24 12:00 UTC);

    fn plant(file: serde_json::Value) -> Result<Directory, TenantError> {
        Seed::Described(Arc::new(serde_json::from_value(file).unwrap())).plant(NOW)
    }

    #[test]
    fn a_file_is_planted_as_it_says() {
        let directory = plant(json!({
            "tenant": {"display_name": "Fabrikam", "domain": "fabrikam.example"},
            "people": [{"user_principal_name": "ada@fabrikam.example", "display_name": "Ada Berg",
                "directory_roles": ["Application Administrator"]}],
            "applications": [{"display_name": "billing", "owners": ["ada@fabrikam.example"],
                "certificates": [{"common_name": "billing", "starts_in_days": -300, "ends_in_days": 10}],
                "secrets": [{"value": "s", "ends_in_days": 90}]}],
        }))
        .unwrap();
        let report = SeedReport::of(&directory, NOW);
        assert_eq!((report.people, report.applications, report.certificates, report.secrets), (1, 1, 1, 1));
        assert_eq!(report.expiring_certificates, 1);
        let app = directory.applications.iter().next().unwrap();
        assert_eq!(app.common.owners, [directory.people[0].id]);
        assert_eq!(app.common.key_credentials[0].display_name.as_deref(), Some("CN=billing"));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let tenant = json!({"display_name": "F", "domain": "f.example"});
        let error = plant(json!({"tenant": tenant, "applications": [{"display_name": "a", "owners": ["nobody"]}]}));
        assert_eq!(error.unwrap_err().to_string(), "the seed: a: its owner nobody is not in people");
        let error = plant(json!({"tenant": tenant, "applications":
            [{"display_name": "a", "certificates": [{"pem": "-----BEGIN"}]}]}));
        assert!(error.unwrap_err().to_string().starts_with("the seed: a: certificate 0: not an X.509"));
        let unknown = json!({"tenant": tenant, "apps": []});
        assert!(serde_json::from_value::<SeedFile>(unknown).is_err());
    }

    #[test]
    fn so_many_applications_with_entries_of_their_own() {
        let directory = Seed::Applications(200).plant(NOW).unwrap();
        let ids: std::collections::HashSet<_> =
            directory.applications.iter().map(|app| app.common.key_credentials[0].key_id).collect();
        assert_eq!((directory.applications.len(), ids.len()), (200, 200));
    }
}
