//! What a preview does to each app: everything that is needed for it, got once.

use crate::graph::Application;
use crate::operations::certificates::read::{FindCertificateError, find};
use crate::operations::plans::draft::DraftContext;
use crate::operations::plans::draft::copy::{self, CopyError};
use crate::operations::plans::draft::restore::{self, RestoreError};
use crate::operations::plans::unsuitable::{Unsuitable, usable};
use crate::person::Person;
use crate::plan_refusal::PlanRefusal;
use crate::store::{PlanIntent, TableLine};
use domain::certificate::{Certificate, CertificateFacts};
use domain::ids::{KeyId, ObjectId};
use domain::key_credential::{KeyCredential, MAX_DISPLAY_NAME, NewKeyCredential, NewKeyCredentialError};
use domain::merge_plan::{Change, MergePlan};
use domain::rollout::PushMode;
use domain::snapshot::Snapshot;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// Why the change cannot be made, on whichever app.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChangeBuilderError {
    #[error(transparent)]
    Certificate(#[from] FindCertificateError),
    #[error(transparent)]
    Unsuitable(#[from] Unsuitable),
    #[error("the display name cannot be used: {0}")]
    DisplayName(NewKeyCredentialError),
    #[error("an entry cannot be copied: {0}")]
    NotCopied(NewKeyCredentialError),
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error(transparent)]
    Restore(#[from] RestoreError),
}

pub(crate) enum ChangeBuilder {
    Add {
        certificates: Vec<Certificate>,
        mode: PushMode,
        display_name: String,
        overlap_days: u16,
    },
    Table {
        certificates: HashMap<Sha256Thumbprint, Certificate>,
        lines: HashMap<ObjectId, Vec<TableLine>>,
    },
    Retire(BTreeSet<KeyId>),
    RetireCertificate(Thumbprint),
    /// Of each app.
    RetireEntries(HashMap<ObjectId, BTreeSet<KeyId>>),
    Copy {
        from: String,
        entries: Vec<KeyCredential>,
    },
    Restore {
        to: Snapshot,
        exactly: bool,
        note: String,
    },
}

impl ChangeBuilder {
    pub(crate) async fn prepare(
        drafts: &DraftContext,
        person: &Person,
        token: &str,
        wanted: &PlanIntent,
        apps: &[ObjectId],
    ) -> Result<Self, ChangeBuilderError> {
        Ok(match wanted {
            PlanIntent::Add { certificates, mode, display_name, overlap_days } => Self::Add {
                certificates: named_alike(drafts, person, certificates, display_name).await?,
                mode: *mode,
                display_name: display_name.clone(),
                overlap_days: *overlap_days,
            },
            PlanIntent::Table(lines) => Self::table(drafts, person, lines, apps).await?,
            PlanIntent::Retire(key_ids) => Self::Retire(key_ids.iter().copied().collect()),
            PlanIntent::RetireCertificate(thumbprint) => Self::RetireCertificate(*thumbprint),
            PlanIntent::RetireEntries(entries) => {
                Self::RetireEntries(entries.iter().map(|of| (of.app, of.key_ids.iter().copied().collect())).collect())
            }
            PlanIntent::Copy { from, key_ids } => copy::prepare(drafts, token, *from, key_ids).await?,
            PlanIntent::Restore { state: id, exactly } => {
                restore::prepare(drafts, apps.first().copied(), *id, *exactly).await?
            }
        })
    }

    /// Of a table: the lines of these apps, and each certificate once.
    async fn table(
        drafts: &DraftContext,
        person: &Person,
        all: &[TableLine],
        apps: &[ObjectId],
    ) -> Result<Self, ChangeBuilderError> {
        let mut certificates = HashMap::new();
        let mut lines: HashMap<ObjectId, Vec<TableLine>> = HashMap::new();
        for line in all.iter().filter(|line| apps.contains(&line.app)) {
            if let Entry::Vacant(place) = certificates.entry(line.certificate) {
                place.insert(uploaded(drafts, person, line.certificate).await?);
            }
            lines.entry(line.app).or_default().push(line.clone());
        }
        Ok(Self::Table { certificates, lines })
    }

    /// What would become of one app.
    ///
    /// # Errors
    /// What is wrong for all of them alike.
    pub(crate) fn merge(
        &self,
        drafts: &DraftContext,
        app: &Application,
    ) -> Result<Result<MergePlan, PlanRefusal>, ChangeBuilderError> {
        let change = self.change(drafts, app.id)?;
        let merge = MergePlan::new(&app.key_credentials, &change, app.token_encryption_key_id);
        Ok(merge.map_err(|error| PlanRefusal::from(&error)))
    }

    fn change(&self, drafts: &DraftContext, app: ObjectId) -> Result<Change, ChangeBuilderError> {
        Ok(match self {
            Self::Add { certificates, mode, display_name, .. } => {
                let new = certificates.iter().map(|certificate| new_entry(drafts, certificate, display_name));
                let new = new.collect::<Result<Vec<_>, _>>().map_err(ChangeBuilderError::DisplayName)?;
                if *mode == PushMode::Replace { Change::Replace(new) } else { Change::Append(new) }
            }
            Self::Table { certificates, lines } => {
                let lines = lines.get(&app).map(Vec::as_slice).unwrap_or_default();
                let pairs = lines.iter().filter_map(|line| Some((line, certificates.get(&line.certificate)?)));
                let new = pairs.map(|(line, certificate)| new_entry(drafts, certificate, &line.display_name));
                Change::Append(new.collect::<Result<_, _>>().map_err(ChangeBuilderError::DisplayName)?)
            }
            Self::Retire(key_ids) => Change::Retire(key_ids.clone()),
            Self::RetireCertificate(thumbprint) => Change::RetireCertificate(*thumbprint),
            Self::RetireEntries(entries) => Change::Retire(entries.get(&app).cloned().unwrap_or_default()),
            Self::Copy { entries, .. } => {
                let new = entries
                    .iter()
                    .map(|entry| NewKeyCredential::copy_of(entry, key_id(drafts), drafts.identifier_style));
                Change::Append(new.collect::<Result<_, _>>().map_err(ChangeBuilderError::NotCopied)?)
            }
            Self::Restore { to, exactly, .. } => Change::Restore { to: to.clone(), exactly: *exactly },
        })
    }

    /// The push could refuse what this adds.
    pub(crate) fn adds(&self) -> bool {
        !matches!(self, Self::Retire(_) | Self::RetireCertificate(_) | Self::RetireEntries(_))
    }

    /// What it does depends on the keys that are there.
    pub(crate) fn needs_keys(&self) -> bool {
        matches!(self, Self::Restore { .. })
    }

    /// Of the certificates that are added, in each app that gets them.
    pub(crate) fn bytes(&self, apps: &[ObjectId]) -> usize {
        let of = |certificate: &Certificate| certificate.der().len();
        match self {
            Self::Add { certificates, .. } => certificates.iter().map(of).sum::<usize>().saturating_mul(apps.len()),
            Self::Table { certificates, lines } => {
                lines.values().flatten().filter_map(|line| certificates.get(&line.certificate)).map(of).sum()
            }
            Self::Copy { entries, .. } => {
                let all: usize = entries.iter().filter_map(KeyCredential::certificate).map(of).sum();
                all.saturating_mul(apps.len())
            }
            Self::Retire(_) | Self::RetireCertificate(_) | Self::RetireEntries(_) | Self::Restore { .. } => 0,
        }
    }

    /// That are added, each once.
    pub(crate) fn certificates(&self) -> Vec<CertificateFacts> {
        let mut facts: Vec<CertificateFacts> = match self {
            Self::Add { certificates, .. } => certificates.iter().map(|one| one.facts().clone()).collect(),
            Self::Table { certificates, .. } => certificates.values().map(|one| one.facts().clone()).collect(),
            Self::Copy { entries, .. } => {
                entries.iter().filter_map(|entry| Some(entry.certificate()?.facts().clone())).collect()
            }
            Self::Retire(_) | Self::RetireCertificate(_) | Self::RetireEntries(_) | Self::Restore { .. } => vec![],
        };
        if matches!(self, Self::Table { .. }) {
            facts.sort_by(|one, other| one.subject.cmp(&other.subject));
        }
        facts
    }

    pub(crate) fn display_name(&self) -> String {
        match self {
            Self::Add { certificates, display_name, .. } => match certificates.as_slice() {
                [one] if display_name.is_empty() => one.facts().subject.chars().take(MAX_DISPLAY_NAME).collect(),
                _ => display_name.clone(),
            },
            _ => String::new(),
        }
    }

    pub(crate) fn note(&self) -> Option<String> {
        match self {
            Self::Add { mode: PushMode::Rotate, overlap_days, .. } => Some(format!(
                "The certificates that are there stay. {overlap_days} {} after the push they are due to be removed, which is a preview of its own.",
                if *overlap_days == 1 { "day" } else { "days" }
            )),
            Self::Add { .. } | Self::Retire(_) => None,
            Self::RetireEntries(entries) => {
                let count: usize = entries.values().map(BTreeSet::len).sum();
                Some(format!(
                    "{count} {}, as they were selected in the inventory.",
                    if count == 1 { "certificate" } else { "certificates" }
                ))
            }
            Self::Table { lines, .. } => {
                let count: usize = lines.values().map(Vec::len).sum();
                Some(format!("{count} {} of a table.", if count == 1 { "line" } else { "lines" }))
            }
            Self::RetireCertificate(thumbprint) => Some(format!("The certificate {}.", thumbprint.hex())),
            Self::Copy { from, .. } => Some(format!("From “{from}”.")),
            Self::Restore { note, .. } => Some(note.clone()),
        }
    }
}

/// Certificates whose entries have one name on every app: a bad one is the request's fault, not each app's.
async fn named_alike(
    drafts: &DraftContext,
    person: &Person,
    certificates: &[Sha256Thumbprint],
    display_name: &str,
) -> Result<Vec<Certificate>, ChangeBuilderError> {
    let mut found = Vec::with_capacity(certificates.len());
    for sha256 in certificates {
        let certificate = uploaded(drafts, person, *sha256).await?;
        new_entry(drafts, &certificate, display_name).map_err(ChangeBuilderError::DisplayName)?;
        found.push(certificate);
    }
    Ok(found)
}

async fn uploaded(
    drafts: &DraftContext,
    person: &Person,
    sha256: Sha256Thumbprint,
) -> Result<Certificate, ChangeBuilderError> {
    let stored = find(&drafts.context, person, sha256).await?;
    usable(stored.certificate.facts(), drafts.context.now())?;
    Ok(stored.certificate)
}

pub(crate) fn new_entry(
    drafts: &DraftContext,
    certificate: &Certificate,
    display_name: &str,
) -> Result<NewKeyCredential, NewKeyCredentialError> {
    NewKeyCredential::new(certificate, key_id(drafts), display_name, drafts.identifier_style)
}

fn key_id(drafts: &DraftContext) -> KeyId {
    let mut random = [0; 16];
    drafts.entropy.fill(&mut random);
    KeyId::from_random(random)
}
