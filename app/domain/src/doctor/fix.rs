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
        /// Of the certificate to register.
        thumbprint: Option<Thumbprint>,
        /// Of the app that is to have it.
        app_id: Option<AppId>,
    },
    /// Have the client use a certificate that is registered and valid.
    SignWithOther {
        /// Of one that would do.
        thumbprint: Option<Thumbprint>,
    },
    /// Put back what was removed.
    RestoreRemoved {
        /// Of the certificate that was there.
        thumbprint: Thumbprint,
    },
    /// Send another value in the header.
    CorrectHeader {
        /// `x5t` or `x5t#S256`.
        member: String,
        /// What it has to be, in base64url; absent where the certificate is not at hand.
        value: Option<String>,
    },
    /// Sign with the private key of the registered certificate.
    SignWithItsKey,
    /// To RS256 or PS256, with an RSA key.
    ChangeAlgorithm,
    /// Change nothing after the signature is made.
    SignLast,
    /// Put the certificate that signs first into `x5c`.
    OrderChain,
    /// Of the machine that makes the assertion.
    FixClock,
    /// Nothing helps before.
    WaitUntil {
        /// Of the entry.
        #[serde(with = "time::serde::rfc3339")]
        start: OffsetDateTime,
    },
    /// Some minutes, then try again.
    WaitForPropagation,
    /// Register a new certificate in the place of one that has ended.
    Renew {
        /// One on the app that can be used meanwhile.
        other: Option<Thumbprint>,
    },
    /// Send that of the app that has the certificate.
    UseOtherClientId {
        /// Which.
        app_id: Option<AppId>,
    },
    /// Ask the tenant where the app has the certificate.
    UseOtherTenant {
        /// Which.
        tenant: Option<String>,
    },
    /// Ask the sign-in service of the app's cloud.
    UseOtherCloud {
        /// Its host.
        host: Option<String>,
    },
    /// Put the token endpoint into `aud`.
    CorrectAudience {
        /// Which.
        audience: Option<String>,
    },
    /// Put right what the assertion says.
    CorrectClaims {
        /// Which claims, in words.
        claim: Option<String>,
    },
    /// Make an assertion for each request.
    MakeFreshAssertion,
    /// Make a new secret, or better a certificate.
    NewSecretOrCertificate,
    /// An assertion or a secret with the request.
    SendCredential,
    /// Ask for `…/.default`.
    CorrectScope,
    /// Bring the federated credential and the token into agreement.
    MatchFederation,
    /// Switch application or service principal on again.
    EnableApp,
    /// Make the enterprise application.
    MakeServicePrincipal {
        /// Of the app.
        app_id: Option<AppId>,
    },
    /// Leave the credential out, or have the app be a confidential client.
    SendNoCredential,
    /// Ask for one that the tenant has.
    CorrectResource {
        /// That was asked for.
        resource: Option<String>,
    },
    /// The sign-in log names the policy.
    LookAtConditionalAccess,
    /// An administrator does.
    GrantConsent {
        /// To this app.
        app_id: Option<AppId>,
    },
    /// Give the app an application role of the resource, or the person an assignment.
    Assign {
        /// Which lacks it.
        app_id: Option<AppId>,
        /// The person lacks it, not the app.
        person: bool,
    },
    /// Its service principal is disabled, or not there.
    EnableResource,
    /// It is not as OAuth 2.0 has it.
    CorrectRequest,
    /// It is the person's sign-in, not the app's certificate.
    LookAtUserSignIn,
    /// It is the user's token that failed.
    CheckUserToken,
    /// Use the certificate of the assertion for the TLS connection as well.
    ConnectWithSameCertificate,
    /// At Microsoft's page of error codes.
    LookUpCode {
        /// Behind `AADSTS`.
        code: u32,
    },
    /// What the doctor can see is in order.
    LookElsewhere,
    /// More text makes the answer more certain.
    PasteMore {
        /// What is missing, the most useful first.
        wanted: Vec<MissingEvidence>,
    },
}

/// What would tell more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingEvidence {
    /// The whole error, to its timestamp.
    WholeMessage,
    /// The JWT that the client sent.
    Assertion,
    /// What the app has registered.
    KeyCredentials,
    /// The one that should be used.
    Certificate,
}

impl MissingEvidence {
    /// To stand behind “paste”.
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
