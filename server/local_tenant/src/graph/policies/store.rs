//! App management policies, as the directory keeps them (facts, C4).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::serde::timestamp::nanoseconds;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::format::{graph_date, parse_date};
use crate::graph::error::GraphError;
use crate::graph::object::Object;
use crate::graph::path::Version;
use crate::graph::security_attributes::{Attributes, text};
use crate::state_file::codec;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Policies {
    pub(crate) tenant: TenantPolicy,
    pub(crate) custom: Vec<CustomPolicy>,
    pub(crate) authorities: Vec<AuthorityConfiguration>,
}

/// `tenantAppManagementPolicy`: there is always one, at first without restrictions and switched off.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct TenantPolicy {
    pub(crate) enabled: bool,
    pub(crate) applications: Restrictions,
    pub(crate) service_principals: Restrictions,
}

/// `appManagementPolicy`, to be assigned to applications and service principals.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CustomPolicy {
    pub(crate) id: Uuid,
    pub(crate) display_name: String,
    pub(crate) description: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) restrictions: Restrictions,
}

/// `appManagementConfiguration`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Restrictions {
    pub(crate) passwords: Vec<Restriction>,
    pub(crate) keys: Vec<Restriction>,
}

/// `passwordCredentialConfiguration` or `keyCredentialConfiguration`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Restriction {
    /// `restrictionType`.
    pub(crate) kind: String,
    /// `state`.
    pub(crate) enabled: bool,
    pub(crate) max_lifetime: Option<Lifetime>,
    /// `restrictForAppsCreatedAfterDateTime`; `None` is for all.
    #[serde(with = "nanoseconds::option")]
    pub(crate) created_after: Option<OffsetDateTime>,
    /// `certificateBasedApplicationConfigurationIds`.
    pub(crate) authorities: Vec<Uuid>,
    /// `excludeActors`: whoever has one of these is not restricted.
    pub(crate) exemptions: Vec<Exemption>,
}

/// `customSecurityAttributeStringValueExemption`; the one operator is `equals`, with regard to case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exemption {
    /// `Set_Attribute`.
    id: String,
    value: String,
}

/// An `Edm.Duration`, with the spelling in which it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Lifetime {
    pub(crate) text: String,
    pub(crate) duration: Duration,
}

/// The text is no duration.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is no duration")]
pub(crate) struct NotADuration(String);

impl TryFrom<String> for Lifetime {
    type Error = NotADuration;

    fn try_from(text: String) -> Result<Self, NotADuration> {
        match parse_duration(&text) {
            Some(duration) => Ok(Self { text, duration }),
            None => Err(NotADuration(text)),
        }
    }
}

impl From<Lifetime> for String {
    fn from(lifetime: Lifetime) -> Self {
        lifetime.text
    }
}

/// `certificateBasedApplicationConfiguration` (beta): a list of CAs.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AuthorityConfiguration {
    pub(crate) id: Uuid,
    pub(crate) display_name: String,
    pub(crate) description: Option<String>,
    pub(crate) authorities: Vec<Authority>,
}

/// `certificateAuthorityAsEntity`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Authority {
    pub(crate) id: Uuid,
    pub(crate) root: bool,
    #[serde(with = "codec::base64")]
    pub(crate) certificate: Vec<u8>,
    /// Distinguished name, as the certificate's own reader writes it.
    pub(crate) subject: String,
    #[serde(with = "codec::base64_option")]
    pub(crate) subject_key_identifier: Option<Vec<u8>>,
}

const EXEMPTION_TYPE: &str = "#microsoft.graph.customSecurityAttributeStringValueExemption";
const PASSWORD_KINDS: &[&str] =
    &["passwordAddition", "passwordLifetime", "symmetricKeyAddition", "symmetricKeyLifetime", "customPasswordAddition"];
/// Metadata of v1.0 lacks the second one, and v1.0 takes it all the same (facts, I, 9).
const KEY_KINDS: &[&str] = &["asymmetricKeyLifetime", "trustedCertificateAuthority"];

fn invalid(name: &str) -> GraphError {
    GraphError::invalid_value(name, "appManagementPolicy")
}

impl Restrictions {
    /// Puts in what was sent: a collection that is sent replaces the old one, the other stays.
    pub(crate) fn apply(&mut self, sent: &Value, now: OffsetDateTime) -> Result<(), GraphError> {
        let sent = sent.as_object().ok_or_else(|| invalid("restrictions"))?;
        for (name, value) in sent {
            match name.as_str() {
                "passwordCredentials" => self.passwords = list(value, PASSWORD_KINDS, now)?,
                "keyCredentials" => self.keys = list(value, KEY_KINDS, now)?,
                // Of the tenant's policy; kept out, for nothing here goes by it.
                "audiences" | "identifierUris" | "applicationRestrictions" => {
                    return Err(GraphError::bad_request(format!(
                        "This local tenant does not restrict '{name}' by policy."
                    )));
                }
                name if name.contains('@') => {}
                name => return Err(GraphError::bad_request(format!("Invalid property '{name}'."))),
            }
        }
        Ok(())
    }

    pub(crate) fn show(&self, version: Version) -> Object {
        let mut out = Object::default();
        let show = |list: &[Restriction], keys| list.iter().map(|one| one.show(keys, version)).collect();
        out.list("passwordCredentials", show(&self.passwords, false));
        out.list("keyCredentials", show(&self.keys, true));
        out
    }
}

/// Sorted by type: Graph returns them so.
fn list(value: &Value, kinds: &[&str], now: OffsetDateTime) -> Result<Vec<Restriction>, GraphError> {
    let items = value.as_array().ok_or_else(|| invalid("restrictions"))?;
    let mut list = items.iter().map(|one| Restriction::parse(one, kinds, now)).collect::<Result<Vec<_>, _>>()?;
    list.sort_by(|left, right| left.kind.cmp(&right.kind));
    if list.windows(2).any(|pair| pair[0].kind == pair[1].kind) {
        return Err(invalid("restrictionType"));
    }
    Ok(list)
}

impl Restriction {
    fn parse(value: &Value, kinds: &[&str], now: OffsetDateTime) -> Result<Self, GraphError> {
        let sent: &Map<String, Value> = value.as_object().ok_or_else(|| invalid("restrictions"))?;
        let text = |name: &str| match sent.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(invalid(name)),
        };
        let kind =
            text("restrictionType")?.filter(|kind| kinds.contains(kind)).ok_or_else(|| invalid("restrictionType"))?;
        let enabled = match text("state")? {
            None | Some("enabled") => true,
            Some("disabled") => false,
            Some(_) => return Err(invalid("state")),
        };
        let max_lifetime = text("maxLifetime")?
            .map(|text| Lifetime::try_from(text.to_owned()).map_err(|_| invalid("maxLifetime")))
            .transpose()?;
        if kind.ends_with("Lifetime") && enabled && max_lifetime.is_none() {
            return Err(invalid("maxLifetime"));
        }
        let created_after = match text("restrictForAppsCreatedAfterDateTime")? {
            // Left out: from now on.
            None => Some(now),
            Some(text) => Some(parse_date(text).ok_or_else(|| invalid("restrictForAppsCreatedAfterDateTime"))?),
        };
        let authorities = match sent.get("certificateBasedApplicationConfigurationIds") {
            None | Some(Value::Null) => vec![],
            Some(ids) => ids
                .as_array()
                .and_then(|ids| ids.iter().map(|id| Uuid::parse_str(id.as_str()?).ok()).collect())
                .ok_or_else(|| invalid("certificateBasedApplicationConfigurationIds"))?,
        };
        let exemptions = match sent.get("excludeActors") {
            None | Some(Value::Null) => vec![],
            Some(actors) => exemptions(actors).ok_or_else(|| invalid("excludeActors"))?,
        };
        Ok(Self { kind: kind.to_owned(), enabled, max_lifetime, created_after, authorities, exemptions })
    }

    /// Whether whoever has these attributes is not restricted.
    pub(crate) fn exempts(&self, actor: &Attributes) -> bool {
        let has = |exemption: &Exemption| text(actor, &exemption.id) == Some(exemption.value.as_str());
        self.exemptions.iter().any(has)
    }

    fn show(&self, key: bool, version: Version) -> Object {
        let mut out = Object::default();
        out.set("restrictionType", self.kind.clone());
        out.set("state", if self.enabled { "enabled" } else { "disabled" });
        out.set("maxLifetime", self.max_lifetime.as_ref().map(|lifetime| lifetime.text.clone()));
        out.set("restrictForAppsCreatedAfterDateTime", self.created_after.map(graph_date));
        if key && version == Version::Beta {
            out.set("certificateBasedApplicationConfigurationIds", json!(self.authorities));
        }
        if !self.exemptions.is_empty() {
            let shown = |one: &Exemption| json!({"@odata.type": EXEMPTION_TYPE, "id": one.id, "operator": "equals", "value": one.value});
            let all: Vec<Value> = self.exemptions.iter().map(shown).collect();
            out.set("excludeActors", json!({"customSecurityAttributes": all}));
        }
        out
    }
}

/// At most five, each of one text.
fn exemptions(actors: &Value) -> Option<Vec<Exemption>> {
    let listed = actors.as_object()?.get("customSecurityAttributes")?.as_array()?;
    let parse = |one: &Value| {
        let text = |name: &str| one[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let kind = one["@odata.type"].as_str().is_none_or(|kind| kind.trim_start_matches('#') == &EXEMPTION_TYPE[1..]);
        let sound = kind && one["operator"].as_str().is_none_or(|operator| operator == "equals");
        sound.then_some(Exemption { id: text("id")?, value: text("value")? })
    };
    (listed.len() <= 5).then(|| listed.iter().map(parse).collect()).flatten()
}

/// ISO 8601, as far as `Edm.Duration` and Graph's samples go: `P365D`, `P1Y6M`, `PT12H`. A year is 365 days here and a
/// month 30.
fn parse_duration(text: &str) -> Option<Duration> {
    let (days, time) = text.strip_prefix('P')?.split_once('T').unwrap_or((text.strip_prefix('P')?, ""));
    let mut total = Duration::ZERO;
    let mut any = false;
    for (part, units) in [
        (days, &[('Y', 365 * 86_400), ('M', 30 * 86_400), ('W', 7 * 86_400), ('D', 86_400)][..]),
        (time, &[('H', 3_600), ('M', 60), ('S', 1)][..]),
    ] {
        let mut digits = String::new();
        for letter in part.chars() {
            if letter.is_ascii_digit() {
                digits.push(letter);
                continue;
            }
            let (_, seconds) = units.iter().find(|(unit, _)| *unit == letter)?;
            let amount: i64 = digits.parse().ok()?;
            total = total.checked_add(Duration::seconds(amount.checked_mul(*seconds)?))?;
            digits.clear();
            any = true;
        }
        if !digits.is_empty() {
            return None;
        }
    }
    any.then_some(total)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse_duration("P365D").unwrap(), Duration::days(365));
        assert_eq!(parse_duration("P1Y6M1W").unwrap(), Duration::days(365 + 180 + 7));
        assert_eq!(parse_duration("P4DT12H30M5S").unwrap(), Duration::seconds(4 * 86_400 + 12 * 3_600 + 30 * 60 + 5));
        for text in ["", "P", "PT", "365D", "P12", "P1H", "PT1D", "P-1D", "P99999999999999999D"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn restrictions_are_sorted_and_known() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let mut restrictions = Restrictions::default();
        let sent = json!({"passwordCredentials": [
            {"restrictionType": "passwordLifetime", "maxLifetime": "P30D"},
            {"restrictionType": "passwordAddition", "state": "disabled"},
        ]});
        restrictions.apply(&sent, now).unwrap();
        assert_eq!(restrictions.passwords[0].kind, "passwordAddition");
        assert!(!restrictions.passwords[0].enabled);
        assert_eq!(restrictions.passwords[1].created_after, Some(now));
        for bad in [
            json!({"keyCredentials": [{"restrictionType": "passwordAddition"}]}),
            json!({"keyCredentials": [{"restrictionType": "asymmetricKeyLifetime"}]}),
            json!({"keyCredentials": [{"restrictionType": "asymmetricKeyLifetime", "maxLifetime": "a year"}]}),
            json!({"passwordCredentials": [{"restrictionType": "passwordAddition"}, {"restrictionType": "passwordAddition"}]}),
            json!({"colour": []}),
        ] {
            assert!(restrictions.clone().apply(&bad, now).is_err(), "{bad}");
        }
    }
}
