//! A table: which certificate onto which app, line by line. Nothing of it is taken where one line is wrong.

use crate::graph::{Name, Named};
use crate::http::problems;
use crate::operations::DeskState;
use crate::operations::certificates;
use crate::operations::plans::draft::Draft;
use crate::operations::plans::draft::recipe::usable;
use crate::person::Person;
use crate::store::{TableLine, Wanted};
use app::contract::plans::MAX_APPS_PER_PLAN;
use app::contract::problem::Problem;
use domain::certificate::Certificate;
use domain::csv::{self, CertificateCell, Line, TableError};
use domain::ids::ObjectId;
use domain::thumbprint::Sha256Thumbprint;
use std::collections::{HashMap, HashSet};

/// Bad lines that are named one by one.
const MOST_NAMED: usize = 50;

/// What is wrong with a table, by line.
#[derive(Default)]
struct Wrong(Vec<(u64, String)>);

impl Wrong {
    fn add(&mut self, line: u64, why: impl Into<String>) {
        self.0.push((line, why.into()));
    }

    fn into_result(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(self.problem()) }
    }

    fn problem(mut self) -> Problem {
        self.0.sort();
        let named = self.0.iter().take(MOST_NAMED).map(|(line, why)| format!("Line {line}: {why}"));
        let mut lines: Vec<String> = named.collect();
        if self.0.len() > MOST_NAMED {
            lines.push(format!("and {} more", self.0.len() - MOST_NAMED));
        }
        let title = match self.0.len() {
            1 => "A line of the table cannot be used".to_owned(),
            many => format!("{many} lines of the table cannot be used"),
        };
        Problem::new(422, "bad-table", title, lines.join("\n"))
            .advice("Nothing was taken of it. Put these lines right and send the table again.")
    }
}

pub(crate) async fn read(state: &DeskState, person: &Person, token: &str, text: &str) -> Result<Draft, Problem> {
    let lines = csv::import(text).map_err(|error| match error {
        TableError::BadLines(lines) => Wrong(lines.into_iter().map(|line| (line.number, line.why)).collect()).problem(),
        error => Problem::new(422, "bad-table", "The table cannot be read", format!("{error}.")).advice(error.advice()),
    })?;
    let mut wrong = Wrong::default();
    let apps = apps(state, token, &lines, &mut wrong).await?;
    let certificates = certificates(state, person, &lines, &mut wrong).await?;
    let mut seen: HashSet<(ObjectId, Sha256Thumbprint)> = HashSet::new();
    let mut understood = Vec::with_capacity(lines.len());
    let mut order: Vec<ObjectId> = vec![];
    for ((line, app), certificate) in lines.iter().zip(apps).zip(&certificates) {
        let (Some(app), Some(certificate)) = (app, certificate) else { continue };
        let sha256 = certificate.facts().sha256;
        if let Err(problem) = crate::operations::plans::draft::recipe::new_entry(state, certificate, &line.display_name)
        {
            wrong.add(line.number, problem.detail);
        } else if !seen.insert((app, sha256)) {
            wrong.add(line.number, "it says the same as an earlier line.");
        } else {
            if !order.contains(&app) {
                order.push(app);
            }
            understood.push(TableLine { app, certificate: sha256, display_name: line.display_name.clone() });
        }
    }
    if order.len() > MAX_APPS_PER_PLAN {
        return crate::operations::plans::draft::chosen::once(&order)
            .map(|apps| Draft { wanted: Wanted::Table(understood), apps });
    }
    wrong.into_result()?;
    let apps = crate::operations::plans::draft::chosen::once(&order)?;
    for (certificate, line) in certificates.iter().flatten().zip(&lines) {
        // What came in the table itself is kept as an upload is.
        if matches!(line.certificate, CertificateCell::Certificate(_)) {
            certificates::keep::handle(state, person, certificate.pem().as_bytes()).await?;
        }
    }
    Ok(Draft { wanted: Wanted::Table(understood), apps })
}

/// Of each line, in order.
async fn apps(
    state: &DeskState,
    token: &str,
    lines: &[Line],
    wrong: &mut Wrong,
) -> Result<Vec<Option<ObjectId>>, Problem> {
    let mut seen = HashSet::new();
    let names: Vec<Name> =
        lines.iter().map(|line| Name::read(&line.app)).filter(|name| seen.insert(name.clone())).collect();
    let found =
        state.graph.find_many(token, &names).await.map_err(|e| problems::graph::of(&e, "the apps of the table"))?;
    let found: HashMap<Name, Vec<Named>> = names.into_iter().zip(found).collect();
    let mut apps = Vec::with_capacity(lines.len());
    for line in lines {
        apps.push(match found.get(&Name::read(&line.app)).map(Vec::as_slice) {
            Some([one]) => Some(one.id),
            Some([_, ..]) => {
                wrong.add(line.number, format!("several apps are called “{}”; write the client id.", line.app));
                None
            }
            _ => {
                wrong.add(line.number, format!("there is no app “{}” that you may see.", line.app));
                None
            }
        });
    }
    Ok(apps)
}

/// Of each line, in order.
async fn certificates(
    state: &DeskState,
    person: &Person,
    lines: &[Line],
    wrong: &mut Wrong,
) -> Result<Vec<Option<Certificate>>, Problem> {
    let tenant = person.viewer.tenant_id;
    let mut found: HashMap<String, Result<Certificate, String>> = HashMap::new();
    let mut certificates = Vec::with_capacity(lines.len());
    for line in lines {
        let cell = match &line.certificate {
            CertificateCell::Sha1(sha1) => sha1.hex(),
            CertificateCell::Sha256(sha256) => sha256.hex(),
            CertificateCell::Certificate(certificate) => certificate.facts().sha256.hex(),
        };
        if !found.contains_key(&cell) {
            let certificate = match &line.certificate {
                CertificateCell::Certificate(certificate) => Ok((**certificate).clone()),
                CertificateCell::Sha256(sha256) => match certificates::read::find(state, person, *sha256).await {
                    Ok(stored) => Ok(stored.certificate),
                    Err(problem) if problem.status == 404 => Err(problem.detail),
                    Err(problem) => return Err(problem),
                },
                CertificateCell::Sha1(sha1) => {
                    match state.store.of(tenant).certificates_with(*sha1).await?.as_slice() {
                        [one] => Ok(one.certificate.clone()),
                        [] => Err(format!("nobody uploaded a certificate with the thumbprint {}.", sha1.hex())),
                        _ => Err(format!(
                            "several certificates have the SHA-1 thumbprint {}; write the SHA-256.",
                            sha1.hex()
                        )),
                    }
                }
            };
            let certificate =
                certificate.and_then(|certificate| match usable(certificate.facts(), state.clock.now()) {
                    Ok(()) => Ok(certificate),
                    Err(problem) => Err(format!("its certificate cannot be used: {}", problem.detail)),
                });
            found.insert(cell.clone(), certificate);
        }
        certificates.push(match found.get(&cell) {
            Some(Ok(certificate)) => Some(certificate.clone()),
            Some(Err(why)) => {
                wrong.add(line.number, why.clone());
                None
            }
            None => None,
        });
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn bad_lines_are_named_in_order_and_not_without_end() {
        let mut wrong = Wrong::default();
        for line in (2..=60).rev() {
            wrong.add(line, "no.");
        }
        let problem = wrong.into_result().unwrap_err();
        let lines: Vec<&str> = problem.detail.lines().collect();
        assert_eq!((lines.len(), lines[0], lines[50]), (51, "Line 2: no.", "and 9 more"));
        assert_eq!(problem.title, "59 lines of the table cannot be used");
        assert!(Wrong::default().into_result().is_ok());
    }
}
