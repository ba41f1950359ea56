//! What the home page says: lately, and what needs somebody.

use super::{NOW, SampleDesk, id, new_certificate};
use app::contract::apps::Scope;
use app::contract::certificates::CertificateSummary;
use app::contract::overview::*;
use app::contract::problem::Problem;
use app::contract::pushes::ReceiptSummary;
use domain::credentials::{Subject, SubjectKind};
use domain::ids::ObjectId;
use domain::inventory::{AttentionKind, ChangeKind};
use domain::rollout::RunState;
use domain::suitability::Validity;
use time::{Duration, Month};

#[async_trait::async_trait]
impl OverviewPort for SampleDesk {
    async fn overview(&self) -> Result<Overview, Problem> {
        self.known()?;
        let certificate = new_certificate();
        let facts = certificate.facts();
        let summary = CertificateSummary {
            sha256: facts.sha256,
            sha1: facts.sha1,
            subject: facts.subject.clone(),
            not_after: facts.not_after,
            validity: Validity::Valid,
            uploaded_at: NOW - Duration::minutes(3),
        };
        let receipt = |n, verified, total| ReceiptSummary {
            id: id(n),
            subject: facts.subject.clone(),
            who: "Mara Lindqvist".into(),
            at: NOW - Duration::hours(2),
            state: RunState::Finished,
            verified,
            total,
        };
        Ok(Overview {
            certificates: vec![
                summary.clone(),
                CertificateSummary { validity: Validity::EndsSoon, not_after: NOW + Duration::days(9), ..summary },
            ],
            receipts: vec![receipt(80, 2, 2), receipt(81, 1, 3)],
            due: 2,
        })
    }

    async fn needs(&self) -> Result<Option<Needs>, Problem> {
        self.known()?;
        self.needs.clone()
    }
}

/// Read three hours ago.
pub fn complete() -> DirectoryReading {
    DirectoryReading::Complete { from: NOW - Duration::hours(3), late: false, unnamed: 0 }
}

/// Of 1,204 objects in all.
pub fn needs(reading: DirectoryReading, cards: Vec<Need>) -> Needs {
    let aside = PutAside::default();
    let read_by = ReadBy::Portal;
    Needs { scope: Scope::All, objects: 1_204, reading, read_by, cards, aside, endings: endings() }
}

/// Of twelve months: in the first 4 certificates and a secret, in the third 1,200 secrets.
fn endings() -> Endings {
    let month = |n: u8| match (n, Month::November.nth_next(n)) {
        (0..=1, month) => (2026, month),
        (_, month) => (2027, month),
    };
    let months = (0..12u8).map(|n| {
        let (year, month) = month(n);
        let (certificates, secrets) = match n {
            0 => (4, 1),
            2 => (0, 1_200),
            _ => (0, 0),
        };
        EndingMonth { year, month, certificates, secrets }
    });
    Endings { months: months.collect(), later: 31 }
}

/// A card of each kind. The second's objects are of each kind.
pub fn cards() -> Vec<Need> {
    let end = |days| NeedDetail::End { credential: CredentialUse::Certificate, at: NOW + Duration::days(days) };
    let detail = |kind: AttentionKind| match kind {
        AttentionKind::ExpiredAlone => Some(end(-12)),
        AttentionKind::EndsWithin7Days | AttentionKind::EndsWithin30Days | AttentionKind::EndsWithin90Days => {
            Some(end(5))
        }
        AttentionKind::OnlySecrets => {
            Some(NeedDetail::End { credential: CredentialUse::Secret, at: NOW + Duration::days(40) })
        }
        AttentionKind::Unreadable => Some(NeedDetail::Damage("owners is not a list".into())),
        AttentionKind::NoOwner => Some(NeedDetail::OwnersDisabled),
        AttentionKind::Leftovers => Some(NeedDetail::Doubled),
        AttentionKind::ChangedElsewhere => Some(NeedDetail::Changed {
            credential: domain::credentials::CredentialKind::Secret,
            kind: ChangeKind::Appeared,
            found_at: NOW - Duration::hours(3),
            more: 2,
        }),
        _ => None,
    };
    let object = |kind: AttentionKind, subject: SubjectKind, n: u128, name: &str| NeedyObject {
        subject: Subject { kind: subject, id: ObjectId::new(id(n)) },
        name: name.into(),
        detail: detail(kind),
        admin_center: (subject == SubjectKind::ServicePrincipal).then(|| "https://entra.example/#sp".into()),
    };
    let worst = |kind| {
        if kind == AttentionKind::EndsWithin7Days {
            vec![
                object(kind, SubjectKind::Application, 1, "Payroll export"),
                object(kind, SubjectKind::ServicePrincipal, 2, "Expense portal"),
                object(kind, SubjectKind::AgentBlueprint, 3, "Travel agent"),
            ]
        } else {
            vec![object(kind, SubjectKind::Application, 1, "Payroll export")]
        }
    };
    let kinds = AttentionKind::ALL.iter().copied();
    kinds
        .map(|kind| Need {
            kind,
            total: if kind == AttentionKind::EndsWithin7Days { 12 } else { 1 },
            worst: worst(kind),
        })
        .collect()
}
