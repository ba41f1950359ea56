//! The CA behind the certificate for Microsoft's names. It can do no harm elsewhere: name constraints (RFC 5280, section
//! 4.2.1.10), critical, leave it the served names and no IP address; it is for TLS servers alone, lives 30 days, and says
//! what it is. Its key never leaves a file that its owner alone may read.

use std::io::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
    PublicKeyData as _,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, Pem, X509Certificate};

use super::clouds::{CLOUDS, Cloud};
use crate::TenantError;

const NAME: &str = "LOCAL TEST, DO NOT TRUST (Thumbprint's local tenant)";
const LIFETIME: Duration = Duration::days(30);
/// One that ends sooner is replaced at the start.
const LEAST_LEFT: Duration = Duration::days(1);
/// For clocks that run behind.
const BACKDATED: Duration = Duration::hours(1);
const CERTIFICATE: &str = "microsoft-ca.pem";
const KEY: &str = "microsoft-ca.key";

pub(super) struct Authority {
    pem: String,
    not_after: OffsetDateTime,
    key: KeyPair,
}

/// Where a folder has the certificate.
pub(super) fn certificate_file(folder: &Path) -> PathBuf {
    folder.join(CERTIFICATE)
}

/// DNS names that the CA may certify, and what is below them.
fn permitted() -> impl Iterator<Item = &'static str> {
    CLOUDS.iter().flat_map(|cloud| cloud.hosts().map(|(_, host)| host).chain([cloud.vaults]))
}

/// Names of the server's certificate.
fn served() -> Vec<String> {
    let hosts = CLOUDS.iter().flat_map(Cloud::hosts).map(|(_, host)| host.to_owned());
    hosts.chain(CLOUDS.iter().map(|cloud| format!("*.{}", cloud.vaults))).collect()
}

impl Authority {
    /// The folder's own while it is good, else a new one, kept there.
    pub(super) fn open(folder: Option<&Path>, now: OffsetDateTime) -> Result<Self, TenantError> {
        let Some(folder) = folder else {
            return Self::new(now);
        };
        if let Some(kept) = Self::kept(folder, now)? {
            return Ok(kept);
        }
        let new = Self::new(now)?;
        let at = |name: &str| (folder.join(name), TenantError::write_ca(&folder.join(name)));
        let (path, failed) = at(KEY);
        write_private(&path, &new.key.serialize_pem()).map_err(failed)?;
        let (path, failed) = at(CERTIFICATE);
        std::fs::write(&path, &new.pem).map_err(failed)?;
        Ok(new)
    }

    fn new(now: OffsetDateTime) -> Result<Self, TenantError> {
        let mut ca = CertificateParams::default();
        ca.distinguished_name = DistinguishedName::new();
        ca.distinguished_name.push(DnType::CommonName, NAME);
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        ca.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        ca.name_constraints = Some(NameConstraints {
            permitted_subtrees: permitted().map(|host| GeneralSubtree::DnsName(host.to_owned())).collect(),
            // Names of a kind that is not permitted at all are not restricted: addresses must be excluded by themselves.
            excluded_subtrees: vec![
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv4Addr::UNSPECIFIED.into(), 0)),
                GeneralSubtree::IpAddress(CidrSubnet::V6(Ipv6Addr::UNSPECIFIED.octets(), [0; 16])),
            ],
        });
        let not_after = now + LIFETIME;
        (ca.not_before, ca.not_after) = (now - BACKDATED, not_after);
        let made = CertifiedIssuer::self_signed(ca, KeyPair::generate()?)?;
        Ok(Self { pem: made.pem(), not_after, key: KeyPair::from_pem(&made.key().serialize_pem())? })
    }

    /// What is in the folder, if it can be used: `None` where it is not there, ends soon, does not fit its key, or is for
    /// other names. A key that others can read is refused.
    fn kept(folder: &Path, now: OffsetDateTime) -> Result<Option<Self>, TenantError> {
        let key_file = folder.join(KEY);
        let (Ok(pem), Ok(key)) =
            (std::fs::read_to_string(certificate_file(folder)), std::fs::read_to_string(&key_file))
        else {
            return Ok(None);
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&key_file).map_err(TenantError::write_ca(&key_file))?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(TenantError::CaKeyExposed { path: key_file });
            }
        }
        Ok(KeyPair::from_pem(&key).ok().and_then(|key| {
            let not_after = usable_until(&pem, &key)?;
            (not_after > now + LEAST_LEFT).then_some(Self { pem, not_after, key })
        }))
    }

    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for every name, and its key, for as long as the CA lives.
    pub(super) fn leaf(
        &self,
        now: OffsetDateTime,
    ) -> Result<(CertificateDer<'static>, PrivatePkcs8KeyDer<'static>), TenantError> {
        let issuer = Issuer::from_ca_cert_pem(&self.pem, &self.key)?;
        let mut leaf = CertificateParams::new(served())?;
        leaf.distinguished_name = DistinguishedName::new();
        // Another name than the CA's: OpenSSL takes a certificate whose issuer is its subject for self-signed.
        leaf.distinguished_name.push(DnType::CommonName, "Local tenant, LOCAL TEST");
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        (leaf.not_before, leaf.not_after) = (now - BACKDATED, self.not_after);
        let key = KeyPair::generate()?;
        let certificate = leaf.signed_by(&key, &issuer)?;
        Ok((certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der())))
    }
}

/// `notAfter` of a certificate that is this key's and has today's constraints.
fn usable_until(pem: &str, key: &KeyPair) -> Option<OffsetDateTime> {
    let block = Pem::iter_from_buffer(pem.as_bytes()).next()?.ok()?;
    let (_, certificate) = X509Certificate::from_der(&block.contents).ok()?;
    let constraints = certificate.name_constraints().ok()??.value;
    let names: Vec<&str> = constraints
        .permitted_subtrees
        .iter()
        .flatten()
        .filter_map(|subtree| match subtree.base {
            GeneralName::DNSName(name) => Some(name),
            _ => None,
        })
        .collect();
    let good =
        certificate.public_key().raw == key.subject_public_key_info() && names == permitted().collect::<Vec<_>>();
    good.then(|| certificate.validity().not_after.to_datetime())
}

/// Whole or not at all, for the owner's eyes alone.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("new");
    let _ = std::fs::remove_file(&new);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&new)?.write_all(text.as_bytes())?;
    std::fs::rename(new, path)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use std::sync::Arc;

    use rustls::client::WebPkiServerVerifier;
    use rustls::client::danger::ServerCertVerifier as _;
    use rustls::pki_types::{ServerName, UnixTime};
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);

    fn der(pem: &str) -> Vec<u8> {
        Pem::iter_from_buffer(pem.as_bytes()).next().unwrap().unwrap().contents
    }

    /// Whether a client that trusts the CA takes a certificate for a name.
    fn trusted(authority: &Authority, leaf: &CertificateDer<'_>, name: &str) -> bool {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(der(authority.pem()).into()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let at = UnixTime::since_unix_epoch(std::time::Duration::from_secs(NOW.unix_timestamp().unsigned_abs()));
        let name = ServerName::try_from(name.to_owned()).unwrap();
        verifier.verify_server_cert(leaf, &[], &name, &[], at).is_ok()
    }

    fn forged(authority: &Authority, names: &[&str]) -> CertificateDer<'static> {
        let issuer = Issuer::from_ca_cert_pem(authority.pem(), &authority.key).unwrap();
        let mut params = CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()).unwrap();
        (params.not_before, params.not_after) = (NOW - BACKDATED, NOW + LIFETIME);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().der().clone()
    }

    #[test]
    fn it_certifies_the_served_names_and_no_others() {
        let authority = Authority::open(None, NOW).unwrap();
        let (leaf, _) = authority.leaf(NOW).unwrap();
        for name in ["login.microsoftonline.com", "graph.microsoft.us", "contoso-apps.vault.azure.net"] {
            assert!(trusted(&authority, &leaf, name), "{name}");
        }
        for name in ["example.org", "portal.azure.com", "microsoft.com", "127.0.0.1", "::1"] {
            assert!(!trusted(&authority, &leaf, name), "{name}");
            // Even whoever has the CA's key gets nothing for them.
            assert!(!trusted(&authority, &forged(&authority, &[name]), name), "{name}");
        }
        assert!(trusted(&authority, &forged(&authority, &["graph.microsoft.com"]), "graph.microsoft.com"));
    }

    #[test]
    fn it_says_what_it_is_and_lives_30_days() {
        let authority = Authority::open(None, NOW).unwrap();
        let bytes = der(authority.pem());
        let (_, certificate) = X509Certificate::from_der(&bytes).unwrap();
        assert!(certificate.subject().to_string().contains("LOCAL TEST, DO NOT TRUST"));
        let life = certificate.validity().not_after.to_datetime() - certificate.validity().not_before.to_datetime();
        assert_eq!(life, LIFETIME + BACKDATED);
        let (leaf, _) = authority.leaf(NOW).unwrap();
        let (_, leaf) = X509Certificate::from_der(&leaf).unwrap();
        assert_eq!(leaf.issuer(), certificate.subject());
        assert_ne!(leaf.subject(), certificate.subject(), "OpenSSL would take it for self-signed");
        assert!(certificate.name_constraints().unwrap().unwrap().critical);
        assert_eq!(certificate.basic_constraints().unwrap().unwrap().value.path_len_constraint, Some(0));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_keeps_it_until_it_ends_and_its_key_is_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let open = |at| Authority::open(Some(folder.path()), at);
        let first = open(NOW).unwrap().pem;
        assert_eq!(open(NOW + Duration::days(28)).unwrap().pem, first);
        let second = open(NOW + Duration::days(29)).unwrap().pem;
        assert_ne!(second, first);
        assert_eq!(std::fs::read_to_string(certificate_file(folder.path())).unwrap(), second);
        let key = folder.path().join(KEY);
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        // Another key's certificate is not used.
        std::fs::write(&key, KeyPair::generate().unwrap().serialize_pem()).unwrap();
        assert_ne!(open(NOW + Duration::days(29)).unwrap().pem, second);
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = open(NOW + Duration::days(29)).err().unwrap().to_string();
        assert!(refused.contains("microsoft-ca.key can be read by others"), "{refused}");
    }
}
