//! Very many applications, for tests of size.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::{CertificateMaker, stable_guid};
use crate::TenantError;
use crate::graph::federated::FederatedCredential;
use crate::store::{Application, Directory, KeyCredential, PasswordCredential, ServicePrincipal};

/// Different certificates; applications share their bytes, and each has entries of its own.
const CERTIFICATES: usize = 64;

pub(super) fn plant(directory: &mut Directory, count: u32, today: OffsetDateTime) -> Result<(), TenantError> {
    let maker = CertificateMaker::new()?;
    let mut models = Vec::with_capacity(CERTIFICATES);
    for number in 0..CERTIFICATES {
        // From long expired to two years ahead.
        let ends = today + Duration::days(i64::try_from(number).unwrap_or_default() * 14 - 170);
        let der = maker.make(&format!("load-{number:02}.contoso.example"), number, ends - Duration::days(365), ends)?;
        models.push(KeyCredential::for_certificate(
            stable_guid("credential", &format!("load/{number}")),
            &der,
            "Verify",
        )?);
    }
    let owners: Vec<_> = directory.people.iter().map(|person| person.id).collect();
    for number in 0..count as usize {
        let name = format!("load-{number:06}");
        let created = today - Duration::days(1000) + Duration::seconds(i64::try_from(number).unwrap_or_default() * 60);
        let mut app = Application::new(stable_guid("application", &name), stable_guid("client", &name), &name, created);
        // Every eighth has an owner.
        if number % 8 == 0 && !owners.is_empty() {
            app.common.owners = vec![owners[number / 8 % owners.len()]];
        }
        let key_id = stable_guid("credential", &name);
        let certificate = KeyCredential { key_id, ..models[number % models.len()].clone() };
        if number % 2 == 1 {
            app.common.password_credentials = vec![secret(&name, &certificate)];
        }
        if number % 16 == 0 {
            app.federated = vec![trust(&name)];
        }
        app.common.key_credentials = Arc::new(vec![certificate]);
        directory.service_principals.insert(ServicePrincipal {
            enabled: number % 50 != 49,
            ..ServicePrincipal::new(stable_guid("service", &name), app.app_id, &name, created)
        });
        directory.applications.insert(app);
    }
    Ok(())
}

/// It ends some weeks after the certificate.
fn secret(name: &str, certificate: &KeyCredential) -> PasswordCredential {
    let key_id = stable_guid("secret", name);
    let end = certificate.end + Duration::days(i64::from(key_id.as_bytes()[0]) % 60);
    PasswordCredential {
        key_id,
        display_name: Some("ci".into()),
        start: end - Duration::days(180),
        end,
        secret: key_id.simple().to_string(),
    }
}

/// Half of them name a repository by a name that somebody else could have one day.
fn trust(name: &str) -> FederatedCredential {
    let id = stable_guid("federated", name);
    let owner = if id.as_bytes()[0].is_multiple_of(2) { "contoso" } else { "contoso@1234567" };
    FederatedCredential {
        id,
        name: "github-main".into(),
        issuer: "https://token.actions.githubusercontent.com".into(),
        subject: Some(format!("repo:{owner}/{name}:ref:refs/heads/main")),
        description: None,
        audience: "api://AzureADTokenExchange".into(),
        pattern: None,
    }
}
