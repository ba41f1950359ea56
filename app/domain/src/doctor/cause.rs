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
        /// That the client sent.
        thumbprint: Option<Thumbprint>,
    },
    /// The certificate is there, on another object than the one that the request names.
    OnAnotherApp {
        /// Which.
        holder: Holder,
    },
    /// A client assertion is looked up on the application, not on its service principal.
    OnServicePrincipalOnly {
        /// That both have.
        thumbprint: Thumbprint,
    },
    /// Somebody or something took it from the app.
    RemovedLately {
        /// Of what went.
        thumbprint: Thumbprint,
        /// When it went.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// Who did it, where the audit log says so.
        by: Option<String>,
    },
    /// It was registered so recently that not every server knows it.
    Propagating {
        /// When, where that is known.
        #[serde(with = "time::serde::rfc3339::option")]
        registered_at: Option<OffsetDateTime>,
    },
    /// A renewal kept the key: the public keys are equal, the certificates and so the thumbprints are not.
    RenewedUnderSameKey {
        /// Of the certificate on the app.
        registered: Thumbprint,
        /// Of the certificate that the client has.
        sent: Thumbprint,
    },
    /// The client signs with another certificate than the one at hand.
    AnotherCertificateSigns {
        /// Of the one at hand.
        expected: Thumbprint,
        /// Of the one that signs; unknown where the header does not name it.
        sent: Option<Thumbprint>,
    },
    /// Entra goes by the entry's end, not by the certificate's.
    EntryExpired {
        /// Of the entry.
        #[serde(with = "time::serde::rfc3339::option")]
        end: Option<OffsetDateTime>,
        /// A certificate on the same app that is still valid.
        other: Option<Thumbprint>,
    },
    /// The entry's start lies ahead: set so, or a clock is wrong.
    NotYetValid {
        /// Of the entry.
        #[serde(with = "time::serde::rfc3339")]
        start: OffsetDateTime,
        /// How far ahead of Entra's clock.
        seconds_ahead: i64,
    },
    /// The request names another app than the one that has the certificate.
    WrongClientId {
        /// In the request.
        sent: Option<AppId>,
        /// Of the app that has it.
        expected: Option<AppId>,
    },
    /// The request goes to a tenant where the app has no such key.
    WrongTenant {
        /// In the address.
        sent: Option<String>,
        /// Where the app is registered.
        expected: Option<String>,
    },
    /// Sign-in hosts of different clouds know different apps.
    WrongCloud {
        /// The host that was asked.
        sent: Option<String>,
        /// The host of the app's cloud.
        expected: Option<String>,
    },
    /// `iss` and `sub` have to be the client id.
    IssuerMismatch {
        /// What `iss` says.
        iss: Option<String>,
        /// What it should say.
        client_id: Option<AppId>,
    },
    /// The digest reached Entra in a wrong spelling.
    WrongEncoding {
        /// `x5t` or `x5t#S256`.
        member: String,
        /// In which spelling it came.
        dialect: Dialect,
        /// What should have been sent, in base64url.
        meant: Option<String>,
    },
    /// Base64 where base64url belongs.
    StandardBase64 {
        /// `x5t` or `x5t#S256`.
        member: String,
        /// What should have been sent.
        value: Option<String>,
    },
    /// `x5t` is for SHA-1 (RFC 7515, section 4.1.7).
    Sha256InX5t {
        /// What was sent.
        value: Option<String>,
    },
    /// `x5t#S256` is for SHA-256 (RFC 7515, section 4.1.8).
    Sha1InX5tS256 {
        /// What was sent.
        value: Option<String>,
    },
    /// `x5t#S256` is right and the certificate registered: Entra did not look it up by SHA-256.
    Sha256NotLookedUp,
    /// The header names no certificate: Entra does not know which key to try.
    NoThumbprint,
    /// The private key does not belong to the registered certificate.
    SignedByAnotherKey {
        /// Of the registered certificate that the header names.
        thumbprint: Option<Thumbprint>,
    },
    /// Header and signature are of different algorithms, or the data was hashed once too often or too little.
    AlgorithmMismatch {
        /// As the header says.
        alg: Option<String>,
    },
    /// Header or claims were changed after they had been signed.
    PayloadAltered,
    /// `x5c` does not begin with the certificate that signs (RFC 7515, section 4.1.6).
    X5cOrder,
    /// Entra takes RS256 and PS256.
    UnsupportedAlgorithm {
        /// As the header says.
        alg: Option<String>,
    },
    /// The certificate's key does not fit the signing algorithm.
    UnsupportedKey,
    /// Subject name and issuer: for Microsoft's own services only.
    TrustedSubjectsRegisterNothing,
    /// Entra refused the names or the chain in `x5c`. Trust by subject and issuer is for Microsoft's own services.
    SubjectNameIssuerRefused,
    /// A role on Azure or an identity of Azure was taken for a registration.
    RoleRegistersNothing {
        /// Which was mentioned.
        topic: Topic,
    },
    /// `exp` is over.
    AssertionExpired {
        /// By Entra's clock.
        seconds_late: Option<i64>,
    },
    /// `nbf` lies ahead.
    AssertionNotYetValid {
        /// By Entra's clock.
        seconds_early: Option<i64>,
    },
    /// Entra did not find its times, or could not read them.
    NotBeforeMissing,
    /// JWT counts seconds (RFC 7519, section 2).
    TimesInMilliseconds,
    /// `aud` is not the token endpoint that was asked.
    AudienceMismatch {
        /// As the assertion has it.
        aud: Option<String>,
    },
    /// One that Entra wants is not there.
    ClaimMissing {
        /// Its name, where Entra gave it.
        claim: Option<String>,
    },
    /// What came is no JWT that Entra reads.
    MalformedAssertion,
    /// The app has no key at all.
    NoConfiguredKeys,
    /// The id of a client secret came where its value belongs.
    SecretIdInsteadOfValue,
    /// A client secret's end is over.
    SecretExpired,
    /// Neither assertion nor secret was in the request.
    NoCredentialSent,
    /// Client credentials take `…/.default` alone.
    ScopeWithoutDefault {
        /// That was asked for.
        scope: Option<String>,
    },
    /// A token of another issuer came, and no federated credential of the app fits it.
    FederationMismatch {
        /// `iss`, `sub` or `aud`, where Entra says which.
        claim: Option<String>,
    },
    /// Entra takes the certificate for revoked.
    CertificateRevoked,
    /// The certificate itself is not valid now, whatever the entry says.
    CertificateOutsideValidity,
    /// The application or its service principal is switched off.
    AppDisabled,
    /// The tenant has no service principal (enterprise application) of the app.
    NoServicePrincipal {
        /// Of the app.
        app_id: Option<AppId>,
        /// In which it was asked for.
        tenant: Option<String>,
    },
    /// The app counts as a public client, and a credential came with the request.
    PublicClient,
    /// The tenant does not know what the token is asked for.
    ResourceNotFound {
        /// As the request names it.
        resource: Option<String>,
    },
    /// A policy of the tenant refused the sign-in.
    ConditionalAccess,
    /// Nobody has granted what the app asks for.
    ConsentMissing {
        /// Of the app.
        app_id: Option<AppId>,
    },
    /// The resource wants assignment, and the app or the person has none.
    NotAssigned {
        /// Of the app that the resource knows.
        app_id: Option<AppId>,
        /// It is a person who is not assigned.
        person: bool,
    },
    /// The service principal of what the token is asked for is disabled.
    ResourceDisabled {
        /// As the text names it.
        resource: Option<String>,
    },
    /// A parameter of the request is damaged; which one, Entra does not say.
    MalformedRequest,
    /// A person's own sign-in failed.
    UserSignIn,
    /// With mutual TLS, the connection's certificate is not the one that the assertion names.
    TlsCertificateMismatch,
    /// With mutual TLS, the connection's certificate is not valid now.
    TlsCertificateExpired,
    /// On-behalf-of: a user's token failed, not the app's certificate.
    UserAssertion,
    /// An error of Entra's that is not known here.
    UnknownCode {
        /// Behind `AADSTS`.
        code: u32,
    },
    /// Certificate, header and registration agree.
    AllAgrees,
    /// Too little was recognised to say anything.
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
