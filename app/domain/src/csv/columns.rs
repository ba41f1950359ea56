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
const TEAM: &[&str] = &["team"];

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
    let known = [("app", APP), ("certificate", CERTIFICATE), ("display_name", DISPLAY_NAME)];
    let [app, certificate, display_name] = places(header, known)?;
    Ok(Columns {
        app: app.ok_or(TableError::NoColumn("app"))?,
        certificate: certificate.ok_or(TableError::NoColumn("certificate"))?,
        display_name,
        usage: None,
    })
}

/// Of a table that says which app is given to which team: the places of both.
pub(super) fn given(header: &csv::StringRecord) -> Result<(usize, usize), TableError> {
    let [app, team] = places(header, [("app", APP), ("team", TEAM)])?;
    Ok((app.ok_or(TableError::NoColumn("app"))?, team.ok_or(TableError::NoColumn("team"))?))
}

/// Where the columns of these names are; each has its spellings.
fn places<const N: usize>(
    header: &csv::StringRecord,
    known: [(&'static str, &[&str]); N],
) -> Result<[Option<usize>; N], TableError> {
    let mut places = [None; N];
    for (at, name) in header.iter().enumerate() {
        let plain = plain(name);
        let column = known.iter().position(|(_, spellings)| spellings.contains(&plain.as_str()));
        match column {
            Some(column) if places[column].is_some() => return Err(TableError::TwoColumns(known[column].0)),
            Some(column) => places[column] = Some(at),
            None if name.chars().all(is_blank) => {}
            None => return Err(TableError::UnknownColumn(name.chars().take(40).collect())),
        }
    }
    Ok(places)
}
