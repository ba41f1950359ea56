//! `/groups`: security groups and Microsoft 365 groups with their owners and members. Nobody's membership follows from a
//! rule, a deleted group is gone for good, and no group is assignable to directory roles.

pub(crate) mod path;
mod read;
mod relations;
mod write;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::serde::timestamp::nanoseconds;
use uuid::Uuid;

use super::error::GraphError;
use super::object::Object;
use super::odata::{Query, selected};
use super::{Answer, Request, method_not_allowed};
use crate::format::graph_date;
use crate::store::Directory;
use path::{GroupRoute, Part};

/// In the order in which Graph was recorded to write them on 2022-05-07 (azure-cli, `test_group_scenario`).
const PROPERTIES: &[&str] = &[
    "id",
    "deletedDateTime",
    "classification",
    "createdDateTime",
    "creationOptions",
    "description",
    "displayName",
    "expirationDateTime",
    "groupTypes",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesDomainName",
    "onPremisesLastSyncDateTime",
    "onPremisesNetBiosName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "preferredDataLocation",
    "preferredLanguage",
    "proxyAddresses",
    "renewedDateTime",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "securityEnabled",
    "securityIdentifier",
    "theme",
    "visibility",
    "onPremisesProvisioningErrors",
];

/// A group as the directory keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) id: Uuid,
    #[serde(with = "nanoseconds")]
    pub(crate) created: OffsetDateTime,
    pub(crate) display_name: String,
    pub(crate) mail_nickname: String,
    pub(crate) mail_enabled: bool,
    pub(crate) security_enabled: bool,
    /// `groupTypes` has `Unified`.
    pub(crate) unified: bool,
    pub(crate) owners: Vec<Uuid>,
    pub(crate) members: Vec<Uuid>,
    /// Other properties that were set, under their wire names.
    pub(crate) extra: Map<String, Value>,
}

impl Group {
    /// A security group.
    pub(crate) fn new(id: Uuid, display_name: impl Into<String>, created: OffsetDateTime) -> Self {
        Self {
            id,
            created,
            display_name: display_name.into(),
            mail_nickname: id.simple().to_string(),
            mail_enabled: false,
            security_enabled: true,
            unified: false,
            owners: vec![],
            members: vec![],
            extra: Map::new(),
        }
    }

    /// `S-1-12-1-…`: the object id in four numbers, as recorded.
    fn security_identifier(&self) -> String {
        let bytes = self.id.to_bytes_le();
        let number = |chunk: &[u8]| chunk.iter().rev().fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
        let parts: Vec<String> = bytes.chunks(4).map(|chunk| number(chunk).to_string()).collect();
        format!("S-1-12-1-{}", parts.join("-"))
    }

    fn mail(&self, domain: &str) -> Option<String> {
        self.mail_enabled.then(|| format!("{}@{domain}", self.mail_nickname))
    }
}

/// `None` for a name that no group has.
fn property(group: &Group, domain: &str, name: &str) -> Option<Value> {
    let known = PROPERTIES.iter().find(|known| known.eq_ignore_ascii_case(name))?;
    Some(match *known {
        "id" => json!(group.id),
        "createdDateTime" | "renewedDateTime" => json!(graph_date(group.created)),
        "displayName" => json!(group.display_name),
        "groupTypes" => json!(if group.unified { &["Unified"][..] } else { &[] }),
        "mail" => json!(group.mail(domain)),
        "mailEnabled" => json!(group.mail_enabled),
        "mailNickname" => json!(group.mail_nickname),
        "proxyAddresses" => group.mail(domain).map_or_else(|| json!([]), |mail| json!([format!("SMTP:{mail}")])),
        "securityEnabled" => json!(group.security_enabled),
        "securityIdentifier" => json!(group.security_identifier()),
        "visibility" if !group.extra.contains_key("visibility") => json!(group.unified.then_some("Public")),
        "creationOptions"
        | "resourceBehaviorOptions"
        | "resourceProvisioningOptions"
        | "onPremisesProvisioningErrors" => json!([]),
        other => group.extra.get(other).cloned().unwrap_or_default(),
    })
}

fn show(group: &Group, directory: &Directory, query: &Query) -> Result<Object, GraphError> {
    let mut out = Object::default();
    for name in selected(query.select.as_deref(), PROPERTIES, "group")? {
        out.set(name, property(group, &directory.profile.domain, name).unwrap_or_default());
    }
    Ok(out)
}

/// A group among other kinds of directory objects: what is not there of a `$select` is left out.
pub(super) fn typed(group: &Group, directory: &Directory, query: &Query) -> Result<Object, GraphError> {
    let mut out = Object::default();
    out.set("@odata.type", "#microsoft.graph.group");
    let mut shown = show(group, directory, &Query::default())?;
    if let Some(select) = &query.select {
        let names: Vec<&str> = select.iter().map(String::as_str).collect();
        shown.keep(&names);
    }
    out.extend(shown);
    Ok(out)
}

fn find(directory: &Directory, id: Uuid) -> Result<&Group, GraphError> {
    directory.group(id).ok_or_else(|| GraphError::not_found(id))
}

pub(super) fn operate(request: &Request<'_>, method: &str, route: &GroupRoute) -> Result<Answer, GraphError> {
    match (method, route) {
        ("GET", GroupRoute::All) => read::list(request),
        ("GET", GroupRoute::Count) => read::count(request),
        ("POST", GroupRoute::All) => write::create(request),
        ("GET", GroupRoute::One(id)) => read::get(request, *id),
        ("PATCH", GroupRoute::One(id)) => write::update(request, *id),
        ("DELETE", GroupRoute::One(id)) => write::delete(request, *id),
        ("GET", GroupRoute::Relation(id, relation, part)) => relations::list(request, *id, *relation, part),
        ("POST", GroupRoute::Relation(id, relation, Part::References)) => relations::add(request, *id, *relation),
        ("DELETE", GroupRoute::Relation(id, relation, Part::Reference(one))) => {
            relations::remove(request, *id, *relation, *one)
        }
        _ => Err(method_not_allowed()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use crate::store::TenantProfile;
    use time::macros::datetime;

    /// The recorded answer to a GET on 2022-05-07, after its `@odata.context`.
    const RECORDED: &str = r#"{"id":"a3f6c606-38ec-42d7-8c0e-d4ecaf0d9d61","deletedDateTime":null,"classification":null,"createdDateTime":"2022-05-07T06:53:34Z","creationOptions":[],"description":"testgroup000001","displayName":"testgroup000001","expirationDateTime":null,"groupTypes":[],"isAssignableToRole":null,"mail":null,"mailEnabled":false,"mailNickname":"deleteme11","membershipRule":null,"membershipRuleProcessingState":null,"onPremisesDomainName":null,"onPremisesLastSyncDateTime":null,"onPremisesNetBiosName":null,"onPremisesSamAccountName":null,"onPremisesSecurityIdentifier":null,"onPremisesSyncEnabled":null,"preferredDataLocation":null,"preferredLanguage":null,"proxyAddresses":[],"renewedDateTime":"2022-05-07T06:53:34Z","resourceBehaviorOptions":[],"resourceProvisioningOptions":[],"securityEnabled":true,"securityIdentifier":"S-1-12-1-2750858758-1121401068-3973320332-1637682607","theme":null,"visibility":null,"onPremisesProvisioningErrors":[]}"#;

    #[test]
    fn a_group_is_written_as_recorded_to_the_letter() {
        let profile = TenantProfile { id: Uuid::nil(), display_name: "C".into(), domain: "c.example".into() };
        let id = Uuid::parse_str("a3f6c606-38ec-42d7-8c0e-d4ecaf0d9d61").unwrap();
        let mut group = Group::new(id, "testgroup000001", datetime!(2022-05-07 06:53:34 UTC));
        group.mail_nickname = "deleteme11".into();
        group.extra.insert("description".into(), "testgroup000001".into());
        let shown = show(&group, &Directory::new(profile), &Query::default()).unwrap();
        assert_eq!(serde_json::to_string(&shown).unwrap(), RECORDED);
    }
}
