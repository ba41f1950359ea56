//! Which column is which.

use super::TableError;
use super::tidy::is_blank;

/// Where the columns are.
pub(super) struct Columns {
    pub app: usize,
    pub certificate: usize,
    pub display_name: Option<usize>,
    /// Of the list of apps that can be downloaded: its lines are credentials, and not all of them certificates.
    pub usage: Option<usize>,
}

/// Names for a column, the first of them our own. Case, blanks and signs do not count.
const APP: &[&str] = &["app", "appid", "clientid", "applicationid", "applicationclientid"];
const CERTIFICATE: &[&str] = &["certificate", "thumbprint", "fingerprint", "sha1thumbprint", "sha256thumbprint"];
const DISPLAY_NAME: &[&str] = &["displayname"];

/// What the list of apps has, as it is downloaded here.
const LIST: [&str; 10] =
    ["clientid", "app", "objectid", "secrets", "keyid", "entry", "usage", "thumbprint", "start", "end"];

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

pub(super) fn find(header: &csv::StringRecord) -> Result<Columns, TableError> {
    let names: Vec<String> = header.iter().map(plain).collect();
    let at = |name: &str| names.iter().position(|known| known == name);
    if LIST.iter().all(|name| at(name).is_some()) && names.len() == LIST.len() {
        let place = |name: &str| at(name).unwrap_or(0);
        return Ok(Columns {
            app: place("clientid"),
            certificate: place("thumbprint"),
            display_name: at("entry"),
            usage: at("usage"),
        });
    }
    let (mut app, mut certificate, mut display_name) = (None, None, None);
    for (at, (name, plain)) in header.iter().zip(&names).enumerate() {
        let known = [(APP, &mut app), (CERTIFICATE, &mut certificate), (DISPLAY_NAME, &mut display_name)];
        let mut known = known.into_iter().filter(|(spellings, _)| spellings.contains(&plain.as_str()));
        match known.next() {
            Some((_, place)) if place.is_some() => return Err(TableError::TwoColumns(column(plain))),
            Some((_, place)) => *place = Some(at),
            None if name.chars().all(is_blank) => {}
            None => return Err(TableError::UnknownColumn(name.chars().take(40).collect())),
        }
    }
    Ok(Columns {
        app: app.ok_or(TableError::NoColumn("app"))?,
        certificate: certificate.ok_or(TableError::NoColumn("certificate"))?,
        display_name,
        usage: None,
    })
}

fn column(plain: &str) -> &'static str {
    match plain {
        name if APP.contains(&name) => "app",
        name if CERTIFICATE.contains(&name) => "certificate",
        _ => "display_name",
    }
}
