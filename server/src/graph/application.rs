//! One application: read with the `key` of its certificates or without, and written.

use super::budget::Cost;
use super::url::V1;
use super::{Consistency, Graph, GraphError, GraphResponse};
use domain::app_selector::AppFacts;
use domain::ids::{AppId, KeyId, ObjectId};
use domain::key_credential::KeyCredentials;
use domain::requests::{SecretState, StateDigest};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Graph fills `key` only where `$select` names `keyCredentials` and one object is read.
pub(super) const SELECT: &str = "id,appId,displayName,signInAudience,createdDateTime,tokenEncryptionKeyId,servicePrincipalLockConfiguration,keyCredentials,passwordCredentials";

/// An app registration (`application`), as far as this portal reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    pub id: ObjectId,
    pub app_id: AppId,
    pub display_name: String,
    pub sign_in_audience: Option<String>,
    /// `None` where the read did not show them: with `$select` it does not.
    pub tags: Option<Vec<String>>,
    pub created: Option<OffsetDateTime>,
    pub token_encryption_key_id: Option<KeyId>,
    /// `servicePrincipalLockConfiguration`, as Graph has it.
    pub lock: Option<Value>,
    pub key_credentials: KeyCredentials,
    pub password_credentials: Vec<PasswordCredential>,
}

/// One client secret: everything but the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordCredential {
    pub key_id: Option<KeyId>,
    pub display_name: Option<String>,
    /// Its first three characters.
    pub hint: Option<String>,
    pub start: Option<OffsetDateTime>,
    pub end: Option<OffsetDateTime>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    id: ObjectId,
    app_id: AppId,
    display_name: Option<String>,
    sign_in_audience: Option<String>,
    tags: Option<Vec<String>>,
    created_date_time: Option<String>,
    token_encryption_key_id: Option<KeyId>,
    #[serde(default, rename = "servicePrincipalLockConfiguration")]
    lock: Option<Value>,
    // Missing must fail: an app whose certificates were not read must never look like one that has none.
    key_credentials: Value,
    #[serde(default)]
    password_credentials: Vec<WirePassword>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WirePassword {
    key_id: Option<KeyId>,
    display_name: Option<String>,
    hint: Option<String>,
    start_date_time: Option<String>,
    end_date_time: Option<String>,
}

impl PasswordCredential {
    fn state(&self) -> SecretState<'_> {
        SecretState {
            key_id: self.key_id,
            name: self.display_name.as_deref(),
            hint: self.hint.as_deref(),
            start: self.start,
            end: self.end,
        }
    }
}

impl Application {
    /// What rules and teams look at, as far as this read showed it.
    pub fn facts(&self) -> AppFacts {
        AppFacts {
            id: self.id,
            app_id: Some(self.app_id),
            name: self.display_name.clone(),
            tags: self.tags.clone(),
            audience: self.sign_in_audience.clone(),
            ownerless: None,
            departments: vec![],
        }
    }

    /// All that it has to sign in with, for the approval of a removal.
    pub fn credentials_digest(&self) -> StateDigest {
        let secrets = self.password_credentials.iter().map(PasswordCredential::state);
        StateDigest::with_secrets(self.id, &self.key_credentials, secrets)
    }

    pub fn admits_personal_accounts(&self) -> bool {
        domain::preflight::admits_personal_accounts(self.sign_in_audience.as_deref())
    }
}

/// Of the budget, for one write.
#[derive(Debug)]
pub struct WritePermit(pub(super) ());

impl Graph {
    /// `GET /applications/{id}`: its certificates with their `key`.
    pub async fn application(&self, bearer: &str, id: ObjectId) -> Result<GraphResponse<Application>, GraphError> {
        let url = self.url(V1, &["applications", &id.to_string()], &[("$select", SELECT)]);
        self.get(bearer, url, Consistency::Default).await?.map(read)
    }

    /// `GET /applications/{id}` without `$select`: `keyCredentials` is there, every `key` null, and the limit of 150 reads
    /// of keys a minute does not count it. All that a merge needs; not enough to bring a lost entry back.
    pub async fn application_without_keys(
        &self,
        bearer: &str,
        id: ObjectId,
    ) -> Result<GraphResponse<Application>, GraphError> {
        let url = self.url(V1, &["applications", &id.to_string()], &[]);
        debug_assert_eq!(Cost::of(&Method::GET, &url).key_reads, 0);
        self.get(bearer, url, Consistency::Default).await?.map(read)
    }

    /// By application (client) id, with `key`. `None` where this directory has no such application; it may have its
    /// service principal.
    pub async fn application_of(&self, bearer: &str, app: AppId) -> Result<Option<Application>, GraphError> {
        let url = self.url(V1, &[&format!("applications(appId='{app}')")], &[("$select", SELECT)]);
        found(self.get(bearer, url, Consistency::Default).await.and_then(|answer| answer.map(read)))
    }

    /// Waits for room: the read that a write rests on should not grow old meanwhile. `personal`: for an app that admits
    /// personal Microsoft accounts, of which Graph takes fewer.
    ///
    /// # Errors
    /// Graph has said that nothing is to be sent for longer than this client waits.
    pub async fn write_permit(&self, personal: bool) -> Result<WritePermit, GraphError> {
        self.admit(Cost { personal_writes: u32::from(personal), ..Cost::WRITE }).await?;
        Ok(WritePermit(()))
    }

    /// `PATCH /applications/{id}` with the whole `keyCredentials`: what is not in it is gone. Sends once what a [`domain::push::Push`] says is due: [`domain::push::Ask::Write`].
    ///
    /// # Errors
    /// Ask [`GraphError::write_may_have_happened`] before concluding anything.
    pub async fn patch_key_credentials(
        &self,
        bearer: &str,
        id: ObjectId,
        body: &Value,
        WritePermit(()): WritePermit,
    ) -> Result<GraphResponse<()>, GraphError> {
        let url = self.url(V1, &["applications", &id.to_string()], &[]);
        let answer =
            self.send_admitted(Cost::WRITE, bearer, Method::PATCH, url, Consistency::Default, Some(body)).await?;
        Ok(GraphResponse { value: (), status: answer.status, request_id: answer.request_id })
    }
}

/// Without those that the directory does not have.
pub(super) fn found<T>(read: Result<GraphResponse<T>, GraphError>) -> Result<Option<T>, GraphError> {
    match read {
        Ok(answer) => Ok(Some(answer.value)),
        Err(GraphError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn read(value: Value) -> Result<Application, String> {
    let wire: Wire = serde_json::from_value(value).map_err(|e| e.to_string())?;
    Ok(Application {
        id: wire.id,
        app_id: wire.app_id,
        display_name: wire.display_name.unwrap_or_default(),
        sign_in_audience: wire.sign_in_audience,
        tags: wire.tags,
        created: wire.created_date_time.as_deref().and_then(date),
        token_encryption_key_id: wire.token_encryption_key_id,
        lock: wire.lock,
        key_credentials: KeyCredentials::from_json(&wire.key_credentials).map_err(|e| e.to_string())?,
        password_credentials: wire.password_credentials.into_iter().map(Into::into).collect(),
    })
}

impl From<WirePassword> for PasswordCredential {
    fn from(wire: WirePassword) -> Self {
        Self {
            key_id: wire.key_id,
            display_name: wire.display_name,
            hint: wire.hint,
            start: wire.start_date_time.as_deref().and_then(date),
            end: wire.end_date_time.as_deref().and_then(date),
        }
    }
}

fn date(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wire() -> Value {
        json!({"id": "765eb0e3-acb3-475d-9a98-ee6892f081c8", "appId": "afb85a07-e312-4d49-b75b-9db4e2d683cd",
            "createdDateTime": "2022-05-07T06:52:40Z", "displayName": "payroll", "signInAudience": "AzureADMyOrg",
            "tokenEncryptionKeyId": null, "keyCredentials": [],
            "passwordCredentials": [{"customKeyIdentifier": null, "displayName": "key2", "endDateTime": "2023-05-07T06:52:46Z",
                "hint": "jis", "keyId": "58ed553a-d3af-4520-8d81-4775274faac5", "secretText": null, "startDateTime": "2022-05-07T06:52:46Z"}]})
    }

    #[test]
    fn reads_an_application() {
        let app = read(wire()).expect("readable");
        assert_eq!(app.display_name, "payroll");
        assert_eq!(app.key_credentials.len(), 0);
        assert_eq!(app.password_credentials[0].hint.as_deref(), Some("jis"));
        assert!(app.password_credentials[0].end.is_some());
    }

    #[test]
    fn certificates_that_were_not_sent_are_not_none() {
        let mut value = wire();
        value.as_object_mut().expect("an object").remove("keyCredentials");
        assert!(read(value.clone()).is_err());
        value["keyCredentials"] = Value::Null;
        assert!(read(value).is_err());
    }
}
