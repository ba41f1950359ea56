//! What a policy refuses: new credentials, never those which are there already (facts, C4).

use axum::http::StatusCode;
use time::Duration;
use x509_parser::prelude::{FromDer as _, ParsedExtension, Pem, X509Certificate};

use super::store::{Policies, Restriction, Restrictions};
use crate::graph::Request;
use crate::graph::error::{Detail, GraphError};
use crate::graph::holder::{Holder, HolderKind};
use crate::graph::security_attributes;
use crate::state::{Behaviour, PolicyInheritance};
use crate::store::Directory;

pub(super) const TENANT_POLICY_NAME: &str = "Default app management tenant policy";

/// Checks the credentials which `after` has and `before` has not. For a new object `before` is `None`. A restriction does
/// not hold for callers whom it exempts.
pub(crate) fn check<T: Holder>(
    request: &Request<'_>,
    directory: &Directory,
    behaviour: &Behaviour,
    before: Option<&T>,
    after: &T,
) -> Result<(), GraphError> {
    let policies = &directory.graph.policies;
    let actor = security_attributes::of_caller(&request.caller, directory);
    let find = |list: fn(&Restrictions) -> &Vec<Restriction>, kind| {
        find(policies, behaviour, after, list, kind).filter(|(restriction, _)| !restriction.exempts(&actor))
    };
    let keys = after.keys().iter().filter(|key| !before.is_some_and(|before| before.has_key(key.key_id)));
    for key in keys {
        if let Some((restriction, policy)) = find(|all| &all.keys, "asymmetricKeyLifetime") {
            lifetime(restriction, policy, key.end - key.start)?;
        }
        let trusted = find(|all| &all.keys, "trustedCertificateAuthority");
        if let Some((restriction, policy)) = trusted
            && !is_trusted(policies, restriction, &key.key)
        {
            // Entra's own code for it is not known.
            let message = format!(
                "Certificate is not issued by a trusted certificate authority as per assigned policy '{policy}'."
            );
            let code = behaviour.untrusted_authority_code.clone();
            let code = code.unwrap_or_else(|| "CredentialIssuerNotTrustedAsPerAppPolicy".into());
            return Err(GraphError::new(StatusCode::BAD_REQUEST, code, message));
        }
    }
    let passwords =
        after.passwords().iter().filter(|password| !before.is_some_and(|before| before.has_password(password.key_id)));
    for password in passwords {
        if let Some((_, policy)) = find(|all| &all.passwords, "passwordAddition") {
            return Err(GraphError::new(
                StatusCode::BAD_REQUEST,
                "CredentialTypeNotAllowedAsPerAppPolicy",
                format!("Credential type not allowed as per assigned policy '{policy}'."),
            ));
        }
        if let Some((restriction, policy)) = find(|all| &all.passwords, "passwordLifetime") {
            lifetime(restriction, policy, password.end - password.start)?;
        }
    }
    Ok(())
}

/// The restriction of that kind which is in force for the object, and its policy's name.
fn find<'p, T: Holder>(
    policies: &'p Policies,
    behaviour: &Behaviour,
    object: &T,
    list: fn(&Restrictions) -> &Vec<Restriction>,
    kind: &str,
) -> Option<(&'p Restriction, &'p str)> {
    let of = |all: &'p Restrictions| list(all).iter().find(|restriction| restriction.kind == kind);
    let custom = object
        .policy()
        .and_then(|id| policies.custom.iter().find(|policy| policy.id == id))
        .filter(|policy| policy.enabled);
    let own = custom.and_then(|policy| Some((of(&policy.restrictions)?, policy.display_name.as_str())));
    let inherits = custom.is_none() || behaviour.policy_inheritance == PolicyInheritance::PerRestriction;
    let tenant = || {
        let all = match T::KIND {
            HolderKind::Application => &policies.tenant.applications,
            HolderKind::ServicePrincipal => &policies.tenant.service_principals,
        };
        policies.tenant.enabled.then(|| of(all)).flatten().map(|found| (found, TENANT_POLICY_NAME))
    };
    own.or_else(|| inherits.then(tenant).flatten()).filter(|(restriction, _)| {
        restriction.enabled && restriction.created_after.is_none_or(|date| object.created() >= date)
    })
}

/// The recorded refusal (facts, B4).
fn lifetime(restriction: &Restriction, policy: &str, lasts: Duration) -> Result<(), GraphError> {
    if restriction.max_lifetime.as_ref().is_none_or(|most| lasts <= most.duration) {
        return Ok(());
    }
    let message = format!("Credential lifetime exceeds the max value allowed as per assigned policy '{policy}'.");
    let detail = Detail { code: "InvalidKeyEndDate", message: message.clone(), target: "EndDate" };
    let mut error = GraphError::new(StatusCode::BAD_REQUEST, "CredentialInvalidLifetimeAsPerAppPolicy", message);
    error.details = vec![detail];
    Err(error)
}

/// Whether the certificate names one of the listed CAs as its issuer, by name and, where both have one, by key
/// identifier. Signatures are not followed.
fn is_trusted(policies: &Policies, restriction: &Restriction, stored: &[u8]) -> bool {
    let Some((issuer, authority_key)) = issuer(stored) else {
        return false;
    };
    policies
        .authorities
        .iter()
        .filter(|configuration| restriction.authorities.contains(&configuration.id))
        .flat_map(|configuration| &configuration.authorities)
        .any(|authority| {
            authority.subject == issuer
                && match (&authority.subject_key_identifier, &authority_key) {
                    (Some(theirs), Some(named)) => theirs == named,
                    _ => true,
                }
        })
}

/// Issuer's name and key identifier of a stored `key`.
fn issuer(stored: &[u8]) -> Option<(String, Option<Vec<u8>>)> {
    let der = der(stored)?;
    let (_, certificate) = X509Certificate::from_der(&der).ok()?;
    let identifier = certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(named) => named.key_identifier.as_ref().map(|id| id.0.to_vec()),
        _ => None,
    });
    Some((certificate.issuer().to_string(), identifier))
}

/// Subject's name and key identifier of a CA's certificate.
pub(super) fn authority(stored: &[u8]) -> Option<(String, Option<Vec<u8>>)> {
    let der = der(stored)?;
    let (_, certificate) = X509Certificate::from_der(&der).ok()?;
    let identifier = certificate.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0.to_vec()),
        _ => None,
    });
    Some((certificate.subject().to_string(), identifier))
}

fn der(stored: &[u8]) -> Option<Vec<u8>> {
    if stored.first() == Some(&0x30) {
        return Some(stored.to_vec());
    }
    Pem::iter_from_buffer(stored).filter_map(Result::ok).find(|block| block.label == "CERTIFICATE").map(|b| b.contents)
}
