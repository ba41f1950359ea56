//! What a request is about.

use super::Seen;
use crate::ids::{AppId, KeyId, ObjectId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::serde::rfc3339;
use uuid::Uuid;

/// What is asked for, and what it came to when it was.
///
/// The member `preview` stands where it always stood: what was kept before there was anything else reads as ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestSubject {
    /// What.
    #[serde(flatten)]
    pub asked: Asked,
    /// What approvals are given to.
    #[serde(flatten)]
    pub seen: Seen,
}

impl RequestSubject {
    /// The change of a preview.
    pub const fn preview(preview: Uuid, seen: Seen) -> Self {
        Self { asked: Asked::Preview(preview), seen }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// The change of `keyCredentials` that the preview of this id shows.
    Preview(Uuid),
    /// That a client secret goes, for good.
    SecretRemoval(AskedSecret),
}

impl Asked {
    /// Its id, where it is a preview.
    pub const fn preview(&self) -> Option<Uuid> {
        match self {
            Self::Preview(id) => Some(*id),
            Self::SecretRemoval(_) => None,
        }
    }

    /// Which, where it is a secret.
    pub const fn secret(&self) -> Option<&AskedSecret> {
        match self {
            Self::Preview(_) => None,
            Self::SecretRemoval(secret) => Some(secret),
        }
    }
}

/// A client secret of an app, as both were when somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedSecret {
    /// Of the app.
    pub app: ObjectId,
    /// Its client id.
    pub app_id: AppId,
    /// Its `displayName`.
    pub app_name: String,
    /// Of the secret.
    pub key: KeyId,
    /// `displayName` of the secret.
    pub name: Option<String>,
    /// Its first characters.
    pub hint: Option<String>,
    /// `startDateTime`
    #[serde(with = "rfc3339::option")]
    pub start: Option<OffsetDateTime>,
    /// `endDateTime`
    #[serde(with = "rfc3339::option")]
    pub end: Option<OffsetDateTime>,
}

impl AskedSecret {
    /// In a line: `removal of the client secret “nightly” of payroll-batch`.
    pub fn in_words(&self) -> String {
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        let name = name.map_or_else(|| "without a name".to_owned(), |name| format!("“{name}”"));
        format!("removal of the client secret {name} of {}", self.app_name)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::requests::Request;
    use serde_json::{Value, json};
    use time::macros::datetime;

    fn secret(name: Option<&str>) -> AskedSecret {
        AskedSecret {
            app: ObjectId::new(Uuid::from_u128(1)),
            app_id: AppId::new(Uuid::from_u128(2)),
            app_name: "payroll-batch".into(),
            key: KeyId::new(Uuid::from_u128(3)),
            name: name.map(str::to_owned),
            hint: Some("Ab3".into()),
            start: None,
            end: Some(datetime!(2027-01-01 00:00 UTC)),
        }
    }

    /// As the version before this one kept it.
    const OLD: &str = r#"{"id":"00000000-0000-0000-0000-000000000004","asker":"00000000-0000-0000-0000-000000000002",
        "subject":{"preview":"00000000-0000-0000-0000-000000000003","plan":"aa","state":"bb"},
        "needs":[{"rule":null,"approvals":1,"approvers":["admins"],"own":false,"ordered":false,"fallback":[],
            "fallback_after_hours":null,"automatic":false}],
        "reason":"why","wanted_on":null,"asked_at":"2026-11-29T12:00:00Z","expires_at":"2026-12-13T12:00:00Z",
        "state":"open","revision":1,"reviews":[],"receipt":null,"void":null}"#;

    #[test]
    fn what_was_kept_before_reads_as_ever_and_is_written_as_ever() {
        let request: Request = serde_json::from_str(OLD).unwrap();
        assert_eq!(request.subject().asked, Asked::Preview(Uuid::from_u128(3)));
        assert_eq!(request.subject().seen.plan.to_string(), "aa");
        let (written, old): (Value, Value) =
            (serde_json::to_value(&request).unwrap(), serde_json::from_str(OLD).unwrap());
        assert_eq!(written, old);
    }

    #[test]
    fn a_secret_is_kept_with_what_it_was() {
        let mut kept: Value = serde_json::from_str(OLD).unwrap();
        kept["subject"] = json!({"secret-removal": secret(Some("nightly")), "plan": "aa", "state": "bb"});
        let request: Request = serde_json::from_value(kept.clone()).unwrap();
        assert_eq!(request.subject().asked.secret(), Some(&secret(Some("nightly"))));
        assert_eq!(serde_json::to_value(&request).unwrap(), kept);
        kept["subject"] = json!({"plan": "aa", "state": "bb"});
        assert!(serde_json::from_value::<Request>(kept).is_err(), "about nothing");
    }

    #[test]
    fn it_is_named_in_a_line() {
        let words = |name| secret(name).in_words();
        assert_eq!(words(Some("nightly")), "removal of the client secret “nightly” of payroll-batch");
        assert_eq!([words(None), words(Some(""))], ["removal of the client secret without a name of payroll-batch"; 2]);
    }
}
