//! Sign-ins of service principals: one record for each client credentials request, whether it succeeded or not.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::serde::timestamp::nanoseconds;
use uuid::Uuid;

use crate::format::graph_date;
use crate::graph::object::Object;

/// Who tried, with what, and what came of it (facts, F4 and J7).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SignIn {
    pub(crate) id: Uuid,
    #[serde(with = "nanoseconds")]
    pub(crate) at: OffsetDateTime,
    pub(crate) app_id: Uuid,
    pub(crate) app_name: String,
    pub(crate) service_principal: Option<Uuid>,
    pub(crate) resource: String,
    pub(crate) correlation: Uuid,
    pub(crate) credential: Credential,
    /// Number of the `AADSTS` code; 0 for a success.
    pub(crate) error_code: u32,
    pub(crate) failure_reason: Option<String>,
    pub(crate) user_agent: Option<String>,
}

/// What was presented, and which entry of the directory it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Credential {
    /// Upper-case hex, of what the client presented.
    Certificate {
        key_id: Option<Uuid>,
        thumbprint: Option<String>,
    },
    Secret {
        key_id: Option<Uuid>,
    },
    /// A token of another issuer; the federated credential that it fits.
    Federated {
        id: Option<Uuid>,
    },
    None,
}

impl SignIn {
    pub(super) fn show(&self) -> Object {
        let mut out = Object::default();
        out.set("id", self.id.to_string());
        for name in ["createdDateTime", "appDisplayName", "appId"] {
            out.set(name, self.property(name).unwrap_or_default());
        }
        out.set("ipAddress", "127.0.0.1");
        out.set("userAgent", self.user_agent.clone());
        out.set("correlationId", self.correlation.to_string());
        out.set("conditionalAccessStatus", "notApplied");
        out.set("isInteractive", false);
        out.set("resourceDisplayName", self.resource.clone());
        out.set("servicePrincipalId", self.service_principal.map(|id| id.to_string()));
        out.set("servicePrincipalName", self.app_name.clone());
        for name in [
            "servicePrincipalCredentialKeyId",
            "servicePrincipalCredentialThumbprint",
            "clientCredentialType",
            "federatedCredentialId",
        ] {
            out.set(name, self.property(name).unwrap_or_default());
        }
        out.set("incomingTokenType", "none");
        out.set("uniqueTokenIdentifier", crate::format::base64url(self.id.as_bytes()));
        out.set("signInEventTypes", json!(["servicePrincipal"]));
        let used = match self.credential {
            Credential::Certificate { .. } => "Certificate",
            Credential::Secret { .. } => "Client secret",
            Credential::Federated { .. } => "Federated credential",
            Credential::None => "None",
        };
        out.set(
            "authenticationProcessingDetails",
            json!([
                {"key": "Authentication credential used", "value": used},
                {"key": "Oauth Scope Info", "value": "[\".default\"]"},
            ]),
        );
        let mut status = Object::default();
        status.set("errorCode", self.error_code);
        status.set("failureReason", self.failure_reason.clone().unwrap_or_else(|| "Other.".into()));
        status.set("additionalDetails", Value::Null);
        out.nest("status", status);
        out
    }

    /// A property to filter by.
    pub(super) fn property(&self, name: &str) -> Option<Value> {
        let (key_id, thumbprint) = match &self.credential {
            Credential::Certificate { key_id, thumbprint } => (*key_id, thumbprint.clone()),
            Credential::Secret { key_id } => (*key_id, None),
            Credential::Federated { .. } | Credential::None => (None, None),
        };
        Some(match name.to_ascii_lowercase().as_str() {
            "id" => json!(self.id),
            "createddatetime" => json!(graph_date(self.at)),
            "appid" => json!(self.app_id),
            "appdisplayname" | "serviceprincipalname" => json!(self.app_name),
            "correlationid" => json!(self.correlation),
            "serviceprincipalid" => json!(self.service_principal),
            "serviceprincipalcredentialkeyid" => json!(key_id),
            "serviceprincipalcredentialthumbprint" => json!(thumbprint),
            "clientcredentialtype" => match self.credential {
                Credential::Certificate { .. } => json!("clientAssertion"),
                Credential::Secret { .. } => json!("clientSecret"),
                Credential::Federated { .. } => json!("federatedIdentityCredential"),
                Credential::None => json!("none"),
            },
            "federatedcredentialid" => match self.credential {
                Credential::Federated { id } => json!(id),
                _ => Value::Null,
            },
            "resourcedisplayname" => json!(self.resource),
            "signineventtypes" => json!(["servicePrincipal"]),
            "status/errorcode" => json!(self.error_code.to_string()),
            _ => return None,
        })
    }
}
