//! The eight people of the demo company.

use time::OffsetDateTime;

use super::stable_guid;
use crate::store::{DirectoryRole, Person};

pub(super) const MARA: &str = "mara.lindqvist";
pub(super) const TOBIAS: &str = "tobias.renner";
pub(super) const PRIYA: &str = "priya.raman";
pub(super) const OWEN: &str = "owen.carter";
pub(super) const SOFIA: &str = "sofia.marchetti";
pub(super) const KENJI: &str = "kenji.watanabe";
pub(super) const LEILA: &str = "leila.haddad";
pub(super) const DANIEL: &str = "daniel.novak";

pub(super) fn people() -> Vec<Person> {
    use DirectoryRole::{ApplicationAdministrator, CloudApplicationAdministrator, GlobalReader};
    vec![
        person(MARA, ("Identity platform lead", "IT"), &[ApplicationAdministrator], &["Thumbprint.Admin"]),
        person(TOBIAS, ("Cloud operations engineer", "IT"), &[CloudApplicationAdministrator], &["Thumbprint.User"]),
        person(PRIYA, ("Internal auditor", "Audit"), &[GlobalReader], &["Thumbprint.Auditor"]),
        person(OWEN, ("Payroll systems owner", "Human Resources"), &[], &["Thumbprint.User"]),
        person(SOFIA, ("Finance integrations owner", "Finance"), &[], &["Thumbprint.User"]),
        person(KENJI, ("Data platform engineer", "Data"), &[], &["Thumbprint.User"]),
        person(LEILA, ("Customer portal developer", "Digital"), &[], &["Thumbprint.User"]),
        person(DANIEL, ("Facilities coordinator", ""), &[], &[]),
    ]
}

/// No department where it is empty.
fn person(
    login: &str,
    (job_title, department): (&str, &str),
    directory_roles: &[DirectoryRole],
    portal_roles: &[&str],
) -> Person {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    let (given, family) = login.split_once('.').unwrap_or((login, ""));
    let (given_name, surname) = (capital(given), capital(family));
    Person {
        id: stable_guid("person", login),
        user_principal_name: format!("{login}@contoso.onmicrosoft.com"),
        display_name: format!("{given_name} {surname}"),
        given_name,
        surname,
        job_title: job_title.into(),
        department: (!department.is_empty()).then(|| department.into()),
        directory_roles: directory_roles.to_vec(),
        portal_roles: portal_roles.iter().map(|&role| role.into()).collect(),
        security_attributes: serde_json::Map::new(),
        tokens_valid_from: OffsetDateTime::UNIX_EPOCH,
    }
}
