//! What to do about a cause.

mod steps;

use crate::ids::AppId;
use crate::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// One remedy. [`Fix::steps`] puts it into words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fix {
    /// Add it to the app's `keyCredentials`.
    RegisterCertificate {
        thumbprint: Option<Thumbprint>,
        app_id: Option<AppId>,
    },
    /// Have the client use a certificate that is registered and valid.
    SignWithOther {
        thumbprint: Option<Thumbprint>,
    },
    /// Put back what was removed.
    RestoreRemoved {
        thumbprint: Thumbprint,
    },
    /// Send another value in the header.
    CorrectHeader {
        member: String,
        value: Option<String>,
    },
    /// Sign with the private key of the registered certificate.
    SignWithItsKey,
    ChangeAlgorithm,
    SignLast,
    OrderChain,
    FixClock,
    WaitUntil {
        #[serde(with = "time::serde::rfc3339")]
        start: OffsetDateTime,
    },
    WaitForPropagation,
    Renew {
        other: Option<Thumbprint>,
    },
    UseOtherClientId {
        app_id: Option<AppId>,
    },
    UseOtherTenant {
        tenant: Option<String>,
    },
    UseOtherCloud {
        host: Option<String>,
    },
    CorrectAudience {
        audience: Option<String>,
    },
    CorrectClaims {
        claim: Option<String>,
    },
    /// Make an assertion for each request.
    MakeFreshAssertion,
    NewSecretOrCertificate,
    SendCredential,
    CorrectScope,
    MatchFederation,
    EnableApp,
    /// Make the enterprise application.
    MakeServicePrincipal {
        app_id: Option<AppId>,
    },
    /// Leave the credential out, or have the app be a confidential client.
    SendNoCredential,
    CorrectResource {
        resource: Option<String>,
    },
    LookAtConditionalAccess,
    GrantConsent {
        app_id: Option<AppId>,
    },
    /// Give the app an application role of the resource, or the person an assignment.
    Assign {
        /// Of the app.
        app_id: Option<AppId>,
        /// It is a person who needs it.
        person: bool,
    },
    /// Look why the resource's service principal is disabled.
    EnableResource,
    /// Compare the request with what the protocol wants.
    CorrectRequest,
    LookAtUserSignIn,
    CheckUserToken,
    ConnectWithSameCertificate,
    LookUpCode {
        code: u32,
    },
    LookElsewhere,
    PasteMore {
        wanted: Vec<Wanted>,
    },
}

/// What would tell more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// The whole error, to its timestamp.
    WholeMessage,
    Assertion,
    KeyCredentials,
    Certificate,
}

impl Wanted {
    pub fn words(self) -> &'static str {
        match self {
            Self::WholeMessage => "the whole answer of the token endpoint, from AADSTS to the timestamp",
            Self::Assertion => "the client assertion (its signature is discarded unread)",
            Self::KeyCredentials => "the app’s keyCredentials, or its manifest",
            Self::Certificate => "the certificate that the client should use, without its key",
        }
    }
}

impl Fix {
    /// In the order in which they are done. Never empty.
    pub fn steps(&self) -> Vec<String> {
        steps::steps(self)
    }
}
