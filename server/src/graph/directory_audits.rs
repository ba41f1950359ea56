//! `GET /auditLogs/directoryAudits`: who changed an object
//! (<https://learn.microsoft.com/graph/api/directoryaudit-list>). Needs `AuditLog.Read.All`.

use super::pages::Collection;
use super::url::V1;
use super::{Consistency, Graph, GraphError};
use domain::ids::ObjectId;
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Records of one object that are looked at, the newest.
const MOST: &str = "100";
/// What a record says an entry by: `[KeyIdentifier=…,KeyType=…,KeyUsage=…,DisplayName=…]`.
const KEY: &str = "KeyIdentifier=";

/// What is read of a record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryAudit {
    #[serde(rename = "activityDateTime", with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    #[serde(default)]
    initiated_by: InitiatedBy,
    #[serde(default)]
    target_resources: Vec<Target>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
struct InitiatedBy {
    user: Option<User>,
    app: Option<App>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    id: Option<String>,
    user_principal_name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct App {
    app_id: Option<String>,
    display_name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    id: Option<String>,
    #[serde(default)]
    modified_properties: Vec<Modified>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Modified {
    old_value: Option<String>,
    new_value: Option<String>,
}

/// What a record says of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaidOf {
    pub before: bool,
    pub after: bool,
}

impl DirectoryAudit {
    /// Who, and whether that is an app. `None` where the record does not say.
    pub fn initiator(&self) -> Option<(String, bool)> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let user = self.initiated_by.user.as_ref();
        let user = user.and_then(|user| filled(&user.user_principal_name).or_else(|| filled(&user.id)));
        let app = || {
            let app = self.initiated_by.app.as_ref()?;
            filled(&app.display_name).or_else(|| filled(&app.app_id))
        };
        user.map(|name| (name, false)).or_else(|| Some((app()?, true)))
    }

    /// Whether the object had the entry before and after the change, by `keyId` alone. `None`: the record names it nowhere.
    pub fn says_of(&self, object: ObjectId, key_id: &str) -> Option<SaidOf> {
        let object = object.to_string();
        let of_object = |target: &&Target| target.id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(&object));
        let targets = self.target_resources.iter().filter(of_object);
        let mut said = SaidOf { before: false, after: false };
        for modified in targets.flat_map(|target| &target.modified_properties) {
            said.before |= modified.old_value.as_deref().is_some_and(|value| names(value, key_id));
            said.after |= modified.new_value.as_deref().is_some_and(|value| names(value, key_id));
        }
        (said.before || said.after).then_some(said)
    }
}

fn names(value: &str, key_id: &str) -> bool {
    value.split(KEY).skip(1).any(|rest| rest.get(..key_id.len()).is_some_and(|id| id.eq_ignore_ascii_case(key_id)))
}

impl Graph {
    /// Changes of this object since then, the newest first; of very many, the newest.
    pub async fn directory_audits(
        &self,
        bearer: &str,
        object: ObjectId,
        since: OffsetDateTime,
    ) -> Result<Vec<DirectoryAudit>, GraphError> {
        // Whole seconds are understood everywhere.
        let since = since.replace_nanosecond(0).unwrap_or(since).to_offset(UtcOffset::UTC);
        let since = since.format(&Rfc3339).map_err(|error| super::pages::unreadable(error.to_string()))?;
        let filter = format!("activityDateTime ge {since} and targetResources/any(t:t/id eq '{object}')");
        let url = self.url(V1, &["auditLogs", "directoryAudits"], &[("$filter", filter.as_str()), ("$top", MOST)]);
        let page = self.get(bearer, url, Consistency::Default).await?.map(Collection::read)?.value;
        page.value.into_iter().map(super::pages::row).collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn an_entry_is_found_by_its_whole_key_id_and_on_its_object_alone() {
        let [object, key, other] = [1, 2, 3].map(|n| Uuid::from_u128(n).to_string());
        let described =
            |id: &str| format!("[KeyIdentifier={id},KeyType=AsymmetricX509Cert,KeyUsage=Verify,DisplayName=x]");
        let record: DirectoryAudit = serde_json::from_value(json!({
            "activityDateTime": "2026-11-28T12:00:00.1234567Z",
            "initiatedBy": {"user": {"id": other, "userPrincipalName": "mara@contoso.com"}, "app": null},
            "targetResources": [{"id": object, "modifiedProperties": [
                {"displayName": "KeyDescription", "oldValue": json!([described(&key)]).to_string(),
                 "newValue": json!([described(&key), described(&other)]).to_string()}]}]
        }))
        .unwrap();
        let said = |object: &str, id: &str| record.says_of(object.parse().unwrap(), id);
        assert_eq!(said(&object, &key), Some(SaidOf { before: true, after: true }));
        assert_eq!(said(&object, &other.to_uppercase()), Some(SaidOf { before: false, after: true }));
        assert_eq!(said(&object, &Uuid::from_u128(4).to_string()), None);
        assert_eq!(said(&other, &key), None);
        assert_eq!(record.initiator(), Some(("mara@contoso.com".into(), false)));
    }
}
