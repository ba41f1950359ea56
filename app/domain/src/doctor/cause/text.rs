//! The causes in words.

use super::Cause;
use crate::dates::minute;
use crate::doctor::presented::Dialect;
use crate::doctor::topic::Topic;

pub(super) fn title(cause: &Cause) -> String {
    match cause {
        Cause::NotRegistered { .. } => "The certificate is not registered on the app".into(),
        Cause::OnAnotherApp { holder } => format!("The certificate is registered on another app, “{}”", holder.name),
        Cause::OnServicePrincipalOnly { .. } => {
            "The certificate is on the enterprise application, not on the app registration".into()
        }
        Cause::RemovedLately { at, .. } => format!("The certificate was removed from the app on {}", minute(*at)),
        Cause::Propagating { .. } => "The registration has not reached every server yet".into(),
        Cause::RenewedUnderSameKey { .. } => {
            "The certificate was renewed under the same key, and the old one is registered".into()
        }
        Cause::AnotherCertificateSigns { .. } => "The client signs with another certificate than this one".into(),
        Cause::EntryExpired { end: Some(end), .. } => format!("The registered certificate expired on {}", minute(*end)),
        Cause::EntryExpired { .. } => "The registered certificate has expired".into(),
        Cause::NotYetValid { start, .. } => format!("The registered certificate is valid only from {}", minute(*start)),
        Cause::WrongClientId { .. } => "The request names another app".into(),
        Cause::WrongTenant { .. } => "The request goes to another tenant".into(),
        Cause::WrongCloud { .. } => "The request goes to another Microsoft cloud".into(),
        Cause::IssuerMismatch { .. } => "The assertion is issued for another app than the request names".into(),
        Cause::WrongEncoding { member, dialect, .. } => match dialect {
            Dialect::HexAsBase64 => format!("{member} holds the hexadecimal text itself"),
            Dialect::TwiceEncoded => format!("{member} was encoded twice"),
            Dialect::StrayBytes => format!("{member} has a line break encoded into it"),
            _ => format!("{member} is the hexadecimal text, base64url-encoded"),
        },
        Cause::StandardBase64 { member, .. } => format!("{member} is base64 where base64url belongs"),
        Cause::Sha256InX5t { .. } => "A SHA-256 thumbprint stands in x5t".into(),
        Cause::Sha1InX5tS256 { .. } => "A SHA-1 thumbprint stands in x5t#S256".into(),
        Cause::Sha256NotLookedUp => "Entra does not find the certificate by its SHA-256".into(),
        Cause::NoThumbprint => "The assertion's header names no certificate that Entra can read".into(),
        Cause::SignedByAnotherKey { .. } => "The signature was made by another private key".into(),
        Cause::AlgorithmMismatch { .. } => "The signature is not of the algorithm that the header names".into(),
        Cause::PayloadAltered => "The assertion was changed after it was signed".into(),
        Cause::X5cOrder => "The certificates in x5c are in the wrong order".into(),
        Cause::UnsupportedAlgorithm { alg: Some(alg) } => format!("Entra does not take assertions signed with {alg}"),
        Cause::UnsupportedAlgorithm { alg: None } => "Entra does not take assertions of this algorithm".into(),
        Cause::UnsupportedKey => "The key does not fit the signing algorithm".into(),
        Cause::TrustedSubjectsRegisterNothing => "trustedCertificateSubjects does not register a certificate".into(),
        Cause::SubjectNameIssuerRefused => {
            "Entra refused the assertion or its certificate’s subject name and issuer".into()
        }
        Cause::RoleRegistersNothing { topic: Topic::ManagedIdentity } => {
            "A managed identity does not register a certificate".into()
        }
        Cause::RoleRegistersNothing { .. } => "A Key Vault role does not register a certificate".into(),
        Cause::AssertionExpired { .. } => "The assertion had expired when it arrived".into(),
        Cause::AssertionNotYetValid { .. } => "The assertion was not valid yet when it arrived".into(),
        Cause::NotBeforeMissing => "The assertion’s times are missing or unreadable".into(),
        Cause::TimesInMilliseconds => "The assertion’s times count milliseconds instead of seconds".into(),
        Cause::AudienceMismatch { .. } => "The assertion is addressed to something else".into(),
        Cause::ClaimMissing { claim: Some(claim) } => format!("The assertion lacks {claim}"),
        Cause::ClaimMissing { claim: None } => "A required field is missing".into(),
        Cause::MalformedAssertion => "The assertion is not a readable JWT".into(),
        Cause::NoConfiguredKeys => "The app has no certificate at all".into(),
        Cause::SecretIdInsteadOfValue => "The client secret is wrong, perhaps its id instead of its value".into(),
        Cause::SecretExpired => "The client secret has expired".into(),
        Cause::NoCredentialSent => "The request carries no credential".into(),
        Cause::ScopeWithoutDefault { .. } => "The scope does not end in /.default".into(),
        Cause::FederationMismatch { claim: Some(claim) } => format!("No federated credential has this {claim}"),
        Cause::FederationMismatch { claim: None } => "No federated credential fits the assertion".into(),
        Cause::CertificateRevoked => "The certificate has been revoked".into(),
        Cause::CertificateOutsideValidity => "The certificate is outside its validity".into(),
        Cause::AppDisabled => "The app is disabled".into(),
        Cause::NoServicePrincipal { .. } => "The tenant has no enterprise application of this app".into(),
        Cause::PublicClient => "The app is a public client, which must send no credential".into(),
        Cause::ResourceNotFound { resource: Some(resource) } => format!("The tenant does not know “{resource}”"),
        Cause::ResourceNotFound { resource: None } => "The tenant does not know what the token is asked for".into(),
        Cause::ConditionalAccess => "A Conditional Access policy blocks the sign-in".into(),
        Cause::ConsentMissing { .. } => "Nobody has consented to what the app asks for".into(),
        Cause::NotAssigned { person: false, .. } => "The app is not assigned to the resource".into(),
        Cause::NotAssigned { person: true, .. } => "The person is not assigned to the app".into(),
        Cause::ResourceDisabled { .. } => "The resource is disabled in this tenant".into(),
        Cause::MalformedRequest => "Entra could not read the request".into(),
        Cause::UserSignIn => "A person’s sign-in failed, not the app’s certificate".into(),
        Cause::TlsCertificateMismatch => "The TLS certificate is not the assertion’s".into(),
        Cause::TlsCertificateExpired => "The TLS client certificate has expired".into(),
        Cause::UserAssertion => "A user’s token was refused, not the app’s certificate".into(),
        Cause::UnknownCode { code } => format!("AADSTS{code} is not known here"),
        Cause::AllAgrees => "Certificate, header and registration agree".into(),
        Cause::NotEnough => "Not enough to tell".into(),
    }
}

pub(super) fn what_happened(cause: &Cause) -> String {
    match cause {
        Cause::NotRegistered { .. } => {
            "Entra looked for the thumbprint from the assertion’s header among the app’s keyCredentials and found no such key. A certificate counts only once it is in keyCredentials of this app, in this tenant."
        }
        Cause::OnAnotherApp { .. } => {
            "The thumbprint that the client sent belongs to a certificate of another app. Either the client uses the wrong certificate, or the wrong client id."
        }
        Cause::OnServicePrincipalOnly { .. } => {
            "App registration and enterprise application (service principal) each have keyCredentials of their own. This certificate is only on the latter. Whether Entra looks there as well is not documented; register it on the app to be sure."
        }
        Cause::RemovedLately { .. } => {
            "The certificate was registered and is gone. Writing keyCredentials replaces the whole list, so a tool that sends only its own certificate removes all others."
        }
        Cause::Propagating { .. } => {
            "A new certificate is visible in Graph before every token server knows it. People report seconds to a few minutes; Microsoft promises no time."
        }
        Cause::RenewedUnderSameKey { .. } => {
            "The registered certificate and the one that signs have the same public key but are different certificates, so their thumbprints differ. Key Vault does that when its policy reuses the key. Entra looks certificates up by thumbprint, so the renewed one has to be registered."
        }
        Cause::AnotherCertificateSigns { .. } => {
            "The thumbprint in the assertion is not that of the certificate at hand. The client has loaded another one: an old file, another version in Key Vault, or another entry of the machine’s store."
        }
        Cause::EntryExpired { .. } => {
            "Entra found the key by its thumbprint and refused it because the entry’s end has passed. It refuses from that second on, and does not try the app’s other certificates."
        }
        Cause::NotYetValid { .. } => {
            "Entra says “expired” also of a key whose start lies in the future. Either the certificate is meant to be valid later, or the clock of the machine that issued it is ahead, or a local time was written as UTC."
        }
        Cause::WrongClientId { .. } => {
            "The client id in the request and the app that holds the certificate are not the same, or there is no such app in that tenant."
        }
        Cause::WrongTenant { .. } => "The tenant in the token endpoint’s address does not exist or is not the one in which the app is registered.",
        Cause::WrongCloud { .. } => {
            "Global, US government and China are separate clouds with separate directories. An app is known, and an assertion valid, only in its own."
        }
        Cause::IssuerMismatch { .. } => "In a client assertion iss and sub are both the client id, and equal to client_id in the request.",
        Cause::WrongEncoding { dialect, .. } => match dialect {
            Dialect::HexAsBase64 => {
                "The thumbprint’s digits were put into the header as they are. Digits and letters A to F are also valid base64, so Entra decoded them into other bytes, which no key has."
            }
            Dialect::TwiceEncoded => {
                "The value is base64 of base64: the text was encoded instead of the 20 bytes of the digest."
            }
            Dialect::StrayBytes => "A line break went into the encoder behind the digest, so the decoded value is one byte too long.",
            _ => {
                "The header must hold the digest’s bytes, base64url-encoded. Here the letters of its hexadecimal text were encoded, so Entra saw twice as many bytes, which spell the thumbprint."
            }
        },
        Cause::StandardBase64 { .. } => {
            "x5t and x5t#S256 are base64url: - instead of +, _ instead of /, no = at the end, no line break. Entra could not read this value and reports that it found no key."
        }
        Cause::Sha256InX5t { .. } => "x5t is the SHA-1 of the certificate. A SHA-256 belongs in x5t#S256.",
        Cause::Sha1InX5tS256 { .. } => {
            "x5t#S256 is the SHA-256 of the certificate, 43 characters. These are 27 characters, a SHA-1. An example in Microsoft’s documentation has the same fault."
        }
        Cause::Sha256NotLookedUp => {
            "x5t#S256 is right, and the certificate is on the app. There is a public report of flows in which Entra looked certificates up by SHA-1 only; Microsoft does not document it."
        }
        Cause::NoThumbprint => {
            "Entra’s message has no line “Thumbprint of key used by client”: it read no thumbprint from x5t, x5t#S256 or kid. The member is missing, or it is not base64url."
        }
        Cause::SignedByAnotherKey { .. } => {
            "The header names a registered certificate, but its public key does not verify the signature. The private key in use belongs to another certificate."
        }
        Cause::AlgorithmMismatch { .. } => {
            "RS256 (PKCS#1 v1.5) and PS256 (PSS) signatures of the same key are different. The same failure comes from signing a digest of a digest, or, with Key Vault’s sign, from sending the data instead of its SHA-256."
        }
        Cause::PayloadAltered => {
            "The signature covers header.payload byte for byte. JSON that was formatted again, an encoder that changed the text, or a header completed after signing breaks it."
        }
        Cause::X5cOrder => "RFC 7515 wants the signing certificate first in x5c, then its issuers. Entra takes the first one to verify the signature.",
        Cause::UnsupportedAlgorithm { .. } => {
            "Client assertions are signed with an RSA key: PS256 or RS256. HS256 with a client secret and ES256 with an elliptic curve are not taken."
        }
        Cause::UnsupportedKey => {
            "Entra found the key unfit for the algorithm in the header. In spring 2024 this also befell PS256 together with x5c, by a fault at Entra."
        }
        Cause::TrustedSubjectsRegisterNothing => {
            "trustedCertificateSubjects (subject name and issuer) is internal to Microsoft: it trusts certificates of Microsoft’s own authorities that arrive in x5c. For everybody else Entra looks for the thumbprint in keyCredentials, and finds nothing."
        }
        Cause::SubjectNameIssuerRefused => {
            "Entra refused the certificate for its names or its chain in x5c: the subject name is not authorized, no trusted authority matches, or the chain is invalid. AADSTS50012, 700030 and 7000213 say so. Trust by subject name concerns Microsoft’s own services; for everybody else the certificate itself has to be registered."
        }
        Cause::RoleRegistersNothing { topic: Topic::ManagedIdentity } => {
            "A managed identity is a principal of its own, with credentials that Azure keeps. It can read the certificate from Key Vault; the app still needs that certificate in its keyCredentials."
        }
        Cause::RoleRegistersNothing { .. } => {
            "A role or access policy lets somebody read or use the certificate in Key Vault. Entra knows nothing of that: the public certificate has to be added to the app’s keyCredentials."
        }
        Cause::AssertionExpired { .. } => "An assertion is good for its few minutes only. This one was kept and sent again, or the sender’s clock is behind.",
        Cause::AssertionNotYetValid { .. } => "nbf lies ahead of Entra’s clock: the sender’s clock is fast, or a local time was taken for UTC.",
        Cause::NotBeforeMissing => {
            "Entra reports 1970-01-01 for a time that it did not find or could not read in the assertion."
        }
        Cause::TimesInMilliseconds => "nbf, exp and iat are seconds since 1970 (RFC 7519). A value of 13 digits is milliseconds, as Date.now() gives it.",
        Cause::AudienceMismatch { .. } => {
            "aud has to be the token endpoint of the tenant that the request goes to. The exact words of AADSTS700023 are not documented for this case."
        }
        Cause::ClaimMissing { .. } => "A client assertion needs aud, iss, sub, jti, exp and either nbf or iat; the request needs grant_type, client_id and scope.",
        Cause::MalformedAssertion => "Entra could not take the assertion apart: three base64url segments with dots between them, the first two of them JSON.",
        Cause::NoConfiguredKeys => "The app exists, but its keyCredentials are empty: no certificate was ever added, or the last one was removed.",
        Cause::SecretIdInsteadOfValue => "This is about a client secret, not a certificate. The admin center shows a secret’s id beside its value; only the value works, and it is shown once.",
        Cause::SecretExpired => "This is about a client secret, not a certificate. All secrets that fit have passed their end.",
        Cause::NoCredentialSent => "Entra expected client_assertion or client_secret in the form. Either the client sends none, or the app is meant to be public (a desktop or mobile app) and is not set up so.",
        Cause::ScopeWithoutDefault { .. } => "An app that signs in by itself asks for everything it was granted: the resource’s identifier followed by /.default. The certificate was not the problem.",
        Cause::FederationMismatch { .. } => "The assertion was not signed by the app’s certificate but issued by another identity provider. Its issuer, audience and subject must equal a federated credential of the app, letter by letter; capitals count (AADSTS7002138).",
        Cause::CertificateRevoked => "Entra takes the certificate for revoked. Which of AADSTS7000214 and 7000277 means what exactly is not documented.",
        Cause::CertificateOutsideValidity => "Entra looked at the certificate’s own dates and refused it: it is not valid yet, or no longer. The meaning of AADSTS7000274 is told differently in Microsoft’s own sources.",
        Cause::NoServicePrincipal { .. } => "The app registration exists, but in the tenant of the request the app has no service principal. Tokens are issued to service principals only. An app of another tenant gets one when somebody consents to it; one that was made by a script can lack it in its own tenant too.",
        Cause::PublicClient => "Entra takes the request for one of a desktop or mobile app, which can keep no secret, and refuses it because it carries client_assertion or client_secret. The redirect address decides that: one under “Mobile and desktop applications” makes the request public.",
        Cause::ResourceNotFound { .. } => "The scope or resource of the request names a service that has no service principal in the tenant: the identifier is misspelt, the service was never used there, or the request goes to the wrong tenant. The certificate was not the problem.",
        Cause::ConditionalAccess => "The credential was good; a policy of the tenant then refused the token, by the place, the risk or the app. For an app that signs in by itself these are the policies for workload identities.",
        Cause::ConsentMissing { .. } => "The app asks for permissions that no user or administrator has granted in this tenant. The certificate was not the problem.",
        Cause::NotAssigned { person: false, .. } => "The enterprise application of the resource admits only who is assigned to it (“Assignment required?” is Yes), and this app has no application role there. The certificate was not the problem.",
        Cause::NotAssigned { person: true, .. } => "The enterprise application admits only people and groups who are assigned to it, and the person who signed in is not among them. The app’s certificate has nothing to do with it.",
        Cause::ResourceDisabled { .. } => "The service that the token is for has a service principal in the tenant, but it is disabled: an administrator has done that, or the tenant’s subscription for it has lapsed. The certificate was not the problem.",
        Cause::MalformedRequest => "Entra says only that the request is malformed or invalid. People report it for an authorization code or a refresh token that was cut, encoded twice or used at the wrong endpoint. Entra names no parameter, and says nothing about the certificate.",
        Cause::UserSignIn => "The code is about a person: a password, a second factor, a locked account, or a code or refresh token that has expired. The app’s certificate has nothing to do with it.",
        Cause::AppDisabled => "Somebody has disabled the app or its service principal. Its credentials may be in order.",
        Cause::TlsCertificateMismatch => "With mutual TLS the certificate of the connection has to be the one that the assertion names.",
        Cause::TlsCertificateExpired => "With mutual TLS the certificate of the connection has to be valid.",
        Cause::UserAssertion => "AADSTS50013 concerns the assertion parameter of an on-behalf-of request: a user’s access token. It was issued for another audience or tenant, or was changed on its way.",
        Cause::UnknownCode { .. } => "The code does not belong to those that concern an app’s certificate, as far as is known here. The message’s own words are the best guide.",
        Cause::AllAgrees => "The certificate is registered, valid, and the header names it rightly. Whatever fails is elsewhere.",
        Cause::NotEnough => "What was pasted fits several causes equally well.",
    }
    .into()
}
