//! Making certificates from policies: key, request and self-signed certificate.

use std::collections::BTreeMap;
use std::sync::Arc;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, SerialNumber,
};
use time::{Date, Duration, Month, OffsetDateTime};
use uuid::Uuid;

use super::error::VaultError;
use super::key::VaultKey;
use super::policy::{KeyType, Policy, UNKNOWN};
use super::store::{Manual, Pending, Version};
use crate::signing::KeyError;

/// A self-signed certificate's validity begins that long before it is made (recorded).
const BACKDATED: Duration = Duration::minutes(10);

/// Makes key (or takes `reused`), request and, where the vault signs itself, the certificate: there, and valid, from `due` on. Slow: no lock
/// may be held.
pub(super) fn issue(
    policy: &Policy,
    reused: Option<Arc<VaultKey>>,
    due: OffsetDateTime,
) -> Result<Pending, VaultError> {
    let key = match reused {
        Some(key) => key,
        None => Arc::new(match policy.kty {
            KeyType::Rsa(bits) => VaultKey::rsa(bits).map_err(VaultError::internal)?,
            KeyType::Elliptic => VaultKey::elliptic().map_err(VaultError::internal)?,
        }),
    };
    let params = params(policy)?;
    let csr = params.serialize_request(&key.pair).map_err(VaultError::internal)?.der().to_vec();
    let request_id = Uuid::new_v4();
    let plain =
        Pending { request_id, csr, due, next: None, manual: None, cancellation_requested: false, cancelled: false };
    if policy.issuer == UNKNOWN {
        let manual = Manual { id: Uuid::new_v4(), key, enabled: true, tags: BTreeMap::new() };
        return Ok(Pending { manual: Some(manual), ..plain });
    }
    let until = months_later(due, policy.validity_months);
    let der = self_signed(params, &key, Uuid::new_v4(), due - BACKDATED, until).map_err(VaultError::internal)?;
    let version = Version::new(Uuid::new_v4(), &der, key, policy, due).map_err(VaultError::internal)?;
    Ok(Pending { next: Some(version), ..plain })
}

/// In DER.
pub(super) fn self_signed(
    mut params: CertificateParams,
    key: &VaultKey,
    serial: Uuid,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<Vec<u8>, KeyError> {
    params.serial_number = Some(SerialNumber::from_slice(serial.as_bytes()));
    (params.not_before, params.not_after) = (from, until);
    Ok(params.self_signed(&key.pair)?.der().to_vec())
}

/// Everything of the policy that goes into request and certificate.
pub(super) fn params(policy: &Policy) -> Result<CertificateParams, VaultError> {
    let invalid = |what: &str| VaultError::bad_parameter(format!("Property policy has invalid value\r\n\r\n{what}"));
    let mut params = CertificateParams::new(policy.dns_names.clone()).map_err(|_| invalid("x509_props.sans"))?;
    params.distinguished_name = subject(&policy.subject).ok_or_else(|| invalid("x509_props.subject"))?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = policy
        .key_usage
        .iter()
        .map(|name| usage(name))
        .collect::<Option<_>>()
        .ok_or_else(|| invalid("x509_props.key_usage"))?;
    params.extended_key_usages =
        policy.ekus.iter().map(|oid| eku(oid)).collect::<Option<_>>().ok_or_else(|| invalid("x509_props.ekus"))?;
    Ok(params)
}

fn usage(name: &str) -> Option<KeyUsagePurpose> {
    Some(match name {
        "digitalSignature" => KeyUsagePurpose::DigitalSignature,
        "nonRepudiation" => KeyUsagePurpose::ContentCommitment,
        "keyEncipherment" => KeyUsagePurpose::KeyEncipherment,
        "dataEncipherment" => KeyUsagePurpose::DataEncipherment,
        "keyAgreement" => KeyUsagePurpose::KeyAgreement,
        "keyCertSign" => KeyUsagePurpose::KeyCertSign,
        "cRLSign" => KeyUsagePurpose::CrlSign,
        "encipherOnly" => KeyUsagePurpose::EncipherOnly,
        "decipherOnly" => KeyUsagePurpose::DecipherOnly,
        _ => return None,
    })
}

fn eku(oid: &str) -> Option<ExtendedKeyUsagePurpose> {
    Some(match oid {
        "1.3.6.1.5.5.7.3.1" => ExtendedKeyUsagePurpose::ServerAuth,
        "1.3.6.1.5.5.7.3.2" => ExtendedKeyUsagePurpose::ClientAuth,
        other => {
            let arcs: Vec<u64> = other.split('.').map(|arc| arc.parse().ok()).collect::<Option<_>>()?;
            // The first two arcs share a byte (X.690, 8.19.4).
            if arcs.len() < 2 || arcs[0] > 2 || (arcs[0] < 2 && arcs[1] > 39) {
                return None;
            }
            ExtendedKeyUsagePurpose::Other(arcs)
        }
    })
}

/// `CN=payroll, O="Contoso, Ltd"`; `None` for what is no such name. Attributes are those of RFC 4514, section 3.
pub(super) fn subject(text: &str) -> Option<DistinguishedName> {
    let mut name = DistinguishedName::new();
    for part in split(text) {
        let (attribute, value) = part.split_once('=')?;
        let kind = match attribute.trim().to_ascii_uppercase().as_str() {
            "CN" => DnType::CommonName,
            "O" => DnType::OrganizationName,
            "OU" => DnType::OrganizationalUnitName,
            "C" => DnType::CountryName,
            "L" => DnType::LocalityName,
            "S" | "ST" => DnType::StateOrProvinceName,
            _ => return None,
        };
        let value = value.trim().trim_matches('"').replace('\\', "");
        if value.is_empty() {
            return None;
        }
        name.push(kind, value);
    }
    Some(name)
}

/// At commas that are neither quoted nor escaped.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if c == ',' && !quoted && !escaped {
            parts.push(String::new());
            continue;
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && !escaped;
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts
}

/// The same day that many months later, or the month's last one.
fn months_later(at: OffsetDateTime, months: u16) -> OffsetDateTime {
    let month = i32::from(u8::from(at.month())) - 1 + i32::from(months);
    let year = at.year() + month / 12;
    let Some(month) = u8::try_from(month % 12 + 1).ok().and_then(|month| Month::try_from(month).ok()) else {
        return at;
    };
    let day = at.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).map_or(at, |date| at.replace_date(date))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use time::macros::datetime;

    #[test]
    fn months_end_where_they_end() {
        assert_eq!(months_later(datetime!(2022-05-07 06:57:16 UTC), 24), datetime!(2024-05-07 06:57:16 UTC));
        assert_eq!(months_later(datetime!(2026-01-31 0:00 UTC), 1), datetime!(2026-02-28 0:00 UTC));
        assert_eq!(months_later(datetime!(2026-12-15 0:00 UTC), 12), datetime!(2027-12-15 0:00 UTC));
    }

    #[test]
    fn subjects() {
        let value = |text: &str, kind: &DnType| {
            subject(text).unwrap().get(kind).map(|value| match value {
                rcgen::DnValue::Utf8String(text) => text.clone(),
                other => format!("{other:?}"),
            })
        };
        assert_eq!(value("cn=payroll", &DnType::CommonName).as_deref(), Some("payroll"));
        let two = "CN=payroll, O=\"Contoso, Ltd\"";
        assert_eq!(value(two, &DnType::OrganizationName).as_deref(), Some("Contoso, Ltd"));
        assert_eq!(value("CN=a\\,b", &DnType::CommonName).as_deref(), Some("a,b"));
        for bad in ["", "payroll", "CN=", "XX=1"] {
            assert!(subject(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn usages_by_oid() {
        assert_eq!(eku("1.3.6.1.5.5.7.3.2"), Some(ExtendedKeyUsagePurpose::ClientAuth));
        assert_eq!(eku("1.2.3"), Some(ExtendedKeyUsagePurpose::Other(vec![1, 2, 3])));
        for bad in ["", "clientAuth", "7.1", "1"] {
            assert_eq!(eku(bad), None, "{bad}");
        }
    }
}
