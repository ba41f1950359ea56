//! A table: which certificate onto which app, line by line. Nothing of it is taken where one line is wrong.

use crate::graph::{AppReference, GraphError, Named};
use crate::operations::certificates::keep::{self, KeepCertificateError};
use crate::operations::certificates::read::{FindCertificateError, find};
use crate::operations::plans::draft::change_builder::new_entry;
use crate::operations::plans::draft::chosen::{ChooseError, once};
use crate::operations::plans::draft::{DraftContext, PlanDraft};
use crate::operations::plans::unsuitable::{Unsuitable, usable};
use crate::parsers::ParserError;
use crate::person::Person;
use crate::store::{PlanIntent, StoreError, TableLine};
use app::contract::plans::MAX_APPS_PER_PLAN;
use domain::certificate::Certificate;
use domain::csv::{self, CertificateCell, Line};
use domain::ids::ObjectId;
use domain::key_credential::NewKeyCredentialError;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use std::collections::{HashMap, HashSet};

/// Why a table is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TableError {
    #[error("the table cannot be read: {0}")]
    Unreadable(csv::TableError),
    /// In the order of the table.
    #[error("{} lines of the table cannot be used", .0.len())]
    BadLines(Vec<BadLine>),
    #[error(transparent)]
    Parser(#[from] ParserError),
    #[error(transparent)]
    Choose(#[from] ChooseError),
    #[error("the apps of the table could not be looked for: {0}")]
    Apps(GraphError),
    #[error(transparent)]
    Keep(#[from] KeepCertificateError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A line that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadLine {
    /// From 1, the header's.
    pub(crate) number: u64,
    pub(crate) fault: LineFault,
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LineFault {
    /// As the reader of tables says it.
    #[error("{0}")]
    Unreadable(String),
    #[error("several apps are called “{0}”")]
    SeveralApps(String),
    #[error("there is no app “{0}” that the person may see")]
    NoApp(String),
    #[error("nobody uploaded a certificate with the SHA-256 thumbprint {}", .0.hex())]
    NoCertificate(Sha256Thumbprint),
    #[error("nobody uploaded a certificate with the thumbprint {}", .0.hex())]
    NoCertificateBySha1(Thumbprint),
    #[error("several certificates have the SHA-1 thumbprint {}", .0.hex())]
    SeveralCertificates(Thumbprint),
    #[error(transparent)]
    Unsuitable(Unsuitable),
    #[error(transparent)]
    DisplayName(NewKeyCredentialError),
    #[error("it says the same as an earlier line")]
    Repeated,
}

/// What is wrong with a table.
#[derive(Default)]
struct Faults(Vec<BadLine>);

impl Faults {
    fn add(&mut self, number: u64, fault: LineFault) {
        self.0.push(BadLine { number, fault });
    }

    fn into_result(mut self) -> Result<(), TableError> {
        self.0.sort_by_key(|line| line.number);
        if self.0.is_empty() { Ok(()) } else { Err(TableError::BadLines(self.0)) }
    }
}

impl From<csv::TableError> for TableError {
    fn from(error: csv::TableError) -> Self {
        let csv::TableError::BadLines(lines) = error else { return Self::Unreadable(error) };
        let fault = |line: csv::BadLine| BadLine { number: line.number, fault: LineFault::Unreadable(line.why) };
        Self::BadLines(lines.into_iter().map(fault).collect())
    }
}

pub(crate) async fn read(
    drafts: &DraftContext,
    person: &Person,
    token: &str,
    text: &str,
) -> Result<PlanDraft, TableError> {
    let sent = text.to_owned();
    let lines = drafts.context.parsers.run(move || csv::import(&sent)).await??;
    let mut faults = Faults::default();
    let apps = apps(drafts, token, &lines, &mut faults).await?;
    let certificates = certificates(drafts, person, &lines, &mut faults).await?;
    let (understood, order) = understood(drafts, &lines, apps, &certificates, &mut faults);
    if order.len() <= MAX_APPS_PER_PLAN {
        faults.into_result()?;
    }
    let apps = once(&order)?;
    for (certificate, line) in certificates.iter().flatten().zip(&lines) {
        // What came in the table itself is kept as an upload is.
        if matches!(line.certificate, CertificateCell::Certificate(_)) {
            keep::handle(&drafts.context, person, certificate.pem().as_bytes()).await?;
        }
    }
    Ok(PlanDraft { wanted: PlanIntent::Table(understood), apps })
}

/// The lines of which app and certificate are known, and their apps in the table's order.
fn understood(
    drafts: &DraftContext,
    lines: &[Line],
    apps: Vec<Option<ObjectId>>,
    certificates: &[Option<Certificate>],
    faults: &mut Faults,
) -> (Vec<TableLine>, Vec<ObjectId>) {
    let mut seen: HashSet<(ObjectId, Sha256Thumbprint)> = HashSet::new();
    let mut apps_seen: HashSet<ObjectId> = HashSet::new();
    let mut understood = Vec::with_capacity(lines.len());
    let mut order: Vec<ObjectId> = vec![];
    for ((line, app), certificate) in lines.iter().zip(apps).zip(certificates) {
        let (Some(app), Some(certificate)) = (app, certificate) else { continue };
        let sha256 = certificate.facts().sha256;
        if let Err(error) = new_entry(drafts, certificate, &line.display_name) {
            faults.add(line.number, LineFault::DisplayName(error));
        } else if !seen.insert((app, sha256)) {
            faults.add(line.number, LineFault::Repeated);
        } else {
            if apps_seen.insert(app) {
                order.push(app);
            }
            understood.push(TableLine { app, certificate: sha256, display_name: line.display_name.clone() });
        }
    }
    (understood, order)
}

/// Of each line, in order.
async fn apps(
    drafts: &DraftContext,
    token: &str,
    lines: &[Line],
    faults: &mut Faults,
) -> Result<Vec<Option<ObjectId>>, TableError> {
    let mut seen = HashSet::new();
    let names: Vec<AppReference> =
        lines.iter().map(|line| AppReference::read(&line.app)).filter(|name| seen.insert(name.clone())).collect();
    let found = drafts.context.tenant.graph.find_many(token, &names).await.map_err(TableError::Apps)?;
    let found: HashMap<AppReference, Vec<Named>> = names.into_iter().zip(found).collect();
    let mut apps = Vec::with_capacity(lines.len());
    for line in lines {
        apps.push(match found.get(&AppReference::read(&line.app)).map(Vec::as_slice) {
            Some([one]) => Some(one.id),
            Some([_, ..]) => {
                faults.add(line.number, LineFault::SeveralApps(line.app.clone()));
                None
            }
            _ => {
                faults.add(line.number, LineFault::NoApp(line.app.clone()));
                None
            }
        });
    }
    Ok(apps)
}

/// Of each line, in order. Each certificate is looked for once.
async fn certificates(
    drafts: &DraftContext,
    person: &Person,
    lines: &[Line],
    faults: &mut Faults,
) -> Result<Vec<Option<Certificate>>, StoreError> {
    let mut found: HashMap<String, Result<Certificate, LineFault>> = HashMap::new();
    let mut certificates = Vec::with_capacity(lines.len());
    for line in lines {
        let cell = match &line.certificate {
            CertificateCell::Sha1(sha1) => sha1.hex(),
            CertificateCell::Sha256(sha256) => sha256.hex(),
            CertificateCell::Certificate(certificate) => certificate.facts().sha256.hex(),
        };
        if !found.contains_key(&cell) {
            let certificate = certificate(drafts, person, &line.certificate).await?;
            let now = drafts.context.now();
            let good = certificate.and_then(|certificate| {
                usable(certificate.facts(), now).map(|()| certificate).map_err(LineFault::Unsuitable)
            });
            found.insert(cell.clone(), good);
        }
        certificates.push(match found.get(&cell) {
            Some(Ok(certificate)) => Some(certificate.clone()),
            Some(Err(fault)) => {
                faults.add(line.number, fault.clone());
                None
            }
            None => None,
        });
    }
    Ok(certificates)
}

async fn certificate(
    drafts: &DraftContext,
    person: &Person,
    cell: &CertificateCell,
) -> Result<Result<Certificate, LineFault>, StoreError> {
    Ok(match cell {
        CertificateCell::Certificate(certificate) => Ok((**certificate).clone()),
        CertificateCell::Sha256(sha256) => match find(&drafts.context, person, *sha256).await {
            Ok(stored) => Ok(stored.certificate),
            Err(FindCertificateError::NotFound(sha256)) => Err(LineFault::NoCertificate(sha256)),
            Err(FindCertificateError::Store(error)) => return Err(error),
        },
        CertificateCell::Sha1(sha1) => match drafts.context.tenant.store.certificates_with(*sha1).await?.as_slice() {
            [one] => Ok(one.certificate.clone()),
            [] => Err(LineFault::NoCertificateBySha1(*sha1)),
            _ => Err(LineFault::SeveralCertificates(*sha1)),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_in_the_tables_order() {
        let mut faults = Faults::default();
        for line in (2..=60).rev() {
            faults.add(line, LineFault::Repeated);
        }
        let Err(TableError::BadLines(lines)) = faults.into_result() else { panic!("59 lines are bad") };
        assert!(lines.iter().map(|line| line.number).eq(2..=60));
        assert!(Faults::default().into_result().is_ok());
    }
}
