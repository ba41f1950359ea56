//! The demo company's applications, as a table.

use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::people::{DANIEL, KENJI, LEILA, OWEN, PRIYA, SOFIA, TOBIAS};
use super::{CertificateMaker, stable_guid};
use crate::TenantError;
use crate::arm;
use crate::arm::roles::AzureRole;
use crate::arm::scope::Scope;
use crate::format::base64;
use crate::keyvault::key::VaultKey;
use crate::store::{Application, Common, Directory, KeyCredential, PasswordCredential, ServicePrincipal};

/// A credential; the numbers are days from today to its start and its end.
enum Credential {
    /// A certificate for client authentication.
    Verify(i64, i64),
    /// The same, stored as base64 of a whole PEM text, as terraform sends it.
    VerifyPem(i64, i64),
    /// SAML signing.
    Sign(i64, i64),
    /// Token encryption; the application's `tokenEncryptionKeyId` names it.
    Encrypt(i64, i64),
    /// With a customKeyIdentifier that is no thumbprint but text of an earlier age.
    OpaqueIdentifier(i64, i64),
    /// With the thumbprint's 20 raw bytes as customKeyIdentifier.
    RawIdentifier(i64, i64),
    Secret(i64, i64),
}
use Credential::{Encrypt, OpaqueIdentifier, RawIdentifier, Secret, Sign, Verify, VerifyPem};

type Row = (&'static str, &'static [&'static str], &'static [Credential]);

#[rustfmt::skip]
const APPLICATIONS: &[Row] = &[
    // Payroll and people
    ("payroll-batch", &[OWEN], &[Verify(-352, 13), Verify(-5, 360)]),
    ("payroll-export", &[OWEN], &[Verify(-380, -15)]),
    ("payslip-mailer", &[OWEN], &[Verify(-200, 165), Secret(-90, 90)]),
    ("hr-onboarding-api", &[OWEN, LEILA], &[VerifyPem(-100, 265)]),
    ("hr-offboarding-worker", &[OWEN], &[Verify(-700, 30), Verify(-400, -35), Verify(-20, 345), Secret(-200, -20)]),
    ("time-tracking-sync", &[OWEN], &[Secret(-30, 150)]),
    ("holiday-planner", &[], &[]),
    ("benefits-gateway", &[], &[Verify(-300, 430)]),
    ("recruiting-connector", &[], &[Verify(-90, 3)]),
    ("learning-portal", &[], &[Sign(-365, 730)]),
    // Finance
    ("invoice-sync", &[SOFIA], &[Verify(-340, 25)]),
    ("invoice-archive", &[SOFIA], &[Verify(-20, 710)]),
    ("invoice-ocr", &[SOFIA], &[]),
    ("ledger-export", &[SOFIA], &[Verify(-900, -170), Verify(-170, 560)]),
    ("expense-approvals", &[SOFIA, TOBIAS], &[Secret(-100, 265)]),
    ("treasury-feed", &[SOFIA], &[VerifyPem(-359, 6), VerifyPem(-3, 362)]),
    ("tax-reporting", &[SOFIA], &[Verify(-60, 305)]),
    ("procurement-bridge", &[SOFIA], &[OpaqueIdentifier(-1200, 625)]),
    ("vendor-onboarding", &[SOFIA], &[Verify(-15, 75)]),
    ("bank-statement-import", &[], &[Verify(-364, 1)]),
    ("dunning-service", &[], &[Verify(-500, -135)]),
    ("fixed-assets-register", &[], &[]),
    // Data
    ("warehouse-loader", &[KENJI], &[Verify(-45, 320), Verify(-410, -45)]),
    ("lakehouse-ingest", &[KENJI], &[Verify(-10, 720)]),
    ("metrics-scraper", &[KENJI], &[Verify(-350, 15)]),
    ("ml-feature-store", &[KENJI], &[Secret(-10, 170), Secret(-180, -1)]),
    ("report-scheduler", &[KENJI], &[Verify(-150, 215)]),
    ("data-catalogue", &[KENJI], &[]),
    ("gdpr-export", &[KENJI, PRIYA], &[Verify(-30, 335), Encrypt(-30, 335)]),
    ("powerbi-refresh", &[], &[Secret(-300, 65)]),
    ("event-hub-relay", &[], &[Verify(-120, 245)]),
    ("master-data-sync", &[], &[RawIdentifier(-70, 660)]),
    // Customers
    ("customer-portal", &[LEILA], &[Verify(-80, 285), Encrypt(-80, 285)]),
    ("customer-portal-staging", &[LEILA], &[Verify(-355, 10)]),
    ("crm-connector", &[], &[Verify(-365, 0), Verify(-1, 364)]),
    ("order-intake", &[], &[Verify(-240, 125)]),
    ("shipping-labels", &[], &[Secret(-500, -135)]),
    ("support-ticket-bot", &[], &[Secret(-15, 165)]),
    ("newsletter-sender", &[], &[Verify(-800, -70)]),
    ("loyalty-points", &[], &[]),
    ("price-list-publisher", &[], &[VerifyPem(-25, 340)]),
    ("returns-desk", &[], &[Verify(-190, 175)]),
    // Operations
    ("release-automation", &[TOBIAS], &[Verify(-33, 332)]),
    ("backup-orchestrator", &[TOBIAS], &[Verify(-336, 29), Verify(-30, 700), Verify(-800, -70), Verify(-1200, -470)]),
    ("terraform-runner", &[TOBIAS], &[VerifyPem(-7, 358), Secret(-400, -35)]),
    ("dns-updater", &[], &[Verify(-210, 155)]),
    ("certificate-inventory", &[], &[Verify(-14, 351)]),
    ("patch-compliance", &[], &[]),
    ("vault-rotator", &[], &[Verify(-62, 28)]),
    ("monitoring-probe", &[], &[Verify(7, 372), Verify(-358, 7)]),
    ("cost-explorer", &[], &[Secret(-80, 100)]),
    ("service-desk-sso", &[], &[Sign(-400, 695), Verify(-400, 695)]),
    ("vpn-provisioning", &[], &[Verify(-1000, 95)]),
    ("badge-access", &[], &[Verify(-1500, -405)]),
    ("meeting-room-panels", &[], &[Secret(-700, -5)]),
    ("print-gateway", &[], &[Verify(-600, 495)]),
    // Shared and partners
    ("fabric-workspace-agent", &[], &[]),
    ("partner-edi-gateway", &[LEILA], &[Verify(-130, 235)]),
    ("legal-hold-collector", &[], &[Verify(-365, 365)]),
    ("translation-service", &[], &[]),
    ("intranet-search", &[], &[Secret(-25, 705)]),
];

/// The two which somebody gave `trustedCertificateSubjects` in the hope that it registers a certificate.
const WITH_TRUSTED_SUBJECTS: &[&str] = &["fabric-workspace-agent", "customer-portal"];
/// Application permissions on Graph, by application.
const GRAPH_PERMISSIONS: &[(&str, &str)] = &[
    ("release-automation", "Application.ReadWrite.OwnedBy"),
    ("certificate-inventory", "Application.Read.All"),
    ("terraform-runner", "Application.ReadWrite.All"),
];
/// Applications which another application's service principal owns.
const OWNED_BY_SERVICE: &[(&str, &str)] =
    &[("dns-updater", "release-automation"), ("release-automation", "release-automation")];

pub(super) fn plant(directory: &mut Directory, today: OffsetDateTime) -> Result<(), TenantError> {
    debug_assert!(!APPLICATIONS.iter().any(|(_, owners, _)| owners.contains(&DANIEL)), "one person owns nothing");
    let maker = CertificateMaker::new()?;
    for (place, (name, owners, credentials)) in APPLICATIONS.iter().enumerate() {
        let age = Duration::days(1600 - 25 * i64::try_from(place).unwrap_or_default());
        let created = today - age + Duration::seconds(8 * 3600 + 977 * i64::try_from(place).unwrap_or_default());
        let mut app = Application::new(stable_guid("application", name), stable_guid("client", name), *name, created);
        app.identifier_uris = vec![format!("api://{}", app.app_id)];
        app.common.owners = owners.iter().map(|login| stable_guid("person", login)).collect();
        for (_, service) in OWNED_BY_SERVICE.iter().filter(|(owned, _)| owned == name) {
            app.common.owners.push(stable_guid("service", service));
        }
        if WITH_TRUSTED_SUBJECTS.contains(name) {
            app.trusted_certificate_subjects = vec![json!({
                "authorityId": "00000000-0000-0000-0000-000000000001",
                "subjectName": format!("{name}.contoso.example"),
                "revokedCertificateIdentifiers": [],
            })];
        }
        let mut keys = vec![];
        for (number, credential) in credentials.iter().enumerate() {
            add(&mut app, &mut keys, &maker, credential, number, today)?;
        }
        app.common.key_credentials = std::sync::Arc::new(keys);
        directory.service_principals.insert(ServicePrincipal {
            common: Common { owners: app.common.owners.clone(), ..Common::default() },
            graph_permissions: GRAPH_PERMISSIONS
                .iter()
                .filter(|(holder, _)| holder == name)
                .map(|(_, permission)| (*permission).to_owned().into())
                .collect(),
            ..ServicePrincipal::new(stable_guid("service", name), app.app_id, *name, created)
        });
        directory.applications.insert(app);
    }
    // On no application and in no other vault story: a key of its own.
    let vaults_own = std::sync::Arc::new(VaultKey::rsa(2048)?);
    let key_of = |name: &str, place| maker.key(name, place).clone();
    crate::keyvault::seed::plant(directory, &key_of, &vaults_own, today)?;
    let (owner, scope) = (stable_guid("person", TOBIAS), Scope::subscription(arm::subscription()));
    arm::assignments::assign(directory, owner, AzureRole::Owner, scope, today);
    Ok(())
}

fn add(
    app: &mut Application,
    keys: &mut Vec<KeyCredential>,
    maker: &CertificateMaker,
    credential: &Credential,
    number: usize,
    today: OffsetDateTime,
) -> Result<(), TenantError> {
    let name = app.display_name.clone();
    let key_id = stable_guid("credential", &format!("{name}/{number}"));
    let (start, end) = match *credential {
        Verify(start, end)
        | VerifyPem(start, end)
        | Sign(start, end)
        | Encrypt(start, end)
        | OpaqueIdentifier(start, end)
        | RawIdentifier(start, end)
        | Secret(start, end) => (
            // A time of day of its own, the same in every run.
            today + Duration::days(start) + Duration::seconds(9 * 3600 + i64::from(key_id.as_bytes()[0]) * 97),
            today + Duration::days(end) + Duration::seconds(9 * 3600 + i64::from(key_id.as_bytes()[0]) * 97),
        ),
    };
    if matches!(credential, Secret(..)) {
        let secret = base64(&rand::random::<[u8; 30]>()).replace(['+', '/'], "~");
        app.common.password_credentials.push(PasswordCredential {
            key_id,
            display_name: Some(if number == 0 { "ci".into() } else { format!("key{}", number + 1) }),
            start,
            end,
            secret,
        });
        return Ok(());
    }
    let common_name = match credential {
        Sign(..) => "Microsoft Azure Federated SSO Certificate".to_owned(),
        Encrypt(..) => format!("{name}-token-encryption"),
        _ => format!("{name}.contoso.example"),
    };
    let der = maker.make(&common_name, number, start, end)?;
    let usage = match credential {
        Sign(..) => "Sign",
        Encrypt(..) => "Encrypt",
        _ => "Verify",
    };
    let stored = if matches!(credential, VerifyPem(..)) { pem("CERTIFICATE", &der).into_bytes() } else { der };
    let mut entry = KeyCredential::for_certificate(key_id, &stored, usage)?;
    match credential {
        OpaqueIdentifier(..) => {
            entry.custom_key_identifier = Some(b"CN=ProcurementBridge".to_vec());
            entry.display_name = None;
        }
        RawIdentifier(..) => entry.custom_key_identifier = Some(entry.sha1.to_vec()),
        Encrypt(..) => {
            app.common.extra.insert("tokenEncryptionKeyId".into(), json!(key_id));
        }
        _ => {}
    }
    keys.push(entry);
    Ok(())
}

/// One block of RFC 7468.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = base64(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    for start in (0..text.len()).step_by(64) {
        out.push_str(&text[start..text.len().min(start + 64)]);
        out.push('\n');
    }
    out + &format!("-----END {label}-----\n")
}
