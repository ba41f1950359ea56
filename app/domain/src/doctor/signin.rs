//! Rows of sign-in logs: Microsoft Graph's `signIn`
//! (<https://learn.microsoft.com/graph/api/resources/signin>), Log Analytics' and Sentinel's tables
//! (<https://learn.microsoft.com/azure/azure-monitor/reference/tables/aadserviceprincipalsigninlogs>), what diagnostic
//! settings export, and the admin center's CSV. As JSON, as a table, or as a list of names and values.

use super::message::{self, Message};
use super::normal::Normal;
use super::presented::Presented;
use super::scan::{Span, any_of};
use crate::dates;
use crate::ids::AppId;
use serde_json::{Map, Value};
use std::collections::HashMap;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

/// A sign-in that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignIn {
    code: u32,
    description: String,
    at: Option<OffsetDateTime>,
    app: Option<AppId>,
    /// As the log has it.
    thumbprint: Option<String>,
    correlation: Option<Uuid>,
    request: Option<Uuid>,
    span: Span,
}

/// Names of columns and members, in lower case without other signs; the first that has a value counts.
const CODES: [&str; 4] = ["errorcode", "resulttype", "signinerrorcode", "statuserrorcode"];
const TIMES: [&str; 7] =
    ["createddatetime", "timegenerated", "timegeneratedutc", "time", "timestamp", "dateutc", "date"];
const WORDS: [&str; 3] = ["failurereason", "resultdescription", "statusfailurereason"];
const APPS: [&str; 3] = ["appid", "applicationid", "clientid"];
const THUMBPRINTS: [&str; 2] = ["serviceprincipalcredentialthumbprint", "credentialthumbprint"];
const CORRELATIONS: [&str; 1] = ["correlationid"];
const REQUESTS: [&str; 3] = ["originalrequestid", "requestid", "id"];
/// Rows of one paste.
const MOST: usize = 50;

fn is_known(name: &str) -> bool {
    let lists: [&[&str]; 7] = [&CODES, &TIMES, &WORDS, &APPS, &THUMBPRINTS, &CORRELATIONS, &REQUESTS];
    lists.iter().any(|list| list.contains(&name))
}

fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(60).collect()
}

/// By name, as read from a row.
type Cells = HashMap<String, String>;

fn of_cells(cells: &Cells, span: Span) -> Option<SignIn> {
    let one = |names: &[&str]| {
        names.iter().find_map(|name| cells.get(*name)).map(|text| text.trim()).filter(|text| !text.is_empty())
    };
    let id = |names: &[&str]| one(names).and_then(|text| Uuid::try_parse(text).ok());
    let code: u32 = one(&CODES)?.parse().ok().filter(|code| (1_000..1_000_000_000).contains(code))?;
    let row = SignIn {
        code,
        description: one(&WORDS).unwrap_or_default().chars().take(2_000).collect(),
        at: one(&TIMES).and_then(log_time),
        app: id(&APPS).map(AppId::new),
        thumbprint: one(&THUMBPRINTS).map(str::to_owned),
        correlation: id(&CORRELATIONS),
        request: id(&REQUESTS),
        span,
    };
    // A number alone can be any program's.
    let told = [row.at.is_some(), row.app.is_some(), row.correlation.is_some(), row.thumbprint.is_some()];
    (told.iter().filter(|told| **told).count() >= 2).then_some(row)
}

/// An object whose members, or those of its `status` and `properties`, are a sign-in's.
pub(super) fn in_json(object: &Map<String, Value>, span: Span) -> Option<SignIn> {
    let mut cells = Cells::new();
    let properties = object.get("properties").or_else(|| object.get("Properties")).and_then(Value::as_object);
    for part in [Some(object), properties].into_iter().flatten() {
        let status = part.iter().find(|(name, _)| name.eq_ignore_ascii_case("status")).map(|(_, value)| value);
        // Log Analytics has the object as text.
        let parsed = status.and_then(Value::as_str).and_then(|text| serde_json::from_str::<Value>(text).ok());
        let status = parsed.as_ref().or(status).and_then(Value::as_object);
        for (name, value) in part.iter().chain(status.into_iter().flatten()) {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            cells.entry(bare(name)).or_insert(text);
        }
    }
    of_cells(&cells, span)
}

/// Tables with a line of names, and lists of names and values.
pub(super) fn in_tables(plain: &Normal) -> Vec<SignIn> {
    let text = &plain.text;
    let mut out = vec![];
    let (mut at, mut listed, mut list_start) = (0, Cells::new(), 0);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if out.len() >= MOST {
            break;
        }
        if let Some(separator) = heading(line) {
            out.extend(rows(plain, start, separator));
            break;
        }
        if let Some((name, value)) = listed_pair(line) {
            if listed.is_empty() {
                list_start = start;
            }
            // The same name again begins the next entry.
            if listed.contains_key(&name) && CODES.contains(&name.as_str()) {
                out.extend(of_cells(&std::mem::take(&mut listed), plain.span(list_start, start)));
                list_start = start;
            }
            listed.entry(name).or_insert(value);
        }
    }
    out.extend(of_cells(&listed, plain.span(list_start, at)));
    out
}

/// `ResultType : 700027`, with a tab or blanks between them too.
fn listed_pair(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let end = line.find(any_of("\t:=")).or_else(|| line.find("  "))?;
    let name = line.get(..end).filter(|name| name.len() <= 60).map(bare).filter(|name| is_known(name))?;
    let value = line[end..].trim_start_matches(any_of("\t :=")).trim_matches(any_of("\"',"));
    (!value.is_empty()).then(|| (name, value.to_owned()))
}

/// The separator of a line that names at least three columns, an error's among them.
fn heading(line: &str) -> Option<char> {
    ['\t', ';', ',', '|'].into_iter().find(|separator| {
        let names: Vec<String> = line.split(*separator).map(bare).collect();
        names.iter().filter(|name| is_known(name)).count() >= 3
            && names.iter().any(|name| CODES.contains(&name.as_str()))
    })
}

fn rows(plain: &Normal, start: usize, separator: char) -> Vec<SignIn> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(&plain.text.as_bytes()[start..]);
    let Ok(header) = reader.headers().cloned() else { return vec![] };
    let is_local = |name: &str| name.contains('[') && !name.to_ascii_lowercase().contains("utc");
    let names: Vec<String> =
        header.iter().map(|name| if is_local(name) { String::new() } else { bare(name) }).collect();
    let mut out = vec![];
    for record in reader.records().map_while(Result::ok).take(MOST) {
        let cells: Cells = names
            .iter()
            .zip(&record)
            .map(|(name, cell)| (name.clone(), cell.trim_matches('|').trim().to_owned()))
            .collect();
        let begin = start + record.position().and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(0);
        let length = plain.text[begin.min(plain.text.len())..].find('\n').unwrap_or(plain.text.len() - begin);
        out.extend(of_cells(&cells, plain.span(begin, begin + length)));
    }
    out
}

/// As messages of Entra, the newest row last: logs have the newest first.
pub(super) fn messages(mut rows: Vec<SignIn>) -> Vec<Message> {
    rows.truncate(MOST);
    rows.into_iter()
        .rev()
        .map(|row| {
            let mut message = message::of_log(row.code, &row.description, row.span);
            message.app_id = message.app_id.or(row.app);
            message.trace_id = message.trace_id.or(row.request);
            message.correlation_id = message.correlation_id.or(row.correlation);
            message.timestamp = message.timestamp.or(row.at);
            message.thumbprint =
                message.thumbprint.or_else(|| row.thumbprint.map(|text| Presented::of_message(&text, false)));
            message
        })
        .collect()
}

/// ISO 8601, or a day and a time as the portal writes them. A day that could be read both ways tells nothing.
fn log_time(text: &str) -> Option<OffsetDateTime> {
    let iso = text.trim().replacen(' ', "T", 1);
    let iso = OffsetDateTime::parse(&iso, &Rfc3339).or_else(|_| OffsetDateTime::parse(&format!("{iso}Z"), &Rfc3339));
    if let Ok(at) = iso {
        return Some(at);
    }
    let (date, clock) = text.split_once(any_of(", "))?;
    let clock = clock.trim();
    let (clock, half) = match clock.rsplit_once(' ') {
        Some((clock, half)) if half.eq_ignore_ascii_case("AM") => (clock, Some(false)),
        Some((clock, half)) if half.eq_ignore_ascii_case("PM") => (clock, Some(true)),
        _ => (clock, None),
    };
    let numbers: Vec<u16> = date.split(any_of("/.")).map(str::parse).collect::<Result<_, _>>().ok()?;
    let &[one, two, year] = numbers.as_slice() else { return None };
    let (day, month) = match (one, two) {
        (13.., 1..=12) => (one, two),
        (1..=12, 13..) => (two, one),
        // Half days go with the order of the United States.
        _ if half.is_some() => (two, one),
        _ if one == two => (one, two),
        _ => return None,
    };
    let date = dates::date(year, month, day)?;
    let whole = clock.split('.').next().unwrap_or(clock);
    // The hour may have one digit.
    let time = dates::clock(whole).or_else(|| dates::clock(&format!("0{whole}")))?;
    let hour = match half {
        Some(pm) if time.hour() <= 12 => time.hour() % 12 + if pm { 12 } else { 0 },
        Some(_) => return None,
        None => time.hour(),
    };
    Some(PrimitiveDateTime::new(date, time.replace_hour(hour).ok()?).assume_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn times_are_read_only_where_they_can_be_told() {
        for text in [
            "2026-11-27T08:15:42Z",
            "2026-11-27 08:15:42",
            "27/11/2026, 08:15:42.000",
            "11/27/2026, 8:15:42.000 AM",
            "27.11.2026 08:15:42",
        ] {
            let at = log_time(text).expect(text);
            assert_eq!(at.replace_nanosecond(0), Ok(datetime!(2026-11-27 08:15:42 UTC)), "{text}");
        }
        assert_eq!(log_time("3/4/2026, 8:15:42 PM"), Some(datetime!(2026-03-04 20:15:42 UTC)));
        assert_eq!(log_time("12/12/2026, 12:15:42 AM"), Some(datetime!(2026-12-12 00:15:42 UTC)));
        for text in ["03/04/2026, 08:15:42", "yesterday", "", "99/99/2026, 08:15:42"] {
            assert_eq!(log_time(text), None, "{text}");
        }
    }
}
