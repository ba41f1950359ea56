//! What a tenant holds when it starts. GUIDs are fixed (derived from names), dates are relative to the start,
//! certificates are signed anew with keys made at start.

mod demo;
mod file;
mod groups;
mod people;
mod size;

pub(crate) use demo::pem;
pub use file::{SeedApplication, SeedCertificate, SeedFile, SeedPerson, SeedSecret, SeedTenant};
pub use groups::{SeedGroup, SeedGroupKind};

use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType, SerialNumber};
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::TenantError;
use crate::graph::first_party;
use crate::keyvault::key::VaultKey;
use crate::keyvault::seed::WITH_OWN_KEY;
use crate::store::{Directory, TenantProfile};

/// What to fill a new tenant with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Seed {
    /// A believable company: 8 people and about 60 applications with certificates fresh, expiring and expired.
    #[default]
    Demo,
    /// The same 8 people and no application.
    Empty,
    /// The same 8 people and so many applications, each with a certificate and a service principal; every second one has a secret
    /// as well, every sixteenth a federated credential.
    Applications(u32),
    /// What a file says.
    Described(Arc<SeedFile>),
}

/// What a seed put into the tenant: counts of what a person would look for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeedReport {
    pub people: usize,
    pub applications: usize,
    pub certificates: usize,
    pub expired_certificates: usize,
    /// Valid now and for 30 days at most.
    pub expiring_certificates: usize,
    pub secrets: usize,
    pub applications_without_credentials: usize,
}

impl SeedReport {
    pub(crate) fn of(directory: &Directory, now: OffsetDateTime) -> Self {
        let mut report =
            Self { people: directory.people.len(), applications: directory.applications.len(), ..Self::default() };
        for app in directory.applications.iter() {
            report.secrets += app.common.password_credentials.len();
            report.certificates += app.common.key_credentials.len();
            for key in app.common.key_credentials.iter() {
                if key.end <= now {
                    report.expired_certificates += 1;
                } else if key.end <= now + Duration::days(30) {
                    report.expiring_certificates += 1;
                }
            }
            if app.common.password_credentials.is_empty() && app.common.key_credentials.is_empty() {
                report.applications_without_credentials += 1;
            }
        }
        report
    }
}

impl Seed {
    pub(crate) fn plant(&self, now: OffsetDateTime) -> Result<Directory, TenantError> {
        // Midnight: people's certificates rarely begin at the second at which somebody starts a demo.
        let today = now.replace_time(time::Time::MIDNIGHT);
        if let Self::Described(file) = self {
            let mut directory = file.plant(today)?;
            first_party::plant(&mut directory, today);
            return Ok(directory);
        }
        let mut directory = Directory::new(TenantProfile {
            id: stable_guid("tenant", "contoso"),
            display_name: "Contoso".into(),
            domain: "contoso.onmicrosoft.com".into(),
        });
        directory.people = people::people();
        match self {
            Self::Demo => demo::plant(&mut directory, today)?,
            Self::Applications(count) => size::plant(&mut directory, *count, today)?,
            Self::Empty | Self::Described(_) => {}
        }
        first_party::plant(&mut directory, today);
        Ok(directory)
    }
}

/// A version 4 GUID that is the same in every run.
pub(crate) fn stable_guid(kind: &str, name: &str) -> Uuid {
    let digest = Sha256::digest(format!("local tenant/{kind}/{name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Makes the seed's certificates with few keys: making a key is slow, and nobody signs with these.
struct CertificateMaker {
    keys: Vec<Arc<VaultKey>>,
    /// Keys of the applications in [`WITH_OWN_KEY`].
    own: Vec<(&'static str, Arc<VaultKey>)>,
}

impl CertificateMaker {
    fn new() -> Result<Self, TenantError> {
        // In parallel: this is what starting a tenant takes.
        let made: Vec<Arc<VaultKey>> = std::thread::scope(|scope| {
            let makers: Vec<_> = (0..2 + WITH_OWN_KEY.len()).map(|_| scope.spawn(|| VaultKey::rsa(2048))).collect();
            makers
                .into_iter()
                .map(|maker| maker.join().unwrap_or_else(|_| VaultKey::rsa(2048)).map(Arc::new))
                .collect::<Result<_, _>>()
        })?;
        let (keys, own) = made.split_at(2);
        Ok(Self { keys: keys.to_vec(), own: WITH_OWN_KEY.iter().copied().zip(own.iter().cloned()).collect() })
    }

    /// The key of the certificate at a place of an application.
    fn key(&self, application: &str, place: usize) -> &Arc<VaultKey> {
        let own = self.own.iter().find(|(name, _)| *name == application);
        own.map_or(&self.keys[place % self.keys.len()], |(_, key)| key)
    }

    /// A self-signed certificate in DER.
    fn make(
        &self,
        common_name: &str,
        number: usize,
        from: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<Vec<u8>, TenantError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.serial_number =
            Some(SerialNumber::from_slice(stable_guid("serial", &format!("{common_name}{number}")).as_bytes()));
        params.not_before = from;
        params.not_after = until;
        let key = self.key(common_name.split('.').next().unwrap_or_default(), number);
        Ok(params.self_signed(&key.pair)?.der().to_vec())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use time::macros::datetime;

    #[test]
    fn the_demo_holds_what_a_demo_needs() {
        let now = datetime!(2026-11-24 12:00 UTC);
        let directory = Seed::Demo.plant(now).unwrap();
        let report = SeedReport::of(&directory, now);
        assert_eq!(report.people, 8);
        assert!((55..=70).contains(&report.applications), "{report:?}");
        assert!(report.expired_certificates >= 5, "{report:?}");
        assert!(report.expiring_certificates >= 5, "{report:?}");
        assert!(report.applications_without_credentials >= 5, "{report:?}");
        assert!(report.secrets >= 10, "{report:?}");
        let with_subjects =
            directory.applications.iter().filter(|a| !a.trusted_certificate_subjects.is_empty()).count();
        assert_eq!(with_subjects, 2);
        let pem = directory
            .applications
            .iter()
            .flat_map(|a| a.common.key_credentials.iter())
            .filter(|k| k.key[0] == b'-')
            .count();
        assert!(pem >= 3, "{pem}");
    }

    #[test]
    fn guids_stay_the_same() {
        let now = datetime!(2026-11-24 12:00 UTC);
        let ids = |d: &Directory| d.applications.iter().map(|a| (a.id, a.app_id)).collect::<Vec<_>>();
        assert_eq!(ids(&Seed::Demo.plant(now).unwrap()), ids(&Seed::Demo.plant(now).unwrap()));
        assert_eq!(stable_guid("tenant", "contoso").get_version_num(), 4);
    }
}
