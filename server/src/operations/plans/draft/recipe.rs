//! What a preview does to each app: everything that is needed for it, got once.

use crate::graph::Application;
use crate::operations::DeskState;
use crate::operations::certificates;
use crate::operations::plans::draft::{cannot_merge, copy, restore};
use crate::person::Person;
use crate::store::{TableLine, Wanted};
use app::contract::problem::Problem;
use app::contract::pushes::PushMode;
use domain::certificate::{Certificate, CertificateFacts};
use domain::ids::{KeyId, ObjectId};
use domain::key_credential::{KeyCredential, MAX_DISPLAY_NAME, NewKeyCredential};
use domain::merge_plan::{Change, MergePlan};
use domain::snapshot::Snapshot;
use domain::suitability::assess;
use domain::thumbprint::{Sha256Thumbprint, Thumbprint};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use time::OffsetDateTime;

pub(crate) enum Recipe {
    Add { certificates: Vec<Certificate>, mode: PushMode, display_name: String, overlap_days: u16 },
    Table { certificates: HashMap<Sha256Thumbprint, Certificate>, lines: HashMap<ObjectId, Vec<TableLine>> },
    Retire(BTreeSet<KeyId>),
    RetireCertificate(Thumbprint),
    Copy { from: String, entries: Vec<KeyCredential> },
    Restore { to: Snapshot, exactly: bool, note: String },
}

impl Recipe {
    pub(crate) async fn prepare(
        state: &DeskState,
        person: &Person,
        token: &str,
        wanted: &Wanted,
        apps: &[ObjectId],
    ) -> Result<Self, Problem> {
        Ok(match wanted {
            Wanted::Add { certificates, mode, display_name, overlap_days } => {
                let mut found = Vec::with_capacity(certificates.len());
                for sha256 in certificates {
                    let certificate = uploaded(state, person, *sha256).await?;
                    // The name is the same for every app: a bad one is the request's fault, not each app's.
                    new_entry(state, &certificate, display_name)?;
                    found.push(certificate);
                }
                Self::Add {
                    certificates: found,
                    mode: *mode,
                    display_name: display_name.clone(),
                    overlap_days: *overlap_days,
                }
            }
            Wanted::Table(all) => {
                let mut certificates = HashMap::new();
                let mut lines: HashMap<ObjectId, Vec<TableLine>> = HashMap::new();
                for line in all.iter().filter(|line| apps.contains(&line.app)) {
                    if let Entry::Vacant(place) = certificates.entry(line.certificate) {
                        place.insert(uploaded(state, person, line.certificate).await?);
                    }
                    lines.entry(line.app).or_default().push(line.clone());
                }
                Self::Table { certificates, lines }
            }
            Wanted::Retire(key_ids) => Self::Retire(key_ids.iter().copied().collect()),
            Wanted::RetireCertificate(thumbprint) => Self::RetireCertificate(*thumbprint),
            Wanted::Copy { from, key_ids } => copy::prepare(state, person, token, *from, key_ids).await?,
            Wanted::Restore { state: id, exactly } => {
                restore::prepare(state, person, apps.first().copied(), *id, *exactly).await?
            }
        })
    }

    /// What would become of one app.
    ///
    /// # Errors
    /// What is wrong for all of them alike.
    pub(crate) fn merge(&self, state: &DeskState, app: &Application) -> Result<Result<MergePlan, Problem>, Problem> {
        let change = self.change(state, app.id)?;
        let merge = MergePlan::new(&app.key_credentials, &change, app.token_encryption_key_id);
        Ok(merge.map_err(|error| cannot_merge(&error)))
    }

    fn change(&self, state: &DeskState, app: ObjectId) -> Result<Change, Problem> {
        Ok(match self {
            Self::Add { certificates, mode, display_name, .. } => {
                let new = certificates.iter().map(|certificate| new_entry(state, certificate, display_name));
                let new = new.collect::<Result<Vec<_>, _>>()?;
                if *mode == PushMode::Replace { Change::Replace(new) } else { Change::Append(new) }
            }
            Self::Table { certificates, lines } => {
                let lines = lines.get(&app).map(Vec::as_slice).unwrap_or_default();
                let pairs = lines.iter().filter_map(|line| Some((line, certificates.get(&line.certificate)?)));
                let new = pairs.map(|(line, certificate)| new_entry(state, certificate, &line.display_name));
                Change::Append(new.collect::<Result<_, _>>()?)
            }
            Self::Retire(key_ids) => Change::Retire(key_ids.clone()),
            Self::RetireCertificate(thumbprint) => Change::RetireCertificate(*thumbprint),
            Self::Copy { entries, .. } => {
                let new = entries.iter().map(|entry| {
                    NewKeyCredential::copy_of(entry, key_id(state), state.settings.identifier_style)
                        .map_err(|e| Problem::new(422, "cannot-copy", "This entry cannot be copied", format!("{e}.")))
                });
                Change::Append(new.collect::<Result<_, _>>()?)
            }
            Self::Restore { to, exactly, .. } => Change::Restore { to: to.clone(), exactly: *exactly },
        })
    }

    /// The push could refuse what this adds.
    pub(crate) fn adds(&self) -> bool {
        !matches!(self, Self::Retire(_) | Self::RetireCertificate(_))
    }

    /// What it does depends on the keys that are there.
    pub(crate) fn needs_keys(&self) -> bool {
        matches!(self, Self::Restore { .. })
    }

    /// That are added, each once.
    pub(crate) fn certificates(&self) -> Vec<CertificateFacts> {
        let mut facts: Vec<CertificateFacts> = match self {
            Self::Add { certificates, .. } => certificates.iter().map(|one| one.facts().clone()).collect(),
            Self::Table { certificates, .. } => certificates.values().map(|one| one.facts().clone()).collect(),
            Self::Copy { entries, .. } => {
                entries.iter().filter_map(|entry| Some(entry.certificate()?.facts().clone())).collect()
            }
            Self::Retire(_) | Self::RetireCertificate(_) | Self::Restore { .. } => vec![],
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

async fn uploaded(state: &DeskState, person: &Person, sha256: Sha256Thumbprint) -> Result<Certificate, Problem> {
    let stored = certificates::read::find(state, person, sha256).await?;
    usable(stored.certificate.facts(), state.clock.now())?;
    Ok(stored.certificate)
}

/// A certificate can end between its upload and now.
pub(crate) fn usable(facts: &CertificateFacts, now: OffsetDateTime) -> Result<(), Problem> {
    match assess(facts, now).refusals.first() {
        None => Ok(()),
        Some(refusal) => {
            Err(Problem::new(422, "unsuitable-certificate", "This certificate cannot be used", refusal.title())
                .advice(refusal.advice()))
        }
    }
}

pub(crate) fn new_entry(
    state: &DeskState,
    certificate: &Certificate,
    display_name: &str,
) -> Result<NewKeyCredential, Problem> {
    NewKeyCredential::new(certificate, key_id(state), display_name, state.settings.identifier_style).map_err(|e| {
        Problem::new(422, "display-name", "The display name cannot be used", format!("{e}.")).advice(format!(
            "Choose a name of at most {MAX_DISPLAY_NAME} characters, or leave it empty for the certificate's subject."
        ))
    })
}

fn key_id(state: &DeskState) -> KeyId {
    let mut random = [0; 16];
    state.entropy.fill(&mut random);
    KeyId::from_random(random)
}
