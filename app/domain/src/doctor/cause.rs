//! What can be wrong when Entra refuses a client assertion, or comes close to it.

mod text;

pub(super) use crate::dates::minute;

use super::evidence::Holder;
use super::presented::Dialect;
use super::topic::Topic;
use crate::ids::AppId;
use crate::thumbprint::Thumbprint;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// One cause, with the values that were seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Cause {
    /// No key of the app has the thumbprint.
    NotRegistered {
        thumbprint: Option<Thumbprint>,
    },
    OnAnotherApp {
        holder: Holder,
    },
    OnServicePrincipalOnly {
        thumbprint: Thumbprint,
    },
    /// Somebody or something took it from the app.
    RemovedLately {
        thumbprint: Thumbprint,
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        by: Option<String>,
    },
    /// It was registered so recently that not every server knows it.
    Propagating {
        #[serde(with = "time::serde::rfc3339::option")]
        registered_at: Option<OffsetDateTime>,
    },
    /// A renewal kept the key: the public keys are equal, the certificates and so the thumbprints are not.
    RenewedUnderSameKey {
        registered: Thumbprint,
        sent: Thumbprint,
    },
    /// The client signs with another certificate than the one at hand.
    AnotherCertificateSigns {
        expected: Thumbprint,
        sent: Option<Thumbprint>,
    },
    EntryExpired {
        #[serde(with = "time::serde::rfc3339::option")]
        end: Option<OffsetDateTime>,
        /// A certificate on the same app that is still valid.
        other: Option<Thumbprint>,
    },
    /// The entry's start lies ahead: set so, or a clock is wrong.
    NotYetValid {
        #[serde(with = "time::serde::rfc3339")]
        start: OffsetDateTime,
        /// How far ahead of Entra's clock.
        seconds_ahead: i64,
    },
    WrongClientId {
        sent: Option<AppId>,
        expected: Option<AppId>,
    },
    WrongTenant {
        sent: Option<String>,
        expected: Option<String>,
    },
    WrongCloud {
        sent: Option<String>,
        expected: Option<String>,
    },
    /// `iss` and `sub` have to be the client id.
    IssuerMismatch {
        iss: Option<String>,
        client_id: Option<AppId>,
    },
    /// The digest reached Entra in a wrong spelling.
    WrongEncoding {
        member: String,
        dialect: Dialect,
        meant: Option<String>,
    },
    /// Base64 where base64url belongs.
    StandardBase64 {
        member: String,
        value: Option<String>,
    },
    Sha256InX5t {
        value: Option<String>,
    },
    Sha1InX5tS256 {
        value: Option<String>,
    },
    /// `x5t#S256` is right and the certificate registered: Entra did not look it up by SHA-256.
    Sha256NotLookedUp,
    NoThumbprint,
    /// The private key does not belong to the registered certificate.
    SignedByAnotherKey {
        thumbprint: Option<Thumbprint>,
    },
    /// Header and signature are of different algorithms, or the data was hashed once too often or too little.
    AlgorithmMismatch {
        alg: Option<String>,
    },
    PayloadAltered,
    X5cOrder,
    UnsupportedAlgorithm {
        alg: Option<String>,
    },
    UnsupportedKey,
    /// Subject name and issuer: for Microsoft's own services only.
    TrustedSubjectsRegisterNothing,
    SubjectNameIssuerRefused,
    /// A role on Azure or an identity of Azure was taken for a registration.
    RoleRegistersNothing {
        topic: Topic,
    },
    AssertionExpired {
        seconds_late: Option<i64>,
    },
    AssertionNotYetValid {
        seconds_early: Option<i64>,
    },
    NotBeforeMissing,
    TimesInMilliseconds,
    AudienceMismatch {
        aud: Option<String>,
    },
    ClaimMissing {
        claim: Option<String>,
    },
    MalformedAssertion,
    NoConfiguredKeys,
    SecretIdInsteadOfValue,
    SecretExpired,
    NoCredentialSent,
    ScopeWithoutDefault {
        scope: Option<String>,
    },
    FederationMismatch {
        claim: Option<String>,
    },
    CertificateRevoked,
    CertificateOutsideValidity,
    AppDisabled,
    /// The tenant has no service principal (enterprise application) of the app.
    NoServicePrincipal {
        app_id: Option<AppId>,
        tenant: Option<String>,
    },
    /// The app counts as a public client, and a credential came with the request.
    PublicClient,
    /// The tenant does not know what the token is asked for.
    ResourceNotFound {
        resource: Option<String>,
    },
    ConditionalAccess,
    ConsentMissing {
        app_id: Option<AppId>,
    },
    /// The resource wants assignment, and the app or the person has none.
    NotAssigned {
        /// Of the app that asked, or that was signed in to.
        app_id: Option<AppId>,
        /// It is a person who is not assigned.
        person: bool,
    },
    /// The service principal of what the token is asked for is disabled.
    ResourceDisabled {
        /// Its identifier, as Entra quotes it.
        resource: Option<String>,
    },
    /// A parameter of the request is damaged; which one, Entra does not say.
    MalformedRequest,
    /// A person's own sign-in failed.
    UserSignIn,
    TlsCertificateMismatch,
    TlsCertificateExpired,
    /// On-behalf-of: a user's token failed, not the app's certificate.
    UserAssertion,
    UnknownCode {
        code: u32,
    },
    /// Certificate, header and registration agree.
    AllAgrees,
    NotEnough,
}

impl Cause {
    /// The page of the runbook about it.
    pub fn slug(&self) -> &'static str {
        match self {
            Self::NotRegistered { .. } => "not-registered",
            Self::OnAnotherApp { .. } => "on-another-app",
            Self::OnServicePrincipalOnly { .. } => "on-service-principal-only",
            Self::RemovedLately { .. } => "removed-lately",
            Self::Propagating { .. } => "propagating",
            Self::RenewedUnderSameKey { .. } => "renewed-under-same-key",
            Self::AnotherCertificateSigns { .. } => "another-certificate-signs",
            Self::EntryExpired { .. } => "entry-expired",
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::WrongClientId { .. } => "wrong-client-id",
            Self::WrongTenant { .. } => "wrong-tenant",
            Self::WrongCloud { .. } => "wrong-cloud",
            Self::IssuerMismatch { .. } => "issuer-mismatch",
            Self::WrongEncoding { dialect, .. } => match dialect {
                Dialect::HexAsBase64 => "x5t-hex-as-base64",
                Dialect::TwiceEncoded => "x5t-encoded-twice",
                Dialect::StrayBytes => "x5t-stray-bytes",
                _ => "x5t-hex-text",
            },
            Self::StandardBase64 { .. } => "base64-not-base64url",
            Self::Sha256InX5t { .. } => "sha256-in-x5t",
            Self::Sha1InX5tS256 { .. } => "sha1-in-x5t-s256",
            Self::Sha256NotLookedUp => "sha256-not-looked-up",
            Self::NoThumbprint => "no-thumbprint",
            Self::SignedByAnotherKey { .. } => "signed-by-another-key",
            Self::AlgorithmMismatch { .. } => "algorithm-mismatch",
            Self::PayloadAltered => "payload-altered",
            Self::X5cOrder => "x5c-order",
            Self::UnsupportedAlgorithm { .. } => "unsupported-algorithm",
            Self::UnsupportedKey => "unsupported-key",
            Self::TrustedSubjectsRegisterNothing => "trusted-subjects-register-nothing",
            Self::SubjectNameIssuerRefused => "subject-name-issuer-refused",
            Self::RoleRegistersNothing { .. } => "role-registers-nothing",
            Self::AssertionExpired { .. } => "assertion-expired",
            Self::AssertionNotYetValid { .. } => "assertion-not-yet-valid",
            Self::NotBeforeMissing => "not-before-missing",
            Self::TimesInMilliseconds => "times-in-milliseconds",
            Self::AudienceMismatch { .. } => "audience-mismatch",
            Self::ClaimMissing { .. } => "claim-missing",
            Self::MalformedAssertion => "malformed-assertion",
            Self::NoConfiguredKeys => "no-configured-keys",
            Self::SecretIdInsteadOfValue => "secret-id-instead-of-value",
            Self::SecretExpired => "secret-expired",
            Self::NoCredentialSent => "no-credential-sent",
            Self::ScopeWithoutDefault { .. } => "scope-without-default",
            Self::FederationMismatch { .. } => "federation-mismatch",
            Self::CertificateRevoked => "certificate-revoked",
            Self::CertificateOutsideValidity => "certificate-outside-validity",
            Self::AppDisabled => "app-disabled",
            Self::NoServicePrincipal { .. } => "no-service-principal",
            Self::PublicClient => "public-client",
            Self::ResourceNotFound { .. } => "resource-not-found",
            Self::ConditionalAccess => "conditional-access",
            Self::ConsentMissing { .. } => "consent-missing",
            Self::NotAssigned { .. } => "not-assigned",
            Self::ResourceDisabled { .. } => "resource-disabled",
            Self::MalformedRequest => "malformed-request",
            Self::UserSignIn => "user-sign-in",
            Self::TlsCertificateMismatch => "tls-certificate-mismatch",
            Self::TlsCertificateExpired => "tls-certificate-expired",
            Self::UserAssertion => "user-assertion",
            Self::UnknownCode { .. } => "unknown-code",
            Self::AllAgrees => "all-agrees",
            Self::NotEnough => "not-enough",
        }
    }

    /// One line.
    pub fn title(&self) -> String {
        text::title(self)
    }

    /// Two or three sentences.
    pub fn what_happened(&self) -> String {
        text::what_happened(self)
    }
}
