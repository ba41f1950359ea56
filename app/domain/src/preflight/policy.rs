//! App management policies. They bite on entries that are added, never on those that are there.

use super::{PreflightFinding, lifetime};
use crate::key_credential::KeyCredential;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A restriction that is in force for the app.
struct Restriction<'a> {
    value: &'a Value,
    policy: String,
    /// The tenant's, though the app has a policy of its own that does not mention it: whether it counts then, Microsoft
    /// has said both ways.
    doubtful: bool,
}

pub(super) fn check(
    added: &[&KeyCredential],
    created: Option<OffsetDateTime>,
    tenant_policy: Option<&Value>,
    app_policy: Option<&Value>,
) -> Vec<PreflightFinding> {
    let find = |kind| in_force(kind, created, tenant_policy, app_policy);
    let mut found = vec![];
    if let Some(restriction) = find("asymmetricKeyLifetime") {
        found.extend(added.iter().filter_map(|entry| too_long(entry, &restriction)));
    }
    if let Some(restriction) = find("trustedCertificateAuthority") {
        let own: Vec<String> = added.iter().filter(|entry| self_signed(entry)).map(|entry| entry.name()).collect();
        let why = if own.is_empty() {
            format!(
                "The policy “{}” takes certificates of listed authorities only; which ones, this portal does not read.",
                restriction.policy
            )
        } else {
            format!(
                "The policy “{}” takes certificates of listed authorities only, and “{}” is signed by itself.",
                restriction.policy,
                own.join("”, “")
            )
        };
        found.push(PreflightFinding {
            refused: false,
            title: "A policy names the authorities whose certificates are taken".into(),
            why,
            advice: "Use a certificate of such an authority, or ask who looks after app management policies for an exemption.".into(),
        });
    }
    found
}

fn self_signed(entry: &KeyCredential) -> bool {
    entry.certificate().is_some_and(|certificate| certificate.facts().self_signed)
}

fn too_long(entry: &KeyCredential, restriction: &Restriction<'_>) -> Option<PreflightFinding> {
    let most = restriction.value.get("maxLifetime").and_then(Value::as_str).and_then(lifetime::parse)?;
    let lasts = entry.end()? - entry.start()?;
    // "Less than" is meant: a policy of 366 days takes 365.
    (lasts >= most).then(|| PreflightFinding {
        refused: !restriction.doubtful,
        title: if restriction.doubtful {
            "A policy may forbid this certificate".into()
        } else {
            "A policy of your organisation forbids this certificate".into()
        },
        why: format!(
            "“{}” lasts {}; the policy “{}” allows {}, and takes only what is shorter.",
            entry.name(),
            lifetime::words(lasts),
            restriction.policy,
            lifetime::words(most)
        ),
        advice:
            "Use a certificate with a shorter life, or ask who looks after app management policies for an exemption."
                .into(),
    })
}

/// The app's own policy goes first, restriction by restriction; what it does not mention is the tenant's.
fn in_force<'a>(
    kind: &str,
    created: Option<OffsetDateTime>,
    tenant_policy: Option<&'a Value>,
    app_policy: Option<&'a Value>,
) -> Option<Restriction<'a>> {
    let enabled = |policy: &&Value| policy.get("isEnabled").and_then(Value::as_bool) != Some(false);
    let own = app_policy.filter(enabled);
    let of = |policy: &'a Value, list: &str| {
        let list = policy.get(list)?.get("keyCredentials")?.as_array()?;
        let value = list.iter().find(|one| one.get("restrictionType").and_then(Value::as_str) == Some(kind))?;
        let name = policy.get("displayName").and_then(Value::as_str).unwrap_or("of the tenant").to_owned();
        Some(Restriction { value, policy: name, doubtful: false })
    };
    let found = if let Some(found) = own.and_then(|policy| of(policy, "restrictions")) {
        found
    } else {
        let tenant = tenant_policy.filter(enabled).and_then(|policy| of(policy, "applicationRestrictions"))?;
        Restriction { doubtful: own.is_some(), ..tenant }
    };
    let value = found.value;
    let on = value.get("state").and_then(Value::as_str) != Some("disabled");
    let since = value.get("restrictForAppsCreatedAfterDateTime").and_then(Value::as_str);
    let since = since.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    let concerns = since.is_none_or(|since| created.is_none_or(|created| created >= since));
    (on && concerns).then_some(found)
}
