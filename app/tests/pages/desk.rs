//! A desk with one of everything, made by the real core from two certificates.

mod holders;
mod inventory;
mod notices;
pub mod overview;
mod own_notices;
pub mod plans;
pub mod proofs;
pub mod receipts;
pub mod requests;
pub mod secrets;
mod sessions;
mod states;
mod teams;

use app::contract::apps::*;
use app::contract::audit::*;
use app::contract::certificates::*;
use app::contract::history::*;
use app::contract::overview::*;
use app::contract::paging::*;
use app::contract::people::*;
use app::contract::plans::*;
use app::contract::problem::*;
use app::contract::pushes::*;
use app::contract::search::*;
use app::contract::teams::*;
use app::contract::vaults::*;
use domain::doctor::evidence::Evidence;
use domain::ids::{AppId, KeyId, ObjectId, TenantId};
use domain::inventory::{LastUse, UnknownUse};
use domain::key_credential::KeyCredentials;
use domain::rollout::{Pace, Steer};
use domain::secret_removal::MoveStep;
use domain::suitability::{Validity, assess, validity};
use domain::thumbprint::Sha256Thumbprint;
use domain::upload::{self, Container};
use serde_json::json;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

pub const NOW: OffsetDateTime = datetime!(2026-11-25 12:00 UTC);
pub const NEW: &str = include_str!("payroll-2027.pem");
const OLD: &str = include_str!("payroll-2026.pem");

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0f1e_2d3c_4b5a_4978_8685_9483_a2b1_0000 + n)
}

pub struct SampleDesk {
    pub viewer: Option<Viewer>,
    pub needs: Result<Option<Needs>, Problem>,
    /// `None`: there is no inventory.
    pub reading: Option<DirectoryReading>,
}

impl SampleDesk {
    /// Nobody is signed in.
    pub fn stranger() -> Self {
        Self { viewer: None, needs: Ok(None), reading: None }
    }

    pub fn of(roles: &[PortalRole]) -> Self {
        Self {
            needs: Ok(None),
            reading: None,
            viewer: Some(Viewer {
                name: "Mara Lindqvist".into(),
                username: "mara@contoso.example".into(),
                object_id: ObjectId::new(id(900)),
                tenant_id: TenantId::new(id(901)),
                roles: roles.to_vec(),
                changes_every_app: None,
                cloud: "Local tenant".into(),
            }),
        }
    }

    fn known(&self) -> Result<&Viewer, Problem> {
        self.viewer.as_ref().ok_or_else(Problem::signed_out)
    }
}

pub fn new_certificate() -> domain::certificate::Certificate {
    upload::read_public(NEW.as_bytes()).expect("a certificate").leaf
}

fn current() -> KeyCredentials {
    let old = upload::read_public(OLD.as_bytes()).expect("a certificate").leaf;
    KeyCredentials::from_json(&json!([
        {
            "customKeyIdentifier": old.sha1().base64(),
            "displayName": "CN=payroll-2026, O=Contoso",
            "endDateTime": "2026-12-14T20:44:00Z",
            "key": old.der_base64(),
            "keyId": id(10).to_string(),
            "startDateTime": "2026-11-24T20:44:00Z",
            "type": "AsymmetricX509Cert",
            "usage": "Verify",
        },
        {
            "customKeyIdentifier": "0000",
            "displayName": "SAML token encryption",
            "endDateTime": "2028-01-01T00:00:00Z",
            "key": null,
            "keyId": id(11).to_string(),
            "startDateTime": "2026-01-01T00:00:00Z",
            "type": "AsymmetricX509Cert",
            "usage": "Encrypt",
        },
    ]))
    .expect("credentials")
}

/// The first of the list.
pub fn app_row() -> AppRow {
    row(1, "Payroll export", 2, 19)
}

fn row(n: u128, name: &str, certificates: u32, ends_in: i64) -> AppRow {
    let end = NOW + Duration::days(ends_in);
    AppRow {
        object_id: ObjectId::new(id(n)),
        app_id: AppId::new(id(n + 500)),
        display_name: name.into(),
        certificates,
        secrets: u32::from(n.is_multiple_of(3)),
        next_end: (certificates > 0).then_some(end),
        validity: (certificates > 0).then(|| validity(None, Some(end), NOW)),
        right: if n == 40 { Right::Missing } else { Right::Unknown },
    }
}

#[async_trait::async_trait]
impl PeoplePort for SampleDesk {
    async fn viewer(&self) -> Result<Option<Viewer>, Problem> {
        Ok(self.viewer.clone())
    }
}

#[async_trait::async_trait]
impl CertificatesPort for SampleDesk {
    async fn keep_certificate(&self, bytes: &[u8]) -> Result<Sha256Thumbprint, Problem> {
        self.known()?;
        upload::read_public(bytes)
            .map(|upload| upload.leaf.sha256())
            .map_err(|e| Problem::new(422, "unreadable", e.to_string(), "It was read by content.").advice(e.advice()))
    }

    async fn certificate(&self, sha256: Sha256Thumbprint) -> Result<CertificateView, Problem> {
        self.known()?;
        let certificate = new_certificate();
        if certificate.sha256() != sha256 {
            return Err(Problem::new(
                404,
                "no-certificate",
                "There is no such certificate",
                "It was never uploaded, or by somebody else.",
            )
            .advice("Upload it again."));
        }
        let facts = certificate.facts().clone();
        Ok(CertificateView {
            assessment: assess(&facts, NOW),
            validity: Validity::Valid,
            container: Container::Pem,
            choice: None,
            der_base64: certificate.der_base64(),
            pem: certificate.pem(),
            uploaded_by: "Mara Lindqvist".into(),
            uploaded_at: NOW - Duration::minutes(3),
            facts,
        })
    }
}

#[async_trait::async_trait]
impl AppsPort for SampleDesk {
    async fn apps(&self, query: &AppQuery) -> Result<Page<AppRow>, Problem> {
        self.known()?;
        if query.search == "nothing" {
            return Ok(Page { items: vec![], page: 1, has_next: false, total: Some(0) });
        }
        let items = [
            ("Payroll export", 2, 19),
            ("Ledger sync", 1, 300),
            ("Warehouse loader", 0, 0),
            ("Badge access", 1, -12),
            ("Customer portal with quite a long name for an app", 3, 90),
            ("Report scheduler", 1, 7),
            ("Treasury feed", 4, 640),
        ];
        let items = items
            .into_iter()
            .enumerate()
            .map(|(at, (name, count, days))| row(at as u128 + 1, name, count, days))
            .collect();
        Ok(Page { items, page: query.page, has_next: query.page < 3, total: Some(61) })
    }

    async fn app_names(&self, ids: &[ObjectId]) -> Result<Vec<(ObjectId, String)>, Problem> {
        Ok(ids.iter().map(|id| (*id, "Order intake".to_owned())).collect())
    }

    async fn app(&self, object_id: ObjectId) -> Result<AppDetail, Problem> {
        self.known()?;
        if object_id.uuid() >= id(500) {
            return Err(Problem::new(404, "not-found", "There is no such app", "That is no object id."));
        }
        let credentials = current();
        let rows = credentials.iter().map(|it| CredentialRow {
            key_id: it.key_id(),
            display_name: it.display_name().map(str::to_owned),
            usage: it.usage().cloned(),
            kind: it.kind().cloned(),
            thumbprint: it.thumbprint(),
            odd_identifier: it.odd_identifier().map(str::to_owned),
            start: it.start(),
            end: it.end(),
            validity: validity(it.start(), it.end(), NOW),
            certificate: it.certificate().map(|it| it.facts().clone()),
            added_by: (it.usage() == Some(&domain::credentials::KeyUsage::Verify)).then(|| AddedBy {
                name: "Owen Carter".into(),
                at: NOW - Duration::days(1),
                receipt: id(80),
            }),
            encrypts_tokens: it.usage() == Some(&domain::credentials::KeyUsage::Encrypt),
            last_use: self.reading.map(|_| LastUse::unknown(UnknownUse::NoLicence)),
        });
        Ok(AppDetail {
            object_id,
            app_id: AppId::new(id(501)),
            display_name: "Payroll export".into(),
            sign_in_audience: Some("AzureADMyOrg".into()),
            created: Some(NOW - Duration::days(400)),
            credentials: rows.collect(),
            secrets: vec![SecretRow {
                key_id: Some(KeyId::new(id(12))),
                display_name: Some("ci".into()),
                hint: Some("Ab3".into()),
                start: None,
                end: Some(NOW + Duration::days(5)),
                validity: Validity::EndsSoon,
                last_use: self.reading.map(|_| LastUse::unknown(UnknownUse::StandsStill)),
            }],
            moving: Some(MoveStep::Prove),
            removed_secrets: vec![secrets::removal(secrets::GONE)],
            owners: vec![Owner { name: "Owen Carter".into(), username: Some("owen@contoso.example".into()) }],
            trusted_subjects: vec![TrustedSubject {
                authority_id: id(13).to_string(),
                subject_name: "CN=payroll.contoso.example".into(),
            }],
            teams: vec![TeamOfApp {
                name: "Payroll".into(),
                technical: Some("payroll-ops@contoso.example".into()),
                business: None,
                mine: false,
            }],
            changes: if self.reading.is_some() { inventory::changes() } else { vec![] },
            in_inventory: self.reading.is_some(),
            mine: false,
            right: Right::Unknown,
            admin_center: Some(AdminCenterPages {
                overview: "https://entra.microsoft.com/".into(),
                credentials: "https://entra.microsoft.com/#credentials".into(),
            }),
        })
    }
}

#[async_trait::async_trait]
impl PlansPort for SampleDesk {
    async fn draft_plan(&self, request: &PlanRequest) -> Result<Uuid, Problem> {
        self.known()?;
        plans::draft(request)
    }

    async fn plan(&self, plan: Uuid, page: u32) -> Result<PlanView, Problem> {
        self.known()?;
        Ok(plans::view(plan, page))
    }
}

#[async_trait::async_trait]
impl PushesPort for SampleDesk {
    async fn push(&self, plan: Uuid, typed: &str, _: Pace) -> Result<Uuid, Problem> {
        self.known()?;
        match plans::view(plan, 1).confirm {
            Some(confirm) if confirm != typed => Err(Problem::new(
                422,
                "not-confirmed",
                "What was typed is not what was asked for",
                format!("It asks for “{confirm}”."),
            )),
            _ => Ok(id(80)),
        }
    }

    async fn push_past_rules(&self, plan: Uuid, typed: &str, pace: Pace, reason: &str) -> Result<Uuid, Problem> {
        if reason.is_empty() {
            return Err(Problem::new(422, "bad-words", "The text cannot be used", "A few words are needed."));
        }
        self.push(plan, typed, pace).await
    }

    async fn receipt(&self, receipt: Uuid, query: &ReceiptQuery) -> Result<Receipt, Problem> {
        let may_steer = self.known()?.may_push();
        let mut view = receipts::view(receipt, query);
        view.progress.may_steer = may_steer;
        Ok(view)
    }

    async fn receipt_of_app(&self, receipt: Uuid, app: ObjectId) -> Result<AppReceipt, Problem> {
        self.known()?;
        let whole = receipts::view(receipt, &ReceiptQuery { outcome: String::new(), page: 1 });
        let found = whole.apps.items.into_iter().find(|it| it.object_id == app);
        let app = found.ok_or_else(|| Problem::new(404, "receipt-not-found", "There is no such receipt", ""))?;
        Ok(AppReceipt {
            id: whole.id,
            mode: whole.mode,
            who: whole.who,
            username: whole.username,
            started_at: whole.started_at,
            finished_at: whole.finished_at,
            app,
            sees_whole: false,
        })
    }

    async fn progress(&self, receipt: Uuid) -> Result<Progress, Problem> {
        let may_steer = self.known()?.may_push();
        Ok(Progress { may_steer, ..receipts::progress(receipt) })
    }

    async fn steer(&self, _: Uuid, _: Steer) -> Result<(), Problem> {
        self.known().map(|_| ())
    }

    async fn retirements(&self, page: u32) -> Result<Page<Retirement>, Problem> {
        self.known()?;
        Ok(states::retirements(page))
    }
}

#[async_trait::async_trait]
impl HistoryPort for SampleDesk {
    async fn states(&self, app: ObjectId, page: u32) -> Result<Page<StateRow>, Problem> {
        self.known()?;
        Ok(states::page(app, page))
    }

    async fn compare_states(&self, app: ObjectId, older: i64, newer: Option<i64>) -> Result<StateComparison, Problem> {
        self.known()?;
        states::compare(app, older, newer)
    }
}

#[async_trait::async_trait]
impl AuditPort for SampleDesk {
    async fn audit(&self, query: &AuditQuery) -> Result<Page<AuditRow>, Problem> {
        let viewer = self.known()?;
        let row = |outcome: &str, action: &str, detail: &str| AuditRow {
            at: NOW - Duration::hours(1),
            who: viewer.name.clone(),
            username: viewer.username.clone(),
            action: action.parse().expect("an action"),
            app_name: Some("Payroll export".into()),
            object_id: Some(ObjectId::new(id(1))),
            thumbprint: Some(new_certificate().sha1()),
            outcome: outcome.parse().expect("an outcome"),
            detail: detail.into(),
            request_id: Some(id(801).to_string()),
            receipt: Some(id(80)),
        };
        Ok(Page {
            items: vec![
                row("verified", "push-append", ""),
                row("refused", "push-replace", "Insufficient privileges to complete the operation."),
                row("changed-since-preview", "push-append", "Somebody added an entry."),
            ],
            page: query.page,
            has_next: false,
            total: Some(3),
        })
    }
}

#[async_trait::async_trait]
impl SearchPort for SampleDesk {
    async fn find_holders(&self, words: &str) -> Result<Holders, Problem> {
        self.known()?;
        Ok(Holders {
            taken_for: "SHA-1 thumbprint, as hexadecimal".into(),
            holdings: if ["nothing", "bare"].contains(&words) {
                vec![]
            } else {
                vec![holders::holding(1, false), holders::holding(2, true)]
            },
            bare: if words == "bare" {
                let AppRow { object_id, app_id, display_name, .. } = app_row();
                vec![BareApp { object_id, app_id, display_name }]
            } else {
                vec![]
            },
            apps: 61,
            indexed_at: NOW - Duration::minutes(2),
        })
    }

    async fn doctor_evidence(&self, request: &EvidenceRequest) -> Result<EvidenceView, Problem> {
        self.known()?;
        let mut evidence = Evidence::at(NOW);
        evidence.app_id = request.app;
        evidence.app_credentials = Some(current());
        let app = request.app.map(|app| (ObjectId::new(id(1)), app, "Payroll export".to_owned()));
        Ok(EvidenceView { evidence, app, at_hand: vec![] })
    }
}

#[async_trait::async_trait]
impl VaultsPort for SampleDesk {
    async fn vault_certificates(&self, vault: &str) -> Result<Vec<VaultCertificate>, Problem> {
        self.known()?;
        holders::vault_certificates(vault)
    }

    async fn import_from_vault(&self, _: &str, _: &str, _: &str) -> Result<Sha256Thumbprint, Problem> {
        self.known()?;
        Ok(new_certificate().sha256())
    }
}
