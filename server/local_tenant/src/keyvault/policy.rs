//! Certificate policies: what a new version is made from.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::serde::timestamp::nanoseconds;

use super::error::VaultError;

/// The issuer of certificates that another CA signs and somebody merges.
pub(super) const UNKNOWN: &str = "Unknown";

/// What is understood of a policy. Members that change nothing here are kept as they were sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Policy {
    pub(super) exportable: bool,
    pub(super) kty: KeyType,
    pub(super) reuse_key: bool,
    pub(super) content_type: String,
    /// X.500 text, such as `CN=payroll, O=Contoso`.
    pub(super) subject: String,
    pub(super) dns_names: Vec<String>,
    pub(super) ekus: Vec<String>,
    pub(super) key_usage: Vec<String>,
    pub(super) validity_months: u16,
    pub(super) issuer: String,
    /// `lifetime_actions` as sent: nothing renews by itself here.
    pub(super) lifetime_actions: Value,
    #[serde(with = "nanoseconds")]
    pub(super) created: OffsetDateTime,
    #[serde(with = "nanoseconds")]
    pub(super) updated: OffsetDateTime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum KeyType {
    Rsa(usize),
    /// P-256.
    Elliptic,
}

fn invalid(what: &str) -> VaultError {
    VaultError::bad_parameter(format!("Property policy has invalid value\r\n\r\n{what}"))
}

impl Policy {
    /// What Key Vault takes where nothing is said.
    pub(super) fn new(subject: impl Into<String>, now: OffsetDateTime) -> Self {
        Self {
            exportable: true,
            kty: KeyType::Rsa(2048),
            reuse_key: false,
            content_type: "application/x-pkcs12".into(),
            subject: subject.into(),
            dns_names: vec![],
            ekus: vec!["1.3.6.1.5.5.7.3.1".into(), "1.3.6.1.5.5.7.3.2".into()],
            key_usage: vec!["digitalSignature".into(), "keyEncipherment".into()],
            validity_months: 12,
            issuer: "Self".into(),
            lifetime_actions: json!([{"trigger": {"lifetime_percentage": 80}, "action": {"action_type": "AutoRenew"}}]),
            created: now,
            updated: now,
        }
    }

    /// Puts what was sent into it: `None` and null members leave it as it is.
    pub(super) fn apply(&mut self, sent: &Value, now: OffsetDateTime) -> Result<(), VaultError> {
        let sent = match sent {
            Value::Null => return Ok(()),
            Value::Object(sent) => sent,
            _ => return Err(invalid("It is not an object.")),
        };
        let part = |name: &str| sent.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        self.apply_key(&part("key_props"))?;
        if let Some(kind) = text(&part("secret_props"), "contentType") {
            if !["application/x-pkcs12", "application/x-pem-file"].contains(&kind.as_str()) {
                return Err(invalid("secret_props.contentType is not a supported content type."));
            }
            self.content_type = kind;
        }
        let x509 = part("x509_props");
        if let Some(subject) = text(&x509, "subject") {
            super::issue::subject(&subject).ok_or_else(|| invalid("x509_props.subject is not an X.500 name."))?;
            self.subject = subject;
        }
        if let Some(months) = x509.get("validity_months").filter(|value| !value.is_null()) {
            self.validity_months = months
                .as_u64()
                .and_then(|months| u16::try_from(months).ok())
                .filter(|months| (1..=1200).contains(months))
                .ok_or_else(|| invalid("x509_props.validity_months must be between 1 and 1200."))?;
        }
        replace(&mut self.ekus, x509.get("ekus"));
        replace(&mut self.key_usage, x509.get("key_usage"));
        replace(&mut self.dns_names, x509.get("sans").and_then(|sans| sans.get("dns_names")));
        if let Some(issuer) = text(&part("issuer"), "name") {
            let known = ["Self", UNKNOWN].into_iter().find(|known| issuer.eq_ignore_ascii_case(known));
            let known = known.ok_or_else(|| {
                invalid(&format!("issuer '{issuer}': this local vault has the issuers 'Self' and 'Unknown' alone."))
            })?;
            self.issuer = known.into();
        }
        if let Some(actions) = sent.get("lifetime_actions").filter(|value| value.is_array()) {
            self.lifetime_actions = actions.clone();
        }
        self.updated = now;
        Ok(())
    }

    fn apply_key(&mut self, key: &Map<String, Value>) -> Result<(), VaultError> {
        if let Some(kty) = text(key, "kty") {
            self.kty = match kty.as_str() {
                "RSA" | "RSA-HSM" => match self.kty {
                    KeyType::Rsa(bits) => KeyType::Rsa(bits),
                    KeyType::Elliptic => KeyType::Rsa(2048),
                },
                "EC" | "EC-HSM" => KeyType::Elliptic,
                _ => return Err(invalid("key_props.kty is not a supported key type.")),
            };
        }
        if let Some(size) = key.get("key_size").filter(|value| !value.is_null())
            && let KeyType::Rsa(bits) = &mut self.kty
        {
            *bits = match size.as_u64() {
                Some(2048) => 2048,
                Some(3072) => 3072,
                Some(4096) => 4096,
                _ => return Err(invalid("key_props.key_size must be 2048, 3072 or 4096.")),
            };
        }
        if self.kty == KeyType::Elliptic && text(key, "crv").is_some_and(|curve| curve != "P-256") {
            return Err(invalid("key_props.crv: this local vault makes P-256 keys alone."));
        }
        let flag = |name: &str| key.get(name).and_then(Value::as_bool);
        self.exportable = flag("exportable").unwrap_or(self.exportable);
        self.reuse_key = flag("reuse_key").unwrap_or(self.reuse_key);
        Ok(())
    }

    /// `id` is the policy's address.
    pub(super) fn show(&self, id: &str) -> Value {
        let mut key = json!({"exportable": self.exportable, "reuse_key": self.reuse_key});
        match self.kty {
            KeyType::Rsa(bits) => (key["kty"], key["key_size"]) = (json!("RSA"), json!(bits)),
            KeyType::Elliptic => {
                (key["kty"], key["key_size"], key["crv"]) = (json!("EC"), json!(256), json!("P-256"));
            }
        }
        let mut x509 = json!({
            "subject": self.subject, "ekus": self.ekus, "key_usage": self.key_usage,
            "validity_months": self.validity_months, "basic_constraints": {"ca": false},
        });
        if !self.dns_names.is_empty() {
            x509["sans"] = json!({"dns_names": self.dns_names});
        }
        json!({
            "id": id,
            "key_props": key,
            "secret_props": {"contentType": self.content_type},
            "x509_props": x509,
            "lifetime_actions": self.lifetime_actions,
            "issuer": {"name": self.issuer},
            "attributes": {
                "enabled": true,
                "created": self.created.unix_timestamp(),
                "updated": self.updated.unix_timestamp(),
            },
        })
    }
}

fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn replace(list: &mut Vec<String>, sent: Option<&Value>) {
    if let Some(items) = sent.and_then(Value::as_array) {
        *list = items.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn policy() -> Policy {
        Policy::new("CN=a", OffsetDateTime::UNIX_EPOCH)
    }

    #[test]
    fn what_is_not_sent_stays() {
        let mut changed = policy();
        changed
            .apply(&json!({"key_props": {"key_size": 3072, "reuse_key": true}, "x509_props": {}}), policy().created)
            .unwrap();
        assert_eq!(changed, Policy { kty: KeyType::Rsa(3072), reuse_key: true, ..policy() });
        changed.apply(&Value::Null, policy().created).unwrap();
        assert_eq!(changed.kty, KeyType::Rsa(3072));
    }

    #[test]
    fn what_makes_no_certificate_is_refused() {
        for bad in [
            json!({"key_props": {"key_size": 1024}}),
            json!({"key_props": {"kty": "oct"}}),
            json!({"x509_props": {"validity_months": 0}}),
            json!({"x509_props": {"subject": "payroll"}}),
            json!({"issuer": {"name": "DigiCert"}}),
            json!({"secret_props": {"contentType": "text/plain"}}),
            json!([]),
        ] {
            let error = policy().apply(&bad, policy().created).unwrap_err();
            assert_eq!(error.code, "BadParameter", "{bad}");
        }
    }
}
