//! The demo company's two vaults: certificates of its applications, renewed ones, and some on no application.

use std::collections::BTreeMap;
use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::issue::{params, self_signed};
use super::key::VaultKey;
use super::policy::{KeyType, Policy};
use super::rbac::VaultRole;
use super::store::{Vault, VaultCertificate, Version};
use crate::TenantError;
use crate::seed::stable_guid;
use crate::store::Directory;

/// One version. Days are from today.
#[derive(Clone, Copy)]
enum Made {
    /// The certificate which that application has at that place of its `keyCredentials`.
    OfApp(&'static str, usize),
    /// Another one under the same key.
    SameKey(&'static str, i64, i64),
    /// One on no application, under the vaults' own key.
    Own(i64, i64),
    /// One with a P-256 key: Entra takes none of these.
    Elliptic(i64, i64),
}
use Made::{Elliptic, OfApp, Own, SameKey};

struct Row {
    vault: &'static str,
    name: &'static str,
    versions: &'static [Made],
    exportable: bool,
    reuse_key: bool,
    enabled: bool,
}

const fn row(vault: &'static str, name: &'static str, versions: &'static [Made]) -> Row {
    Row { vault, name, versions, exportable: true, reuse_key: false, enabled: true }
}

const APPS: &str = "contoso-apps";
const FINANCE: &str = "contoso-finance";

#[rustfmt::skip]
const CERTIFICATES: &[Row] = &[
    Row { reuse_key: true, ..row(APPS, "payroll-batch", &[OfApp("payroll-batch", 0), OfApp("payroll-batch", 1)]) },
    // Renewed under the same key; the application still has the old one.
    Row { reuse_key: true, ..row(APPS, "vault-rotator", &[OfApp("vault-rotator", 0), SameKey("vault-rotator", -3, 362)]) },
    Row { exportable: false, ..row(APPS, "release-automation", &[OfApp("release-automation", 0)]) },
    // Renewed under another key; the application still has the old one.
    row(APPS, "dns-updater", &[OfApp("dns-updater", 0), Own(-2, 363)]),
    row(APPS, "backup-agent", &[Own(-30, 335)]),
    row(APPS, "device-attestation", &[Elliptic(-10, 355)]),
    row(APPS, "legacy-batch", &[Own(-800, -70)]),
    Row { reuse_key: true, ..row(FINANCE, "invoice-sync", &[OfApp("invoice-sync", 0), SameKey("invoice-sync", -1, 364)]) },
    Row { exportable: false, ..row(FINANCE, "treasury-signing", &[Own(-90, 640)]) },
    row(FINANCE, "ledger-export", &[OfApp("ledger-export", 1)]),
    Row { enabled: false, ..row(FINANCE, "tax-reporting", &[OfApp("tax-reporting", 0)]) },
    row(FINANCE, "bank-gateway", &[Own(-120, 245)]),
];

/// Applications whose certificates have a key that no other application's have: their vault renews under it.
pub(crate) const WITH_OWN_KEY: &[&str] = &["payroll-batch", "vault-rotator", "release-automation", "invoice-sync"];

/// Who may do what: vault, kind of principal, its name, role.
#[rustfmt::skip]
const ROLES: &[(&str, &str, &str, VaultRole)] = &[
    (APPS, "person", "mara.lindqvist", VaultRole::Administrator),
    (FINANCE, "person", "mara.lindqvist", VaultRole::Administrator),
    (APPS, "person", "owen.carter", VaultRole::CertificateUser),
    (APPS, "person", "owen.carter", VaultRole::CryptoUser),
    (APPS, "person", "priya.raman", VaultRole::Reader),
    (FINANCE, "person", "priya.raman", VaultRole::Reader),
    (APPS, "service", "release-automation", VaultRole::CertificateUser),
    (APPS, "service", "release-automation", VaultRole::CryptoUser),
];

/// `key_of` gives the key of an application's certificate at a place; `own` is for those on no application.
pub(crate) fn plant(
    directory: &mut Directory,
    key_of: &dyn Fn(&str, usize) -> Arc<VaultKey>,
    own: &Arc<VaultKey>,
    today: OffsetDateTime,
) -> Result<(), TenantError> {
    let mut vaults = vec![Vault::new(APPS), Vault::new(FINANCE)];
    for (vault, kind, name, role) in ROLES {
        let Some(vault) = vaults.iter_mut().find(|one| one.name == *vault) else { continue };
        vault.roles.push((stable_guid(kind, name), *role));
    }
    for row in CERTIFICATES {
        let Some(vault) = vaults.iter_mut().find(|one| one.name == row.vault) else { continue };
        let mut policy = Policy::new(format!("CN={}.contoso.example", row.name), today);
        (policy.exportable, policy.reuse_key) = (row.exportable, row.reuse_key);
        let mut versions = vec![];
        for (place, made) in row.versions.iter().enumerate() {
            let id = stable_guid("vault version", &format!("{}/{}/{place}", row.vault, row.name));
            let (der, key) = make(directory, key_of, own, *made, &mut policy, id, today)?;
            let mut version = Version::new(id, &der, key, &policy, today)?;
            version.created = version.not_before;
            version.updated = version.not_before;
            version.enabled = row.enabled;
            version.tags = BTreeMap::from([("team".into(), row.vault.trim_start_matches("contoso-").into())]);
            policy.created = policy.created.min(version.created);
            policy.updated = policy.created;
            versions.push(version);
        }
        vault.insert(VaultCertificate { name: row.name.into(), versions, policy, pending: None });
    }
    directory.vaults = vaults;
    Ok(())
}

fn make(
    directory: &Directory,
    key_of: &dyn Fn(&str, usize) -> Arc<VaultKey>,
    own: &Arc<VaultKey>,
    made: Made,
    policy: &mut Policy,
    id: Uuid,
    today: OffsetDateTime,
) -> Result<(Vec<u8>, Arc<VaultKey>), TenantError> {
    let (key, from, until) = match made {
        OfApp(name, place) => {
            let credential = directory
                .applications
                .iter()
                .find(|app| app.display_name == name)
                .and_then(|app| app.common.key_credentials.get(place))
                .ok_or_else(|| TenantError::Certificates(format!("no certificate {place} on {name}")))?;
            return Ok((credential.key.to_vec(), key_of(name, place)));
        }
        SameKey(name, from, until) => (key_of(name, 0), from, until),
        Own(from, until) => (own.clone(), from, until),
        Elliptic(from, until) => {
            policy.kty = KeyType::Elliptic;
            (Arc::new(VaultKey::elliptic()?), from, until)
        }
    };
    let params = params(policy).map_err(|error| TenantError::Certificates(error.to_string()))?;
    let day = |days: i64| today + Duration::days(days) + Duration::hours(9);
    Ok((self_signed(params, &key, id, day(from), day(until))?, key))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::super::error::Missing;
    use super::*;
    use crate::Seed;
    use time::macros::datetime;

    #[test]
    fn every_story_is_told() {
        let directory = Seed::Demo.plant(datetime!(2026-11-24 12:00 UTC)).unwrap();
        let count: usize = directory.vaults.iter().map(Vault::certificates).sum();
        assert_eq!((directory.vaults.len(), count), (2, 12));
        let of_app = |name: &str| {
            let app = directory.applications.iter().find(|app| app.display_name == name).unwrap();
            app.common.key_credentials.iter().map(|key| key.sha1).collect::<Vec<_>>()
        };
        let versions = |vault: usize, name: &str| {
            directory.vaults[vault].certificate(name, Missing::Certificate).unwrap().versions.clone()
        };
        for (vault, name) in [(0, "vault-rotator"), (1, "invoice-sync")] {
            let [old, new] = &versions(vault, name)[..] else { panic!("{name}") };
            assert_eq!(old.key.public_bytes(), new.key.public_bytes());
            assert_ne!(old.sha1, new.sha1);
            assert!(of_app(name).contains(&old.sha1) && !of_app(name).contains(&new.sha1), "{name}");
            assert!(new.not_after > old.not_after);
        }
        let [old, new] = &versions(0, "dns-updater")[..] else { panic!() };
        assert_ne!(old.key.public_bytes(), new.key.public_bytes());
        for (vault, name) in [(0, "payroll-batch"), (0, "release-automation"), (1, "ledger-export")] {
            assert!(of_app(name).contains(&versions(vault, name).last().unwrap().sha1), "{name}");
        }
        assert!(!versions(0, "release-automation")[0].exportable);
        assert_eq!(versions(0, "device-attestation")[0].key.kty(), "EC");
    }
}
