//! What is written, against the types that Microsoft's metadata declares: names, kinds of values, nulls, enumerations.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{MODEL, Property};
use crate::format::{binary, parse_date};
use crate::graph::error::GraphError;

/// Refuses the first property of which the metadata says otherwise. `beyond` names what is not in the metadata and taken all
/// the same. Annotations (`@odata.type`) are not looked at; whether a property can be written at all is not told here.
pub(crate) fn object(kind: &str, sent: &Map<String, Value>, beyond: impl Fn(&str) -> bool) -> Result<(), GraphError> {
    let resource = match kind {
        "application" => "Application",
        "group" => "Group",
        "appRoleAssignment" => "AppRoleAssignment",
        "oAuth2PermissionGrant" => "OAuth2PermissionGrant",
        _ => "ServicePrincipal",
    };
    for (name, value) in sent.iter().filter(|(name, _)| !name.contains('@') && !beyond(name)) {
        // A name that is not declared is refused by whoever applies it, in Graph's words.
        if let Some(property) = MODEL.property(kind, name)
            && !holds(property, value)
        {
            return Err(GraphError::invalid_value(name, resource));
        }
    }
    Ok(())
}

/// Whether a property can hold a value.
fn holds(property: &Property, value: &Value) -> bool {
    if property.collection {
        return value.as_array().is_some_and(|items| items.iter().all(|item| is(&property.kind, item)));
    }
    if value.is_null() {
        return property.nullable;
    }
    is(&property.kind, value)
}

fn is(kind: &str, value: &Value) -> bool {
    let text = |good: fn(&str) -> bool| value.as_str().is_some_and(good);
    match kind {
        "Edm.Boolean" => value.is_boolean(),
        "Edm.String" | "Edm.Duration" | "Edm.Date" | "Edm.TimeOfDay" => value.is_string(),
        "Edm.Int16" | "Edm.Int32" | "Edm.Int64" => value.is_i64(),
        "Edm.Double" | "Edm.Single" | "Edm.Decimal" => value.is_number(),
        "Edm.Guid" => text(|text| Uuid::parse_str(text).is_ok()),
        "Edm.DateTimeOffset" => text(|text| parse_date(text).is_some()),
        "Edm.Binary" => text(|text| binary(text).is_some()),
        _ => match MODEL.of(kind) {
            Some(known) if known.is_enumeration => text_members(value, &known.members),
            // Members that are not declared are left to whoever applies them: some types are open.
            Some(_) => value.as_object().is_some_and(|members| {
                members
                    .iter()
                    .filter(|(name, _)| !name.contains('@'))
                    .all(|(name, value)| MODEL.property(kind, name).is_none_or(|member| holds(member, value)))
            }),
            None => true,
        },
    }
}

/// Names of an enumeration's members, with commas where they are flags.
fn text_members(value: &Value, known: &[String]) -> bool {
    value.as_str().is_some_and(|text| text.split(',').all(|one| known.iter().any(|name| name == one.trim())))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use serde_json::json;

    use super::*;

    fn good(sent: &Value) -> bool {
        object("application", sent.as_object().unwrap(), |name| name == "own").is_ok()
    }

    #[test]
    fn values_are_of_the_declared_kind() {
        for sent in [
            json!({"isFallbackPublicClient": true, "notes": null, "tags": ["a"], "own": 7, "@odata.type": 1}),
            json!({"tokenEncryptionKeyId": "0610a4a7-3535-4eb5-89ef-7935b1818f2d"}),
            json!({"api": {"requestedAccessTokenVersion": 2, "knownClientApplications": []}}),
            json!({"nativeAuthenticationApisEnabled": "all"}),
            json!({"keyCredentials": [{"key": null, "startDateTime": "2026-01-01T00:00:00Z"}]}),
        ] {
            assert!(good(&sent), "{sent}");
        }
        for sent in [
            json!({"isFallbackPublicClient": "yes"}),
            json!({"displayName": 7}),
            json!({"tags": null}),
            json!({"tags": [7]}),
            json!({"tokenEncryptionKeyId": "none"}),
            json!({"api": {"requestedAccessTokenVersion": "2"}}),
            json!({"api": {"oauth2PermissionScopes": [{"id": "x"}]}}),
            json!({"nativeAuthenticationApisEnabled": "some"}),
            json!({"web": []}),
            json!({"requiredResourceAccess": [{"resourceAccess": [{"id": 7}]}]}),
        ] {
            assert!(!good(&sent), "{sent}");
        }
    }
}
