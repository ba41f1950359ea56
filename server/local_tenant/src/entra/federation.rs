//! The assertion grant with a token of another issuer: workload identity federation. The texts of 700211, 700213 and 7002138
//! are copied from real replies, 700212's is made after them.
//!
//! Nothing leaves this machine, so no issuer's keys can be fetched: every issuer's tokens are signed with the tenant's own
//! key, and the control API mints them (`POST /issuer/tokens`). What a token says and what the application trusts is
//! compared as at Entra.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::{EntraError, REVIEW};
use crate::bearer::in_force;
use crate::format::entra_precise;
use crate::graph::federated::FederatedCredential;
use crate::signing::SigningKey;
use crate::state::Tenant;

const CHECK: &str = "Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation";

/// The payload of an assertion whose issuer is a URL: a client's own names its id there.
pub(super) fn foreign(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&super::assertion::lenient(payload)?).ok()?;
    let issuer = claims["iss"].as_str()?;
    issuer.contains("://").then_some(claims)
}

/// Verifies such a token against what the application trusts; the credential that it fits.
pub(super) fn verify(
    token: &str,
    claims: &Value,
    trusted: &[FederatedCredential],
    keys: &SigningKey,
    now: OffsetDateTime,
) -> Result<Uuid, EntraError> {
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    let (issuer, subject) = (text("iss"), text("sub"));
    // `aud` is one text, or a list of one (RFC 7519, section 4.1.3).
    let audience = claims["aud"].as_str().or_else(|| claims["aud"][0].as_str()).unwrap_or_default();
    let none = |code, what: &str, value: &str| {
        let words =
            format!("No matching federated identity record found for presented assertion {what} '{value}'. {CHECK}");
        Err(EntraError::new(code, "invalid_client", words))
    };
    let of_issuer: Vec<_> = trusted.iter().filter(|one| one.issuer == issuer).collect();
    if of_issuer.is_empty() {
        return none(700_211, "issuer", issuer);
    }
    let fits = |one: &&&FederatedCredential| match (&one.subject, &one.pattern) {
        (Some(wanted), _) => wanted == subject,
        (None, pattern) => pattern.as_deref().and_then(Pattern::parse).is_some_and(|pattern| pattern.matches(claims)),
    };
    let of_subject: Vec<_> = of_issuer.iter().filter(fits).collect();
    if of_subject.is_empty() {
        let nearly = |one: &&FederatedCredential| {
            one.subject.as_ref().is_some_and(|wanted| wanted.eq_ignore_ascii_case(subject))
        };
        if of_issuer.iter().any(nearly) {
            return Err(EntraError::new(
                7_002_138,
                "invalid_client",
                format!(
                    "No matching federated identity record found for presented assertion subject '{subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. See documentation at: https://learn.microsoft.com/entra/workload-id/workload-identity-federation. See breaking change notification and remediation at: https://learn.microsoft.com/en-us/entra/identity-platform/reference-breaking-changes#august-2024."
                ),
            ));
        }
        return none(700_213, "subject", subject);
    }
    let Some(found) = of_subject.into_iter().find(|one| one.audience == audience) else {
        return none(700_212, "audience", audience);
    };
    if keys.open(token).is_none() {
        return Err(EntraError::new(
            50013,
            "invalid_client",
            "Assertion failed signature validation. [Reason - The key was not found.]",
        ));
    }
    if !in_force(claims, now) {
        let at = |name: &str| {
            let seconds = claims[name].as_i64().unwrap_or_default();
            entra_precise(OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH))
        };
        return Err(EntraError::new(
            700_024,
            "invalid_client",
            format!(
                "Client assertion is not within its valid time range. Current time: {}, assertion valid from {}, expiry time of assertion {}. {REVIEW}",
                entra_precise(now),
                at("nbf"),
                at("exp"),
            ),
        ));
    }
    Ok(found.id)
}

/// What the older, general code says in place of those that tell issuer, subject and audience apart, as real replies had it.
pub(super) fn plain(error: EntraError, claims: &Value) -> EntraError {
    if ![700_211, 700_212, 700_213].contains(&error.code) {
        return error;
    }
    let text = |name: &str| claims[name].as_str().or_else(|| claims[name][0].as_str()).unwrap_or_default();
    let words = format!(
        "No matching federated identity record found for presented assertion. Assertion Issuer: '{}'. Assertion Subject: '{}'. Assertion Audience: '{}'. https://docs.microsoft.com/en-us/azure/active-directory/develop/workload-identity-federation",
        text("iss"),
        text("sub"),
        text("aud")
    );
    EntraError::new(70021, "invalid_request", words)
}

/// A token as an issuer would make it, signed with the tenant's key.
pub(crate) fn mint(
    tenant: &Tenant,
    issuer: &str,
    subject: &str,
    audience: &str,
    lifetime_seconds: i32,
    claims: &mut Map<String, Value>,
) -> Result<String, jsonwebtoken::errors::Error> {
    let now = tenant.now().unix_timestamp();
    for (name, value) in [
        ("iss", json!(issuer)),
        ("sub", json!(subject)),
        ("aud", json!(audience)),
        ("jti", json!(Uuid::new_v4())),
        ("iat", json!(now)),
        ("nbf", json!(now)),
        ("exp", json!(now + i64::from(lifetime_seconds))),
    ] {
        claims.insert(name.to_owned(), value);
    }
    tenant.signing.sign(&Value::Object(std::mem::take(claims)))
}

/// `claims['sub'] matches 'repo:contoso/*:ref:refs/heads/*' and claims['job_workflow_ref'] eq '…'`, language version 1
/// (learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<Clause>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    claim: String,
    wanted: String,
    /// `matches`: `*` stands for any text, `?` for one character.
    wild: bool,
}

impl Pattern {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut clauses = vec![];
        let mut rest = text.trim();
        loop {
            let (claim, after) = rest.strip_prefix("claims['")?.split_once("']")?;
            let after = after.trim_start();
            let (wild, after) = match after.strip_prefix("matches ") {
                Some(after) => (true, after),
                None => (false, after.strip_prefix("eq ")?),
            };
            let (wanted, after) = after.trim_start().strip_prefix('\'')?.split_once('\'')?;
            if claim.is_empty() || wanted.is_empty() {
                return None;
            }
            clauses.push(Clause { claim: claim.to_owned(), wanted: wanted.to_owned(), wild });
            let after = after.trim_start();
            if after.is_empty() {
                return Some(Self(clauses));
            }
            rest = after.strip_prefix("and ")?.trim_start();
        }
    }

    fn matches(&self, claims: &Value) -> bool {
        self.0.iter().all(|clause| {
            claims[clause.claim.as_str()]
                .as_str()
                .is_some_and(|value| if clause.wild { is_like(value, &clause.wanted) } else { value == clause.wanted })
        })
    }
}

/// Goes back to the last `*` where the rest does not fit: no more than length times length steps.
fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern): (Vec<char>, Vec<char>) = (text.chars().collect(), pattern.chars().collect());
    let (mut at, mut place) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(place) {
            Some('*') => {
                star = Some((place, at));
                place += 1;
            }
            Some(one) if *one == '?' || *one == text[at] => {
                at += 1;
                place += 1;
            }
            _ => {
                let Some((before, from)) = star else { return false };
                (place, at) = (before + 1, from + 1);
                star = Some((before, from + 1));
            }
        }
    }
    pattern[place..].iter().all(|one| *one == '*')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn patterns_match_claims() {
        let claims = json!({"sub": "repo:contoso/app:ref:refs/heads/main", "actor": "owen"});
        let matches = |pattern: &str| Pattern::parse(pattern).unwrap().matches(&claims);
        assert!(matches("claims['sub'] matches 'repo:contoso/*:ref:refs/heads/*'"));
        assert!(matches("claims['sub'] matches 'repo:contoso/app:ref:refs/heads/mai?' and claims['actor'] eq 'owen'"));
        assert!(matches("claims['sub'] matches '*'"));
        assert!(!matches("claims['sub'] matches 'repo:contoso/*:environment:*'"));
        assert!(!matches("claims['sub'] eq 'repo:contoso/*'"));
        assert!(!matches("claims['nothing'] matches '*'"));
        assert!(!matches("claims['sub'] matches 'repo:contoso/app:ref:refs/heads/main?'"));
        for bad in [
            "",
            "sub eq 'x'",
            "claims['sub'] like 'x'",
            "claims['sub'] eq 'x' or claims['a'] eq 'y'",
            "claims['sub'] eq ''",
        ] {
            assert_eq!(Pattern::parse(bad), None, "{bad}");
        }
    }
}
