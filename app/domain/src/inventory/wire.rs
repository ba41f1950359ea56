//! Objects as Graph's lists have them (<https://learn.microsoft.com/graph/api/resources/application>,
//! <https://learn.microsoft.com/graph/api/resources/serviceprincipal>).

use super::entries::{Entries, Reading};
use super::object::{HeldCertificate, HeldSecret, InventoryObject};
use super::owner::Owners;
use crate::credentials::{Subject, SubjectKind};
use crate::key_credential::KeyCredential;
use serde_json::{Map, Value};
use std::str::FromStr;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What of an answer an error shows.
const SHOWN: usize = 80;

/// A row without an `id` that can be read: it could be any object, so that none can be said to be gone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a row of the list has no id that can be read: {0}")]
pub struct Unnamed(String);

impl InventoryObject {
    /// A row of a list. `kind`: of the list; a row of another kind says so by its `@odata.type`.
    ///
    /// # Errors
    /// Only where it cannot be said which object it is; all else that cannot be read is kept in the object as such.
    pub fn from_graph(kind: SubjectKind, row: &Value) -> Result<Self, Unnamed> {
        let object = object(row, "it").map_err(Unnamed)?;
        let id = id(object, "id").map_err(Unnamed)?.ok_or_else(|| Unnamed("id is missing".into()))?;
        let kind = match object.get("@odata.type").and_then(Value::as_str) {
            Some("#microsoft.graph.agentIdentityBlueprint") => SubjectKind::AgentBlueprint,
            _ => kind,
        };
        let mut damaged = vec![];
        let name = keep(&mut damaged, text(object, "displayName")).unwrap_or_default().to_owned();
        let audience = keep(&mut damaged, text(object, "signInAudience")).map(str::to_owned);
        let reference = keep(&mut damaged, text(object, "serviceManagementReference")).map(str::to_owned);
        let created = keep(&mut damaged, date(object, "createdDateTime"));
        let app_id = keep(&mut damaged, self::id(object, "appId"));
        let tags = keep(&mut damaged, texts(object, "tags").map(Some)).unwrap_or_default();
        Ok(Self {
            subject: Subject { kind, id },
            app_id,
            name,
            created,
            disabled: disabled(object),
            managed_identity: object.get("servicePrincipalType").and_then(Value::as_str) == Some("ManagedIdentity"),
            audience,
            tags,
            service_management_reference: reference,
            owners: match object.get("owners").map(Owners::from_graph) {
                None => Reading::NotRead,
                Some(Ok(owners)) => Reading::Read(owners),
                Some(Err(why)) => Reading::Failed(why),
            },
            certificates: entries(object.get("keyCredentials"), "keyCredentials", |at, entry| {
                KeyCredential::from_json(at, entry)
                    .map(|entry| HeldCertificate::of(&entry))
                    .map_err(|error| error.to_string())
            }),
            secrets: entries(object.get("passwordCredentials"), "passwordCredentials", secret),
            trusts: match kind {
                SubjectKind::ServicePrincipal => Reading::Read(Entries { readable: vec![], damaged: vec![] }),
                SubjectKind::Application | SubjectKind::AgentBlueprint => Reading::NotRead,
            },
            damaged,
        })
    }
}

/// What can be read; else why not goes to the damages.
fn keep<T>(damaged: &mut Vec<String>, read: Result<Option<T>, String>) -> Option<T> {
    read.unwrap_or_else(|why| {
        damaged.push(why);
        None
    })
}

/// Any of the three properties that say so; `None` where none of them is there.
fn disabled(object: &Map<String, Value>) -> Option<bool> {
    let says = |property: &str| object.get(property).and_then(Value::as_bool);
    let by_microsoft = object.get("disabledByMicrosoftStatus").and_then(Value::as_str);
    if by_microsoft.is_some_and(|status| status != "NotDisabled") {
        return Some(true);
    }
    says("isDisabled").or_else(|| says("accountEnabled").map(|enabled| !enabled))
}

fn secret(at: usize, value: &Value) -> Result<HeldSecret, String> {
    let named = |why: String| format!("Entry {at} of passwordCredentials: {why}");
    let object = object(value, "it").map_err(named)?;
    let read = || {
        Ok(HeldSecret {
            key_id: id(object, "keyId")?,
            name: text(object, "displayName")?.map(str::to_owned),
            hint: text(object, "hint")?.map(str::to_owned),
            start: date(object, "startDateTime")?,
            end: date(object, "endDateTime")?,
        })
    };
    read().map_err(named)
}

pub(super) fn object<'v>(value: &'v Value, what: &str) -> Result<&'v Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("{what} is not an object"))
}

/// Absent and null are the same.
pub(super) fn text<'v>(object: &'v Map<String, Value>, property: &str) -> Result<Option<&'v str>, String> {
    match object.get(property) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(unreadable(property, &other.to_string())),
    }
}

pub(super) fn texts(object: &Map<String, Value>, property: &str) -> Result<Vec<String>, String> {
    match object.get(property) {
        None | Some(Value::Null) => Ok(vec![]),
        Some(Value::Array(list)) => list
            .iter()
            .map(|one| one.as_str().map(str::to_owned).ok_or_else(|| unreadable(property, &one.to_string())))
            .collect(),
        Some(other) => Err(unreadable(property, &other.to_string())),
    }
}

pub(super) fn id<T: FromStr>(object: &Map<String, Value>, property: &str) -> Result<Option<T>, String> {
    text(object, property)?.map(|text| text.parse().map_err(|_| unreadable(property, text))).transpose()
}

fn date(object: &Map<String, Value>, property: &str) -> Result<Option<OffsetDateTime>, String> {
    let read = |text: &str| OffsetDateTime::parse(text, &Rfc3339).map_err(|_| unreadable(property, text));
    text(object, property)?.map(read).transpose()
}

/// A list that is missing is no empty list.
pub(super) fn entries<T>(
    value: Option<&Value>,
    property: &str,
    read: impl Fn(usize, &Value) -> Result<T, String>,
) -> Entries<T> {
    match value {
        Some(Value::Array(list)) => list.iter().enumerate().map(|(at, entry)| read(at, entry)).collect(),
        None => Entries::none_readable(format!("{property} is missing")),
        Some(_) => Entries::none_readable(format!("{property} is not a list")),
    }
}

fn unreadable(property: &str, text: &str) -> String {
    let shown: String = text.chars().take(SHOWN).collect();
    format!("“{shown}” as {property} is not readable")
}
