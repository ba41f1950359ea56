//! What people say around an error: things that are often taken for a registered certificate, and other hints.

use super::scan::{Found, Origin, Span, find_all};
use serde::{Deserialize, Serialize};

/// What was mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// A role or access policy on a Key Vault: it lets somebody read or use a key, and registers nothing.
    KeyVaultRole,
    /// An Azure managed identity: it is another principal with credentials of its own.
    ManagedIdentity,
    /// `trustedCertificateSubjects`, subject name and issuer, `x5c`.
    SubjectNameIssuer,
    /// The certificate was renewed or rotated.
    Renewed,
    /// The credential was uploaded to the enterprise application.
    ServicePrincipal,
    /// It worked a while later, or it works now and then.
    Intermittent,
    /// A chain of credentials, which names each kind that it tried.
    CredentialChain,
    /// The proof script's finding that key and certificate do not belong together.
    KeyDoesNotBelong,
    /// On-behalf-of: the assertion at fault is a user's.
    OnBehalfOf,
}

const WORDS: [(Topic, &[&str]); 9] = [
    (
        Topic::KeyVaultRole,
        &[
            "Key Vault Certificate User",
            "Key Vault Certificates Officer",
            "Key Vault Secrets User",
            "Key Vault Secrets Officer",
            "Key Vault Crypto User",
            "Key Vault Crypto Officer",
            "Key Vault Administrator",
            "Key Vault Reader",
            "access policy",
            "access policies",
            "access to the key vault",
            "access to key vault",
        ],
    ),
    (
        Topic::ManagedIdentity,
        &[
            "managed identity",
            "user-assigned identity",
            "system-assigned identity",
            "user assigned identity",
            "az identity ",
        ],
    ),
    (
        Topic::SubjectNameIssuer,
        &[
            "trustedCertificateSubjects",
            "trustedSubjectNameAndIssuers",
            "subject name and issuer",
            "subject name/issuer",
            "SN+I",
            "SendX5C",
            "send_x5c",
            "sendCertificateChain",
            " SNI ",
        ],
    ),
    (
        Topic::Renewed,
        &[
            "renewed",
            "auto-renew",
            "autorenew",
            "rotated",
            "new version of the certificate",
            "after renewal",
            "after rotation",
        ],
    ),
    (Topic::ServicePrincipal, &["az ad sp credential", "servicePrincipals/", "enterprise application"]),
    (
        Topic::Intermittent,
        &[
            "intermittent",
            "sometimes works",
            "works sometimes",
            "works after",
            "worked after",
            "after a few minutes",
            "on retry",
        ],
    ),
    (Topic::OnBehalfOf, &["on_behalf_of", "on-behalf-of", "OnBehalfOf", "grant-type:jwt-bearer"]),
    (Topic::CredentialChain, &["DefaultAzureCredential", "ChainedTokenCredential", "CredentialUnavailable"]),
    (Topic::KeyDoesNotBelong, &["key: does NOT belong to the certificate", "key values mismatch"]),
];

/// Entra's own advice at the end of AADSTS700027, whoever the client is: it says nothing about this app.
const ADVICE: &str = "SNI may be configured on the app";
/// As far as that advice goes.
const ADVICE_LENGTH: usize = 260;

/// The first place of each.
pub(super) fn read(text: &str, place: impl Fn(usize, usize) -> Span) -> Vec<Found<Topic>> {
    let advice: Vec<usize> = find_all(text, ADVICE).collect();
    let is_advice =
        |at: usize| advice.iter().any(|start| (start.saturating_sub(1)..start + ADVICE_LENGTH).contains(&at));
    WORDS
        .iter()
        .filter_map(|(topic, words)| {
            let (at, length) = words
                .iter()
                .filter_map(|word| Some((find_all(text, word).find(|at| !is_advice(*at))?, word.len())))
                .min()?;
            Some(Found { value: *topic, origin: Origin::Text, span: place(at, at + length) })
        })
        .collect()
}
